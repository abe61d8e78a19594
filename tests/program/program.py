"""What every test of the program needs: running it, and a scene of source, target and state."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import schemas

PROGRAM = os.environ.get("GITOPS_PROGRAM") or sys.exit("set GITOPS_PROGRAM to the gitops program")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def corpus(*names):
    """The path of a corpus file; skips the test when there are no corpora."""
    home = os.environ.get("GITOPS_CORPORA") or os.path.join(ROOT, "..", "shared", "corpora")
    path = os.path.join(home, *names)
    if not os.path.exists(path):
        raise unittest.SkipTest("no corpus at " + path + " (set GITOPS_CORPORA)")
    return path


def corpus_json(*names):
    with open(corpus(*names), encoding="utf-8") as file:
        return json.load(file)


class Result:
    def __init__(self, process):
        self.code, self.out, self.err = process.returncode, process.stdout, process.stderr

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def lines(self):
        return self.out.splitlines()

    def __repr__(self):
        return f"exit {self.code}\n--- out\n{self.out}\n--- err\n{self.err}"


class ProgramTest(unittest.TestCase):
    """A fresh directory per test; run() runs the program in it."""

    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="gitops-program-")
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.home, *names)

    def write(self, name, text):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text if isinstance(text, str) else json.dumps(text))
        return path

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def run_program(self, *words, stdin="", env=None):
        return Result(subprocess.run([PROGRAM, *words], input=stdin, capture_output=True,
                                     text=True, cwd=self.home, timeout=120,
                                     env={**os.environ, **(env or {})}))

    def expect(self, code, *words, **options):
        """Runs the program; asserts its exit code, and that its JSON is as docs/schemas says."""
        result = self.run_program(*words, **options)
        self.assertEqual(result.code, code, result)
        self.assertEqual(schemas.check_output(words, result.out), [], result)
        return result


def config_map(name, namespace="default", **data):
    metadata = f"metadata:\n  name: {name}\n"
    if namespace:
        metadata += f"  namespace: {namespace}\n"
    return ("apiVersion: v1\nkind: ConfigMap\n" + metadata + "data:\n" +
            "".join(f"  {key}: {json.dumps(value)}\n" for key, value in data.items()))


class UnitTest(ProgramTest):
    """A plain directory as source, a directory as target, and a state file."""

    def setUp(self):
        super().setUp()
        os.mkdir(self.path("source"))
        self.target = "dir:" + self.path("target")

    def unit(self):
        return ["--source", "dir:" + self.path("source"), "--target", self.target,
                "--state", self.path("state")]

    def put(self, name, *data, **values):
        """A ConfigMap in the source, in a file of its own."""
        return self.write(f"source/{name}.yaml", config_map(name, **values))

    def plan(self, code, *words):
        return self.expect(code, "plan", *self.unit(), *words)

    def apply(self, code, *words):
        return self.expect(code, "apply", *self.unit(), *words)

    def live(self, key):
        path = self.path("target", key + ".yaml")
        if not os.path.exists(path):
            return None
        result = self.expect(0, "parse", path)
        return result.json

    def keys(self):
        """Keys of the files in the target."""
        found = []
        top = self.path("target")
        for folder, _, files in os.walk(top):
            for name in files:
                if name.endswith(".yaml"):
                    found.append(os.path.relpath(os.path.join(folder, name), top)[:-5])
        return sorted(found)


def main():
    unittest.main(verbosity=1)
