"""Units, plans and the results of runs."""

from __future__ import annotations

from ctypes import byref, c_int32, c_uint64, pointer
from dataclasses import dataclass
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple

from ._handle import c_string, c_strings, call, create, take_buffer
from ._library import lib
from ._structs import (
    BetweenOptions,
    Dependency,
    Error,
    OrderOptions,
    UnitOptions,
    handle_type,
    make,
)
from .contexts import Context, Made, core_of
from .diffs import Changes
from .enums import (
    Adopt,
    Conflict,
    Drift,
    Failure,
    OperationAction,
    Outcome,
    Prune,
    ReportFormat,
    Wait,
)
from .errors import Diagnostics, GitopsError, copy_diagnostics, decode, from_struct
from .identities import Identity
from .manifests import Manifest
from .reports import collect, report_options, write_report
from .schemas import Schema
from .sources import Source
from .targets import Target, native_of
from .values import load_json
from .windows import Windows


def order_options(kinds: Sequence[str],
                  dependencies: Iterable[Tuple[str, str]]) -> OrderOptions:
    """What a host adds to the order of operations."""
    pairs = [Dependency(c_string(key), c_string(on)) for key, on in dependencies]
    return make(OrderOptions, kinds=c_strings(kinds), kind_count=len(kinds),
                dependencies=(Dependency * len(pairs))(*pairs), dependency_count=len(pairs))


class Unit(Made):
    """A name, a source with a path, a target and a policy. Zeroes are the library's defaults.

    kinds orders the kinds of objects ("*" stands for those that are not named); dependencies are
    pairs of keys, of an object and of one that has to be there before it. protects and scope are
    patterns of keys: what is deleted and replaced with an approval only, and what the unit may
    touch. manager is our field manager, as for Diff.
    """

    _free = "gitops_unit_free"

    def __init__(self, context: Context, name: str, source: Source, target: Target, *,
                 path: str = "", excludes: Iterable[str] = (),
                 identity: Optional[Identity] = None, schema: Optional[Schema] = None,
                 prune: Prune = Prune.DEFAULT, adopt: Adopt = Adopt.DEFAULT,
                 conflict: Conflict = Conflict.DEFAULT, drift: Drift = Drift.DEFAULT,
                 max_deletes: int = 0, max_delete_percent: int = 0,
                 interval_ms: int = 0, read_workers: int = 0, kinds: Sequence[str] = (),
                 dependencies: Iterable[Tuple[str, str]] = (),
                 on_failure: Failure = Failure.DEFAULT, wait: Wait = Wait.DEFAULT,
                 operation_timeout_ms: int = 0, wave_timeout_ms: int = 0,
                 run_timeout_ms: int = 0, after: Iterable[str] = (),
                 protects: Iterable[str] = (), scope: Iterable[str] = (),
                 windows: Optional[Windows] = None, manager: Optional[str] = None,
                 confirm_ms: int = 0) -> None:
        core = core_of(context)
        native = native_of(target, context)
        patterns, before = list(excludes), list(after)
        protected, allowed = list(protects), list(scope)
        order = order_options(kinds, dependencies)
        options = make(
            UnitOptions, name=c_string(name), source=source._pointer, path=c_string(path),
            excludes=c_strings(patterns), exclude_count=len(patterns), target=native._pointer,
            schema=None if schema is None else schema._pointer, prune=prune, adopt=adopt,
            conflict=conflict, drift=drift, max_deletes=max_deletes,
            max_delete_percent=max_delete_percent, interval_ms=interval_ms,
            read_workers=read_workers,
            identity=None if identity is None else identity._pointer, order=pointer(order),
            on_failure=on_failure, wait=wait, operation_timeout_ms=operation_timeout_ms,
            wave_timeout_ms=wave_timeout_ms, run_timeout_ms=run_timeout_ms,
            after=c_strings(before), after_count=len(before),
            protects=c_strings(protected), protect_count=len(protected),
            scope=c_strings(allowed), scope_count=len(allowed),
            windows=None if windows is None else windows._pointer,
            manager=c_string(manager), confirm_ms=confirm_ms)
        super().__init__(core, create("unit", lib.gitops_unit_new, core._pointer, byref(options)))
        self.name = name
        self.source = source
        self.target = target
        self._native = native


