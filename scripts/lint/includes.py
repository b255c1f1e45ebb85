#!/usr/bin/env python3
"""Says where an #include points against the direction of the house:

    handlers/core <- handlers, storage, config          those three know nothing of one another
    gateway is on top; tests may look at everything
    Beast and Asio in gateway/ (not in its carriers) only; SQLite in storage/sqlite only
    handlers and the carriers touch nothing: no files, threads or clocks
    paths begin at the root of the tree

usage: includes.py FILE...       exit status 1 when anything was found
"""
import os
import re
import sys

from cpp_text import blank, report

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
CLOCK = re.compile(r"\b(?:system|steady|high_resolution)_clock\s*::\s*now\b")
LAYERS = ("handlers", "storage", "config", "gateway", "tests")

# Folder -> the folders that its files may include. The longest folder that fits counts.
MAY_INCLUDE = {
    "handlers/core": ("handlers/core",),
    "handlers": ("handlers",),
    "storage": ("storage", "handlers/core"),
    "config": ("config", "handlers/core"),
    "gateway": ("gateway", "storage", "config", "handlers"),
    "tests": LAYERS,
}
PURE = ("handlers", "gateway/carriers")
TOUCHES_THE_WORLD = {"fstream", "iostream", "filesystem", "thread", "mutex", "condition_variable",
                     "unistd.h", "sys/socket.h"}


def within(path, folder):
    return path == folder or path.startswith(folder + "/")


def folder_of(path, folders):
    fitting = [folder for folder in folders if within(path, folder)]
    return max(fitting, key=len, default=None)


def against_the_direction(path, included):
    own = folder_of(path, MAY_INCLUDE)
    if own is None or any(within(included, folder) for folder in MAY_INCLUDE[own]):
        return None
    allowed = ", ".join(MAY_INCLUDE[own])
    return f"{own} may include {allowed} only, not {os.path.dirname(included)}"


def against_the_edges(path, included):
    if within(path, "tests"):
        return None
    if included.startswith(("boost/asio", "boost/beast")):
        if not within(path, "gateway") or within(path, "gateway/carriers"):
            return "Beast and Asio belong to gateway only, and not to its carriers"
    if included.startswith("SQLiteCpp/") or included == "sqlite3.h":
        if not within(path, "storage/sqlite"):
            return "SQLite belongs to storage/sqlite only"
    if included in TOUCHES_THE_WORLD and any(within(path, folder) for folder in PURE):
        return f"<{included}> touches the world: handlers and carriers decide and leave the doing to gateway"
    return None


def lint(path, text):
    path = os.path.normpath(path)
    for found in INCLUDE.finditer(text):
        quote, included = found.groups()
        line = text.count("\n", 0, found.start(1)) + 1
        words = against_the_edges(path, included)
        if quote == '"':
            if included.split("/")[0] not in LAYERS:
                words = "the path does not begin at the root of the tree (our files) or needs <> (others')"
            else:
                words = against_the_direction(path, included)
        if words:
            yield line, words
    if any(within(path, folder) for folder in (*PURE, "config", "storage")):
        code = blank(text)
        for found in CLOCK.finditer(code):
            yield code.count("\n", 0, found.start()) + 1, "reads a clock: take a core::Clock or an Instant instead"


if __name__ == "__main__":
    sys.exit(report(lint, sys.argv[1:]))
