#!/usr/bin/env python3
"""Prints "PASSED FAILED" of a JUnit file that CTest wrote. What was neither run nor disabled counts as failed."""
import sys
import xml.etree.ElementTree as xml

suite = xml.parse(sys.argv[1]).getroot()
statuses = [case.get("status") for case in suite.iter("testcase")]
passed = statuses.count("run")
left_out = statuses.count("disabled")
print(passed, len(statuses) - passed - left_out)
