"""The public structs, callback types and handles of include/gitops/*.h as ctypes.

Tests compare every size and offset with what a C compiler says, so a field that is added to a
header without being added here does not go unnoticed.
"""

from __future__ import annotations

import ctypes
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char,
    c_char_p,
    c_int,
    c_int32,
    c_int64,
    c_size_t,
    c_uint8,
    c_uint32,
    c_uint64,
    c_void_p,
)
from typing import Any, Dict, Type, TypeVar

HANDLES = (
    "action", "answer", "buffer", "change", "changes", "config", "conflict_answer", "context",
    "controls", "diagnostics", "diff", "document", "documents", "event", "health_table", "history",
    "identity", "identity_answer", "inventory", "manifest", "memo", "operation", "plan",
    "reconciler", "request", "run", "saved_plan", "schema", "schema_builder", "snapshot", "source",
    "standing", "store", "target", "unit", "value", "waits", "windows", "zone",
)

# One incomplete struct per handle, so that ctypes refuses a handle of another kind.
_OPAQUE: Dict[str, Any] = {name: type("gitops_" + name, (Structure,), {}) for name in HANDLES}


def handle_type(name: str) -> Any:
    """The pointer type of a handle, such as gitops_context *; the same one for each call."""
    return POINTER(_OPAQUE[name])


class Error(Structure):
    _fields_ = [
        ("code", c_int32),
        ("origin", c_int32),
        ("origin_code", c_int32),
        ("line", c_uint32),
        ("column", c_uint32),
        ("document", c_uint32),
        ("where", c_char * 256),
        ("message", c_char * 640),
        ("reserved", c_uint8 * 104),
    ]


class Health(Structure):
    _fields_ = [
        ("status", c_int32),
        ("basis", c_int32),
        ("message", c_char * 504),
    ]


DestroyFn = CFUNCTYPE(None, c_void_p)
LogFn = CFUNCTYPE(None, c_int32, c_char_p, c_void_p)
# The text is not NUL-terminated: c_char_p would read beyond its end.
UnitNameFn = CFUNCTYPE(c_int, c_char_p, c_void_p)
WriteFn = CFUNCTYPE(c_int, c_void_p, c_size_t, c_void_p)
EventFn = CFUNCTYPE(None, handle_type("event"), c_void_p)
IdentifyFn = CFUNCTYPE(c_int, handle_type("value"), c_char_p, handle_type("identity_answer"),
                       c_void_p)
ResolveFn = CFUNCTYPE(c_int, handle_type("change"), handle_type("conflict_answer"), c_void_p)
TargetFn = CFUNCTYPE(c_int, handle_type("request"), handle_type("answer"), c_void_p)


class Allocator(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("allocate", CFUNCTYPE(c_void_p, c_size_t, c_void_p)),
        ("reallocate", CFUNCTYPE(c_void_p, c_void_p, c_size_t, c_void_p)),
        ("release", CFUNCTYPE(None, c_void_p, c_void_p)),
        ("user_data", c_void_p),
        ("destroy_user_data", DestroyFn),
    ]


class Limits(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("max_load_bytes", c_uint64),
        ("max_file_bytes", c_uint64),
        ("max_documents", c_uint64),
        ("max_directives", c_uint32),
        ("max_directive_bytes", c_uint32),
        ("max_nodes", c_uint64),
        ("max_expanded_nodes", c_uint64),
        ("max_merged_members", c_uint64),
        ("max_scalar_bytes", c_uint64),
        ("max_depth", c_uint32),
        ("max_flow_depth", c_uint32),
        ("max_objects", c_uint64),
        ("max_files", c_uint64),
        ("max_diagnostics", c_uint64),
    ]


class ContextOptions(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("allocator", POINTER(Allocator)),
        ("limits", POINTER(Limits)),
        ("log_level", c_int32),
        ("reserved_0", c_int32),
        ("log", LogFn),
        ("log_user_data", c_void_p),
        ("destroy_log_user_data", DestroyFn),
    ]


class EmitOptions(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("format", c_int32),
        ("order", c_int32),
    ]


class SourceOptions(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("location", c_char_p),
        ("ref", c_char_p),
        ("mirror", c_char_p),
        ("allow_blocking_fetch", c_int32),
        ("reserved_0", c_int32),
    ]


class ManifestOptions(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("path", c_char_p),
        ("excludes", POINTER(c_char_p)),
        ("exclude_count", c_size_t),
        ("workers", c_int32),
        ("reserved_0", c_int32),
        ("identity", handle_type("identity")),
        ("memo", handle_type("memo")),
    ]


class IdentityOptions(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("by", c_int32),
        ("skip_others", c_int32),
        ("name_pointer", c_char_p),
        ("namespace_pointer", c_char_p),
        ("kind_pointer", c_char_p),
        ("group_pointer", c_char_p),
        ("kind", c_char_p),
        ("identify", IdentifyFn),
        ("user_data", c_void_p),
        ("destroy_user_data", DestroyFn),
        ("rule", c_char_p),
        ("tools_off", c_uint32),
    ]


class SchemaRule(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("kinds", c_char_p),
        ("path", c_char_p),
        ("list", c_int32),
        ("map", c_int32),
        ("scalar", c_int32),
        ("flags", c_uint32),
        ("keys", POINTER(c_char_p)),
        ("defaults", POINTER(c_char_p)),
        ("key_count", c_size_t),
        ("mode", c_int32),
        ("conflict", c_int32),
        ("drift", c_int32),
        ("manager", c_char_p),
        ("namespaces", c_char_p),
        ("names", c_char_p),
        ("labels", c_char_p),
    ]


