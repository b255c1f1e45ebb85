#!/usr/bin/env python3
"""Whoever watches the service reads README: every metric and every event of the log has its line there, and every line
there has its metric or event.

usage: watch.py FILE...          exit status 1 when anything was found; looks at gateway/ only
"""
import re
import sys

EVENT = re.compile(r'\.(?:debug|info|warn|error)\("([a-z_]+)"|tell_administrator\([^"();]*"([a-z_]+)"'
                   r'|\bevent = "([a-z_]+)"')
CHOSEN = re.compile(r"\.event = ([^,}]*)")
CONSTANT = re.compile(r'\b(k[A-Z]\w*) = "([a-z_]+)"')
METRIC = re.compile(r'"harborline_([a-z_]+)"')
NO_METRICS = "gateway/carriers/"  # What is called so there are variables of FreeSWITCH.
WORD = re.compile(r"`([a-z_]+)[^`]*`")


def in_code(sources):
    """Metrics and events that these sources name, each as a set."""
    code = "\n".join(sources)
    constants = dict(CONSTANT.findall(code))
    events = {name for groups in EVENT.findall(code) for name in groups if name}
    for chosen in CHOSEN.findall(code):
        events.update(re.findall(r'"([a-z_]+)"', chosen))
        events.update(constants[name] for name in re.findall(r"\bk[A-Z]\w*", chosen) if name in constants)
    return set(METRIC.findall(code)), events


def in_readme(text, heading):
    """What the first column of the first table below a heading names."""
    names = set()
    for line in text.partition(f"### {heading}\n")[2].partition("\n### ")[0].splitlines():
        if line.startswith("| `"):
            names.update(WORD.findall(line.split("|")[1]))
    return names


def compare(sources, readme):
    metrics, events = in_code(sources)
    for what, coded, heading in (("metric", metrics, "Metrics to watch"), ("event", events, "What the log says")):
        written = in_readme(readme, heading)
        for name in sorted(coded - written):
            yield f"the {what} {name} has no line under '{heading}'"
        for name in sorted(written - coded):
            yield f"'{heading}' tells of {name}, and no {what} of this name is left"


def main(paths):
    sources = []
    for path in paths:
        if path.startswith("gateway/"):
            with open(path, encoding="utf-8") as file:
                code = file.read()
            sources.append(METRIC.sub('""', code) if path.startswith(NO_METRICS) else code)
    with open("README.md", encoding="utf-8") as file:
        problems = list(compare(sources, file.read()))
    for problem in problems:
        print(f"README.md: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
