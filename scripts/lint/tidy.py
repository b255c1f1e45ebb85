#!/usr/bin/env python3
"""Runs clang-tidy over our own sources, a few at a time. Debian's clang-tidy 14 cannot read g++ 12's headers; 16 can.

usage: tidy.py BUILD_FOLDER [-j N]       exit status 1 when anything was found
"""
import argparse
import concurrent.futures
import json
import os
import subprocess
import sys

OURS = ("handlers/", "storage/", "config/", "gateway/")
TIMEOUT_S = 300


def tidy(build, path):
    """What clang-tidy has to say about one file; empty when nothing."""
    try:
        done = subprocess.run(["clang-tidy-16", "-p", build, "--quiet", path], capture_output=True, text=True,
                              timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return f"{path}: clang-tidy took more than {TIMEOUT_S} s"
    return (done.stdout or done.stderr) if done.returncode != 0 else ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("-j", type=int, default=os.cpu_count())
    options = parser.parse_args()

    with open(os.path.join(options.build, "compile_commands.json"), encoding="utf-8") as file:
        compiled = {os.path.relpath(entry["file"]) for entry in json.load(file)}
    ours = sorted(path for path in compiled if path.startswith(OURS))
    print(f"{len(ours)} sources", flush=True)

    found = 0
    with concurrent.futures.ThreadPoolExecutor(options.j) as pool:
        for words in pool.map(lambda path: tidy(options.build, path), ours):
            if words:
                found += 1
                print(words, flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
