#!/usr/bin/env python3
"""The rules of the house, checked on the text of the sources.

    floors.py PROJECT_DIR

- a folder of lib/ includes only itself and folders before it in FLOORS; some pairs not even that
- the headers of a library appear in one folder only
- functions that allocate around the context, print, end the process or cannot be bounded are not
  called in lib/
- every .c file in lib/ is listed in its folder's CMakeLists.txt
"""
import pathlib
import re
import sys

FLOORS = ("base", "value", "manifest", "source", "render", "target", "diff", "plan", "store",
          "reconcile", "agent", "report")
STRANGERS = {("render", "diff"), ("diff", "render")}
LIBRARIES = {
    "git2": "source",
    "yaml.h": "value",
    "sqlite3.h": "store",
    "pthread.h": "base",
    "xxhash.h": "base",
    "xxh3.h": "base",
    "openssl/": "base",
}
BANNED = ("malloc calloc realloc free strdup strndup sprintf vsprintf strcpy strcat strtok exit "
          "_exit abort printf vprintf puts putchar fprintf vfprintf fputs fputc perror gets atoi "
          "atol atof alloca system").split()
# The default of the allocator hook is the one place that may know malloc.
ALLOWED = {("base/context.c", name) for name in ("malloc", "realloc", "free")}


def strip_text(source):
    """The source with comments and the insides of literals blanked, line by line."""
    def blank(match):
        text = match.group(0)
        if text.startswith("/"):
            return re.sub(r"[^\n]", " ", text)
        return text[0] + " " * (len(text) - 2) + text[-1]
    pattern = r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
    return re.sub(pattern, blank, source, flags=re.S)


def check_include(floor, kind, name):
    for prefix, home in LIBRARIES.items():
        if name.startswith(prefix) and floor != home:
            return f"<{name}> belongs to lib/{home} only"
    if kind == "<":
        return None
    other = name.split("/")[0]
    if "/" not in name or other not in FLOORS:
        return f'"{name}" does not name a file of lib/ as "folder/file.h"'
    if FLOORS.index(other) > FLOORS.index(floor):
        return f'"{name}" is above lib/{floor}'
    if (floor, other) in STRANGERS:
        return f"lib/{floor} and lib/{other} do not know each other"
    return None


def check_file(path, floor, relative):
    source = path.read_text()
    for number, line in enumerate(source.splitlines(), 1):
        include = re.match(r'\s*#\s*include\s*([<"])([^>"]+)', line)
        problem = include and check_include(floor, *include.groups())
        if problem:
            yield number, problem
    calls = re.compile(r"(?<![\w.>])(" + "|".join(BANNED) + r")\s*\(")
    for number, line in enumerate(strip_text(source).splitlines(), 1):
        for name in calls.findall(line):
            if (relative, name) not in ALLOWED:
                yield number, f"{name} is not used in lib/"


def check_listed(folder):
    listed = set(re.findall(r"\b([\w-]+\.c)\b", (folder / "CMakeLists.txt").read_text()))
    present = {path.name for path in folder.glob("*.c")}
    for name in sorted(present ^ listed):
        yield f"{name} is " + ("not listed" if name in present else "listed but not there")


def main():
    lib = pathlib.Path(sys.argv[1]) / "lib"
    problems = []
    for folder in sorted(path for path in lib.iterdir() if path.is_dir()):
        if folder.name not in FLOORS:
            problems.append(f"{folder}: no such floor")
            continue
        problems += [f"{folder}/CMakeLists.txt: {text}" for text in check_listed(folder)]
        for path in sorted(folder.glob("*.[ch]")):
            relative = f"{folder.name}/{path.name}"
            problems += [f"{path}:{number}: {text}"
                         for number, text in check_file(path, folder.name, relative)]
    print("\n".join(problems) or "the house is in order")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
