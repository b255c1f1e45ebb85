#!/usr/bin/env python3
"""Prints "PASSED FAILED" of a JUnit file that CTest wrote, and below it the name of each test that failed. What was
neither run nor disabled counts as failed."""
import sys
import xml.etree.ElementTree as xml

cases = list(xml.parse(sys.argv[1]).getroot().iter("testcase"))
passed = sum(case.get("status") == "run" for case in cases)
failed = [case.get("name") for case in cases if case.get("status") not in ("run", "disabled")]
print(passed, len(failed))
print(*failed, sep="\n")
