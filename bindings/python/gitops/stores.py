"""Stores: what a reconciler remembers."""

from __future__ import annotations

import time
from ctypes import byref, c_size_t
from dataclasses import dataclass
from typing import Any, List, Optional, Tuple

from ._handle import Handle, PathLike, c_string, call, create, sized_text
from ._library import lib
from ._structs import StoreOptions, UnitNameFn, make
from .contexts import Context, Made, core_of
from .enums import StandingKind
from .errors import decode
from .values import Json, load_json


@dataclass(frozen=True)
class InventoryObject:
    """An object that a unit owns, and what was last sent for it."""

    key: str
    sent_text: Optional[str]
    owned: bool
    """False while it is not ours yet: a run was cut off while it made it or took it over."""
    adopted: bool
    """Whether it was there before it was ours: it stays in the target when it leaves Git."""
    open_intent: bool
    """Whether a run stopped between the intent and the outcome of a call for it."""

    @property
    def sent(self) -> Json:
        return None if self.sent_text is None else load_json(self.sent_text)


@dataclass(frozen=True)
class HistoryOperation:
    key: str
    action: str
    outcome: str
    error: Optional[str]


@dataclass(frozen=True)
class HistoryRun:
    """One run; finished_unix_ms is 0 when it never ended."""

    number: int
    started_unix_ms: int
    finished_unix_ms: int
    revision: str
    digest: str
    approved: bool
    """Whether the plan was held, and carried out because its digest was approved."""
    approver: str
    """Who approved it; "" when nothing was said."""
    approval_reason: str
    result: str
    """"done", "failed" or "interrupted"."""
    operations: Tuple[HistoryOperation, ...]


@dataclass(frozen=True)
class Said:
    """One thing that is said of a unit, and since when."""

    subject: str
    """A revision, an object's key or a plan's digest; nothing for a suspension."""
    who: str
    text: str
    """The reason or the error."""
    unix_ms: int


@dataclass(frozen=True)
class Standing:
    """What is said of a unit now."""

    suspended: Optional[Said]
    suspended_until_unix_ms: int
    """0: until it is resumed, or it is not suspended."""
    pinned: Optional[Said]
    failed: Tuple[Said, ...]
    """Objects that failed for good and are not tried again before something changes."""
    approved: Tuple[Said, ...]
    """Plans that are approved and were not carried out yet."""


class _Standing(Handle):
    _free = "gitops_standing_free"


class _Inventory(Handle):
    _free = "gitops_inventory_free"


class _History(Handle):
    _free = "gitops_history_free"


class Memo(Made):
    """What was read before, for the next process. It may be lost, and costs only time then."""

    _free = "gitops_memo_free"


class Store(Made):
    """A state file, or memory. One writer at a time; used by one thread at a time."""

    _free = "gitops_store_free"

    @classmethod
    def open(cls, context: Context, path: PathLike, *, create_missing: bool = True,
             read_only: bool = False) -> Store:
        """Opens an SQLite file. One that is missing and not to be made reads as empty."""
        core = core_of(context)
        options = make(StoreOptions, path=c_string(path), read_only=int(read_only),
                       create=int(create_missing and not read_only))
        return cls(core, create("store", lib.gitops_store_open, core._pointer, byref(options)))

    @classmethod
    def memory(cls, context: Context) -> Store:
        """A store that is gone when it is closed."""
        core = core_of(context)
        return cls(core, create("store", lib.gitops_store_new_memory, core._pointer))

    def memo(self, name: str) -> Memo:
        """The memo of a name; a reconciler uses those of its units' names by itself."""
        return Memo(self._core, create("memo", lib.gitops_store_memo, self._pointer,
                                       c_string(name)))

    def approve(self, unit: str, digest: str, *, who: Optional[str] = None,
                reason: Optional[str] = None, unix_ms: Optional[int] = None) -> None:
        """Approves the plan with this digest for whatever process makes it next; once, within a
        day of unix_ms (now). The lease is not needed."""
        call(lib.gitops_store_approve, self._pointer, c_string(unit), c_string(digest),
             c_string(who), c_string(reason), _now(unix_ms))

    def suspend(self, unit: str, *, until_unix_ms: int = 0, who: Optional[str] = None,
                reason: Optional[str] = None, unix_ms: Optional[int] = None) -> None:
        """Leaves a unit alone from its next pass on, whatever process has it; 0: until resumed."""
        call(lib.gitops_store_suspend, self._pointer, c_string(unit), until_unix_ms,
             c_string(who), c_string(reason), _now(unix_ms))

    def pin(self, unit: str, revision: str, *, who: Optional[str] = None,
            reason: Optional[str] = None, unix_ms: Optional[int] = None) -> None:
        """Pins a unit to a whole commit id until it is resumed."""
        call(lib.gitops_store_pin, self._pointer, c_string(unit), c_string(revision),
             c_string(who), c_string(reason), _now(unix_ms))

    def resume(self, unit: str) -> None:
        """Goes on with a suspended or pinned unit."""
        call(lib.gitops_store_resume, self._pointer, c_string(unit))

    def standing(self, unit: str, unix_ms: Optional[int] = None) -> Standing:
        """What is said of a unit at a time (now)."""
        with _Standing(create("standing", lib.gitops_standing_read, self._pointer, c_string(unit),
                              _now(unix_ms))) as standing:
            return _copy_standing(standing._pointer)

    def units(self) -> Tuple[str, ...]:
        """Names of the units that are remembered, sorted; one that is not run any more keeps what
        it owned."""
        names: List[str] = []

        def take(name: bytes, _: Any) -> int:
            names.append(decode(name))
            return 0

        call(lib.gitops_store_units, self._pointer, UnitNameFn(take), None)
        return tuple(names)

    def inventory(self, unit: str) -> Tuple[InventoryObject, ...]:
        """What a unit owns, sorted by key; nothing for an unknown unit."""
        with _Inventory(create("inventory", lib.gitops_inventory_read, self._pointer,
                               c_string(unit))) as inventory:
            pointer = inventory._pointer
            return tuple(_copy_object(pointer, i)
                         for i in range(lib.gitops_inventory_count(pointer)))

    def history(self, unit: str, limit: int = 100) -> Tuple[HistoryRun, ...]:
        """The last runs of a unit, the newest first."""
        with _History(create("history", lib.gitops_history_read, self._pointer, c_string(unit),
                             limit)) as history:
            pointer = history._pointer
            return tuple(_copy_run(pointer, i)
                         for i in range(lib.gitops_history_count(pointer)))


