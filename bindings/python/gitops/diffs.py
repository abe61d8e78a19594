"""Three-way diff and merge of one object, and patches."""

from __future__ import annotations

from ctypes import byref, c_int32, c_uint32
from dataclasses import dataclass
from typing import Any, Callable, Dict, FrozenSet, Iterable, List, Optional, Sequence

from ._handle import Registry, c_string, call, create, create_last, take_buffer
from ._library import lib
from ._structs import DiffOptions, Error, PatchOptions, ResolveFn, handle_type, make
from .contexts import Context, Made, core_of
from .enums import Conflict, Drift, PatchType, ReportFormat
from .errors import ConflictError, decode, from_struct
from .reports import write_report
from .schemas import Schema
from .values import Document, DocumentLike, Json, Value, as_document, load_json


class _Absent:
    """The value of a leaf that a side does not have; a null is None."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT = _Absent()


@dataclass(frozen=True)
class Change:
    """One changed leaf.

    path is a JSON pointer ("" = the whole document), class_ the row of the truth table in
    docs/diff.md ("git-add", "drift-modified", ...), action what is done to the target ("add",
    "replace", "remove", "keep", "none"). The four sides are Python objects or ABSENT, and "***"
    where sensitive. owner names the field managers of live's value, where the schema has a rule
    for a manager. file, line and column say where Git states it ("" and 0 when unknown). label is
    the path for people, in which elements of lists with keys are named by these.
    """

    path: str
    class_: str
    action: str
    conflict: Optional[str]
    drift: bool
    owner: Optional[str]
    sensitive: bool
    immutable: bool
    replaces: bool
    base: Json
    desired: Json
    live: Json
    merged: Json
    file: str
    line: int
    column: int
    label: str


Resolve = Callable[[Change], Conflict]
"""Given a conflict, Conflict.DESIRED, LIVE or FAIL; see Diff."""


def _copy_change(change: Any, side: Callable[[Any], Json]) -> Change:
    conflict = lib.gitops_change_conflict(change)
    owner = lib.gitops_change_owner(change)
    return Change(
        path=decode(lib.gitops_change_path(change)),
        class_=decode(lib.gitops_change_class(change)),
        action=decode(lib.gitops_change_action(change)),
        conflict=None if conflict is None else decode(conflict),
        drift=bool(lib.gitops_change_drift(change)),
        owner=None if owner is None else decode(owner),
        sensitive=bool(lib.gitops_change_sensitive(change)),
        immutable=bool(lib.gitops_change_immutable(change)),
        replaces=bool(lib.gitops_change_replaces(change)),
        base=side(lib.gitops_change_base(change)),
        desired=side(lib.gitops_change_desired(change)),
        live=side(lib.gitops_change_live(change)),
        merged=side(lib.gitops_change_merged(change)),
        file=decode(lib.gitops_change_file(change)),
        line=lib.gitops_change_line(change),
        column=lib.gitops_change_column(change),
        label=decode(lib.gitops_change_label(change)))


class Changes(Made, Sequence[Change]):
    """The changed leaves of one object; it outlives the diff or plan that it came from."""

    _free = "gitops_changes_free"

    def to_text(self, *, color: bool = False) -> str:
        """The changes for people; empty when nothing differs."""
        return write_report(lib.gitops_report_changes, self._pointer, color=color).decode("utf-8")

    def to_list(self) -> List[Dict[str, Any]]:
        """The changes as the JSON report has them."""
        report: List[Dict[str, Any]] = load_json(
            write_report(lib.gitops_report_changes, self._pointer, format=ReportFormat.JSON))
        return report

    def __len__(self) -> int:
        count: int = lib.gitops_changes_count(self._pointer)
        return count

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        position = index + len(self) if index < 0 else index
        change = lib.gitops_changes_get(self._pointer, position) if position >= 0 else None
        if not change:
            raise IndexError(index)
        return _copy_change(change, self._side)

    def _side(self, node: Any) -> Json:
        return Value(self, node).to_python() if node else ABSENT


@dataclass
class _Asked:
    """Who answers for the conflicts of one diff, and what went wrong in there."""

    resolve: Resolve
    core: Any
    raised: Optional[BaseException] = None


class Diff(Made):
    """What must happen to live so that it is what desired says.

    base is what was last sent, desired what Git says, live what the target holds; None is an
    absent side. Under Conflict.FAIL a conflict raises ConflictError, whose diff has the changes.
    normal is what the target made of base (normal_form): while live has it so, it is no drift.
    manager is our field manager: what others own in live by its managed fields then stays.

    resolve answers for conflicts under Conflict.CALLBACK, here or in the schema: it is given each
    as a Change that is not decided yet, in which secrets are "***". Its exceptions are raised here.
    """

    _free = "gitops_diff_free"

    def __init__(self, context: Context, base: Optional[DocumentLike],
                 desired: Optional[DocumentLike], live: Optional[DocumentLike], *,
                 schema: Optional[Schema] = None, conflict: Conflict = Conflict.DEFAULT,
                 drift: Drift = Drift.DEFAULT, file: Optional[str] = None,
                 normal: Optional[DocumentLike] = None,
                 resolve: Optional[Resolve] = None, manager: Optional[str] = None) -> None:
        core = core_of(context)
        rewritten = None if normal is None else as_document(context, normal)
        options = make(DiffOptions, schema=None if schema is None else schema._pointer,
                       conflict=conflict, drift=drift, file=c_string(file),
                       normal=None if rewritten is None else rewritten._pointer,
                       manager=c_string(manager))
        sides = [None if side is None else as_document(context, side)
                 for side in (base, desired, live)]
        asked = None if resolve is None else _Asked(resolve, core)
        out = handle_type("diff")()
        error = Error()
        code = _compare(core, out, sides, options, asked, error)
        if out:
            super().__init__(core, out)
        if asked is not None and asked.raised is not None:
            raise asked.raised
        if code < 0:
            problem = from_struct(error, code)
            if isinstance(problem, ConflictError):
                problem.diff = self
            raise problem

    @property
    def differs(self) -> bool:
        """Whether the merged document differs from live."""
        return bool(lib.gitops_diff_differs(self._pointer))

    @property
    def replaces(self) -> bool:
        """Whether the object has to be deleted and made again; the changes say why."""
        return bool(lib.gitops_diff_replaces(self._pointer))

    @property
    def merged(self) -> Optional[Document]:
        """The document as the target should hold it; None when it should not exist."""
        borrowed = lib.gitops_diff_merged(self._pointer)
        return Document(self._core, lib.gitops_document_ref(borrowed)) if borrowed else None

    @property
    def changes(self) -> Changes:
        return Changes(self._core, lib.gitops_changes_ref(lib.gitops_diff_changes(self._pointer)))

    def patch_text(self, type: PatchType, *, tests: bool = False) -> str:
        """The patch that turns live into merged as one line of JSON; numbers are exact.

        With tests, a JSON patch tests each value before it replaces or removes it, and the keys of
        a list element before it changes it.
        """
        options = make(PatchOptions, tests=tests)
        return decode(take_buffer(create_last("buffer", lib.gitops_diff_patch, self._pointer,
                                              type, byref(options))))

    @property
    def forms(self) -> FrozenSet[PatchType]:
        """The forms that can say the change."""
        bits = c_uint32()
        call(lib.gitops_diff_forms, self._pointer, byref(bits))
        return frozenset(type for type in PatchType if bits.value >> type & 1)

    def form(self, accepted: Iterable[PatchType] = ()) -> PatchType:
        """The form to send of those that the target accepts.

        Nothing stands for a JSON patch or the whole document. UnsupportedError when none can say
        the change.
        """
        bits = 0
        for one in accepted:
            bits |= 1 << one
        out = c_int32()
        call(lib.gitops_diff_form, self._pointer, bits, byref(out))
        return PatchType(out.value)

    def json_patch(self, *, tests: bool = False) -> List[Dict[str, Any]]:
        """The RFC 6902 patch that turns live into merged."""
        patch: List[Dict[str, Any]] = load_json(self.patch_text(PatchType.JSON, tests=tests))
        return patch

    def merge_patch(self) -> Json:
        """The RFC 7386 patch that turns live into merged."""
        return load_json(self.patch_text(PatchType.MERGE))

    def strategic_patch(self) -> Dict[str, Any]:
        """The strategic merge patch that turns live into merged, for built-in kinds."""
        patch: Dict[str, Any] = load_json(self.patch_text(PatchType.STRATEGIC))
        return patch

    def server_side_apply(self) -> Dict[str, Any]:
        """The body of a server-side apply: what merged holds of our leaves."""
        body: Dict[str, Any] = load_json(self.patch_text(PatchType.APPLY))
        return body


def normal_form(context: Context, sent: DocumentLike, answer: DocumentLike, *,
                schema: Optional[Schema] = None) -> Optional[Document]:
    """What a target made of what was sent to it, from its answer; None when it kept it as it was.

    Only the answer to an apply of our own may be given.
    """
    core = core_of(context)
    given, made = as_document(context, sent), as_document(context, answer)
    out, error = handle_type("document")(), Error()
    code = lib.gitops_diff_normal(byref(out), core._pointer, given._pointer, made._pointer,
                                  None if schema is None else schema._pointer, byref(error))
    if code < 0:
        raise from_struct(error, code)
    return Document(core, out) if out else None


def apply_patch(context: Context, patch: DocumentLike, document: DocumentLike,
                type: PatchType) -> Document:
    """Applies a patch to a document, all or nothing."""
    core = core_of(context)
    # Both are held by name: a pointer alone keeps nothing alive during the call.
    operations, changed = as_document(context, patch), as_document(context, document)
    return Document(core, create("document", lib.gitops_patch_apply, core._pointer, type,
                                 operations._pointer, changed._pointer))


def apply_json_patch(context: Context, patch: DocumentLike, document: DocumentLike) -> Document:
    """Applies an RFC 6902 patch; ConflictError when a test or a path does not hold."""
    return apply_patch(context, patch, document, PatchType.JSON)


def apply_merge_patch(context: Context, patch: DocumentLike, document: DocumentLike) -> Document:
    """Applies an RFC 7386 patch."""
    return apply_patch(context, patch, document, PatchType.MERGE)


def base_from_annotation(context: Context, live: DocumentLike) -> Document:
    """What kubectl last applied, by its annotation; NotFoundError when live has none."""
    core = core_of(context)
    document = as_document(context, live)
    return Document(core, create("document", lib.gitops_base_from_annotation, core._pointer,
                                 document._pointer))


def base_from_manager(context: Context, live: DocumentLike, manager: str) -> Document:
    """What a field manager owns of live; NotFoundError when live has no fields of it."""
    core = core_of(context)
    document = as_document(context, live)
    return Document(core, create("document", lib.gitops_base_from_manager, core._pointer,
                                 document._pointer, c_string(manager)))


_CALLBACKS = Registry()


def _compare(core: Any, out: Any, sides: List[Optional[Document]], options: DiffOptions,
             asked: Optional[_Asked], error: Error) -> int:
    """Makes the diff; who is asked stays reachable for that long."""
    number = 0
    if asked is not None:
        number = _CALLBACKS.add(asked)
        options.resolve, options.user_data = _resolve, number
    try:
        code: int = lib.gitops_diff_new(
            byref(out), core._pointer, *[None if side is None else side._pointer for side in sides],
            byref(options), byref(error))
        return code
    finally:
        _CALLBACKS.discard(number)


def _call_resolve(change: Any, answer: Any, number: int) -> int:
    """An exception is kept for the caller; nobody is asked after it."""
    asked: _Asked = _CALLBACKS[number]
    if asked.raised is not None:
        return 0

    def side(node: Any) -> Json:
        if not node:
            return ABSENT
        return load_json(take_buffer(create("buffer", lib.gitops_value_emit, asked.core._pointer,
                                            node, None)))
    try:
        lib.gitops_conflict_answer_set(answer, Conflict(asked.resolve(_copy_change(change, side))))
    except BaseException as error:
        asked.raised = error
    return 0


_resolve = ResolveFn(_call_resolve)
