"""A wheel holds the library and works away from the checkout."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import unittest
import zipfile
from pathlib import Path

from binding_support import BINDING, LibraryTest
from gitops._library import find_library

NEEDED = ("pip", "setuptools", "wheel")


def missing() -> str:
    """Why no wheel can be built here without a network; "" when one can."""
    absent = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if absent:
        return "no " + ", ".join(absent)
    if not (BINDING / "setup.py").is_file():
        return "the sources of the package are not here"
    return "" if Path(find_library()).is_file() else "the library is not a file"


@unittest.skipIf(missing(), missing())
class Wheel(LibraryTest):
    def build(self) -> Path:
        """A wheel around the library of these tests, built from a copy of the package."""
        package, wheels = self.folder / "package", self.folder / "wheels"
        shutil.copytree(BINDING, package, ignore=shutil.ignore_patterns("build", "*.egg-info"))
        done = subprocess.run(
            [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
             "--wheel-dir", str(wheels), str(package)],
            env=dict(os.environ, GITOPS_LIBRARY=find_library()), capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        [wheel] = wheels.glob("*.whl")
        return wheel

    def test_wheel_carries_the_library(self) -> None:
        wheel = self.build()
        self.assertIn("-py3-none-linux_", wheel.name)
        installed = self.folder / "installed"
        with zipfile.ZipFile(wheel) as archive:
            self.assertIn("gitops/py.typed", archive.namelist())
            archive.extractall(installed)
        environment = {name: value for name, value in os.environ.items()
                       if name not in ("GITOPS_LIBRARY", "PYTHONPATH")}
        program = "import gitops; print(gitops.find_library(), gitops.library_version())"
        done = subprocess.run([sys.executable, "-c", program], cwd=installed, env=environment,
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        path, version = done.stdout.split()
        self.assertEqual(Path(path), (installed / "gitops" / "libgitops.so.0").resolve())
        self.assertRegex(version, r"^0\.1\.")


if __name__ == "__main__":
    unittest.main()