def _now(unix_ms: Optional[int]) -> int:
    return time.time_ns() // 1_000_000 if unix_ms is None else unix_ms


def _copy_said(standing: Any, what: int) -> Tuple[Said, ...]:
    return tuple(Said(subject="" if what == StandingKind.SUSPENDED else
                      decode(lib.gitops_standing_subject(standing, what, i)),
                      who=decode(lib.gitops_standing_who(standing, what, i) or b""),
                      text=decode(lib.gitops_standing_text(standing, what, i)),
                      unix_ms=lib.gitops_standing_unix_ms(standing, what, i))
                 for i in range(lib.gitops_standing_count(standing, what)))


def _copy_standing(standing: Any) -> Standing:
    suspended = _copy_said(standing, StandingKind.SUSPENDED)
    pinned = _copy_said(standing, StandingKind.PINNED)
    return Standing(suspended=suspended[0] if suspended else None,
                    suspended_until_unix_ms=lib.gitops_standing_until_unix_ms(standing),
                    pinned=pinned[0] if pinned else None,
                    failed=_copy_said(standing, StandingKind.FAILED),
                    approved=_copy_said(standing, StandingKind.APPROVED))


def _copy_object(inventory: Any, i: int) -> InventoryObject:
    length = c_size_t()
    sent = sized_text(lib.gitops_inventory_sent(inventory, i, byref(length)), length.value)
    return InventoryObject(
        key=decode(lib.gitops_inventory_key(inventory, i)),
        sent_text=None if sent is None else sent.decode("utf-8"),
        owned=bool(lib.gitops_inventory_owned(inventory, i)),
        adopted=bool(lib.gitops_inventory_adopted(inventory, i)),
        open_intent=bool(lib.gitops_inventory_open_intent(inventory, i)))


def _copy_run(history: Any, i: int) -> HistoryRun:
    return HistoryRun(
        number=lib.gitops_history_number(history, i),
        started_unix_ms=lib.gitops_history_started_unix_ms(history, i),
        finished_unix_ms=lib.gitops_history_finished_unix_ms(history, i),
        revision=decode(lib.gitops_history_revision(history, i)),
        digest=decode(lib.gitops_history_digest(history, i)),
        approved=bool(lib.gitops_history_approved(history, i)),
        approver=decode(lib.gitops_history_approver(history, i)),
        approval_reason=decode(lib.gitops_history_approval_reason(history, i)),
        result=decode(lib.gitops_history_result(history, i)),
        operations=tuple(_copy_operation(history, i, op)
                         for op in range(lib.gitops_history_operations(history, i))))


def _copy_operation(history: Any, i: int, op: int) -> HistoryOperation:
    error = lib.gitops_history_error(history, i, op)
    return HistoryOperation(
        key=decode(lib.gitops_history_key(history, i, op)),
        action=decode(lib.gitops_history_action(history, i, op)),
        outcome=decode(lib.gitops_history_outcome(history, i, op)),
        error=None if error is None else decode(error))
