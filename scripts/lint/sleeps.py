#!/usr/bin/env python3
"""Finds tests that sleep: time is passed in, so a test drives an hour in a millisecond and never guesses how long
something takes.

usage: sleeps.py FILE...         exit status 1 when anything was found; looks at tests/ only
"""
import re
import sys

from cpp_text import blank, report

SLEEP = re.compile(r"\b(sleep_for|sleep_until|usleep|nanosleep|sleep)\s*\(")


def lint(path, text):
    if not path.startswith("tests/"):
        return
    code = blank(text)
    for found in SLEEP.finditer(code):
        yield code.count("\n", 0, found.start()) + 1, f"{found.group(1)} in a test: pass a clock in, or wait for the event"


if __name__ == "__main__":
    sys.exit(report(lint, sys.argv[1:]))
