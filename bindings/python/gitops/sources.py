"""Sources: where desired state comes from, and snapshots of it."""

from __future__ import annotations

import os
from ctypes import byref
from typing import Mapping, Optional, Union

from ._handle import PathLike, c_string, call, create, create_last, take_buffer
from ._library import lib
from ._structs import SourceOptions, make
from .contexts import Context, Made, core_of
from .errors import decode


class Source(Made):
    """A Git repository, a directory, or files in memory. Used by one thread at a time."""

    _free = "gitops_source_free"

    @classmethod
    def git(cls, context: Context, location: PathLike, *, ref: Optional[str] = None,
            mirror: Optional[PathLike] = None, allow_blocking_fetch: bool = False) -> Source:
        """A Git repository by path or URL, at a branch, tag or commit; None: its HEAD.

        A URL is fetched into the bare repository mirror, and only when allow_blocking_fetch says
        that the calling thread may wait for the network.
        """
        core = core_of(context)
        options = make(SourceOptions, location=c_string(location), ref=c_string(ref),
                       mirror=c_string(mirror), allow_blocking_fetch=int(allow_blocking_fetch))
        return cls(core, create("source", lib.gitops_source_open, core._pointer, byref(options)))

    @classmethod
    def directory(cls, context: Context, path: PathLike) -> Source:
        """A plain directory."""
        return cls.git(context, b"dir:" + os.fsencode(path))

    @classmethod
    def memory(cls, context: Context,
               files: Optional[Mapping[str, Union[str, bytes]]] = None) -> MemorySource:
        """Files in memory, by relative path with "/" between names."""
        core = core_of(context)
        source = MemorySource(core, create("source", lib.gitops_source_new_memory, core._pointer))
        for path, content in (files or {}).items():
            source.put(path, content)
        return source

    def fetch(self) -> Snapshot:
        """Reads the newest revision; a URL is fetched first."""
        return Snapshot(self._core, create_last("snapshot", lib.gitops_source_fetch, self._pointer))

    def fetch_revision(self, revision: str) -> Snapshot:
        """Reads one revision of a Git repository, named by its whole commit id."""
        return Snapshot(self._core, create_last("snapshot", lib.gitops_source_fetch_revision,
                                                self._pointer, c_string(revision)))


class MemorySource(Source):
    """A source whose files the program sets itself. Snapshots taken before do not change."""

    def put(self, path: str, content: Union[str, bytes], *, executable: bool = False) -> None:
        raw = content.encode("utf-8") if isinstance(content, str) else bytes(content)
        call(lib.gitops_source_put_mode, self._pointer, c_string(path),
             0o755 if executable else 0o644, raw, len(raw))

    def remove(self, path: str) -> None:
        call(lib.gitops_source_remove, self._pointer, c_string(path))


class Snapshot(Made):
    """An immutable set of files at one revision."""

    _free = "gitops_snapshot_free"

    @property
    def revision(self) -> str:
        """A commit id, or a digest of the files."""
        return decode(lib.gitops_snapshot_revision(self._pointer))

    def read(self, path: str) -> bytes:
        """The bytes of one file."""
        return take_buffer(create_last("buffer", lib.gitops_snapshot_read, self._pointer,
                                       c_string(path)))
