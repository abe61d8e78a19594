"""The reconciler: the machine that keeps targets equal to their sources."""

from __future__ import annotations

import signal
import threading
import time
import weakref
from contextlib import contextmanager
from ctypes import byref
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, List, Optional, Union

from ._handle import Registry, c_string, call, create, create_last, log_exception, logger
from ._library import lib
from ._structs import Error, EventFn, ReconcilerOptions, RunOptions, make
from .answers import Answer, Request, copy_request, describe
from .contexts import Context, Made, core_of
from .enums import ActionType, Origin
from .errors import GitopsError, StateError, TargetError, decode
from .events import Event, copy_event
from .plans import Run, Unit
from .stores import Store
from .targets import CALLERS

_NEVER = 2 ** 63 - 1
# Weak, so that a reconciler that its own event callback refers to can be collected. Events only
# come during calls of the reconciler.
_RECONCILERS = Registry()


def _monotonic_ms() -> int:
    return time.monotonic_ns() // 1_000_000


def _unix_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class Waiting:
    """What is waited for: an object ("" for another unit), why, and since when."""

    key: str
    reason: str
    since_unix_ms: int


class Action:
    """One thing to do for the machine. It must be resolved or rejected, once.

    execute() does it with the unit's source, target and store, on any thread. A host that answers
    itself reads request, fills answer, and then calls execute() for what is left.
    """

    def __init__(self, pointer: Any, reconciler: Reconciler) -> None:
        self._action = pointer
        self._reconciler = reconciler
        self._answer: Optional[Answer] = None
        self._executing = False
        self.type = ActionType(lib.gitops_action_type(pointer))
        self.unit = decode(lib.gitops_action_unit(pointer))

    @property
    def _pointer(self) -> Any:
        if self._action is None:
            raise StateError("the action was resolved or rejected before")
        return self._action

    @property
    def request(self) -> Optional[Request]:
        """The question to the target; None for actions that ask it nothing."""
        request = lib.gitops_action_request(self._pointer)
        return copy_request(request) if request else None

    @property
    def answer(self) -> Optional[Answer]:
        """Where to put the answer to the question; None for actions that have none."""
        pointer = lib.gitops_action_answer(self._pointer)
        if self._answer is None and pointer:
            self._answer = Answer(pointer)
        return self._answer

    def execute(self) -> None:
        """Carries the action out. Failures are part of its answer, which resolve sees."""
        with _calling(self._reconciler):
            pointer = self._idle_pointer()
            self._executing = True
            try:
                call(lib.gitops_action_execute, pointer)
            finally:
                self._executing = False
        self._reconciler._raise_failures()

    def _idle_pointer(self) -> Any:
        if self._executing:
            raise StateError("the action is being executed")
        return self._pointer

    def _consume(self) -> Any:
        pointer = self._idle_pointer()
        self._action = None
        if self._answer is not None:
            self._answer.detach()
        return pointer

    def __repr__(self) -> str:
        return f"<Action {self.type.name} of {self.unit}>"


