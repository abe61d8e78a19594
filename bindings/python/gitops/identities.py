"""Identities: which object a document is."""

from __future__ import annotations

from ctypes import byref
from typing import Any, Callable, Optional

from ._handle import PathLike, Registry, c_string, create, log_exception, take_buffer
from ._library import lib
from ._structs import IdentifyFn, IdentityOptions, make
from .answers import describe, one_line
from .contexts import Context, Made, core_of
from .enums import IdentityRule, Tool
from .errors import decode
from .values import Json, load_json

Identify = Callable[[Json, str], Optional[str]]
"""Given a document and the path of its file, its key; None: it is no object."""


class Identity(Made):
    """An immutable rule that gives objects their keys. Units and manifests hold it."""

    _free = "gitops_identity_free"

    @classmethod
    def kubernetes(cls, context: Context, *, tools_off: Tool = Tool(0)) -> Identity:
        """By apiVersion, kind, metadata.namespace and metadata.name: the default.

        tools_off are the tools whose annotations say nothing.
        """
        return cls._make(context, by=IdentityRule.KUBERNETES, tools_off=int(tools_off))

    @classmethod
    def pointers(cls, context: Context, name: str, *, namespace: Optional[str] = None,
                 kind: Optional[str] = None, group: Optional[str] = None,
                 default_kind: Optional[str] = None, skip_others: bool = False) -> Identity:
        """By JSON pointers into each document.

        default_kind is the kind of documents that do not say one. A document in which no pointer
        points to anything is an error, or with skip_others no object.
        """
        return cls._make(context, by=IdentityRule.POINTERS, name_pointer=c_string(name),
                         namespace_pointer=c_string(namespace), kind_pointer=c_string(kind),
                         group_pointer=c_string(group), kind=c_string(default_kind),
                         skip_others=int(skip_others))

    @classmethod
    def file(cls, context: Context) -> Identity:
        """Every file is one object, with its mode and content; see file_key for the keys."""
        return cls._make(context, by=IdentityRule.FILE)

    @classmethod
    def callback(cls, context: Context, identify: Identify, *,
                 rule: Optional[str] = None) -> Identity:
        """By a function, which must always give the same answer to the same document and file.

        An exception makes an error of the document. rule is text that changes when the answers
        do: with one, what was read may be remembered for longer than this object lives.
        """
        core = core_of(context)
        number = _CALLBACKS.add((identify, core))
        try:
            return cls._make(context, by=IdentityRule.CALLBACK, identify=_identify,
                             user_data=number, destroy_user_data=_CALLBACKS.destroy,
                             rule=c_string(rule))
        except BaseException:
            _CALLBACKS.discard(number)
            raise

    @classmethod
    def _make(cls, context: Context, **options: Any) -> Identity:
        core = core_of(context)
        given = make(IdentityOptions, **options)
        return cls(core, create("identity", lib.gitops_identity_new, core._pointer, byref(given)))


def file_key(context: Context, path: PathLike) -> str:
    """The key of a file as an object; path is relative to the path that is read."""
    return decode(take_buffer(create("buffer", lib.gitops_file_key, core_of(context)._pointer,
                                     c_string(path))))


def file_key_path(context: Context, key: str) -> str:
    """The path that a key of a file was made from."""
    return decode(take_buffer(create("buffer", lib.gitops_file_key_path,
                                     core_of(context)._pointer, c_string(key))))


# Functions given to identities, with the context whose documents they are shown.
_CALLBACKS = Registry()


def _call_identify(root: Any, file: bytes, answer: Any, number: int) -> int:
    """An exception of the host, or a key with a NUL in it, must be an answer, too."""
    try:
        identify, core = _CALLBACKS[number]
        text = take_buffer(create("buffer", lib.gitops_value_emit, core._pointer, root, None))
        key = identify(load_json(text), decode(file))
        if key is None:
            lib.gitops_identity_answer_skip(answer)
        else:
            lib.gitops_identity_answer_key(answer, c_string(key))
    except BaseException as error:
        log_exception(error, "identify raised")
        lib.gitops_identity_answer_failed(answer, one_line(describe(error)))
    return 0


_identify = IdentifyFn(_call_identify)
