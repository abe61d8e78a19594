"""Targets: the system to keep equal to Git, as a Python class."""

from __future__ import annotations

import threading
import weakref
from ctypes import byref
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Protocol, Union

from ._handle import Handle, Registry, c_string, create, log_exception, logger
from ._library import lib
from ._structs import TargetFn, TargetOptions, make
from .answers import (
    Answer,
    Object,
    Page,
    Request,
    TargetConflict,
    TargetFailed,
    TargetRetry,
    TargetUnknown,
    copy_request,
    describe,
)
from .contexts import Context, core_of
from .enums import Health
from .healths import HealthTable, Verdict
from .values import DocumentLike

Listing = Union[Page, Mapping[str, DocumentLike], Iterable[Object]]
Held = Union[None, Object, DocumentLike]


class Target:
    """Subclass it and write the methods that your system has; the others count as missing.

    list or get is needed, both is best; apply and delete are needed; commit and abort go together.
    A target without any method is for hosts that answer each Action by hand.

    An exception is never lost: the answer becomes "failed" with its message, and the traceback
    goes to the logger "gitops". Raise TargetUnknown when the change may have happened all the
    same, TargetRetry or TargetConflict where they fit. What is no Exception (KeyboardInterrupt)
    stops the run and is raised by it.

    Methods may be called on any thread, up to max_in_flight at once.
    """

    max_in_flight: int = 1
    changes_all: bool = False  # no field is immutable here, so that nothing is replaced
    reports_health: bool = False  # what get gives carries its status, and is judged by it
    health_table: Optional[HealthTable] = None  # how, beside the library's rules
    _native: Optional[NativeTarget] = None

    def list(self, page: Optional[str]) -> Listing:
        """All objects: a mapping of key to document, any iterable of Object, or a Page.

        An exception, also in the middle of an iteration, means that the listing is not known:
        nothing is deleted because of it.
        """
        raise NotImplementedError

    def get(self, key: str) -> Held:
        """One object, as a document or as an Object with a version; None: it does not exist."""
        raise NotImplementedError

    def apply(self, request: Request) -> Held:
        """Creates or updates one object. None: held as sent; else what the target now holds."""
        raise NotImplementedError

    def delete(self, request: Request) -> None:
        """Deletes one object."""
        raise NotImplementedError

    def check(self, request: Request) -> None:
        """Would apply or delete work? Raises when not; changes nothing."""
        raise NotImplementedError

    def commit(self) -> None:
        """Makes real what apply and delete staged."""
        raise NotImplementedError

    def abort(self) -> None:
        """Drops what was staged; needed with commit."""
        raise NotImplementedError

    def fingerprint(self) -> str:
        """Text that identifies the real system, up to 255 bytes; the state is bound to it."""
        raise NotImplementedError


    def assess(self, key: str) -> Union[Health, Verdict]:
        """Is the object at work? An object that does not exist is Health.MISSING."""
        raise NotImplementedError


_Question = Callable[[Target, Request, Answer], None]


class Caller(Protocol):
    """Who called the library, and gets what no answer can carry."""

    def interrupt(self, error: BaseException) -> None: ...


class _Callers(threading.local):
    caller: Optional[Caller] = None


# The caller of the library on this thread. Worker threads of the library have none: what they meet
# goes to the callers of the target.
CALLERS = _Callers()


class NativeTarget(Handle):
    """The library's side of a target: the target owns it, and the units of the library hold it."""

    _free = "gitops_target_free"

    def __init__(self, pointer: Any) -> None:
        super().__init__(pointer)
        self.callers: List[Caller] = []


# Weak, so that a target that knows its own reconciler can be collected. Callbacks only come while
# a reconciler is in use, and that holds its units, which hold their targets.
_TARGETS = Registry()
_MAKING = threading.Lock()


def refusal_is_immutable(message: str) -> bool:
    """Whether a target's refusal says that something cannot be changed: a guess by its text."""
    return bool(lib.gitops_refusal_is_immutable(c_string(message)))


def native_of(target: Target, context: Context) -> NativeTarget:
    """The library's side of a target; made on first use."""
    with _MAKING:
        if target._native is None:
            # Also a target that is a frozen dataclass gets its attribute.
            object.__setattr__(target, "_native", _make_native(target, context))
        assert target._native is not None
        return target._native


