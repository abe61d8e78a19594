"""Reads the public headers: functions, structs and constants as their declarations say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Dict, List, NamedTuple, Tuple


class Parameter(NamedTuple):
    type: str
    name: str


class Function(NamedTuple):
    result: str
    parameters: List[Parameter]


def _text(folder: Path) -> str:
    """All headers without comments and preprocessor lines."""
    text = "\n".join(path.read_text() for path in sorted(folder.glob("*.h")))
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    return re.sub(r"//[^\n]*", " ", text)


def _declaration(text: str) -> Parameter:
    """ "const char *name" as its type without const and blanks, and its name."""
    match = re.fullmatch(r"(.*?)(\w+)(\[[^\]]*\])?", text.strip(), flags=re.S)
    assert match, text
    stars = "*" if match[3] else ""
    return Parameter(re.sub(r"\bconst\b|\s", "", match[1]) + stars, match[2])


def functions(folder: Path) -> Dict[str, Function]:
    found = {}
    for declaration in re.findall(r"^GITOPS_API\s+([^;]*);", _text(folder), flags=re.M):
        match = re.fullmatch(r"(.*?)(gitops_\w+)\((.*)\)", declaration, flags=re.S)
        assert match, declaration
        parameters = [] if match[3].strip() == "void" else match[3].split(",")
        found[match[2]] = Function(re.sub(r"\bconst\b|\s", "", match[1]),
                                   [_declaration(parameter) for parameter in parameters])
    return found


def structs(folder: Path) -> Dict[str, List[str]]:
    """The member names of each struct that is not opaque."""
    found = {}
    for name, body in re.findall(r"typedef struct (gitops_\w+) \{(.*?)\} \1;", _text(folder),
                                 flags=re.S):
        members = []
        for member in filter(None, map(str.strip, body.split(";"))):
            callback = re.match(r"[^(]*\(\*(\w+)\)\(", member)
            members.append(callback[1] if callback else _declaration(member).name)
        found[name] = members
    return found


def constants(folder: Path) -> List[str]:
    """The names of all enumerators."""
    bodies = re.findall(r"\benum\s*\{(.*?)\}", _text(folder), flags=re.S)
    return [name for body in bodies for name in re.findall(r"\b(GITOPS_\w+)\s*=", body)]


def handles(folder: Path) -> List[str]:
    """The names of all opaque types."""
    pairs: List[Tuple[str, str]] = re.findall(r"typedef struct (gitops_\w+) (\w+);", _text(folder))
    return [name for name, alias in pairs if name == alias]
