"""Manifests: the objects of one revision, by key."""

from __future__ import annotations

from ctypes import byref
from typing import Iterable, Iterator, Mapping, Optional

from ._handle import c_string, c_strings, create_last
from ._library import lib
from ._structs import Error, ManifestOptions, handle_type, make
from .contexts import Context, Made, core_of
from .controls import Controls, take_controls
from .enums import Digest
from .errors import Diagnostics, copy_diagnostics, decode, from_struct
from .identities import Identity
from .sources import Snapshot
from .stores import Memo
from .values import Document, written_digest


class Manifest(Made, Mapping[str, Document]):
    """An immutable index of objects: keys in order, and documents opened when asked for.

    Keys read "shop/Deployment.apps/web" or "_/Namespace/shop" ("_" = no namespace).
    """

    _free = "gitops_manifest_free"

    @classmethod
    def read(cls, context: Context, snapshot: Snapshot, path: str = "", *,
             excludes: Iterable[str] = (), identity: Optional[Identity] = None,
             previous: Optional[Manifest] = None, workers: int = 0,
             memo: Optional[Memo] = None) -> Manifest:
        """Reads the objects below a path of a snapshot.

        previous is an earlier manifest of the same path and identity: what did not change costs
        nothing. memo does the same for the manifest that another process read last. With workers
        above 1 as many threads read. When a document is broken the error's diagnostics name every
        problem.
        """
        core = core_of(context)
        patterns = list(excludes)
        options = make(ManifestOptions, path=c_string(path), excludes=c_strings(patterns),
                       exclude_count=len(patterns), workers=workers,
                       identity=None if identity is None else identity._pointer,
                       memo=None if memo is None else memo._pointer)
        out = handle_type("manifest")()
        error = Error()
        code = lib.gitops_manifest_read(
            byref(out), core._pointer, snapshot._pointer, byref(options),
            None if previous is None else previous._pointer, byref(error))
        if code == 0:
            return cls(core, out)
        problem = from_struct(error, code)
        if out:
            with cls(core, out) as broken:
                problem.diagnostics = broken.diagnostics
        raise problem

    @property
    def diagnostics(self) -> Diagnostics:
        """Warnings found while reading."""
        return copy_diagnostics(lib.gitops_manifest_diagnostics(self._pointer))

    @property
    def skipped(self) -> int:
        """Documents left out because they are no objects, or are kustomizations."""
        count: int = lib.gitops_manifest_skipped(self._pointer)
        return count

    @property
    def unread(self) -> int:
        """Symbolic links, submodules and devices that are not read; each is a warning."""
        count: int = lib.gitops_manifest_unread(self._pointer)
        return count

    @property
    def files_parsed(self) -> int:
        """Files parsed to make this manifest; 0 when everything was known already."""
        count: int = lib.gitops_manifest_files_parsed(self._pointer)
        return count

    def digest(self, algorithm: Digest = Digest.XXH3) -> str:
        """The digest over all keys and objects; SHA-256 reads the objects again."""
        return written_digest(lib.gitops_manifest_digest, self._pointer, algorithm)

    def object_digest(self, key: str, algorithm: Digest = Digest.XXH3) -> str:
        """The digest of an object, which is that of its document."""
        return written_digest(lib.gitops_manifest_object_digest, self._pointer, self._index(key),
                              algorithm)

    def file(self, key: str) -> str:
        """The file in which an object stands."""
        return decode(lib.gitops_manifest_file(self._pointer, self._index(key)))

    def line(self, key: str) -> int:
        """The line, from 1, at which an object starts."""
        line: int = lib.gitops_manifest_line(self._pointer, self._index(key))
        return line

    def document_number(self, key: str) -> int:
        """Number, from 1, of the document in its file that holds an object."""
        number: int = lib.gitops_manifest_document_number(self._pointer, self._index(key))
        return number

    def controls(self, key: str) -> Controls:
        """What an object says about its own handling; nothing is read for it."""
        return take_controls(create_last("controls", lib.gitops_manifest_controls, self._pointer,
                                         self._index(key)))

    def _index(self, key: str) -> int:
        index: int = lib.gitops_manifest_find(self._pointer, c_string(key))
        if index < 0:
            raise KeyError(key)
        return index

    def __getitem__(self, key: str) -> Document:
        return Document(self._core, create_last("document", lib.gitops_manifest_open,
                                                self._pointer, self._index(key)))

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, str) or "\0" in key:
            return False
        found: bool = lib.gitops_manifest_find(self._pointer, c_string(key)) >= 0
        return found

    def __iter__(self) -> Iterator[str]:
        return (decode(lib.gitops_manifest_key(self._pointer, i)) for i in range(len(self)))

    def __len__(self) -> int:
        count: int = lib.gitops_manifest_count(self._pointer)
        return count

    def __eq__(self, other: object) -> bool:
        return self.digest() == other.digest() if isinstance(other, Manifest) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.digest())
