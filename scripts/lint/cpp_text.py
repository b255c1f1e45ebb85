"""C++ as text, for lints that need no parser."""
import re


def blank(text):
    """Overwrites comments, strings and character literals with spaces: what remains is code, at the same place."""
    pattern = (r'//[^\n]*|/\*.*?\*/|R"(?P<end>[^(\s]*)\(.*?\)(?P=end)"|"(?:\\.|[^"\\\n])*"'
               r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'")
    return re.sub(pattern, lambda found: re.sub(r"[^\n]", " ", found.group()), text, flags=re.S)


def report(lint, paths):
    """Runs `lint(path, text)`, which yields (line, words), over files; prints, and returns the exit status."""
    found = 0
    for path in paths:
        with open(path, encoding="utf-8", errors="replace") as file:
            for line, words in lint(path, file.read()):
                print(f"{path}:{line}: {words}")
                found += 1
    return 1 if found else 0
