"""Questions to a target and their answers."""

from __future__ import annotations

from ctypes import byref, c_size_t
from dataclasses import dataclass
from typing import Any, Iterable, Optional

from ._handle import c_string, sized_text
from ._library import lib
from .enums import Code, Health
from .errors import BY_CODE, GitopsError, InvalidError, decode
from .values import DocumentLike, Json, document_bytes, load_json

# As much of a message as an error has room for.
_MESSAGE_CHARACTERS = 500


class TargetFailed(Exception):
    """Raise it from a method of a target: nothing happened, and asking again will not help."""

    def __init__(self, message: str = "", code: int = 0) -> None:
        super().__init__(message)
        self.code = code


class TargetConflict(Exception):
    """Nothing happened: the object is not what the request's version says."""


class TargetUnknown(Exception):
    """Whether it happened is not known. The object is read again before anything else."""


class TargetRetry(Exception):
    """Nothing happened; ask again after after_ms at the earliest."""

    def __init__(self, message: str = "", after_ms: int = 0) -> None:
        super().__init__(message)
        self.after_ms = after_ms


@dataclass(frozen=True)
class Object:
    """An object as the target holds it.

    version is any text that changes whenever the object does: while it is the one of the last run
    the document is not looked at. With a version, list may leave the document out if get is there.
    """

    key: str
    document: Optional[DocumentLike] = None
    version: Optional[str] = None


@dataclass(frozen=True)
class Page:
    """One page of a listing; next names the page to ask for then, None ends the listing."""

    objects: Iterable[Object]
    next: Optional[str] = None


@dataclass(frozen=True)
class Request:
    """What apply, delete and check are asked to do. It may be kept: it holds copies."""

    key: str
    action: str
    """"create", "update", "replace", "delete" or "adopt"."""
    document_text: Optional[str]
    """The document to apply as one line of JSON with exact numbers; None for a delete."""
    version: Optional[str]
    """The version the target gave when the object was observed."""
    page: Optional[str]
    id: int
    """The same number when the same operation of a run is sent again; 0 for reads."""

    @property
    def document(self) -> Json:
        """The document as Python objects; None for a delete."""
        return None if self.document_text is None else load_json(self.document_text)


def copy_request(request: Any) -> Request:
    """Copies a borrowed gitops_request."""
    length = c_size_t()
    raw = sized_text(lib.gitops_request_document(request, byref(length)), length.value)
    version = lib.gitops_request_version(request)
    page = lib.gitops_request_page(request)
    return Request(
        key=decode(lib.gitops_request_key(request)),
        action=decode(lib.gitops_request_action(request)),
        document_text=None if raw is None else raw.decode("utf-8"),
        version=None if version is None else decode(version),
        page=None if page is None else decode(page),
        id=lib.gitops_request_id(request))


class Answer:
    """Where the answer of a question goes; the methods say what each question may get."""

    def __init__(self, pointer: Any) -> None:
        self._answer = pointer
        self.given = False

    def detach(self) -> None:
        """Forgets the question: it is over, and every further answer is refused."""
        self._answer = None

    def object(self, key: str, document: Optional[DocumentLike] = None,
               version: Optional[str] = None) -> None:
        """For list and get: an object as the target holds it."""
        raw = None if document is None else document_bytes(document)
        self._give(lib.gitops_answer_object, c_string(key), raw, len(raw or b""),
                   c_string(version))

    def listed(self, next_page: Optional[str] = None) -> None:
        """For list: this page is done; None says that the listing is complete."""
        self._give(lib.gitops_answer_listed, c_string(next_page))

    def absent(self) -> None:
        """For get: the object does not exist, for certain."""
        self._give(lib.gitops_answer_absent)

    def done(self, document: Optional[DocumentLike] = None, version: Optional[str] = None) -> None:
        """For the others: done; document is what the target now holds, None: as sent."""
        raw = None if document is None else document_bytes(document)
        self._give(lib.gitops_answer_done, raw, len(raw or b""), c_string(version))

    def fingerprint(self, text: str) -> None:
        self._give(lib.gitops_answer_fingerprint, c_string(text))

    def health(self, health: Health, message: str = "") -> None:
        """For assess: how the object is."""
        self._give(lib.gitops_answer_health, health, one_line(message))

    def retry(self, after_ms: int, message: str = "") -> None:
        """Nothing happened; ask again after after_ms at the earliest."""
        self._give(lib.gitops_answer_retry, after_ms, one_line(message))

    def conflict(self, message: str = "") -> None:
        """Nothing happened: the object is not what the request's version says."""
        self._give(lib.gitops_answer_conflict, one_line(message))

    def failed(self, message: str, code: int = 0) -> None:
        """Nothing happened, and asking again will not help."""
        self._give(lib.gitops_answer_failed, code, one_line(message))

    def unknown(self, message: str = "") -> None:
        """Whether it happened is not known."""
        self._give(lib.gitops_answer_unknown, one_line(message))

    def _give(self, function: Any, *arguments: Any) -> None:
        code = function(self._answer, *arguments)
        if code == Code.EINVAL:
            raise InvalidError("this question cannot get this answer, or has one already")
        if code < 0:
            raise BY_CODE.get(code, GitopsError)("the answer was not accepted", code=code)
        self.given = function is not lib.gitops_answer_object or self.given


def one_line(message: str) -> bytes:
    """A message on one line, short enough for an error and free of NUL."""
    text = " ".join(message.replace("\0", " ").split())[:_MESSAGE_CHARACTERS]
    return text.encode("utf-8", "replace")


def describe(error: BaseException) -> str:
    """An exception in words; an exception whose own text fails still has its name."""
    try:
        text = str(error)
    except Exception:
        text = ""
    name = type(error).__name__
    return f"{name}: {text}" if text else name
