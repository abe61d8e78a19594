"""Every function of include/gitops/*.h: its result and its parameters, in the order of the headers.

Tests compare this table with the declarations in the headers: none is missing, none differs.
"""

from __future__ import annotations

from ctypes import (
    POINTER,
    c_char,
    c_char_p,
    c_double,
    c_int,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
)
from typing import Any, Dict, List, Tuple

from ._structs import (
    BetweenOptions,
    ContextOptions,
    DiffOptions,
    EmitOptions,
    Error,
    Health,
    IdentityOptions,
    ManifestOptions,
    PatchOptions,
    ReconcilerOptions,
    ReportOptions,
    RunOptions,
    SchemaRule,
    SourceOptions,
    StoreOptions,
    TargetOptions,
    UnitOptions,
    Window,
    UnitNameFn,
    WriteFn,
    handle_type,
)

IN: Any = POINTER    # a struct that the function reads
OUT: Any = POINTER   # where the function puts a result
ERROR: Any = POINTER(Error)
TEXT: Any = POINTER(c_char)  # room for text that the function writes

ACTION = handle_type("action")
ANSWER = handle_type("answer")
BUFFER = handle_type("buffer")
CHANGE = handle_type("change")
CHANGES = handle_type("changes")
CONFIG = handle_type("config")
CONFLICT_ANSWER = handle_type("conflict_answer")
CONTEXT = handle_type("context")
CONTROLS = handle_type("controls")
DIAGNOSTICS = handle_type("diagnostics")
DIFF = handle_type("diff")
DOCUMENT = handle_type("document")
DOCUMENTS = handle_type("documents")
EVENT = handle_type("event")
HEALTH_TABLE = handle_type("health_table")
HISTORY = handle_type("history")
IDENTITY = handle_type("identity")
IDENTITY_ANSWER = handle_type("identity_answer")
INVENTORY = handle_type("inventory")
MANIFEST = handle_type("manifest")
MEMO = handle_type("memo")
OPERATION = handle_type("operation")
PLAN = handle_type("plan")
RECONCILER = handle_type("reconciler")
REQUEST = handle_type("request")
RUN = handle_type("run")
SCHEMA = handle_type("schema")
SCHEMA_BUILDER = handle_type("schema_builder")
SNAPSHOT = handle_type("snapshot")
SOURCE = handle_type("source")
SAVED_PLAN = handle_type("saved_plan")
STANDING = handle_type("standing")
STORE = handle_type("store")
TARGET = handle_type("target")
UNIT = handle_type("unit")
VALUE = handle_type("value")
WINDOWS = handle_type("windows")
WAITS = handle_type("waits")
ZONE = handle_type("zone")

