"""Schemas: how lists and maps of a document merge."""

from __future__ import annotations

import ctypes
from ctypes import byref
from dataclasses import dataclass, field
from typing import Any, Iterable, Mapping, Optional, Sequence

from ._handle import Handle, c_string, c_strings, call, create
from ._library import lib
from ._structs import SchemaRule, handle_type, make
from .contexts import Context, Made, core_of
from .enums import (
    Conflict,
    Drift,
    ListKind,
    MapKind,
    Mode,
    NullPolicy,
    RuleFlag,
    ScalarKind,
    SchemaKind,
)
from .values import DocumentLike, as_document, dump_json


@dataclass(frozen=True)
class Rule:
    """What holds at a path pattern, a JSON pointer in which "*" stands for any one segment, "**"
    for any number, "[name=web]" for an element of a list and "app-*" for members named so.

    kinds says of which documents ("Deployment.apps", "*.example.org"; None: of all); keys are the
    members that identify the elements of a ListKind.MAP, defaults stand for missing ones. A mode
    decides alone; conflict and drift are policies for this place and what is below it. A manager
    stands in the place of a path, with Mode.IGNORE: what that field manager owns in live.
    namespaces ("team-*"), names ("web-*") and labels ({"tier": "front"}) choose objects further.
    """

    path: str = ""
    kinds: Optional[str] = None
    list: Optional[ListKind] = None
    map: Optional[MapKind] = None
    scalar: Optional[ScalarKind] = None
    flags: RuleFlag = RuleFlag(0)
    keys: Sequence[str] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    mode: Optional[Mode] = None
    conflict: Conflict = Conflict.DEFAULT
    drift: Drift = Drift.DEFAULT
    manager: Optional[str] = None
    namespaces: Optional[str] = None
    names: Optional[str] = None
    labels: Mapping[str, str] = field(default_factory=dict)


class _Builder(Handle):
    """Collects what a schema is to say."""

    _free = "gitops_schema_builder_free"

    def add_rule(self, rule: Rule) -> None:
        unknown = set(rule.defaults) - set(rule.keys)
        if unknown:
            raise ValueError(f"defaults of members that are no keys: {', '.join(sorted(unknown))}")
        defaults = [dump_json(rule.defaults[key]) if key in rule.defaults else None
                    for key in rule.keys]
        labels = ",".join(f"{key}={value}" for key, value in rule.labels.items())
        options = make(
            SchemaRule, kinds=c_string(rule.kinds), path=c_string(rule.path or None), list=rule.list,
            map=rule.map, scalar=rule.scalar, flags=rule.flags, keys=c_strings(rule.keys),
            defaults=(ctypes.c_char_p * len(defaults))(*defaults) if defaults else None,
            key_count=len(rule.keys), mode=rule.mode, conflict=rule.conflict, drift=rule.drift,
            manager=c_string(rule.manager), namespaces=c_string(rule.namespaces),
            names=c_string(rule.names), labels=c_string(labels or None))
        call(lib.gitops_schema_builder_rule, self._pointer, byref(options))


class Schema(Made):
    """An immutable set of rules by path. The types of Kubernetes come with the library."""

    _free = "gitops_schema_free"

    @classmethod
    def builtin(cls, context: Context, kind: SchemaKind) -> Schema:
        core = core_of(context)
        return cls(core, create("schema", lib.gitops_schema_new, core._pointer, kind))

    @classmethod
    def kubernetes(cls, context: Context) -> Schema:
        """Rules by apiVersion and kind of each document; a null means absent."""
        return cls.builtin(context, SchemaKind.KUBERNETES)

    @classmethod
    def none(cls, context: Context) -> Schema:
        """Maps merge, lists are replaced whole, a null is a value."""
        return cls.builtin(context, SchemaKind.NONE)

    @classmethod
    def parse(cls, context: Context, rules: DocumentLike, name: str = "") -> Schema:
        """A schema from a document: a schema file with lists, maps, ignore, sensitive, ...;
        a CustomResourceDefinition; or an OpenAPI document."""
        core = core_of(context)
        document = as_document(context, rules, name)
        return cls(core, create("schema", lib.gitops_schema_parse, core._pointer,
                                document._pointer))

    @classmethod
    def build(cls, context: Context, *, documents: Iterable[DocumentLike] = (),
              rules: Iterable[Rule] = (), null: Optional[NullPolicy] = None) -> Schema:
        """One schema of many documents, of any form that parse takes, and of rules."""
        core = core_of(context)
        made = create("schema_builder", lib.gitops_schema_builder_new, core._pointer)
        with _Builder(made) as builder:
            for given in documents:
                document = as_document(context, given)
                call(lib.gitops_schema_builder_add, builder._pointer, document._pointer)
            for rule in rules:
                builder.add_rule(rule)
            if null is not None:
                call(lib.gitops_schema_builder_null, builder._pointer, null)
            return cls(core, create("schema", lib.gitops_schema_builder_finish,
                                    builder._pointer))

    @classmethod
    def stack(cls, context: Context, *schemas: Schema) -> Schema:
        """Schemas over each other, the first one to be asked first."""
        core = core_of(context)
        pointers = (handle_type("schema") * len(schemas))(*(one._pointer for one in schemas))
        return cls(core, create("schema", lib.gitops_schema_stack, core._pointer, pointers,
                                len(schemas)))
