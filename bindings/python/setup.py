"""Builds the wheel, with the library inside where that is possible.

The library is the file named by GITOPS_LIBRARY, or it is built with CMake from the checkout around
this folder. Without CMake or without what the library needs, the wheel holds Python only and uses
an installed libgitops.so.0.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.build_py import build_py

try:
    from setuptools.command.bdist_wheel import bdist_wheel
except ImportError:  # before setuptools 70.1
    from wheel.bdist_wheel import bdist_wheel

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
LIBRARY = "libgitops.so.0"
NAMED = os.environ.get("GITOPS_LIBRARY")


def version() -> str:
    """The package's own: its API is that of the library with the same first two numbers."""
    text = (HERE / "gitops" / "_library.py").read_text()
    found = re.search(r'^VERSION = "([0-9.]+)"', text, flags=re.M)
    assert found
    return found[1] + ".0"


def build_library(folder: Path) -> "Path | None":
    """The library, named or built; None when this machine cannot build it."""
    if NAMED:
        return Path(NAMED)
    cmake = shutil.which("cmake")
    if cmake is None or not (CHECKOUT / "CMakeLists.txt").is_file():
        print("libgitops: no cmake or no checkout, the wheel holds Python only", file=sys.stderr)
        return None
    configured = subprocess.run(
        [cmake, "-S", str(CHECKOUT), "-B", str(folder), "-DCMAKE_BUILD_TYPE=Release",
         "-DGITOPS_BUILD_TESTS=OFF", "-DGITOPS_BUILD_PROGRAM=OFF", "-DGITOPS_INSTALL=OFF"])
    if configured.returncode != 0:
        print("libgitops: what the library needs is not installed, the wheel holds Python only",
              file=sys.stderr)
        return None
    subprocess.run([cmake, "--build", str(folder), "--target", "gitops", "--parallel"], check=True)
    return folder / LIBRARY


class BuildWithLibrary(build_py):
    def run(self) -> None:
        super().run()
        if self.editable_mode:  # finds the library of the checkout
            return
        folder = Path(self.get_finalized_command("build").build_temp).resolve() / "libgitops"
        library = build_library(folder)
        inside = Path(self.build_lib, "gitops", LIBRARY)
        if library is not None:
            shutil.copyfile(library, inside)
        else:
            inside.unlink(missing_ok=True)  # of an earlier build


class PlatformWheel(bdist_wheel):
    """Any Python 3, but this platform once the library is inside."""

    def get_tag(self) -> "tuple[str, str, str]":
        _python, _abi, platform = super().get_tag()
        built = Path(self.get_finalized_command("build_py").build_lib, "gitops", LIBRARY)
        return "py3", "none", platform if built.exists() else "any"


class BinaryDistribution(Distribution):
    def has_ext_modules(self) -> bool:
        return True


setup(version=version(), distclass=BinaryDistribution,
      cmdclass={"build_py": BuildWithLibrary, "bdist_wheel": PlatformWheel})
