"""What all objects of the library share: one owned handle, freed once, and text in and out."""

from __future__ import annotations

import ctypes
import itertools
import logging
import os
import weakref
from ctypes import byref
from typing import Any, ClassVar, Dict, Iterable, Optional, TypeVar, Union

from ._library import lib
from ._structs import DestroyFn, Error, handle_type
from .errors import StateError, check

# Silent unless the program sets up logging.
logger = logging.getLogger("gitops")
logger.addHandler(logging.NullHandler())

H = TypeVar("H", bound="Handle")
PathLike = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]


class Handle:
    """One counted hold on an object of the library.

    close() gives it up at once, garbage collection does so later, and the end of the interpreter
    at the latest; each of them any number of times and in any order. What the object needs stays
    alive behind it. Using a closed object raises StateError.
    """

    _free: ClassVar[str]
    _free_at_exit: ClassVar[bool] = True

    def __init__(self, pointer: Any) -> None:
        self._handle = pointer
        self._finalizer = weakref.finalize(self, getattr(lib, self._free), pointer)
        self._finalizer.atexit = self._free_at_exit

    @property
    def _pointer(self) -> Any:
        if not self._finalizer.alive:
            raise StateError(f"{type(self).__name__.lower()} is closed")
        return self._handle

    def close(self) -> None:
        """Frees the object; more calls do nothing."""
        self._finalizer()

    @property
    def closed(self) -> bool:
        return not self._finalizer.alive

    def __enter__(self: H) -> H:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


def create(kind: str, function: Any, *arguments: Any) -> Any:
    """Calls a constructor, whose first parameter is its result, and returns the new handle."""
    out = handle_type(kind)()
    error = Error()
    check(function(byref(out), *arguments, byref(error)), error)
    return out


def create_last(kind: str, function: Any, *arguments: Any) -> Any:
    """Calls a function whose result stands just before its error, and returns the handle."""
    out = handle_type(kind)()
    error = Error()
    check(function(*arguments, byref(out), byref(error)), error)
    return out


def call(function: Any, *arguments: Any) -> None:
    """Calls a function whose last parameter is the error."""
    error = Error()
    check(function(*arguments, byref(error)), error)


def c_string(text: Optional[PathLike]) -> Optional[bytes]:
    """A NUL-terminated argument; a NUL within would cut it short in silence, so it is refused."""
    if text is None:
        return None
    path = os.fspath(text)
    raw = path.encode("utf-8", "surrogateescape") if isinstance(path, str) else path
    if b"\0" in raw:
        raise ValueError("text with a NUL character where none is allowed")
    return raw


def c_strings(texts: Iterable[str]) -> Any:
    """An array of NUL-terminated strings; None when there are none."""
    items = [c_string(text) for text in texts]
    return (ctypes.c_char_p * len(items))(*items) if items else None


def sized_text(address: Optional[int], length: int) -> Optional[bytes]:
    """The bytes at an address; None for NULL."""
    return None if address is None else ctypes.string_at(address, length)


def take_buffer(buffer: Any) -> bytes:
    """The bytes of a gitops_buffer, which is freed."""
    try:
        return ctypes.string_at(lib.gitops_buffer_data(buffer), lib.gitops_buffer_length(buffer))
    finally:
        lib.gitops_buffer_free(buffer)


class Registry:
    """Python objects that callbacks find by number.

    The number travels as user_data, and the object stays here until the library has let go of it:
    no callback can ever see an object that is gone.
    """

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._objects: Dict[int, Any] = {}
        self.destroy = DestroyFn(self._destroy)

    def add(self, item: Any) -> int:
        number = next(self._numbers)
        self._objects[number] = item
        return number

    def discard(self, number: int) -> None:
        """Takes an object back that the library did not take over."""
        self._objects.pop(number, None)

    def __getitem__(self, number: int) -> Any:
        return self._objects[number]

    def _destroy(self, number: int) -> None:
        # An object with a failing __del__ reports it itself; nothing else can raise here.
        self._objects.pop(number, None)


def log_exception(error: BaseException, message: str) -> None:
    """Tells the log of an exception that no caller can get."""
    logger.error("%s", message, exc_info=error)
