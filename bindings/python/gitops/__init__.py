"""libgitops for Python: Git holds the desired state of a system, this keeps the system equal.

    with gitops.Context() as context:
        source = gitops.Source.git(context, "/srv/git/shop.git", ref="main")
        unit = gitops.Unit(context, "shop", source, MyTarget(), path="deploy")
        with gitops.Store.open(context, "state.db") as store:
            with gitops.Reconciler(context, store) as reconciler:
                reconciler.add(unit)
                reconciler.run()

Pure ctypes over libgitops; where the library is looked for is said in gitops._library.
"""

from ._library import LibraryError, find_library, library_version
from .aio import run_async
from .answers import (
    Answer,
    Object,
    Page,
    Request,
    TargetConflict,
    TargetFailed,
    TargetRetry,
    TargetUnknown,
)
from .contexts import Context, Limits, process_defaults
from .controls import Controls
from .diffs import (
    ABSENT,
    Change,
    Changes,
    Diff,
    Resolve,
    apply_json_patch,
    apply_merge_patch,
    apply_patch,
    base_from_annotation,
    base_from_manager,
    normal_form,
)
from .enums import (
    NO_DELETES,
    NO_LIMIT,
    ActionType,
    Adopt,
    Assess,
    Code,
    Conflict,
    Control,
    Digest,
    Drift,
    EventType,
    Failure,
    Format,
    Health,
    HealthBasis,
    Hook,
    HookDelete,
    IdentityRule,
    Kind,
    ListKind,
    LogLevel,
    MapKind,
    Mode,
    NullPolicy,
    OperationAction,
    Order,
    Origin,
    Outcome,
    PatchType,
    Prune,
    Removal,
    ReportFormat,
    RuleFlag,
    ScalarKind,
    SchemaKind,
    Severity,
    Tool,
    Wait,
    WindowKind,
)
from .errors import (
    CancelledError,
    ConflictError,
    CorruptError,
    Diagnostic,
    Diagnostics,
    DuplicateError,
    ForeignError,
    GitopsError,
    HeldError,
    InvalidError,
    LimitError,
    LockedError,
    NotFoundError,
    OrderError,
    OutOfMemoryError,
    ParseError,
    PartialError,
    RewindError,
    ScopeError,
    SourceError,
    StateError,
    StoreError,
    SuspendedError,
    SystemRefusedError,
    TargetError,
    UnsupportedError,
)
from .events import Event
from .healths import HealthTable, Verdict, assess
from .identities import Identity, file_key, file_key_path
from .manifests import Manifest
from .plans import (
    HeldBy,
    Move,
    Operation,
    Plan,
    Result,
    Run,
    SavedPlan,
    Unit,
    review,
)
from .reconcilers import Action, Reconciler, Waiting
from .schemas import Rule, Schema
from .sources import MemorySource, Snapshot, Source
from .stores import (
    HistoryOperation,
    HistoryRun,
    InventoryObject,
    Memo,
    Said,
    Standing,
    Store,
)
from .targets import Target, refusal_is_immutable
from .values import Document, Documents, Value
from .windows import Window, Windows, Zone

__all__ = (
    "ABSENT", "Action", "ActionType", "Adopt", "Answer", "Assess", "CancelledError", "Change",
    "Changes", "Code", "Conflict", "ConflictError", "Context", "Control", "Controls",
    "CorruptError", "Diagnostic", "Diagnostics", "Diff", "Digest", "Document", "Documents", "Drift",
    "DuplicateError", "Event", "EventType", "Failure", "ForeignError", "Format", "GitopsError",
    "Health", "HealthBasis", "HealthTable", "HeldBy", "HeldError", "HistoryOperation", "HistoryRun",
    "Hook", "HookDelete", "Identity", "IdentityRule", "InvalidError", "InventoryObject", "Kind",
    "LibraryError", "LimitError", "Limits", "ListKind", "LockedError", "LogLevel", "Manifest",
    "MapKind", "Memo", "MemorySource", "Mode", "Move", "NO_DELETES", "NO_LIMIT", "NotFoundError",
    "NullPolicy", "Object", "Operation", "OperationAction", "Order", "OrderError", "Origin",
    "OutOfMemoryError", "Outcome", "Page", "ParseError", "PartialError", "PatchType", "Plan",
    "Prune", "Reconciler", "Removal", "ReportFormat", "Request", "Resolve", "Result", "RewindError",
    "Rule", "RuleFlag", "Run", "Said", "SavedPlan", "ScalarKind", "Schema", "SchemaKind",
    "ScopeError", "Severity", "Snapshot", "Source", "SourceError", "Standing", "StateError",
    "Store", "StoreError", "SuspendedError", "SystemRefusedError", "Target", "TargetConflict",
    "TargetError", "TargetFailed", "TargetRetry", "TargetUnknown", "Tool", "Unit",
    "UnsupportedError", "Value", "Verdict", "Wait", "Waiting", "Window", "WindowKind", "Windows",
    "Zone", "apply_json_patch", "apply_merge_patch", "apply_patch", "assess",
    "base_from_annotation", "base_from_manager", "file_key", "file_key_path", "find_library",
    "library_version", "normal_form", "process_defaults", "refusal_is_immutable", "review",
    "run_async",
)
