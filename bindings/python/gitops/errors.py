"""Failures of the library as exceptions: one class per result code, all of them GitopsError."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, Iterator, Optional, Sequence, Tuple, Type

from ._library import lib
from ._structs import Error
from .enums import Code, Origin, Severity

if TYPE_CHECKING:
    from .diffs import Diff


class GitopsError(Exception):
    """A call of the library failed.

    code and code_name say what happened, origin and origin_code who reported it; where, document,
    line and column name the place (file, URL, unit or object; 0 = no position). diagnostics holds
    every problem of a text or a manifest that was read.
    """

    code: int = 0

    def __init__(self, message: str, *, code: Optional[int] = None, origin: int = Origin.LIBRARY,
                 origin_code: int = 0, line: int = 0, column: int = 0, where: str = "",
                 document: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.code = type(self).code if code is None else code
        self.origin = origin
        self.origin_code = origin_code
        self.line = line
        self.column = column
        self.document = document
        self.where = where
        self.diagnostics: Sequence[Diagnostic] = ()

    @property
    def code_name(self) -> str:
        """The code as it is written in C, such as "GITOPS_EPARSE"."""
        try:
            name = Code(self.code).name
        except ValueError:
            return "GITOPS_E?"
        return "GITOPS_" + name

    def __str__(self) -> str:
        return place(self.where, self.line, self.column) + self.message


class OutOfMemoryError(GitopsError):
    code = Code.ENOMEM


class InvalidError(GitopsError, ValueError):
    """An argument or option breaks its contract."""

    code = Code.EINVAL


class NotFoundError(GitopsError, LookupError):
    """The named thing does not exist, for certain."""

    code = Code.ENOTFOUND


class ParseError(GitopsError):
    """Text is not what its format demands; line and column say where."""

    code = Code.EPARSE


class LimitError(GitopsError):
    """A configured limit was reached; the message names it."""

    code = Code.ELIMIT


class DuplicateError(GitopsError):
    """One identity, two places."""

    code = Code.EDUPLICATE


class ConflictError(GitopsError):
    """Both sides changed and the policy is to fail; diff, when there is one, names the leaves."""

    code = Code.ECONFLICT
    diff: Optional["Diff"] = None


class SystemRefusedError(GitopsError):
    """The operating system refused; origin_code is errno."""

    code = Code.EIO


class SourceError(GitopsError):
    """The source could not be read."""

    code = Code.ESOURCE


class TargetError(GitopsError):
    """The target failed or did not answer."""

    code = Code.ETARGET


class StoreError(GitopsError):
    """The store failed; nothing was recorded."""

    code = Code.ESTORE


class CorruptError(GitopsError):
    """Stored state does not match its checksum or form."""

    code = Code.ECORRUPT


class LockedError(GitopsError):
    """Another writer holds the lease."""

    code = Code.ELOCKED


class HeldError(GitopsError):
    """The plan waits for approval."""

    code = Code.EHELD


class CancelledError(GitopsError):
    """Reconciler.cancel was called."""

    code = Code.ECANCELLED


class StateError(GitopsError):
    """A call out of order: the object is closed, consumed or in use."""

    code = Code.ESTATE


class UnsupportedError(GitopsError):
    """Well-formed, but this library does not do it."""

    code = Code.EUNSUPPORTED


class ForeignError(GitopsError):
    """The state belongs to another target or another writer."""

    code = Code.EFOREIGN


class PartialError(GitopsError):
    """A run finished, but at least one operation failed."""

    code = Code.EPARTIAL


class RewindError(GitopsError):
    """The revision does not descend from the one applied last."""

    code = Code.EREWIND


class OrderError(GitopsError):
    """Objects wait for each other, or for one that is not there."""

    code = Code.EORDER


class SuspendedError(GitopsError):
    """The unit is suspended; nothing was applied."""

    code = Code.ESUSPENDED


class ScopeError(GitopsError):
    """An object is outside of what its unit may touch."""

    code = Code.ESCOPE


BY_CODE: Dict[int, Type[GitopsError]] = {
    error.code: error for error in GitopsError.__subclasses__()
}


def place(where: str, line: int, column: int) -> str:
    """The place before a message: "a.yaml:3:7: ", as much of it as is known."""
    parts = ([where] if where else []) + [str(number) for number in (line, column) if number]
    return ":".join(parts) + ": " if parts else ""


def subject(pointer: str, key: Optional[str]) -> str:
    """What a message is about: " (at /spec/replicas of shop/Deployment.apps/web)"."""
    if pointer:
        return f" (at {pointer} of {key})" if key else f" (at {pointer})"
    return f" (in {key})" if key else ""


def decode(text: Optional[bytes]) -> str:
    """Text of the library; bytes that are no UTF-8, as in file names, survive a round trip."""
    return (text or b"").decode("utf-8", "surrogateescape")


def from_struct(error: Error, code: int = 0) -> GitopsError:
    """The exception for a filled gitops_error; code, where given, is what the call returned."""
    code = code or error.code
    message = decode(error.message) or decode(lib.gitops_code_name(code))
    return BY_CODE.get(code, GitopsError)(
        message, code=code, origin=error.origin, origin_code=error.origin_code, line=error.line,
        column=error.column, where=decode(error.where), document=error.document)


def check(code: int, error: Error) -> None:
    """Raises what a call reported through its result and its last parameter."""
    if code < 0:
        raise from_struct(error, code)


@dataclass(frozen=True)
class Diagnostic:
    """One problem found while reading; line, column and document are 0 when unknown.

    pointer is the JSON pointer of what it is about within the document ("" = all of it), key that
    of the object when its identity could be read.
    """

    severity: Severity
    code: int
    message: str
    file: str
    line: int
    column: int
    document: int = 0
    pointer: str = ""
    key: Optional[str] = None

    def __str__(self) -> str:
        key = None if self.key and self.key in self.message else self.key
        return place(self.file, self.line, self.column) + self.message + subject(self.pointer, key)


class Diagnostics(Sequence[Diagnostic]):
    """The problems of a text or a manifest in order; the counts include those not kept."""

    def __init__(self, problems: Tuple[Diagnostic, ...], errors: int, warnings: int) -> None:
        self._problems = problems
        self.error_count = errors
        self.warning_count = warnings

    def __getitem__(self, index: Any) -> Any:
        return self._problems[index]

    def __len__(self) -> int:
        return len(self._problems)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self._problems)

    def __repr__(self) -> str:
        return f"Diagnostics({list(self._problems)!r})"


def copy_diagnostics(pointer: Any) -> Diagnostics:
    """Copies a borrowed gitops_diagnostics."""
    problems = []
    problem = Error()
    for i in range(lib.gitops_diagnostics_count(pointer)):
        severity = Severity(lib.gitops_diagnostics_get(pointer, i, problem))
        key = lib.gitops_diagnostics_key(pointer, i)
        problems.append(Diagnostic(severity, problem.code, decode(problem.message),
                                   decode(problem.where), problem.line, problem.column,
                                   problem.document,
                                   decode(lib.gitops_diagnostics_pointer(pointer, i)),
                                   None if key is None else decode(key)))
    return Diagnostics(tuple(problems), lib.gitops_diagnostics_errors(pointer),
                       lib.gitops_diagnostics_warnings(pointer))
