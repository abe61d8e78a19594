#!/usr/bin/env python3
"""Runs the examples of README.md that are complete programs.

    readme.py PROJECT_DIR LIBRARY      LIBRARY: the built shared library; exit 77 = nothing to run

A fenced block is taken when its first line says so:

    ```c                      ```python
    /* complete */            # complete

C is compiled as C99 with the warnings as errors and linked with LIBRARY, Python runs with
bindings/python on its path. Each program runs in a fresh folder in which `repository` is a git
repository (branch main) with deploy/app.yaml, a ConfigMap; it must end with 0.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

MANIFEST = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: app
  namespace: default
data:
  greeting: hello
"""
# {sizeof options, 0} is how the headers set up an option struct.
WARNINGS = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror",
            "-Wno-missing-field-initializers"]


def blocks(text):
    """Yields (language, line, code) of the complete programs."""
    for match in re.finditer(r"^```(c|python)\n(.*?)^```$", text, flags=re.S | re.M):
        language, code = match.groups()
        if re.match(r"/\* complete\b|# complete\b", code):
            yield language, text.count("\n", 0, match.start()) + 1, code


def make_repository(folder):
    deploy = folder / "repository" / "deploy"
    deploy.mkdir(parents=True)
    (deploy / "app.yaml").write_text(MANIFEST)
    git = ["git", "-c", "user.name=readme", "-c", "user.email=readme@example.org",
           "-C", str(folder / "repository")]
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "Start"]):
        subprocess.run(git + command, check=True)


def command_for(language, code, folder, project, library):
    """The command that runs the program; C is compiled first."""
    if language == "python":
        (folder / "example.py").write_text(code)
        return [sys.executable, "example.py"]
    (folder / "example.c").write_text(code)
    subprocess.run([os.environ.get("CC", "cc"), *WARNINGS, f"-I{project}/include", "example.c",
                    "-o", "example", str(library), f"-Wl,-rpath,{library.parent}"],
                   check=True, cwd=folder)
    return ["./example"]


def run(language, line, code, project, library):
    environment = dict(os.environ, GITOPS_LIBRARY=str(library),
                       PYTHONPATH=str(project / "bindings" / "python"))
    with tempfile.TemporaryDirectory(prefix="gitops-readme-") as name:
        folder = pathlib.Path(name)
        make_repository(folder)
        try:
            command = command_for(language, code, folder, project, library)
            result = subprocess.run(command, cwd=folder, env=environment, timeout=60,
                                    stdin=subprocess.DEVNULL)
        except (subprocess.SubprocessError, OSError) as error:
            print(f"README.md:{line}: {error}")
            return False
    print(f"README.md:{line}: {language}: exit code {result.returncode}", flush=True)
    return result.returncode == 0


def main():
    project, library = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    readme = project / "README.md"
    found = list(blocks(readme.read_text())) if readme.exists() else []
    if not found:
        print("skipped: README.md is absent or has no complete program")
        return 77
    results = [run(*block, project, library) for block in found]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
