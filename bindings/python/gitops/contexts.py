"""The context: log and limits, from which every other object is made."""

from __future__ import annotations

import logging
from ctypes import byref, pointer
from dataclasses import asdict, dataclass
from typing import Any, Callable, Dict, Optional, Union

from ._handle import Handle, Registry, call, create, log_exception
from ._library import lib
from ._structs import ContextOptions, Limits as LimitsStruct, LogFn, make
from .enums import LogLevel
from .errors import StateError, decode

Log = Union[logging.Logger, Callable[[LogLevel, str], None]]

_LOGGING_LEVELS: Dict[LogLevel, int] = {
    LogLevel.ERROR: logging.ERROR,
    LogLevel.WARNING: logging.WARNING,
    LogLevel.INFO: logging.INFO,
    LogLevel.DEBUG: logging.DEBUG,
}
_LOGS = Registry()


@dataclass(frozen=True)
class Limits:
    """Limits on input; 0 is the default of the library. Crossing one is a LimitError."""

    max_load_bytes: int = 0
    max_file_bytes: int = 0
    max_documents: int = 0
    max_directives: int = 0
    max_directive_bytes: int = 0
    max_nodes: int = 0
    max_expanded_nodes: int = 0
    max_merged_members: int = 0
    max_scalar_bytes: int = 0
    max_depth: int = 0
    max_flow_depth: int = 0
    max_objects: int = 0
    max_files: int = 0
    max_diagnostics: int = 0


class _Core(Handle):
    """The hold on the context that everything made from it shares."""

    _free = "gitops_context_free"


class Context:
    """Log and limits. Thread-safe; closing it leaves what was made from it intact.

    log is a logging.Logger or a function of level and message, called on whichever thread calls
    the library; log_level is the most detailed level it gets.
    """

    def __init__(self, *, limits: Optional[Limits] = None, log: Optional[Log] = None,
                 log_level: LogLevel = LogLevel.INFO) -> None:
        options = make(ContextOptions)
        if limits is not None:
            options.limits = pointer(make(LimitsStruct, **asdict(limits)))
        number = 0
        if log is not None:
            number = _LOGS.add(log)
            options.log = _write_log
            options.log_level = log_level
            options.log_user_data = number
            options.destroy_log_user_data = _LOGS.destroy
        try:
            self._core: Optional[_Core] = _Core(
                create("context", lib.gitops_context_new, byref(options)))
        except BaseException:
            _LOGS.discard(number)
            raise

    def close(self) -> None:
        """Lets go of the context; more calls do nothing."""
        self._core = None

    @property
    def closed(self) -> bool:
        return self._core is None

    def __enter__(self) -> Context:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


def core_of(context: Context) -> _Core:
    """The shared hold: what an object keeps to go on working when its context is closed."""
    core = context._core
    if core is None:
        raise StateError("context is closed")
    return core


class Made(Handle):
    """An object that was made from a context."""

    def __init__(self, core: _Core, handle: Any) -> None:
        super().__init__(handle)
        self._core = core


def process_defaults() -> None:
    """Sets the process-wide options of libgit2 that suit the library: once, before other use."""
    call(lib.gitops_process_defaults)


def _write_to(log: Log, level: LogLevel, message: str) -> None:
    if isinstance(log, logging.Logger):
        log.log(_LOGGING_LEVELS[level], "%s", message)
    else:
        log(level, message)


def _log(level: int, message: Optional[bytes], number: int) -> None:
    try:
        _write_to(_LOGS[number], LogLevel(level), decode(message))
    except BaseException as error:  # nothing may pass through C
        log_exception(error, "exception in a log callback")


_write_log = LogFn(_log)