@dataclass(frozen=True)
class Operation:
    """What a plan does to one object.

    reason says why in words, reason_code as a code; phase and wave say when it has its turn. file and line
    place the object in the source ("" and 0 for a delete). changes are the changed leaves of an
    update, an adopt or a replace.
    """

    action: OperationAction
    key: str
    reason: str
    reason_code: str
    phase: str
    wave: int
    file: str
    line: int
    changes: Optional[Changes]

    def __str__(self) -> str:
        return f"{self.action.name.lower()} {self.key}: {self.reason}"


@dataclass(frozen=True)
class HeldBy:
    """A safety limit that holds a plan."""

    limit: str
    allowed: int
    asked: int


@dataclass(frozen=True)
class Move:
    """What moved since a plan was saved; NONE: nothing was, or is, to be done."""

    key: str
    before: OperationAction
    now: OperationAction


class SavedPlan(Made):
    """A plan that was written to a file, read back."""

    _free = "gitops_saved_plan_free"

    @classmethod
    def read(cls, context: Context, data: bytes, name: str = "") -> SavedPlan:
        core = core_of(context)
        return cls(core, create("saved_plan", lib.gitops_saved_plan_read, core._pointer, data,
                                len(data), c_string(name)))

    @property
    def unit(self) -> str:
        return decode(lib.gitops_saved_plan_unit(self._pointer))

    @property
    def revision(self) -> str:
        return decode(lib.gitops_saved_plan_revision(self._pointer))

    @property
    def digest(self) -> str:
        return decode(lib.gitops_saved_plan_digest(self._pointer))

    @property
    def operations(self) -> Tuple[Tuple[OperationAction, str], ...]:
        """Action and key of each, in the order of the plan."""
        return tuple((OperationAction(lib.gitops_saved_plan_action(self._pointer, i)),
                      decode(lib.gitops_saved_plan_key(self._pointer, i)))
                     for i in range(lib.gitops_saved_plan_count(self._pointer)))

    def compare(self, plan: Plan, unit: Unit) -> Optional[Tuple[Move, ...]]:
        """None: a plan made anew is this one. Else what moved; it may be the limits alone."""
        call(lib.gitops_saved_plan_compare, self._pointer, plan._pointer, unit._pointer)
        if not lib.gitops_saved_plan_moved(self._pointer):
            return None
        return tuple(self._move(i) for i in range(lib.gitops_saved_plan_move_count(self._pointer)))

    def _move(self, i: int) -> Move:
        before, now = c_int32(), c_int32()
        key = lib.gitops_saved_plan_move(self._pointer, i, byref(before), byref(now))
        return Move(decode(key), OperationAction(before.value), OperationAction(now.value))

    @property
    def limits_moved(self) -> bool:
        """Whether the policy of the unit was another one in the last comparison."""
        return bool(lib.gitops_saved_plan_limits_moved(self._pointer))