# Text that comes with a length need not end in NUL: its result is an address, never c_char_p.
FUNCTIONS: Dict[str, Tuple[Any, List[Any]]] = {
    # gitops/error.h
    "gitops_code_name": (c_char_p, [c_int32]),

    # gitops/context.h
    "gitops_context_new": (c_int, [OUT(CONTEXT), IN(ContextOptions), ERROR]),
    "gitops_context_free": (None, [CONTEXT]),
    "gitops_process_defaults": (c_int, [ERROR]),
    "gitops_version": (c_char_p, []),
    "gitops_buffer_data": (c_void_p, [BUFFER]),
    "gitops_buffer_length": (c_size_t, [BUFFER]),
    "gitops_buffer_free": (None, [BUFFER]),

    # gitops/value.h
    "gitops_documents_parse":
        (c_int, [OUT(DOCUMENTS), CONTEXT, c_char_p, c_size_t, c_char_p, ERROR]),
    "gitops_documents_free": (None, [DOCUMENTS]),
    "gitops_documents_count": (c_size_t, [DOCUMENTS]),
    "gitops_documents_get": (DOCUMENT, [DOCUMENTS, c_size_t]),
    "gitops_documents_diagnostics": (DIAGNOSTICS, [DOCUMENTS]),
    "gitops_document_parse": (c_int, [OUT(DOCUMENT), CONTEXT, c_char_p, c_size_t, c_char_p, ERROR]),
    "gitops_document_ref": (DOCUMENT, [DOCUMENT]),
    "gitops_document_free": (None, [DOCUMENT]),
    "gitops_document_root": (VALUE, [DOCUMENT]),
    "gitops_document_name": (c_char_p, [DOCUMENT]),
    "gitops_document_number": (c_uint32, [DOCUMENT]),
    "gitops_value_type": (c_int32, [VALUE]),
    "gitops_value_bool": (c_int32, [VALUE]),
    "gitops_value_int64": (c_int, [VALUE, OUT(c_int64)]),
    "gitops_value_uint64": (c_int, [VALUE, OUT(c_uint64)]),
    "gitops_value_double": (c_double, [VALUE]),
    "gitops_value_text": (c_void_p, [VALUE, OUT(c_size_t)]),
    "gitops_value_count": (c_size_t, [VALUE]),
    "gitops_value_item": (VALUE, [VALUE, c_size_t]),
    "gitops_value_key": (c_void_p, [VALUE, c_size_t, OUT(c_size_t)]),
    "gitops_value_find": (VALUE, [VALUE, c_char_p, c_size_t]),
    "gitops_value_at": (VALUE, [VALUE, c_char_p]),
    "gitops_value_equal": (c_int32, [VALUE, VALUE]),
    "gitops_value_line": (c_uint32, [VALUE]),
    "gitops_value_column": (c_uint32, [VALUE]),
    "gitops_value_digest": (c_int, [CONTEXT, VALUE, c_int32, TEXT, ERROR]),
    "gitops_value_emit": (c_int, [OUT(BUFFER), CONTEXT, VALUE, IN(EmitOptions), ERROR]),
    "gitops_diagnostics_count": (c_size_t, [DIAGNOSTICS]),
    "gitops_diagnostics_errors": (c_uint64, [DIAGNOSTICS]),
    "gitops_diagnostics_warnings": (c_uint64, [DIAGNOSTICS]),
    "gitops_diagnostics_get": (c_int, [DIAGNOSTICS, c_size_t, ERROR]),
    "gitops_diagnostics_pointer": (c_char_p, [DIAGNOSTICS, c_size_t]),
    "gitops_diagnostics_key": (c_char_p, [DIAGNOSTICS, c_size_t]),

    # gitops/schema.h
    "gitops_schema_new": (c_int, [OUT(SCHEMA), CONTEXT, c_int32, ERROR]),
    "gitops_schema_parse": (c_int, [OUT(SCHEMA), CONTEXT, DOCUMENT, ERROR]),
    "gitops_schema_stack": (c_int, [OUT(SCHEMA), CONTEXT, IN(SCHEMA), c_size_t, ERROR]),
    "gitops_schema_ref": (SCHEMA, [SCHEMA]),
    "gitops_schema_free": (None, [SCHEMA]),
    "gitops_schema_builder_new": (c_int, [OUT(SCHEMA_BUILDER), CONTEXT, ERROR]),
    "gitops_schema_builder_free": (None, [SCHEMA_BUILDER]),
    "gitops_schema_builder_add": (c_int, [SCHEMA_BUILDER, DOCUMENT, ERROR]),
    "gitops_schema_builder_rule": (c_int, [SCHEMA_BUILDER, IN(SchemaRule), ERROR]),
    "gitops_schema_builder_null": (c_int, [SCHEMA_BUILDER, c_int32, ERROR]),
    "gitops_schema_builder_finish": (c_int, [OUT(SCHEMA), SCHEMA_BUILDER, ERROR]),

    # gitops/identity.h
    "gitops_identity_new": (c_int, [OUT(IDENTITY), CONTEXT, IN(IdentityOptions), ERROR]),
    "gitops_identity_ref": (IDENTITY, [IDENTITY]),
    "gitops_identity_free": (None, [IDENTITY]),
    "gitops_identity_answer_key": (c_int, [IDENTITY_ANSWER, c_char_p]),
    "gitops_identity_answer_skip": (c_int, [IDENTITY_ANSWER]),
    "gitops_identity_answer_failed": (c_int, [IDENTITY_ANSWER, c_char_p]),
    "gitops_file_key": (c_int, [OUT(BUFFER), CONTEXT, c_char_p, ERROR]),
    "gitops_file_key_path": (c_int, [OUT(BUFFER), CONTEXT, c_char_p, ERROR]),

    # gitops/controls.h
    "gitops_controls_wave": (c_int32, [CONTROLS]),
    "gitops_controls_hooks": (c_uint32, [CONTROLS]),
    "gitops_controls_hook_deletes": (c_uint32, [CONTROLS]),
    "gitops_controls_prune": (c_int32, [CONTROLS]),
    "gitops_controls_teardown": (c_int32, [CONTROLS]),
    "gitops_controls_options": (c_uint32, [CONTROLS]),
    "gitops_controls_dependency_count": (c_size_t, [CONTROLS]),
    "gitops_controls_dependency": (c_char_p, [CONTROLS, c_size_t]),
    "gitops_controls_group_count": (c_size_t, [CONTROLS]),
    "gitops_controls_group": (c_char_p, [CONTROLS, c_size_t]),
    "gitops_controls_rule_count": (c_size_t, [CONTROLS]),
    "gitops_controls_rule": (c_char_p, [CONTROLS, c_size_t]),
    "gitops_controls_free": (None, [CONTROLS]),

    # gitops/source.h
    "gitops_source_open": (c_int, [OUT(SOURCE), CONTEXT, IN(SourceOptions), ERROR]),
    "gitops_source_new_memory": (c_int, [OUT(SOURCE), CONTEXT, ERROR]),
    "gitops_source_put": (c_int, [SOURCE, c_char_p, c_char_p, c_size_t, ERROR]),
    "gitops_source_put_mode": (c_int, [SOURCE, c_char_p, c_uint32, c_char_p, c_size_t, ERROR]),
    "gitops_source_remove": (c_int, [SOURCE, c_char_p, ERROR]),
    "gitops_source_fetch": (c_int, [SOURCE, OUT(SNAPSHOT), ERROR]),
    "gitops_source_fetch_revision": (c_int, [SOURCE, c_char_p, OUT(SNAPSHOT), ERROR]),
    "gitops_source_free": (None, [SOURCE]),
    "gitops_snapshot_revision": (c_char_p, [SNAPSHOT]),
    "gitops_snapshot_read": (c_int, [SNAPSHOT, c_char_p, OUT(BUFFER), ERROR]),
    "gitops_snapshot_ref": (SNAPSHOT, [SNAPSHOT]),
    "gitops_snapshot_free": (None, [SNAPSHOT]),

    # gitops/memo.h
    "gitops_memo_ref": (MEMO, [MEMO]),
    "gitops_memo_free": (None, [MEMO]),

    # gitops/manifest.h
    "gitops_manifest_read":
        (c_int, [OUT(MANIFEST), CONTEXT, SNAPSHOT, IN(ManifestOptions), MANIFEST, ERROR]),
    "gitops_manifest_ref": (MANIFEST, [MANIFEST]),
    "gitops_manifest_free": (None, [MANIFEST]),
    "gitops_manifest_diagnostics": (DIAGNOSTICS, [MANIFEST]),
    "gitops_manifest_count": (c_size_t, [MANIFEST]),
    "gitops_manifest_skipped": (c_uint64, [MANIFEST]),
    "gitops_manifest_unread": (c_uint64, [MANIFEST]),
    "gitops_manifest_files_parsed": (c_uint64, [MANIFEST]),
    "gitops_manifest_digest": (c_int, [MANIFEST, c_int32, TEXT, ERROR]),
    "gitops_manifest_object_digest": (c_int, [MANIFEST, c_size_t, c_int32, TEXT, ERROR]),
    "gitops_manifest_key": (c_char_p, [MANIFEST, c_size_t]),
    "gitops_manifest_find": (c_int64, [MANIFEST, c_char_p]),
    "gitops_manifest_file": (c_char_p, [MANIFEST, c_size_t]),
    "gitops_manifest_line": (c_uint32, [MANIFEST, c_size_t]),
    "gitops_manifest_document_number": (c_uint32, [MANIFEST, c_size_t]),
    "gitops_manifest_open": (c_int, [MANIFEST, c_size_t, OUT(DOCUMENT), ERROR]),
    "gitops_document_key": (c_int, [DOCUMENT, OUT(BUFFER), ERROR]),
    "gitops_manifest_controls": (c_int, [MANIFEST, c_size_t, OUT(CONTROLS), ERROR]),
    "gitops_document_controls": (c_int, [DOCUMENT, c_char_p, OUT(CONTROLS), ERROR]),

    # gitops/diff.h
    "gitops_diff_new":
        (c_int, [OUT(DIFF), CONTEXT, DOCUMENT, DOCUMENT, DOCUMENT, IN(DiffOptions), ERROR]),
    "gitops_diff_free": (None, [DIFF]),
    "gitops_conflict_answer_set": (c_int, [CONFLICT_ANSWER, c_int32]),
    "gitops_diff_merged": (DOCUMENT, [DIFF]),
    "gitops_diff_differs": (c_int32, [DIFF]),
    "gitops_diff_normal": (c_int, [OUT(DOCUMENT), CONTEXT, DOCUMENT, DOCUMENT, SCHEMA, ERROR]),
    "gitops_diff_replaces": (c_int32, [DIFF]),
    "gitops_diff_changes": (CHANGES, [DIFF]),
    "gitops_changes_ref": (CHANGES, [CHANGES]),
    "gitops_changes_free": (None, [CHANGES]),
    "gitops_changes_count": (c_size_t, [CHANGES]),
    "gitops_changes_get": (CHANGE, [CHANGES, c_size_t]),
    "gitops_change_path": (c_char_p, [CHANGE]),
    "gitops_change_label": (c_char_p, [CHANGE]),
    "gitops_change_class": (c_char_p, [CHANGE]),
    "gitops_change_action": (c_char_p, [CHANGE]),
    "gitops_change_conflict": (c_char_p, [CHANGE]),
    "gitops_change_drift": (c_int32, [CHANGE]),
    "gitops_change_owner": (c_char_p, [CHANGE]),
    "gitops_change_sensitive": (c_int32, [CHANGE]),
    "gitops_change_immutable": (c_int32, [CHANGE]),
    "gitops_change_replaces": (c_int32, [CHANGE]),
    "gitops_change_base": (VALUE, [CHANGE]),
    "gitops_change_desired": (VALUE, [CHANGE]),
    "gitops_change_live": (VALUE, [CHANGE]),
    "gitops_change_merged": (VALUE, [CHANGE]),
    "gitops_change_file": (c_char_p, [CHANGE]),
    "gitops_change_line": (c_uint32, [CHANGE]),
    "gitops_change_column": (c_uint32, [CHANGE]),
    "gitops_diff_patch": (c_int, [DIFF, c_int32, IN(PatchOptions), OUT(BUFFER),
                                  ERROR]),
    "gitops_diff_forms": (c_int, [DIFF, OUT(c_uint32), ERROR]),
    "gitops_diff_form": (c_int, [DIFF, c_uint32, OUT(c_int32), ERROR]),
    "gitops_patch_apply": (c_int, [OUT(DOCUMENT), CONTEXT, c_int32, DOCUMENT, DOCUMENT, ERROR]),
    "gitops_base_from_annotation": (c_int, [OUT(DOCUMENT), CONTEXT, DOCUMENT, ERROR]),
    "gitops_base_from_manager": (c_int, [OUT(DOCUMENT), CONTEXT, DOCUMENT, c_char_p, ERROR]),

    # gitops/health.h
    "gitops_health_name": (c_char_p, [c_int32]),
    "gitops_health_of_name": (c_int32, [c_char_p]),
    "gitops_health_worse": (c_int32, [c_int32, c_int32]),
    "gitops_health_table_parse": (c_int, [OUT(HEALTH_TABLE), CONTEXT, DOCUMENT, ERROR]),
    "gitops_health_table_ref": (HEALTH_TABLE, [HEALTH_TABLE]),
    "gitops_health_table_free": (None, [HEALTH_TABLE]),
    "gitops_health_assess":
        (c_int, [OUT(Health), HEALTH_TABLE, DOCUMENT, c_char_p, c_uint32, ERROR]),

    # gitops/target.h
    "gitops_target_new": (c_int, [OUT(TARGET), CONTEXT, IN(TargetOptions), ERROR]),
    "gitops_target_free": (None, [TARGET]),
    "gitops_request_key": (c_char_p, [REQUEST]),
    "gitops_request_document": (c_void_p, [REQUEST, OUT(c_size_t)]),
    "gitops_request_action": (c_char_p, [REQUEST]),
    "gitops_request_version": (c_char_p, [REQUEST]),
    "gitops_request_page": (c_char_p, [REQUEST]),
    "gitops_request_id": (c_uint64, [REQUEST]),
    "gitops_answer_object": (c_int, [ANSWER, c_char_p, c_char_p, c_size_t, c_char_p]),
    "gitops_answer_listed": (c_int, [ANSWER, c_char_p]),
    "gitops_answer_absent": (c_int, [ANSWER]),
    "gitops_answer_done": (c_int, [ANSWER, c_char_p, c_size_t, c_char_p]),
    "gitops_answer_fingerprint": (c_int, [ANSWER, c_char_p]),
    "gitops_answer_health": (c_int, [ANSWER, c_int32, c_char_p]),
    "gitops_answer_retry": (c_int, [ANSWER, c_int64, c_char_p]),
    "gitops_answer_conflict": (c_int, [ANSWER, c_char_p]),
    "gitops_answer_failed": (c_int, [ANSWER, c_int32, c_char_p]),
    "gitops_refusal_is_immutable": (c_int32, [c_char_p]),
    "gitops_answer_unknown": (c_int, [ANSWER, c_char_p]),

    # gitops/plan.h
    "gitops_unit_new": (c_int, [OUT(UNIT), CONTEXT, IN(UnitOptions), ERROR]),
    "gitops_unit_free": (None, [UNIT]),
    "gitops_action_name": (c_char_p, [c_int32]),
    "gitops_plan_ref": (PLAN, [PLAN]),
    "gitops_plan_free": (None, [PLAN]),
    "gitops_plan_unit": (c_char_p, [PLAN]),
    "gitops_plan_revision": (c_char_p, [PLAN]),
    "gitops_plan_digest": (c_char_p, [PLAN]),
    "gitops_plan_summary": (c_uint64, [PLAN, c_int32]),
    "gitops_plan_held_count": (c_size_t, [PLAN]),
    "gitops_plan_held": (c_char_p, [PLAN, c_size_t, OUT(c_uint64), OUT(c_uint64)]),
    "gitops_plan_count": (c_size_t, [PLAN]),
    "gitops_plan_operation": (OPERATION, [PLAN, c_size_t]),
    "gitops_plan_skipped": (c_uint64, [PLAN]),
    "gitops_plan_unread": (c_uint64, [PLAN]),
    "gitops_plan_drift_count": (c_size_t, [PLAN]),
    "gitops_plan_drift": (OPERATION, [PLAN, c_size_t]),
    "gitops_plan_left_alone": (c_uint64, [PLAN]),
    "gitops_plan_conflict_count": (c_size_t, [PLAN]),
    "gitops_plan_between": (c_int, [OUT(PLAN), CONTEXT, MANIFEST, MANIFEST, IN(BetweenOptions),
                                    ERROR]),
    "gitops_plan_conflict": (OPERATION, [PLAN, c_size_t]),
    "gitops_plan_withheld_count": (c_size_t, [PLAN]),
    "gitops_plan_withheld": (OPERATION, [PLAN, c_size_t]),
    "gitops_operation_action": (c_int32, [OPERATION]),
    "gitops_operation_key": (c_char_p, [OPERATION]),
    "gitops_operation_reason": (c_char_p, [OPERATION]),
    "gitops_operation_reason_code": (c_char_p, [OPERATION]),
    "gitops_operation_phase": (c_char_p, [OPERATION]),
    "gitops_operation_wave": (c_int32, [OPERATION]),
    "gitops_operation_file": (c_char_p, [OPERATION]),
    "gitops_operation_line": (c_uint32, [OPERATION]),
    "gitops_operation_changes": (CHANGES, [OPERATION]),

    # gitops/saved_plan.h
    "gitops_plan_save": (c_int, [OUT(BUFFER), PLAN, UNIT, ERROR]),
    "gitops_saved_plan_read": (c_int, [OUT(SAVED_PLAN), CONTEXT, c_char_p, c_size_t, c_char_p,
                                       ERROR]),
    "gitops_saved_plan_free": (None, [SAVED_PLAN]),
    "gitops_saved_plan_unit": (c_char_p, [SAVED_PLAN]),
    "gitops_saved_plan_revision": (c_char_p, [SAVED_PLAN]),
    "gitops_saved_plan_digest": (c_char_p, [SAVED_PLAN]),
    "gitops_saved_plan_count": (c_size_t, [SAVED_PLAN]),
    "gitops_saved_plan_key": (c_char_p, [SAVED_PLAN, c_size_t]),
    "gitops_saved_plan_action": (c_int32, [SAVED_PLAN, c_size_t]),
    "gitops_saved_plan_compare": (c_int, [SAVED_PLAN, PLAN, UNIT, ERROR]),
    "gitops_saved_plan_moved": (c_int32, [SAVED_PLAN]),
    "gitops_saved_plan_limits_moved": (c_int32, [SAVED_PLAN]),
    "gitops_saved_plan_move_count": (c_size_t, [SAVED_PLAN]),
    "gitops_saved_plan_move": (c_char_p, [SAVED_PLAN, c_size_t, OUT(c_int32), OUT(c_int32)]),

    # gitops/config.h
    "gitops_config_new": (c_int, [OUT(CONFIG), CONTEXT, ERROR]),
    "gitops_config_free": (None, [CONFIG]),
    "gitops_config_read_host": (c_int, [CONFIG, c_char_p, c_size_t, c_char_p, ERROR]),
    "gitops_config_read_units": (c_int, [CONFIG, c_char_p, c_size_t, c_char_p, ERROR]),
    "gitops_config_diagnostics": (DIAGNOSTICS, [CONFIG]),
    "gitops_config_source": (c_char_p, [CONFIG]),
    "gitops_config_ref": (c_char_p, [CONFIG]),
    "gitops_config_state": (c_char_p, [CONFIG]),
    "gitops_config_environment": (c_char_p, [CONFIG]),
    "gitops_config_interval_ms": (c_int64, [CONFIG]),
    "gitops_config_target": (c_char_p, [CONFIG, c_char_p]),
    "gitops_config_unit_count": (c_size_t, [CONFIG]),
    "gitops_config_unit_name": (c_char_p, [CONFIG, c_size_t]),
    "gitops_config_unit_target": (c_char_p, [CONFIG, c_size_t]),
    "gitops_config_unit_schema": (c_char_p, [CONFIG, c_size_t]),
    "gitops_config_unit_label": (c_char_p, [CONFIG, c_size_t, c_char_p]),
    "gitops_config_selects": (c_int32, [CONFIG, c_size_t, c_char_p]),
    "gitops_config_unit_options": (c_int, [CONFIG, c_size_t, IN(UnitOptions), ERROR]),

    # gitops/store.h
    "gitops_store_open": (c_int, [OUT(STORE), CONTEXT, IN(StoreOptions), ERROR]),
    "gitops_store_new_memory": (c_int, [OUT(STORE), CONTEXT, ERROR]),
    "gitops_store_free": (None, [STORE]),
    "gitops_store_approve": (c_int, [STORE, c_char_p, c_char_p, c_char_p, c_char_p, c_int64,
                                     ERROR]),
    "gitops_store_suspend": (c_int, [STORE, c_char_p, c_int64, c_char_p, c_char_p, c_int64, ERROR]),
    "gitops_store_pin": (c_int, [STORE, c_char_p, c_char_p, c_char_p, c_char_p, c_int64, ERROR]),
    "gitops_store_resume": (c_int, [STORE, c_char_p, ERROR]),
    "gitops_standing_read": (c_int, [OUT(STANDING), STORE, c_char_p, c_int64, ERROR]),
    "gitops_standing_free": (None, [STANDING]),
    "gitops_standing_count": (c_size_t, [STANDING, c_int32]),
    "gitops_standing_subject": (c_char_p, [STANDING, c_int32, c_size_t]),
    "gitops_standing_who": (c_char_p, [STANDING, c_int32, c_size_t]),
    "gitops_standing_text": (c_char_p, [STANDING, c_int32, c_size_t]),
    "gitops_standing_unix_ms": (c_int64, [STANDING, c_int32, c_size_t]),
    "gitops_standing_until_unix_ms": (c_int64, [STANDING]),
    "gitops_store_units": (c_int, [STORE, UnitNameFn, c_void_p, ERROR]),
    "gitops_store_memo": (c_int, [OUT(MEMO), STORE, c_char_p, ERROR]),
    "gitops_inventory_read": (c_int, [OUT(INVENTORY), STORE, c_char_p, ERROR]),
    "gitops_inventory_free": (None, [INVENTORY]),
    "gitops_inventory_count": (c_size_t, [INVENTORY]),
    "gitops_inventory_key": (c_char_p, [INVENTORY, c_size_t]),
    "gitops_inventory_sent": (c_void_p, [INVENTORY, c_size_t, OUT(c_size_t)]),
    "gitops_inventory_owned": (c_int32, [INVENTORY, c_size_t]),
    "gitops_inventory_adopted": (c_int32, [INVENTORY, c_size_t]),
    "gitops_inventory_open_intent": (c_int32, [INVENTORY, c_size_t]),
    "gitops_history_read": (c_int, [OUT(HISTORY), STORE, c_char_p, c_uint32, ERROR]),
    "gitops_history_free": (None, [HISTORY]),
    "gitops_history_count": (c_size_t, [HISTORY]),
    "gitops_history_number": (c_uint64, [HISTORY, c_size_t]),
    "gitops_history_started_unix_ms": (c_int64, [HISTORY, c_size_t]),
    "gitops_history_finished_unix_ms": (c_int64, [HISTORY, c_size_t]),
    "gitops_history_revision": (c_char_p, [HISTORY, c_size_t]),
    "gitops_history_digest": (c_char_p, [HISTORY, c_size_t]),
    "gitops_history_approved": (c_int32, [HISTORY, c_size_t]),
    "gitops_history_approver": (c_char_p, [HISTORY, c_size_t]),
    "gitops_history_approval_reason": (c_char_p, [HISTORY, c_size_t]),
    "gitops_history_result": (c_char_p, [HISTORY, c_size_t]),
    "gitops_history_operations": (c_size_t, [HISTORY, c_size_t]),
    "gitops_history_key": (c_char_p, [HISTORY, c_size_t, c_size_t]),
    "gitops_history_action": (c_char_p, [HISTORY, c_size_t, c_size_t]),
    "gitops_history_outcome": (c_char_p, [HISTORY, c_size_t, c_size_t]),
    "gitops_history_error": (c_char_p, [HISTORY, c_size_t, c_size_t]),

    # gitops/window.h
    "gitops_zone_parse": (c_int, [OUT(ZONE), CONTEXT, c_void_p, c_size_t, ERROR]),
    "gitops_zone_ref": (ZONE, [ZONE]),
    "gitops_zone_free": (None, [ZONE]),
    "gitops_zone_offset": (c_int32, [ZONE, c_int64]),
    "gitops_windows_new": (c_int, [OUT(WINDOWS), CONTEXT, IN(Window), c_size_t, ERROR]),
    "gitops_windows_ref": (WINDOWS, [WINDOWS]),
    "gitops_windows_free": (None, [WINDOWS]),
    "gitops_windows_open": (c_int32, [WINDOWS, c_size_t, c_int64]),
    "gitops_windows_allow": (c_int32, [WINDOWS, c_int64, c_int32, c_int32]),
    "gitops_windows_blocker": (c_int64, [WINDOWS, c_int64, c_int32, c_int32]),
    "gitops_windows_next_change": (c_int64, [WINDOWS, c_int64]),

    # gitops/reconciler.h
    "gitops_reconciler_new":
        (c_int, [OUT(RECONCILER), CONTEXT, STORE, IN(ReconcilerOptions), ERROR]),
    "gitops_reconciler_free": (None, [RECONCILER]),
    "gitops_reconciler_add": (c_int, [RECONCILER, UNIT, ERROR]),
    "gitops_reconciler_approve": (c_int, [RECONCILER, c_char_p, c_char_p, c_char_p, c_char_p,
                                          ERROR]),
    "gitops_reconciler_allow_rewind": (c_int, [RECONCILER, c_char_p, c_char_p, ERROR]),
    "gitops_reconciler_suspend": (c_int, [RECONCILER, c_char_p, c_int64, c_char_p, ERROR]),
    "gitops_reconciler_resume": (c_int, [RECONCILER, c_char_p, ERROR]),
    "gitops_reconciler_pin": (c_int, [RECONCILER, c_char_p, c_char_p, c_char_p, ERROR]),
    "gitops_reconciler_read_once": (c_int, [RECONCILER, c_char_p, c_char_p, ERROR]),
    "gitops_reconciler_confirm": (c_int, [RECONCILER, c_char_p, ERROR]),
    "gitops_reconciler_trigger": (c_int, [RECONCILER, c_char_p, ERROR]),
    "gitops_reconciler_next": (c_int, [RECONCILER, c_int64, c_int64, OUT(ACTION), ERROR]),
    "gitops_reconciler_deadline": (c_int64, [RECONCILER]),
    "gitops_reconciler_idle": (c_int32, [RECONCILER]),
    "gitops_reconciler_resolve": (c_int, [RECONCILER, ACTION, c_int64, ERROR]),
    "gitops_reconciler_reject": (c_int, [RECONCILER, ACTION, ERROR, c_int64, ERROR]),
    "gitops_reconciler_cancel": (None, [RECONCILER]),
    "gitops_reconciler_wakeup": (None, [RECONCILER]),
    "gitops_action_type": (c_int32, [ACTION]),
    "gitops_action_unit": (c_char_p, [ACTION]),
    "gitops_action_request": (REQUEST, [ACTION]),
    "gitops_action_answer": (ANSWER, [ACTION]),
    "gitops_action_execute": (c_int, [ACTION, ERROR]),
    "gitops_reconciler_run": (c_int, [RECONCILER, IN(RunOptions), ERROR]),
    "gitops_reconciler_waits": (c_int, [OUT(WAITS), RECONCILER, c_char_p, ERROR]),
    "gitops_waits_count": (c_size_t, [WAITS]),
    "gitops_waits_key": (c_char_p, [WAITS, c_size_t]),
    "gitops_waits_reason": (c_char_p, [WAITS, c_size_t]),
    "gitops_waits_since_unix_ms": (c_int64, [WAITS, c_size_t]),
    "gitops_waits_free": (None, [WAITS]),
    "gitops_reconciler_result": (RUN, [RECONCILER, c_char_p]),
    "gitops_run_ref": (RUN, [RUN]),
    "gitops_run_free": (None, [RUN]),
    "gitops_run_status": (c_int, [RUN, ERROR]),
    "gitops_run_unit": (c_char_p, [RUN]),
    "gitops_run_plan": (PLAN, [RUN]),
    "gitops_run_diagnostics": (DIAGNOSTICS, [RUN]),
    "gitops_run_touched": (c_int32, [RUN]),
    "gitops_run_outcome": (c_int32, [RUN, c_size_t]),
    "gitops_run_error": (c_char_p, [RUN, c_size_t]),
    "gitops_outcome_name": (c_char_p, [c_int32]),
    "gitops_event_type": (c_int32, [EVENT]),
    "gitops_event_unit": (c_char_p, [EVENT]),
    "gitops_event_plan": (PLAN, [EVENT]),
    "gitops_event_operation": (OPERATION, [EVENT]),
    "gitops_event_outcome": (c_int32, [EVENT]),
    "gitops_event_message": (c_char_p, [EVENT]),
    "gitops_event_run": (RUN, [EVENT]),
    "gitops_event_unix_ms": (c_int64, [EVENT]),

    # gitops/report.h
    "gitops_report_plan": (c_int, [PLAN, IN(ReportOptions), WriteFn, c_void_p, ERROR]),
    "gitops_report_review": (c_int, [POINTER(PLAN), c_size_t, c_char_p, c_char_p,
                                     IN(ReportOptions), WriteFn, c_void_p, ERROR]),
    "gitops_report_run": (c_int, [RUN, IN(ReportOptions), WriteFn, c_void_p, ERROR]),
    "gitops_report_changes": (c_int, [CHANGES, IN(ReportOptions), WriteFn, c_void_p, ERROR]),
    "gitops_report_event": (c_int, [EVENT, WriteFn, c_void_p, ERROR]),
}
