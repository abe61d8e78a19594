"""Windows of time that allow or deny changes, and the time zones that their schedules are in."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Iterable, Optional

from ._handle import c_string, create
from ._library import lib
from ._structs import Window as NativeWindow
from ._structs import make
from .contexts import Context, Made, core_of
from .enums import WindowKind

_NEVER = 2**63 - 1


class Zone(Made):
    """A time zone, from the bytes of a TZif file such as /usr/share/zoneinfo/Europe/Berlin."""

    _free = "gitops_zone_free"

    @classmethod
    def parse(cls, context: Context, tzif: bytes) -> Zone:
        core = core_of(context)
        return cls(core, create("zone", lib.gitops_zone_parse, core._pointer, tzif, len(tzif)))

    def offset(self, unix_ms: int) -> int:
        """What local clocks are ahead of UTC, in seconds."""
        return int(lib.gitops_zone_offset(self._pointer, unix_ms))


@dataclass(frozen=True)
class Window:
    """A window opens whenever its schedule of five fields says, and stays open for its duration.

    manual_sync: it does not hold back what somebody asked for by hand; sync_overrun: nor what began
    while it was allowed. zone None: UTC.
    """

    kind: WindowKind
    schedule: str
    duration_ms: int
    zone: Optional[Zone] = None
    manual_sync: bool = False
    sync_overrun: bool = False


class Windows(Made):
    """Windows that decide together (docs/windows.md)."""

    _free = "gitops_windows_free"

    @classmethod
    def new(cls, context: Context, windows: Iterable[Window]) -> Windows:
        core = core_of(context)
        given = [make(NativeWindow, kind=one.kind, schedule=c_string(one.schedule),
                      duration_ms=one.duration_ms, manual_sync=one.manual_sync,
                      sync_overrun=one.sync_overrun,
                      zone=one.zone._pointer if one.zone else None) for one in windows]
        array = (NativeWindow * len(given))(*given)
        pointer = ctypes.cast(array, ctypes.POINTER(NativeWindow))
        return cls(core, create("windows", lib.gitops_windows_new, core._pointer, pointer,
                                len(given)))

    def is_open(self, i: int, unix_ms: int) -> bool:
        return bool(lib.gitops_windows_open(self._pointer, i, unix_ms))

    def allow(self, unix_ms: int, *, manual: bool = False, began: bool = False) -> bool:
        """May changes be made? began: it began while it was allowed."""
        return bool(lib.gitops_windows_allow(self._pointer, unix_ms, manual, began))

    def blocker(self, unix_ms: int, *, manual: bool = False, began: bool = False) -> Optional[int]:
        """The index of the window that holds changes back; None: they may be made."""
        index = int(lib.gitops_windows_blocker(self._pointer, unix_ms, manual, began))
        return None if index < 0 else index

    def next_change(self, unix_ms: int) -> Optional[int]:
        """The first moment at which another answer can be given; None: there is none."""
        moment = int(lib.gitops_windows_next_change(self._pointer, unix_ms))
        return None if moment == _NEVER else moment
