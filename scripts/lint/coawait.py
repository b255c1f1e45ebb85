#!/usr/bin/env python3
"""Finds temporaries that g++ 12 destroys twice because they share an expression with co_await.

In a coroutine, a braced aggregate (`Row{a, b}`), a braced argument (`f({a, b})`) or a lambda that captures by value,
in the same full expression as co_await, is destroyed twice (g++ 12.2); a class-typed ?: around co_await reads freed
memory. Giving the object a name first is always safe. This reads text, not types, and so flags some harmless lines:
silence one with `// coawait-ok: why`.

usage: coawait.py FILE...        exit status 1 when anything was found
"""
import re
import sys

from cpp_text import blank, report

# A brace after one of these opens a block.
BLOCK_OPENERS = {"else", "do", "try", "const", "noexcept", "override", "final", "mutable"}

CAPTURE = re.compile(r"(?<![\w\])])\[([^\[\]]*)\]\s*(?:\(|\{|mutable|->)")
BRACED_TYPE = re.compile(r"\b[A-Z]\w*(?:::\w+)*(?:<[^;{}]*>)?\s*\{\s*[^\s}]")
BRACED_ARGUMENT = re.compile(r"[(,]\s*\{\s*[^\s}]")
INITIALISER = re.compile(r"(\w+)\s*\{$|[=,(]\s*\{$")


def full_expression(code, at):
    """Where the expression around an offset begins (after the last ; { or }) and ends (at its own ; or bracket)."""
    begin = max(code.rfind(mark, 0, at) for mark in ";{}") + 1
    depth = 0
    for end in range(at, len(code)):
        if code[end] in "([{":
            depth += 1
        elif code[end] in ")]}":
            if depth == 0:
                return begin, end
            depth -= 1
        elif code[end] == ";" and depth == 0:
            return begin, end
    return begin, len(code)


def captures_by_value(capture):
    names = [name.strip() for name in capture.split(",") if name.strip()]
    return any(not name.startswith("&") and name not in ("this", "*this") for name in names)


def findings_at(code, at):
    begin, end = full_expression(code, at)
    before, after = code[begin:at], code[at:end]
    whole = before + after

    opener = INITIALISER.search(code[:begin])
    if opener and opener.group(1) not in BLOCK_OPENERS:
        yield at, "co_await inside a braced initialiser: await into a named value first"
    for capture in CAPTURE.finditer(whole):
        if captures_by_value(capture.group(1)):
            yield begin + capture.start(), "a lambda that captures by value beside co_await: name it first"
    for braced in BRACED_ARGUMENT.finditer(after):
        yield at + braced.start(), "a braced argument beside co_await: name it first"
    for braced in BRACED_TYPE.finditer(whole):
        yield begin + braced.start(), "a braced temporary beside co_await: name it first"
    if "?" in before or re.search(r"\?[^:]*:(?!:)", after):
        yield at, "co_await inside ?: : use if and else"


def lint(_path, text):
    code, lines = blank(text), text.splitlines()
    seen = set()
    for found in re.finditer(r"\bco_await\b", code):
        for at, words in findings_at(code, found.start()):
            line = code.count("\n", 0, at) + 1
            if (line, words) not in seen and "coawait-ok" not in lines[line - 1]:
                seen.add((line, words))
                yield line, words


if __name__ == "__main__":
    sys.exit(report(lint, sys.argv[1:]))
