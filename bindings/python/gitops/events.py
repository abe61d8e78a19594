"""Events: what a reconciler tells while it works."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, Optional

from ._library import lib
from .enums import EventType, Outcome
from .errors import StateError, decode
from .plans import Operation, Plan, Run, copy_operation
from .reports import collect
from .values import load_json


@dataclass
class Event:
    """Something that happened. It may be kept; members that do not apply are None."""

    type: EventType
    unit: str
    unix_ms: int
    plan: Optional[Plan]
    operation: Optional[Operation]
    outcome: Outcome
    message: Optional[str]
    run: Optional[Run]
    _event: Any = field(default=None, repr=False, compare=False)

    def to_dict(self) -> Dict[str, Any]:
        """The event as one line of the JSON log has it. During the callback only."""
        if self._event is None:
            raise StateError("an event can be reported during its callback only")
        report: Dict[str, Any] = load_json(collect(lib.gitops_report_event, self._event))
        return report


def copy_event(core: Any, event: Any) -> Event:
    """Copies a borrowed gitops_event, taking holds on what it refers to."""
    plan = lib.gitops_event_plan(event)
    operation = lib.gitops_event_operation(event)
    message = lib.gitops_event_message(event)
    run = lib.gitops_event_run(event)
    return Event(
        type=EventType(lib.gitops_event_type(event)),
        unit=decode(lib.gitops_event_unit(event)),
        unix_ms=lib.gitops_event_unix_ms(event),
        plan=Plan(core, lib.gitops_plan_ref(plan)) if plan else None,
        operation=copy_operation(core, operation) if operation else None,
        outcome=Outcome(lib.gitops_event_outcome(event)),
        message=None if message is None else decode(message),
        run=Run(core, lib.gitops_run_ref(run)) if run else None,
        _event=event)