class Plan(Made, Sequence[Operation]):
    """The operations of one run, in the order in which they run. Immutable."""

    _free = "gitops_plan_free"

    @classmethod
    def between(cls, context: Context, before: Manifest, after: Manifest, *,
                unit: Optional[str] = None, revision: Optional[str] = None,
                schema: Optional[Schema] = None, prune: Prune = Prune.DEFAULT,
                all_changes: bool = False) -> Plan:
        """What a change from one manifest to another would send; no target is needed."""
        core = core_of(context)
        options = make(BetweenOptions, unit=c_string(unit), revision=c_string(revision),
                       schema=None if schema is None else schema._pointer, prune=prune,
                       all_changes=int(all_changes))
        pointer = create("plan", lib.gitops_plan_between, core._pointer, before._pointer,
                         after._pointer, byref(options))
        return cls(core, pointer)

    def save(self, unit: Unit) -> bytes:
        """The plan as a file, for SavedPlan.read; it holds no values."""
        return take_buffer(create("buffer", lib.gitops_plan_save, self._pointer, unit._pointer))

    @property
    def unit(self) -> str:
        return decode(lib.gitops_plan_unit(self._pointer))

    @property
    def revision(self) -> str:
        return decode(lib.gitops_plan_revision(self._pointer))

    @property
    def digest(self) -> str:
        """What an approval names: 64 hexadecimal digits."""
        return decode(lib.gitops_plan_digest(self._pointer))

    @property
    def summary(self) -> Dict[OperationAction, int]:
        """How many objects fall to each action; NONE counts what is in order already."""
        return {action: lib.gitops_plan_summary(self._pointer, action)
                for action in OperationAction}

    @property
    def held(self) -> Tuple[HeldBy, ...]:
        """The limits that hold the plan; empty when it is not held, or approved."""
        return tuple(self._held(i) for i in range(lib.gitops_plan_held_count(self._pointer)))

    @property
    def drift(self) -> Tuple[Operation, ...]:
        """Objects that differ and are left alone, as operations without an action."""
        return tuple(copy_operation(self._core, lib.gitops_plan_drift(self._pointer, i))
                     for i in range(lib.gitops_plan_drift_count(self._pointer)))

    @property
    def skipped(self) -> int:
        """Documents of the manifest that are no objects."""
        count: int = lib.gitops_plan_skipped(self._pointer)
        return count

    @property
    def unread(self) -> int:
        """Links and submodules in the source that are not read."""
        count: int = lib.gitops_plan_unread(self._pointer)
        return count

    @property
    def left_alone(self) -> int:
        """How many objects differ and are left alone, those of Drift.IGNORE too."""
        count: int = lib.gitops_plan_left_alone(self._pointer)
        return count

    @property
    def withheld(self) -> Tuple[Operation, ...]:
        """What failed before, would be the very same call now, and is not sent again by itself."""
        return tuple(copy_operation(self._core, lib.gitops_plan_withheld(self._pointer, i))
                     for i in range(lib.gitops_plan_withheld_count(self._pointer)))

    @property
    def conflicts(self) -> Tuple[Operation, ...]:
        """Objects changed in Git and in the target, under Conflict.FAIL."""
        return tuple(copy_operation(self._core, lib.gitops_plan_conflict(self._pointer, i))
                     for i in range(lib.gitops_plan_conflict_count(self._pointer)))

    def to_text(self, *, color: bool = False, full: bool = False,
                approve_command: Optional[str] = None) -> str:
        """The plan for people."""
        return write_report(lib.gitops_report_plan, self._pointer, color=color, full=full,
                            approve_command=approve_command).decode("utf-8", "surrogateescape")

    def to_html(self, *, full: bool = False, approve_command: Optional[str] = None) -> str:
        """The plan as one page that needs nothing else."""
        return write_report(lib.gitops_report_plan, self._pointer, format=ReportFormat.HTML,
                            full=full, approve_command=approve_command).decode("utf-8")

    def to_dict(self, *, full: bool = False) -> Dict[str, Any]:
        """The plan as the JSON report has it; full: with the changes of every operation."""
        report: Dict[str, Any] = load_json(write_report(
            lib.gitops_report_plan, self._pointer, format=ReportFormat.JSON, full=full))
        return report

    def _held(self, i: int) -> HeldBy:
        allowed, asked = c_uint64(), c_uint64()
        name = lib.gitops_plan_held(self._pointer, i, byref(allowed), byref(asked))
        return HeldBy(decode(name), allowed.value, asked.value)

    def __len__(self) -> int:
        count: int = lib.gitops_plan_count(self._pointer)
        return count

    def __bool__(self) -> bool:
        return True  # a plan without operations is a plan all the same

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        position = index + len(self) if index < 0 else index
        if not 0 <= position < len(self):
            raise IndexError(index)
        return copy_operation(self._core, lib.gitops_plan_operation(self._pointer, position))


