"""Health: is an object that was applied also at work?"""

from __future__ import annotations

from ctypes import byref
from dataclasses import dataclass
from typing import Optional

from ._handle import c_string, call, create
from ._library import lib
from ._structs import Health as NativeHealth
from .contexts import Context, Made, core_of
from .enums import Assess, Health, HealthBasis
from .errors import decode
from .values import DocumentLike, as_document


@dataclass(frozen=True)
class Verdict:
    """How an object is, why, and what that rests on."""

    health: Health
    message: str = ""
    basis: HealthBasis = HealthBasis.TARGET


class HealthTable(Made):
    """Which conditions and fields of which kinds say what; docs/health.md has the format."""

    _free = "gitops_health_table_free"

    @classmethod
    def parse(cls, context: Context, table: DocumentLike, name: str = "") -> HealthTable:
        core = core_of(context)
        document = as_document(context, table, name)
        return cls(core, create("health_table", lib.gitops_health_table_parse, core._pointer,
                                document._pointer))


def assess(context: Context, document: Optional[DocumentLike], key: Optional[str] = None, *,
           table: Optional[HealthTable] = None, hook: bool = False) -> Verdict:
    """Judges a document as its target holds it, status included; None: it is absent.

    hook: the object is to run to its end, so that a Pod that runs is not done.
    """
    given = None if document is None else as_document(context, document)
    out = NativeHealth()
    call(lib.gitops_health_assess, byref(out), table._pointer if table else None,
         given._pointer if given else None, c_string(key), Assess.HOOK if hook else 0)
    return Verdict(Health(out.status), decode(out.message), HealthBasis(out.basis))
