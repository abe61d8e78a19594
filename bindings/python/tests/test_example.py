"""The example is a working host."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unittest

from binding_support import BINDING, CHECKOUT, LibraryTest, config_map, git

EXAMPLE = CHECKOUT / "examples" / "python_host.py"


@unittest.skipUnless(EXAMPLE.is_file(), "the example is not beside the package")
class Example(LibraryTest):
    def reconcile(self, *arguments: str) -> str:
        environment = dict(os.environ, PYTHONPATH=str(BINDING))
        done = subprocess.run([sys.executable, str(EXAMPLE), *arguments], env=environment,
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_example_reconciles_a_repository_into_a_folder(self) -> None:
        repository, folder = self.folder / "repository", self.folder / "out"
        (repository / "deploy").mkdir(parents=True)
        folder.mkdir()
        (repository / "deploy" / "a.json").write_text(json.dumps(config_map("a", x="1")))
        git(repository, "init", "-q")
        git(repository, "add", ".")
        git(repository, "commit", "-q", "-m", "one")
        arguments = [str(repository), str(folder), str(self.folder / "state.db"), "deploy"]
        self.assertIn("shop/ConfigMap/a", self.reconcile(*arguments))
        written = folder / "shop" / "ConfigMap" / "a.json"
        self.assertEqual(json.loads(written.read_text()), config_map("a", x="1"))
        written.unlink()
        self.reconcile(*arguments)
        self.assertTrue(written.exists())
        self.assertNotIn("shop/ConfigMap/a", self.reconcile(*arguments))

    def test_example_is_short(self) -> None:
        self.assertLess(len(EXAMPLE.read_text().splitlines()), 40)


if __name__ == "__main__":
    unittest.main()
