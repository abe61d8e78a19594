"""Finds libgitops, loads it on first use and gives each function its signature.

The search order, the first that exists wins:

1. the file named by the environment variable GITOPS_LIBRARY,
2. libgitops.so.0 or libgitops.so beside this file (a wheel carries its own),
3. in a checkout: libgitops.so in build, build/* or build-*, the newest without a sanitizer,
4. libgitops.so.0 wherever the dynamic linker looks.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from threading import Lock
from typing import Any, List, Optional

from ._functions import FUNCTIONS

SONAME = "libgitops.so.0"
VERSION = "0.1"  # the API this package was written for; it may break until 1.0
_FILE_NAMES = (SONAME, "libgitops.so")
_CHECKOUT_FOLDERS = ("build", "build/*", "build-*")
# A library with one of these ends the interpreter that loads it: it would have to come first.
_SANITIZERS = (b"__asan_init", b"__tsan_init")


class LibraryError(ImportError):
    """libgitops was not found, cannot be loaded, or is another version."""


def _in_checkout(package: Path) -> List[Path]:
    """Libraries built in the checkout that holds this package, the newest first."""
    if package.parts[-3:] != ("bindings", "python", "gitops"):
        return []
    root = package.parents[2]
    found = [path for folder in _CHECKOUT_FOLDERS for name in _FILE_NAMES
             for path in root.glob(folder + "/" + name) if path.is_file()]
    return sorted(filter(_is_plain, found), key=lambda path: path.stat().st_mtime, reverse=True)


def _is_plain(path: Path) -> bool:
    content = path.read_bytes()
    return not any(name in content for name in _SANITIZERS)


def find_library() -> str:
    """Path of the library, or its soname when only the dynamic linker may know it."""
    named = os.environ.get("GITOPS_LIBRARY")
    if named:
        return named
    package = Path(__file__).resolve().parent
    for path in [package / name for name in _FILE_NAMES] + _in_checkout(package):
        if path.exists():
            return str(path)
    return SONAME


def load_library(path: str) -> ctypes.CDLL:
    """Loads one library file and declares its functions; it must have all of them."""
    try:
        library = ctypes.CDLL(path)
    except OSError as error:
        raise LibraryError(f"cannot load libgitops: {error} (set GITOPS_LIBRARY to its path)",
                           path=path) from error
    for name, (result, parameters) in FUNCTIONS.items():
        try:
            function = getattr(library, name)
        except AttributeError:
            raise LibraryError(f"{path} has no function {name}: it is another version",
                               path=path) from None
        function.restype = result
        function.argtypes = parameters
    version = library.gitops_version().decode()
    if not version.startswith(VERSION + "."):
        raise LibraryError(f"{path} is libgitops {version}, expected {VERSION}", path=path)
    return library


class _Functions:
    """The functions of the library as attributes; the first use of one loads the library."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._library: Optional[ctypes.CDLL] = None

    def __getattr__(self, name: str) -> Any:
        if name not in FUNCTIONS:
            raise AttributeError(name)
        with self._lock:
            if self._library is None:
                self._library = load_library(find_library())
        function = getattr(self._library, name)
        setattr(self, name, function)
        return function


lib = _Functions()


def library_version() -> str:
    """Version of the loaded library, such as "0.1.0"."""
    version: bytes = lib.gitops_version()
    return version.decode()
