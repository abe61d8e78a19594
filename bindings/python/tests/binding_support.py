"""What the tests of the binding share: the package, its library, and targets to reconcile into."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any, Dict, List, Optional

BINDING = Path(__file__).resolve().parents[1]
CHECKOUT = BINDING.parents[1]
HEADERS = CHECKOUT / "include" / "gitops"

sys.path.insert(0, str(BINDING))

import gitops  # noqa: E402
from gitops._library import lib  # noqa: E402


def library_missing() -> Optional[str]:
    """Why the library cannot be used here; a library that was named must be there."""
    try:
        lib.gitops_version
    except gitops.LibraryError as error:
        if "GITOPS_LIBRARY" in os.environ:
            raise
        return str(error)
    return None


MISSING = library_missing()


class _Unseen(logging.Handler):
    """Fails a test in which an error was logged."""

    def __init__(self, test: unittest.TestCase) -> None:
        super().__init__(logging.ERROR)
        self.test = test
        test.addCleanup(self.check)
        self.messages: List[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(logging.Formatter().format(record))

    def check(self) -> None:
        self.test.assertEqual(self.messages, [])


@unittest.skipIf(MISSING, MISSING or "")
class LibraryTest(unittest.TestCase):
    """A test that needs the library; each one has its own context and folder."""

    def setUp(self) -> None:
        self.context = gitops.Context()
        self.addCleanup(self.context.close)
        self.folder = Path(tempfile.mkdtemp(prefix="gitops-python-"))
        self.addCleanup(shutil.rmtree, self.folder)
        # What a callback could not tell anyone ends up in the log: it must not go unseen here.
        unseen = _Unseen(self)
        logging.getLogger("gitops").addHandler(unseen)
        self.addCleanup(logging.getLogger("gitops").removeHandler, unseen)

    def document(self, text: str) -> gitops.Document:
        return gitops.Document.parse(self.context, text)


def config_map(name: str, **data: str) -> Dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": name, "namespace": "shop"}, "data": data}


def git(folder: Path, *arguments: str) -> str:
    """Runs git without any configuration of this machine."""
    environment = dict(os.environ, GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_SYSTEM="/dev/null",
                       GIT_AUTHOR_NAME="a", GIT_AUTHOR_EMAIL="a@example.org",
                       GIT_COMMITTER_NAME="a", GIT_COMMITTER_EMAIL="a@example.org")
    return subprocess.run(["git", "-C", str(folder), *arguments], env=environment, check=True,
                          capture_output=True, text=True).stdout.strip()


class DictTarget(gitops.Target):
    """Objects in a dict; calls are recorded, and a call can be made to raise."""

    def __init__(self) -> None:
        self.objects: Dict[str, Any] = {}
        self.calls: List[str] = []
        self.raises: Dict[str, BaseException] = {}

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if name in self.raises:
            raise self.raises[name]

    def list(self, page: Optional[str]) -> gitops.targets.Listing:
        self._called("list")
        return self.objects

    def apply(self, request: gitops.Request) -> gitops.targets.Held:
        self._called("apply " + request.key)
        self.objects[request.key] = request.document
        return None

    def delete(self, request: gitops.Request) -> None:
        self._called("delete " + request.key)
        del self.objects[request.key]
