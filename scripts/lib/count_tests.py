#!/usr/bin/env python3
"""What a JUnit file that CTest wrote tells.

usage: count_tests.py RECORD           "PASSED FAILED", and below it the name of each test that failed. What was neither
                                       run nor disabled counts as failed.
       count_tests.py --slow S RECORD  each test that ran longer than S seconds, with its seconds
"""
import sys
import xml.etree.ElementTree as xml


def cases(record):
    return list(xml.parse(record).getroot().iter("testcase"))


def count(record):
    passed = sum(case.get("status") == "run" for case in cases(record))
    failed = [case.get("name") for case in cases(record) if case.get("status") not in ("run", "disabled")]
    print(passed, len(failed))
    print(*failed, sep="\n")


def slow(limit_s, record):
    for case in cases(record):
        taken_s = float(case.get("time") or 0)
        if taken_s > limit_s:
            print(f"{case.get('name')} ({taken_s:.0f} s)")


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "--slow":
        slow(float(sys.argv[2]), sys.argv[3])
    elif len(sys.argv) == 2:
        count(sys.argv[1])
    else:
        sys.exit(__doc__)
