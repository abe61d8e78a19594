"""Plans, runs and changes as text and pages for people and JSON for programs."""

from __future__ import annotations

import ctypes
from ctypes import byref
from typing import Any, List, Optional

from ._handle import c_string, call
from ._structs import ReportOptions, WriteFn, make
from .enums import ReportFormat
from .errors import GitopsError


def collect(function: Any, *arguments: Any) -> bytes:
    """Calls a function that ends in write, user_data and error; returns what it wrote."""
    pieces: List[bytes] = []
    raised: List[BaseException] = []

    def write(address: Optional[int], length: int, _user_data: Any) -> int:
        try:
            pieces.append(ctypes.string_at(address, length) if address else b"")
            return 0
        except BaseException as error:  # nothing may pass through C; it is raised below
            raised.append(error)
            return -1

    try:
        call(function, *arguments, WriteFn(write), None)
    except GitopsError:
        if raised:
            raise raised[0]
        raise
    return b"".join(pieces)


def report_options(*, format: ReportFormat = ReportFormat.TEXT, color: bool = False,
                   full: bool = False, brief: bool = False,
                   approve_command: Optional[str] = None) -> ReportOptions:
    return make(ReportOptions, format=format, color=int(color), full=int(full), brief=int(brief),
                approve_command=c_string(approve_command))


def write_report(function: Any, subject: Any, **options: Any) -> bytes:
    """One report of a plan, a run or a list of changes; options as for report_options."""
    return collect(function, subject, byref(report_options(**options)))
