"""Schemas: how lists and maps of a document merge."""

from __future__ import annotations

from ._handle import create
from ._library import lib
from .contexts import Context, Made, core_of
from .enums import SchemaKind
from .values import DocumentLike, as_document


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
        """A schema from a document with lists, maps, ignore, sensitive, immutable, ..."""
        core = core_of(context)
        document = as_document(context, rules, name)
        return cls(core, create("schema", lib.gitops_schema_parse, core._pointer,
                                document._pointer))
