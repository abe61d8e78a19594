#!/usr/bin/env python3
"""Runs the teaching examples as a reader would.

    examples.py DIRECTORY      the folder with one_shot, event_loop and custom_target
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAMS = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else "build/examples").resolve()
OBJECT = """\
apiVersion: v1
kind: ConfigMap
metadata: {{name: {name}, namespace: shop}}
data: {{value: "{value}"}}
"""
SECTION = """\
apiVersion: ini/v1
kind: Section
metadata: {{name: {name}}}
spec: {{port: "{port}", relay: mx.example.org}}
"""


class Examples(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)

    def run_program(self, name, *arguments):
        done = subprocess.run([PROGRAMS / name, *map(str, arguments)], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def git(self, *arguments):
        names = {f"GIT_{who}_{what}": "t@example.org" for who in ("AUTHOR", "COMMITTER")
                 for what in ("NAME", "EMAIL")}
        subprocess.run(["git", "-C", self.path / "repository", *arguments], check=True,
                       stdout=subprocess.DEVNULL,
                       env={**os.environ, **names, "GIT_CONFIG_NOSYSTEM": "1"})

    def commit(self, **objects):
        repository = self.path / "repository"
        if not repository.exists():
            repository.mkdir()
            self.git("init", "-q")
        for file in repository.glob("*.yaml"):
            file.unlink()
        for name, value in objects.items():
            (repository / f"{name}.yaml").write_text(OBJECT.format(name=name, value=value))
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "change")

    def test_one_shot(self):
        target = self.path / "target"
        target.mkdir()
        arguments = (self.path / "repository", self.path / "state.db", target)
        self.commit(a=1, b=1, c=1, d=1)
        self.assertIn("4 created", self.run_program("one_shot", *arguments))
        self.assertIn("0 created, 0 updated, 0 deleted", self.run_program("one_shot", *arguments))
        self.commit(a=1, b=2, c=1, e=1)
        self.assertIn("1 created, 1 updated, 1 deleted", self.run_program("one_shot", *arguments))
        self.assertEqual(sorted(file.name for file in target.iterdir()),
                         [f"shop+ConfigMap+{name}.json" for name in "abce"])

    def test_event_loop(self):
        source = self.path / "source"
        source.mkdir()
        for i in range(40):
            (source / f"{i}.yaml").write_text(OBJECT.format(name=f"m{i}", value=i))
        self.assertEqual(self.run_program("event_loop", source),
                         "40 created, 0 in order, up to 8 calls at once\n"
                         "0 created, 40 in order, up to 0 calls at once\n")

    def test_custom_target(self):
        source, ini = self.path / "source", self.path / "mail.ini"
        source.mkdir()
        ini.write_text("[other]\nkey = stays\n")
        (source / "mail.yaml").write_text(SECTION.format(name="mail", port=25))
        arguments = (source, ini, self.path / "state.db")
        self.assertIn("1 created", self.run_program("custom_target", *arguments))
        self.assertEqual(ini.read_text(),
                         "[other]\nkey = stays\n[mail]\nport = 25\nrelay = mx.example.org\n")
        ini.write_text(ini.read_text().replace("25", "2525"))
        self.assertIn("1 updated", self.run_program("custom_target", *arguments))
        self.assertIn("port = 25\n", ini.read_text())
        self.assertIn("0 created, 0 updated", self.run_program("custom_target", *arguments))


if __name__ == "__main__":
    unittest.main()
