"""Documents and values: YAML and JSON in, Python objects, YAML and JSON out."""

from __future__ import annotations

import json
from ctypes import byref, c_size_t, create_string_buffer
from decimal import Decimal
from typing import Any, Callable, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

from ._handle import c_string, call, create, create_last, sized_text, take_buffer
from ._library import lib
from ._structs import EmitOptions, Error, handle_type, make
from .contexts import Context, Made, core_of
from .controls import Controls, take_controls
from .enums import Digest, Format, Kind, Order
from .errors import Diagnostics, copy_diagnostics, decode, from_struct

_DIGEST_SIZE = 72
# int() refuses more digits than this by default, and a number in a file may have any length.
_INT_DIGITS = 4000

Json = Any
"""What json.loads gives: None, bool, int, float, str, list and dict."""


def _parse_int(text: str) -> Any:
    return int(text) if len(text) <= _INT_DIGITS else Decimal(text)


def load_json(text: Union[str, bytes], parse_float: Callable[[str], Any] = float) -> Json:
    """One line of JSON from the library as Python objects."""
    return json.loads(text, parse_float=parse_float, parse_int=_parse_int)


def dump_json(value: Json) -> bytes:
    """Python objects as JSON, for the library; NaN and infinity are refused."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")


def written_digest(function: Any, *arguments: Any) -> str:
    """The digest that a function writes before its last parameter, the error."""
    room = create_string_buffer(_DIGEST_SIZE)
    call(function, *arguments, room)
    return decode(room.value)


class Value:
    """A node of a document: read-only, with its position, borrowed from what it came from.

    Maps are indexed with strings, lists with integers. Two values are equal when they are the
    same data: the order of keys does not matter, and numbers count by exact value.
    """

    __slots__ = ("_owner", "_node")

    def __init__(self, owner: Made, node: Any) -> None:
        self._owner = owner
        self._node = node

    @property
    def _pointer(self) -> Any:
        self._owner._pointer  # raises when the owner is closed
        return self._node

    @property
    def kind(self) -> Kind:
        return Kind(lib.gitops_value_type(self._pointer))

    @property
    def line(self) -> int:
        """Line in its text, from 1; 0 for values that the library made."""
        line: int = lib.gitops_value_line(self._pointer)
        return line

    @property
    def column(self) -> int:
        column: int = lib.gitops_value_column(self._pointer)
        return column

    @property
    def text(self) -> Optional[str]:
        """The characters of a string, the exact spelling of a number; None for other kinds."""
        length = c_size_t()
        address = lib.gitops_value_text(self._pointer, byref(length))
        raw = sized_text(address, length.value)
        return None if raw is None else raw.decode("utf-8")

    def digest(self, algorithm: Digest = Digest.XXH3) -> str:
        """What is the same for the same data, however it is written: "xxh3:..." or "sha256:..."."""
        return written_digest(lib.gitops_value_digest, self._owner._core._pointer, self._pointer,
                              algorithm)

    def at(self, pointer: str) -> Optional[Value]:
        """The value at a JSON pointer (RFC 6901); None when there is none."""
        return self._child(lib.gitops_value_at(self._pointer, c_string(pointer)))

    def get(self, key: str) -> Optional[Value]:
        """The value of a member; None when this is no map or has no such key."""
        raw = key.encode("utf-8")
        return self._child(lib.gitops_value_find(self._pointer, raw, len(raw)))

    def keys(self) -> List[str]:
        """The keys of a map in the order of their bytes; empty for other kinds."""
        if self.kind != Kind.MAP:
            return []
        return [self._key(i) for i in range(len(self))]

    def items(self) -> List[Tuple[str, Value]]:
        return [(key, self._item(i)) for i, key in enumerate(self.keys())]

    def emit(self, format: Format = Format.JSON, order: Order = Order.SORTED) -> str:
        """JSON on one line with sorted keys, or YAML in block style with a final newline.

        In YAML an object begins with apiVersion, kind and metadata; order is that of other keys.
        """
        return self._emit(format, order).decode("utf-8")

    def to_python(self, parse_float: Callable[[str], Any] = float) -> Json:
        """The value as dict, list, str, int, float, bool and None.

        Integers are exact (a Decimal beyond 4,000 digits). parse_float gets the spelling of each
        other number: pass decimal.Decimal to lose nothing.
        """
        return load_json(self._emit(Format.JSON), parse_float)

    def _emit(self, format: Format, order: Order = Order.SORTED) -> bytes:
        options = make(EmitOptions, format=format, order=order)
        return take_buffer(create("buffer", lib.gitops_value_emit, self._owner._core._pointer,
                                  self._pointer, byref(options)))

    def _child(self, node: Any) -> Optional[Value]:
        return Value(self._owner, node) if node else None

    def _item(self, i: int) -> Value:
        return Value(self._owner, lib.gitops_value_item(self._pointer, i))

    def _key(self, i: int) -> str:
        length = c_size_t()
        address = lib.gitops_value_key(self._pointer, i, byref(length))
        return (sized_text(address, length.value) or b"").decode("utf-8")

    def __len__(self) -> int:
        count: int = lib.gitops_value_count(self._pointer)
        return count

    def __bool__(self) -> bool:
        return True  # a value that is there, whatever it holds; absence is None

    def __getitem__(self, key: Union[str, int]) -> Value:
        if isinstance(key, str):
            found = self.get(key)
            if found is None:
                raise KeyError(key)
            return found
        count = len(self) if self.kind == Kind.LIST else 0
        index = key + count if key < 0 else key
        if not 0 <= index < count:
            raise IndexError(key)
        return self._item(index)

    def __iter__(self) -> Iterator[Any]:
        """The keys of a map, the items of a list."""
        if self.kind == Kind.MAP:
            return iter(self.keys())
        return (self._item(i) for i in range(len(self)))

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.get(key) is not None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Value):
            return NotImplemented
        return bool(lib.gitops_value_equal(self._pointer, other._pointer))

    def __hash__(self) -> int:
        return hash(self.digest())

    def __repr__(self) -> str:
        return f"<Value {self.kind.name} at line {self.line}>"


class Document(Made):
    """One parsed document: an immutable tree of values."""

    _free = "gitops_document_free"

    @classmethod
    def parse(cls, context: Context, text: Union[str, bytes], name: str = "") -> Document:
        """Parses exactly one document, YAML or JSON; name is used in messages."""
        core = core_of(context)
        raw = text.encode("utf-8") if isinstance(text, str) else bytes(text)
        return cls(core, create("document", lib.gitops_document_parse, core._pointer, raw,
                                len(raw), c_string(name)))

    @classmethod
    def from_python(cls, context: Context, value: Json, name: str = "") -> Document:
        """A document from what json.dumps accepts."""
        return cls.parse(context, dump_json(value), name)

    @property
    def root(self) -> Value:
        return Value(self, lib.gitops_document_root(self._pointer))

    @property
    def name(self) -> str:
        """What it was parsed as; for an object of a manifest its file; "" when made here."""
        return decode(lib.gitops_document_name(self._pointer))

    @property
    def number(self) -> int:
        """Number of the document in its text, from 1; 0 when made by the library."""
        number: int = lib.gitops_document_number(self._pointer)
        return number

    def key(self) -> str:
        """The key of an object, such as "shop/Deployment.apps/web"; ParseError without one."""
        return decode(take_buffer(create_last("buffer", lib.gitops_document_key,
                                              self._pointer)))

    def controls(self, key: Optional[str] = None) -> Controls:
        """What the document says about its own handling; ParseError for a broken annotation.

        key is the object's, which cannot depend on itself.
        """
        return take_controls(create_last("controls", lib.gitops_document_controls, self._pointer,
                                         c_string(key)))

    def at(self, pointer: str) -> Optional[Value]:
        """The value at a JSON pointer; None when there is none."""
        return self.root.at(pointer)

    def to_python(self, parse_float: Callable[[str], Any] = float) -> Json:
        """The whole document as Python objects; see Value.to_python."""
        return self.root.to_python(parse_float)

    def to_json(self) -> str:
        return self.root.emit(Format.JSON)

    def to_yaml(self, order: Order = Order.SORTED) -> str:
        return self.root.emit(Format.YAML, order)

    def digest(self, algorithm: Digest = Digest.XXH3) -> str:
        return self.root.digest(algorithm)

    def __eq__(self, other: object) -> bool:
        return self.root == other.root if isinstance(other, Document) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.root)


class Documents(Made, Sequence[Document]):
    """The documents of one text, with the problems that were found.

    A broken document does not hide the ones after it: with strict=False the set holds those that
    are whole, otherwise a ParseError carries all problems as its diagnostics.
    """

    _free = "gitops_documents_free"

    @classmethod
    def parse(cls, context: Context, text: Union[str, bytes], name: str = "",
              strict: bool = True) -> Documents:
        core = core_of(context)
        raw = text.encode("utf-8") if isinstance(text, str) else bytes(text)
        out = handle_type("documents")()
        error = Error()
        code = lib.gitops_documents_parse(byref(out), core._pointer, raw, len(raw),
                                          c_string(name), byref(error))
        if not out:
            raise from_struct(error, code)
        documents = cls(core, out)
        if code < 0 and strict:
            problem = from_struct(error, code)
            problem.diagnostics = documents.diagnostics
            documents.close()
            raise problem
        return documents

    @property
    def diagnostics(self) -> Diagnostics:
        return copy_diagnostics(lib.gitops_documents_diagnostics(self._pointer))

    def __len__(self) -> int:
        count: int = lib.gitops_documents_count(self._pointer)
        return count

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        position = index + len(self) if index < 0 else index
        borrowed = lib.gitops_documents_get(self._pointer, position) if position >= 0 else None
        if not borrowed:
            raise IndexError(index)
        return Document(self._core, lib.gitops_document_ref(borrowed))


DocumentLike = Union[Document, Value, str, bytes, Mapping[str, Any], List[Any]]
"""What stands for a document: a parsed one, text in YAML or JSON, or Python objects."""


def document_bytes(document: DocumentLike) -> bytes:
    """A document as text for the library."""
    if isinstance(document, bytes):
        return document
    if isinstance(document, str):
        return document.encode("utf-8")
    if isinstance(document, Document):
        return document.to_json().encode("utf-8")
    if isinstance(document, Value):
        return document.emit().encode("utf-8")
    return dump_json(document)


def as_document(context: Context, document: DocumentLike, name: str = "") -> Document:
    """The document itself, or one parsed from what stands for it."""
    if isinstance(document, Document):
        return document
    return Document.parse(context, document_bytes(document), name)
