#!/usr/bin/env python3
"""Compares the public names: declared in headers, listed, exported by the libraries.

    symbols.py INCLUDE_DIR LIST check SHARED STATIC    exit 1 when anything differs
    symbols.py INCLUDE_DIR LIST write                  writes the list anew from the headers

The list is committed, so that a change of the ABI shows in a review.
"""
import pathlib
import re
import subprocess
import sys


def declared(include):
    names = set()
    for header in sorted(pathlib.Path(include).rglob("*.h")):
        text = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.S)
        text = re.sub(r"^\s*#.*$", "", text, flags=re.M)
        found = re.findall(r"GITOPS_API\s[^;(]*?\b(\w+)\s*\(", text)
        if len(found) != len(re.findall(r"\bGITOPS_API\b", text)):
            sys.exit(f"{header}: a GITOPS_API declaration is not understood")
        names.update(found)
        # A function without GITOPS_API would be declared but not exported.
        bare = set(re.findall(r"^[a-z][^;{}()#]*?\b(gitops_\w+)\s*\(", text, flags=re.M))
        for name in sorted(bare - set(found)):
            sys.exit(f"{header}: {name} is declared without GITOPS_API")
    return names


def nm(*arguments):
    """Yields (type, name) of the symbols that nm prints."""
    output = subprocess.run(["nm", *arguments], check=True, capture_output=True, text=True).stdout
    for line in output.splitlines():
        fields = line.split()
        if len(fields) in (2, 3) and len(fields[-2]) == 1:
            yield fields[-2], fields[-1].split("@")[0]


def compare(title, expected, found):
    for name in sorted(expected - found):
        print(f"{title}: {name} is missing")
    for name in sorted(found - expected):
        print(f"{title}: {name} should not be there")
    return expected == found


def check(names, listed, shared, static):
    ok = compare("the list, against the headers", names, listed)
    exported = {name for kind, name in nm("-D", "--defined-only", shared) if kind != "A"}
    ok &= compare("the shared library, against the headers", names, exported)
    missing = {name for kind, name in nm("-D", "--undefined-only", shared)
               if kind == "U" and re.match("gitops_|gops_", name)}
    for name in sorted(missing):
        print(f"the shared library: {name} is used but defined nowhere")
    foreign = {name for _, name in nm("-g", "--defined-only", static)
               if not re.match("gitops_|gops_", name)}
    for name in sorted(foreign):
        print(f"the static library: {name} lacks the prefix gitops_ or gops_")
    return ok and not missing and not foreign


def main():
    include, path, command = sys.argv[1:4]
    names = declared(include)
    if command == "write":
        pathlib.Path(path).write_text("".join(f"{name}\n" for name in sorted(names)))
        return 0
    listed = pathlib.Path(path).read_text().split()
    if listed != sorted(set(listed)):
        print("the list is not sorted")
        return 1
    return 0 if check(names, set(listed), *sys.argv[4:6]) else 1


if __name__ == "__main__":
    sys.exit(main())