class Reconciler(Made):
    """Units over one store. run() is the simple way; next() and resolve() suit any loop.

    Used by one thread at a time, which is checked; cancel() and wakeup() may come from anywhere.
    on_event gets each Event on the thread that uses the reconciler. An exception from it stops
    the run: what is in flight is recorded, nothing more is sent, and then it is raised.
    """

    _free = "gitops_reconciler_free"
    # At exit a daemon thread may still be inside; the store's lock dies with the process.
    _free_at_exit = False

    def __init__(self, context: Context, store: Store, *, plan_only: bool = False,
                 all_changes: bool = False, seed: int = 0, max_changes_per_hour: int = 0,
                 on_event: Optional[Callable[[Event], None]] = None) -> None:
        core = core_of(context)
        number = _RECONCILERS.add(weakref.ref(self))
        options = make(ReconcilerOptions, plan_only=int(plan_only),
                       all_changes=int(all_changes), seed=seed,
                       max_changes_per_hour=max_changes_per_hour,
                       event=None if on_event is None else _on_event, event_user_data=number,
                       destroy_event_user_data=_RECONCILERS.destroy)
        try:
            pointer = create("reconciler", lib.gitops_reconciler_new, core._pointer,
                             store._pointer, byref(options))
        except BaseException:
            _RECONCILERS.discard(number)
            raise
        super().__init__(core, pointer)
        self.store = store
        self._on_event = on_event
        self._units: Dict[str, Unit] = {}
        self._actions: List[Action] = []
        self._waiting: Optional[Action] = None
        self._failures: List[BaseException] = []
        self._wakers: List[Callable[[], None]] = []
        self._user = threading.RLock()
        self._freeing = threading.RLock()  # a cancel may come while another thread closes
        self._busy = False

    @property
    def units(self) -> List[Unit]:
        return list(self._units.values())

    def add(self, unit: Unit) -> None:
        """Adds a unit; its first pass is due at once."""
        with self._used():
            call(lib.gitops_reconciler_add, self._pointer, unit._pointer)
            self._units[unit.name] = unit

    def approve(self, unit: str, digest: str, *, who: Optional[str] = None,
                reason: Optional[str] = None) -> None:
        """Approves, for the next pass of a unit, the plan with this digest; who and why go into
        the history. Store.approve is for another process."""
        with self._used():
            call(lib.gitops_reconciler_approve, self._pointer, c_string(unit), c_string(digest),
                 c_string(who), c_string(reason))

    def allow_rewind(self, unit: str, commit: str) -> None:
        """Allows a unit to go to a commit (its full id) that does not descend from the one
        applied last; until it was applied, and no other."""
        with self._used():
            call(lib.gitops_reconciler_allow_rewind, self._pointer, c_string(unit),
                 c_string(commit))

    def suspend(self, unit: str, reason: str = "", *, until_unix_ms: int = 0) -> None:
        """From its next pass on nothing of a unit is applied, until then or until it is resumed."""
        with self._used():
            call(lib.gitops_reconciler_suspend, self._pointer, c_string(unit), until_unix_ms,
                 c_string(reason))

    def resume(self, unit: str) -> None:
        """Goes on with a suspended or pinned unit."""
        with self._used():
            call(lib.gitops_reconciler_resume, self._pointer, c_string(unit))

    def waits(self, unit: str) -> List[Waiting]:
        """What a unit waits for at this moment: answers, health, what is being deleted, units."""
        with self._used():
            found = create("waits", lib.gitops_reconciler_waits, self._pointer, c_string(unit))
        try:
            return [Waiting(decode(lib.gitops_waits_key(found, i)),
                            decode(lib.gitops_waits_reason(found, i)),
                            lib.gitops_waits_since_unix_ms(found, i))
                    for i in range(lib.gitops_waits_count(found))]
        finally:
            lib.gitops_waits_free(found)

    def pin(self, unit: str, revision: str, reason: str = "") -> None:
        """Keeps a unit at one revision of its source, a whole commit id, until it is resumed."""
        with self._used():
            call(lib.gitops_reconciler_pin, self._pointer, c_string(unit), c_string(revision),
                 c_string(reason))

    def read_once(self, unit: str, revision: str) -> None:
        """Lets the next pass of a unit, and no other, read this revision."""
        with self._used():
            call(lib.gitops_reconciler_read_once, self._pointer, c_string(unit),
                 c_string(revision))

    def confirm(self, unit: str) -> None:
        """Says that the revision a unit with confirm_ms has applied is good."""
        with self._used():
            call(lib.gitops_reconciler_confirm, self._pointer, c_string(unit))

    def trigger(self, unit: Optional[str] = None) -> None:
        """Makes a pass of a unit due now; None: of every unit. It tries again what failed before."""
        with self._used():
            call(lib.gitops_reconciler_trigger, self._pointer, c_string(unit))

    def run(self, *, forever: bool = False, workers: int = 0) -> None:
        """One pass of every unit, or until cancelled.

        Raises HeldError (a plan waits for approval), PartialError (an operation failed),
        CancelledError, or the error that stopped a unit before any change; result() has the
        details. With workers, or forever, targets are called on other threads and the calling
        thread only waits, so that a keyboard interrupt stops the run at once.
        """
        options = make(RunOptions, forever=int(forever), workers=workers)
        try:
            if forever or workers > 0:
                self._run_aside(options)
            else:
                self._run_here(options)
        except GitopsError:
            self._raise_failures()
            raise
        self._raise_failures()

    def result(self, unit: str) -> Optional[Run]:
        """The result of the last pass of a unit; None when there is none."""
        with self._used():
            run = lib.gitops_reconciler_result(self._pointer, c_string(unit))
            return Run(self._core, run) if run else None

    def next(self, mono_ms: Optional[int] = None,
             unix_ms: Optional[int] = None) -> Optional[Action]:
        """The next action; None when there is none before timeout() or an answer.

        Times are milliseconds, and now where left out. The monotonic one never goes back.
        """
        action, self._waiting = self._waiting, None
        if action is None:
            with self._stepping():
                pointer = create_last(
                    "action", lib.gitops_reconciler_next, self._pointer,
                    _monotonic_ms() if mono_ms is None else mono_ms,
                    _unix_ms() if unix_ms is None else unix_ms)
            if pointer:
                action = Action(pointer, self)
                self._actions.append(action)
        if self._failures:
            self._waiting = action
            self._raise_failures()
        return action

    @property
    def deadline(self) -> Optional[int]:
        """When next() has something to do without any answer: monotonic ms; None = never."""
        with self._used():
            deadline: int = lib.gitops_reconciler_deadline(self._pointer)
            return None if deadline == _NEVER else deadline

    def timeout(self, mono_ms: Optional[int] = None) -> Optional[float]:
        """Seconds until deadline, at least 0; None = never."""
        deadline = self.deadline
        if deadline is None:
            return None
        return max(0, deadline - (_monotonic_ms() if mono_ms is None else mono_ms)) / 1000

    @property
    def idle(self) -> bool:
        """Whether every unit has finished at least one pass and none is under way."""
        with self._used():
            return bool(lib.gitops_reconciler_idle(self._pointer))

    def resolve(self, action: Action, mono_ms: Optional[int] = None) -> None:
        """Gives an executed action back. One without an answer counts as unknown."""
        with self._stepping():
            pointer = self._take(action)
            call(lib.gitops_reconciler_resolve, self._pointer, pointer,
                 _monotonic_ms() if mono_ms is None else mono_ms)
        self._raise_failures()

    def reject(self, action: Action, reason: Union[BaseException, str],
               mono_ms: Optional[int] = None) -> None:
        """Gives an action back that could not be carried out at all, with the reason."""
        with self._stepping():
            pointer = self._take(action)
            call(lib.gitops_reconciler_reject, self._pointer, pointer, byref(_reason(reason)),
                 _monotonic_ms() if mono_ms is None else mono_ms)
        self._raise_failures()

    def cancel(self) -> None:
        """Stops for good: no new action but those that record what happened. Any thread."""
        with self._freeing:
            if not self.closed:
                lib.gitops_reconciler_cancel(self._pointer)
        self._wake()

    def wakeup(self) -> None:
        """Makes a run look at what is due. Any thread."""
        with self._freeing:
            if not self.closed:
                lib.gitops_reconciler_wakeup(self._pointer)
        self._wake()

    def add_waker(self, waker: Callable[[], None]) -> None:
        """Has cancel() and wakeup() call a function too: for loops that wait elsewhere."""
        self._wakers.append(waker)

    def discard_waker(self, waker: Callable[[], None]) -> None:
        if waker in self._wakers:
            self._wakers.remove(waker)

    def _wake(self) -> None:
        for waker in list(self._wakers):
            waker()

    def interrupt(self, error: BaseException) -> None:
        """Cancels, and has the call that is under way raise an exception. Any thread."""
        self._failures.append(error)
        self.cancel()

    def close(self) -> None:
        """Frees the reconciler; actions that are still out are rejected first."""
        if self.closed:
            return
        with self._used():
            if self._busy:
                raise StateError("the reconciler is running")
            for action in list(self._actions):
                try:
                    self.reject(action, "the reconciler was closed")
                except StateError:
                    raise
                except Exception as error:
                    logger.warning("closing a reconciler: %s", describe(error), exc_info=error)
            with self._freeing:
                super().close()

    def _run_here(self, options: RunOptions) -> None:
        with self._stepping():
            targets = [unit._native for unit in self._units.values()]
            for target in targets:
                target.callers.append(self)
            try:
                call(lib.gitops_reconciler_run, self._pointer, byref(options))
            finally:
                for target in targets:
                    target.callers.remove(self)

    def _run_aside(self, options: RunOptions) -> None:
        """Runs on another thread, since a thread inside the library sees no signal."""
        raised: List[BaseException] = []
        done = threading.Event()

        def work() -> None:
            try:
                self._run_here(options)
            except BaseException as error:
                raised.append(error)
            finally:
                done.set()

        with _calling(self):
            threading.Thread(target=work, name="gitops-run").start()
            while not done.is_set():
                try:
                    done.wait()
                except BaseException as error:  # of a signal handler of the program
                    self.interrupt(error)
        if raised:
            raise raised[0]

    @contextmanager
    def _used(self) -> Iterator[None]:
        """One thread at a time, but callbacks may use the reconciler that calls them."""
        if not self._user.acquire(blocking=False):
            raise StateError("the reconciler is in use by another thread")
        try:
            yield
        finally:
            self._user.release()

    @contextmanager
    def _stepping(self) -> Iterator[None]:
        """Around what moves the machine: not from within a callback of the machine."""
        with self._used(), _calling(self):
            if self._busy:
                raise StateError("the reconciler is running")
            self._busy = True
            try:
                yield
            finally:
                self._busy = False

    def _take(self, action: Action) -> Any:
        if action not in self._actions:
            raise StateError("the action was resolved or rejected before, or is not of this "
                             "reconciler")
        pointer = action._consume()
        self._actions.remove(action)
        return pointer

    def _take_event(self, event: Any) -> None:
        if self._on_event is None:
            return
        view = copy_event(self._core, event)
        try:
            self._on_event(view)
        except BaseException as error:
            self.interrupt(error)
        finally:
            view._event = None

    def _raise_failures(self) -> None:
        """Raises what a callback raised during the call that just ended."""
        if not self._failures:
            return
        failures, self._failures = self._failures, []
        for error in failures[1:]:
            logger.warning("one more exception in a callback", exc_info=error)
        raise failures[0]