def _make_native(target: Target, context: Context) -> NativeTarget:
    given = {name: thunk for name, thunk in _THUNKS.items()
             if getattr(type(target), _METHODS.get(name, name)) is not
             getattr(Target, _METHODS.get(name, name))}
    core = core_of(context)
    number = _TARGETS.add(weakref.ref(target))
    table = target.health_table._pointer if target.health_table else None
    options = make(TargetOptions, user_data=number, destroy_user_data=_TARGETS.destroy,
                   max_in_flight=target.max_in_flight, changes_all=target.changes_all,
                   reports_health=target.reports_health, health=table,
                   **given)
    try:
        return NativeTarget(create("target", lib.gitops_target_new, core._pointer, byref(options)))
    except BaseException:
        _TARGETS.discard(number)
        raise


def _answer_list(target: Target, request: Request, answer: Answer) -> None:
    listing = target.list(request.page)
    page = listing if isinstance(listing, Page) else Page(_objects(listing))
    for item in page.objects:
        answer.object(item.key, item.document, item.version)
    answer.listed(page.next)


def _objects(listing: Union[Mapping[str, DocumentLike], Iterable[Object]]) -> Iterable[Object]:
    if isinstance(listing, Mapping):
        return (Object(key, document) for key, document in listing.items())
    return listing


def _answer_get(target: Target, request: Request, answer: Answer) -> None:
    held = target.get(request.key)
    if held is None:
        answer.absent()
    elif isinstance(held, Object):
        answer.object(request.key, held.document, held.version)
    else:
        answer.object(request.key, held)


def _answer_apply(target: Target, request: Request, answer: Answer) -> None:
    held = target.apply(request)
    # From here on it has happened: a result that is no document must not read as "failed".
    try:
        if isinstance(held, Object):
            answer.done(held.document, held.version)
        else:
            answer.done(held)
    except Exception as error:
        raise TargetUnknown(f"apply returned no document: {describe(error)}") from error


def _answer_fingerprint(target: Target, _request: Request, answer: Answer) -> None:
    answer.fingerprint(target.fingerprint())


def _answer_assess(target: Target, request: Request, answer: Answer) -> None:
    verdict = target.assess(request.key)
    if isinstance(verdict, Verdict):
        answer.health(verdict.health, verdict.message)
    else:
        answer.health(verdict)


def _answer_done(call: Callable[[Target, Request], None]) -> _Question:
    def question(target: Target, request: Request, answer: Answer) -> None:
        call(target, request)
        answer.done()

    return question


def _answer_exception(error: BaseException, answer: Answer) -> None:
    if isinstance(error, TargetRetry):
        answer.retry(error.after_ms, str(error))
    elif isinstance(error, TargetConflict):
        answer.conflict(str(error))
    elif isinstance(error, TargetFailed):
        answer.failed(str(error) or "the target refused", error.code)
    elif isinstance(error, Exception) and not isinstance(error, TargetUnknown):
        answer.failed(describe(error))
    else:
        answer.unknown(str(error) if isinstance(error, TargetUnknown) else describe(error))


def _callback(question: _Question) -> Any:
    """A C callback that asks the target which user_data names; nothing passes through C."""

    def thunk(request: Any, pointer: Any, number: int) -> int:
        answer = Answer(pointer)
        try:
            target: Target = _TARGETS[number]()
            try:
                question(target, copy_request(request), answer)
            except BaseException as error:
                _take_exception(target, error, answer)
        except BaseException as error:  # no answer is "unknown", which never deletes
            log_exception(error, "exception in a target callback")
        return 0

    return TargetFn(thunk)


def _take_exception(target: Target, error: BaseException, answer: Answer) -> None:
    logger.warning("exception in %s", type(target).__name__, exc_info=error)
    if not answer.given:
        _answer_exception(error, answer)
    if isinstance(error, Exception) or target._native is None:
        return
    for caller in [CALLERS.caller] if CALLERS.caller else list(target._native.callers):
        caller.interrupt(error)


# By the field of gitops_target_options. They live as long as the module: a target may outlive all
# Python objects that speak of it.
_THUNKS: Dict[str, Any] = {
    "list": _callback(_answer_list),
    "get": _callback(_answer_get),
    "apply": _callback(_answer_apply),
    "delete_object": _callback(_answer_done(lambda target, request: target.delete(request))),
    "check": _callback(_answer_done(lambda target, request: target.check(request))),
    "commit": _callback(_answer_done(lambda target, _request: target.commit())),
    "abort_staged": _callback(_answer_done(lambda target, _request: target.abort())),
    "fingerprint": _callback(_answer_fingerprint),
    "assess": _callback(_answer_assess),
}
_METHODS = {"delete_object": "delete", "abort_staged": "abort"}