class DiffOptions(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("schema", handle_type("schema")),
        ("conflict", c_int32),
        ("drift", c_int32),
        ("file", c_char_p),
        ("normal", handle_type("document")),
        ("resolve", ResolveFn),
        ("user_data", c_void_p),
        ("manager", c_char_p),
    ]


class PatchOptions(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("tests", c_int32),
    ]


class TargetOptions(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("user_data", c_void_p),
        ("destroy_user_data", DestroyFn),
        ("list", TargetFn),
        ("get", TargetFn),
        ("apply", TargetFn),
        ("delete_object", TargetFn),
        ("check", TargetFn),
        ("commit", TargetFn),
        ("abort_staged", TargetFn),
        ("fingerprint", TargetFn),
        ("max_in_flight", c_uint32),
        ("changes_all", c_uint32),
        ("assess", TargetFn),
        ("reports_health", c_uint32),
        ("health", handle_type("health_table")),
    ]


class Dependency(Structure):
    _fields_ = [("key", c_char_p), ("on", c_char_p)]


class OrderOptions(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("kinds", POINTER(c_char_p)),
        ("kind_count", c_size_t),
        ("dependencies", POINTER(Dependency)),
        ("dependency_count", c_size_t),
    ]


class UnitOptions(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("name", c_char_p),
        ("source", handle_type("source")),
        ("path", c_char_p),
        ("excludes", POINTER(c_char_p)),
        ("exclude_count", c_size_t),
        ("target", handle_type("target")),
        ("schema", handle_type("schema")),
        ("prune", c_int32),
        ("adopt", c_int32),
        ("conflict", c_int32),
        ("drift", c_int32),
        ("max_deletes", c_int64),
        ("max_delete_percent", c_int32),
        ("read_workers", c_int32),
        ("interval_ms", c_int64),
        ("identity", handle_type("identity")),
        ("order", POINTER(OrderOptions)),
        ("on_failure", c_int32),
        ("wait", c_int32),
        ("operation_timeout_ms", c_int64),
        ("wave_timeout_ms", c_int64),
        ("run_timeout_ms", c_int64),
        ("after", POINTER(c_char_p)),
        ("after_count", c_size_t),
        ("protects", POINTER(c_char_p)),
        ("protect_count", c_size_t),
        ("scope", POINTER(c_char_p)),
        ("scope_count", c_size_t),
        ("windows", handle_type("windows")),
        ("manager", c_char_p),
        ("confirm_ms", c_int64),
    ]


class Window(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("kind", c_int32),
        ("manual_sync", c_int32),
        ("sync_overrun", c_int32),
        ("reserved_0", c_int32),
        ("schedule", c_char_p),
        ("duration_ms", c_int64),
        ("zone", handle_type("zone")),
    ]


class StoreOptions(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("path", c_char_p),
        ("create", c_int32),
        ("read_only", c_int32),
    ]


class ReconcilerOptions(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("plan_only", c_int32),
        ("all_changes", c_int32),
        ("seed", c_uint64),
        ("event", EventFn),
        ("event_user_data", c_void_p),
        ("destroy_event_user_data", DestroyFn),
        ("max_changes_per_hour", c_int64),
    ]


class RunOptions(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("forever", c_int32),
        ("workers", c_int32),
    ]


class BetweenOptions(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("unit", c_char_p),
        ("revision", c_char_p),
        ("schema", handle_type("schema")),
        ("prune", c_int32),
        ("all_changes", c_int32),
    ]


class ReportOptions(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("format", c_int32),
        ("color", c_int32),
        ("full", c_int32),
        ("brief", c_int32),
        ("approve_command", c_char_p),
    ]


# Every public struct by its name in C.
STRUCTS: Dict[str, Type[Structure]] = {
    "gitops_error": Error,
    "gitops_allocator": Allocator,
    "gitops_limits": Limits,
    "gitops_context_options": ContextOptions,
    "gitops_emit_options": EmitOptions,
    "gitops_source_options": SourceOptions,
    "gitops_manifest_options": ManifestOptions,
    "gitops_identity_options": IdentityOptions,
    "gitops_schema_rule": SchemaRule,
    "gitops_diff_options": DiffOptions,
    "gitops_patch_options": PatchOptions,
    "gitops_health": Health,
    "gitops_target_options": TargetOptions,
    "gitops_dependency": Dependency,
    "gitops_order_options": OrderOptions,
    "gitops_unit_options": UnitOptions,
    "gitops_window": Window,
    "gitops_store_options": StoreOptions,
    "gitops_reconciler_options": ReconcilerOptions,
    "gitops_run_options": RunOptions,
    "gitops_between_options": BetweenOptions,
    "gitops_report_options": ReportOptions,
}

S = TypeVar("S", bound=Structure)


def make(struct: Type[S], **fields: Any) -> S:
    """A struct of options with its struct_size and the given fields; None leaves a field zero."""
    options = struct()
    setattr(options, "struct_size", ctypes.sizeof(struct))
    for name, value in fields.items():
        if value is not None:
            setattr(options, name, value)
    return options