def _reason(reason: Union[BaseException, str]) -> Error:
    text = reason if isinstance(reason, str) else describe(reason)
    code = reason.code if isinstance(reason, GitopsError) else TargetError.code
    line = " ".join(text.replace("\0", " ").split())
    return Error(code=code, origin=Origin.HOST, message=line.encode("utf-8", "replace")[:639])


@contextmanager
def _calling(reconciler: Reconciler) -> Iterator[None]:
    """Has the reconciler get what callbacks raise, and Ctrl-C, while the library runs.

    Python would raise KeyboardInterrupt at the first instruction of a callback, before any "try",
    and ctypes would swallow it; here it becomes a cancel, and is raised when the call is over.
    """
    outer, CALLERS.caller = CALLERS.caller, reconciler
    usual = signal.default_int_handler
    deferred = (threading.current_thread() is threading.main_thread()
                and signal.getsignal(signal.SIGINT) is usual)
    if deferred:
        signal.signal(signal.SIGINT, lambda *_: reconciler.interrupt(KeyboardInterrupt()))
    try:
        yield
    finally:
        if deferred:
            signal.signal(signal.SIGINT, usual)
        CALLERS.caller = outer


def _event(event: Any, number: int) -> None:
    try:
        reconciler: Optional[Reconciler] = _RECONCILERS[number]()
        if reconciler is not None:
            reconciler._take_event(event)
    except BaseException as error:  # nothing may pass through C
        log_exception(error, "exception in an event callback")


_on_event = EventFn(_event)