def copy_operation(core: Any, operation: Any) -> Operation:
    """Copies a borrowed gitops_operation."""
    changes = lib.gitops_operation_changes(operation)
    return Operation(
        action=OperationAction(lib.gitops_operation_action(operation)),
        key=decode(lib.gitops_operation_key(operation)),
        reason=decode(lib.gitops_operation_reason(operation)),
        reason_code=decode(lib.gitops_operation_reason_code(operation)),
        phase=decode(lib.gitops_operation_phase(operation)),
        wave=lib.gitops_operation_wave(operation),
        file=decode(lib.gitops_operation_file(operation)),
        line=lib.gitops_operation_line(operation),
        changes=Changes(core, lib.gitops_changes_ref(changes)) if changes else None)


@dataclass(frozen=True)
class Result:
    """How one operation of a run ended."""

    operation: Operation
    outcome: Outcome
    error: Optional[str]


class Run(Made):
    """The result of one pass of a unit. Immutable."""

    _free = "gitops_run_free"

    @property
    def unit(self) -> str:
        return decode(lib.gitops_run_unit(self._pointer))

    @property
    def error(self) -> Optional[GitopsError]:
        """HeldError, PartialError, or why nothing was changed; None when all went well."""
        error = Error()
        code = lib.gitops_run_status(self._pointer, byref(error))
        return from_struct(error, code) if code < 0 else None

    def raise_for_error(self) -> None:
        """Raises error, if there is one."""
        problem = self.error
        if problem is not None:
            raise problem

    @property
    def plan(self) -> Optional[Plan]:
        """The plan; None when the pass ended before it was made."""
        borrowed = lib.gitops_run_plan(self._pointer)
        return Plan(self._core, lib.gitops_plan_ref(borrowed)) if borrowed else None

    @property
    def diagnostics(self) -> Optional[Diagnostics]:
        """Problems of the manifest; None when it was not read in this pass."""
        borrowed = lib.gitops_run_diagnostics(self._pointer)
        return copy_diagnostics(borrowed) if borrowed else None

    @property
    def touched(self) -> bool:
        """Whether a call that changes something was made to the target."""
        return bool(lib.gitops_run_touched(self._pointer))

    @property
    def results(self) -> List[Result]:
        """The operations of the plan with their outcomes."""
        return [self._result(i, operation) for i, operation in enumerate(self.plan or ())]

    def to_text(self, *, color: bool = False, full: bool = False, brief: bool = False) -> str:
        """The plan and its outcomes for people; brief: what did not go well, and the totals."""
        return write_report(lib.gitops_report_run, self._pointer, color=color, full=full,
                            brief=brief).decode("utf-8", "surrogateescape")

    def to_html(self, *, full: bool = False) -> str:
        """The plan and its outcomes as one page that needs nothing else."""
        return write_report(lib.gitops_report_run, self._pointer, format=ReportFormat.HTML,
                            full=full).decode("utf-8")

    def to_dict(self, *, full: bool = False) -> Dict[str, Any]:
        """The plan and its outcomes as the JSON report has them."""
        report: Dict[str, Any] = load_json(write_report(
            lib.gitops_report_run, self._pointer, format=ReportFormat.JSON, full=full))
        return report

    def _result(self, i: int, operation: Operation) -> Result:
        error = lib.gitops_run_error(self._pointer, i)
        return Result(operation, Outcome(lib.gitops_run_outcome(self._pointer, i)),
                      None if error is None else decode(error))


def review(plans: Sequence[Plan], before: str, after: str, *,
           format: ReportFormat = ReportFormat.TEXT, full: bool = False) -> str:
    """What a change between two revisions would send, by unit: plans of Plan.between."""
    pointers = (handle_type("plan") * len(plans))(*(plan._pointer for plan in plans))
    return collect(lib.gitops_report_review, pointers, len(plans), c_string(before),
                   c_string(after), byref(report_options(format=format, full=full))).decode(
                       "utf-8", "surrogateescape")
