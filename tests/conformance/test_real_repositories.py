#!/usr/bin/env python3
"""The main job on real repositories, which are read from the corpora and skipped where absent.

GITOPS_PROGRAM names the program, GITOPS_CORPORA the folder of corpora.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("GITOPS_PROGRAM", str(ROOT / "build/test/bin/gitops"))
CORPORA = pathlib.Path(os.environ.get("GITOPS_CORPORA", ROOT / "../shared/corpora"))
PLAIN = "prometheus-operator+kube-prometheus"


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = pathlib.Path(folder.name)
        self.repository, self.target = self.work / "repository", self.work / "target"
        self.state = self.work / "state.db"

    def git(self, *arguments):
        subprocess.run(["git", "-C", self.repository, "-c", "user.name=t", "-c", "user.email=t@t",
                        *arguments], check=True, stdout=subprocess.DEVNULL)

    def commit(self):
        if not (self.repository / ".git").exists():
            self.git("init", "-q")
        self.git("add", "-A", "-f")
        self.git("commit", "-q", "-m", "change")

    def gitops(self, command, *arguments):
        done = subprocess.run([PROGRAM, command, "--source", self.repository, "--target",
                               f"dir:{self.target}", "--state", self.state, *arguments],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout, done.stderr

    def plan(self, expected, *arguments):
        code, out, err = self.gitops("plan", "--format", "json", *arguments)
        self.assertEqual(code, expected, err)
        return json.loads(out)

    def apply(self, *arguments):
        code, out, err = self.gitops("apply", "--format", "json", *arguments)
        self.assertEqual(code, 0, err)
        return json.loads(out)["summary"]

    def files(self):
        return {str(file.relative_to(self.target))[:-5]: file
                for file in self.target.rglob("*.yaml")}

    def check_main_job(self, *arguments):
        keys = [operation["key"] for operation in self.plan(1, *arguments)["operations"]]
        self.assertEqual(self.apply(*arguments)["create"], len(keys))
        self.assertEqual(sorted(self.files()), sorted(keys))
        before = {key: file.stat().st_mtime_ns for key, file in self.files().items()}
        self.assertEqual(self.apply(*arguments)["none"], len(keys))
        self.assertEqual(self.plan(0, *arguments)["operations"], [])
        self.assertEqual(before, {key: file.stat().st_mtime_ns
                                  for key, file in self.files().items()})
        self.check_healing(keys, *arguments)

    def check_healing(self, keys, *arguments):
        edited, removed = self.files()[keys[0]], self.files()[keys[-1]]
        content = edited.read_text()
        edited.write_text(re.sub(r"(?m)^kind: .*$", "kind: Edited", content, count=1))
        if removed != edited:
            removed.unlink()
        foreign = self.target / "foreign" / "ConfigMap" / "mine.yaml"
        foreign.parent.mkdir(parents=True)
        foreign.write_text("mine: true\n")
        found = {operation["key"]: operation["action"]
                 for operation in self.plan(1, *arguments)["operations"]}
        self.assertEqual(found, {keys[-1]: "create", keys[0]: "update"})
        self.apply(*arguments)
        self.assertEqual(edited.read_text(), content)
        self.assertTrue(removed.exists())
        self.assertEqual(foreign.read_text(), "mine: true\n")
        self.assertEqual(self.plan(0, *arguments)["operations"], [])


class Plain(Case):
    def test_kube_prometheus(self):
        shutil.copytree(CORPORA / "real" / PLAIN, self.repository)
        self.commit()
        self.check_main_job("--path", "manifests")
        folder = self.repository / "manifests"
        (folder / "grafana-config.yaml").unlink()
        text = (folder / "grafana-service.yaml").read_text()
        (folder / "grafana-service.yaml").write_text(text.replace("port: 3000", "port: 3001"))
        (folder / "new.yaml").write_text("{apiVersion: v1, kind: ConfigMap, metadata: {name: new}}")
        self.commit()
        found = sorted((operation["action"], operation["key"])
                       for operation in self.plan(1, "--path", "manifests")["operations"])
        self.assertEqual(found, [("create", "_/ConfigMap/new"),
                                 ("delete", "monitoring/Secret/grafana-config"),
                                 ("update", "monitoring/Service/grafana")])
        self.apply("--path", "manifests")
        self.assertNotIn("monitoring/Secret/grafana-config", self.files())

    def test_rendered_applications(self):
        for rendered in sorted((CORPORA / "kustomize-real").rglob("expected.yaml")):
            with self.subTest(rendered=str(rendered.relative_to(CORPORA))):
                for path in (self.repository, self.target):
                    shutil.rmtree(path, ignore_errors=True)
                for path in self.work.glob("state.db*"):
                    path.unlink()
                self.repository.mkdir()
                shutil.copy(rendered, self.repository / "all.yaml")
                self.commit()
                if rendered.read_text().strip():
                    self.check_main_job()
                else:  # an application without objects
                    self.assertEqual(self.plan(0)["operations"], [])


class Messy(Case):
    def test_problems_are_located_and_nothing_changes(self):
        for folder in sorted((CORPORA / "real").iterdir()):
            if not folder.is_dir() or folder.name == PLAIN:
                continue
            with self.subTest(repository=folder.name):
                shutil.rmtree(self.repository, ignore_errors=True)
                shutil.copytree(folder, self.repository, symlinks=True)
                self.commit()
                code, out, err = self.gitops("plan")
                if code == 1:
                    continue
                self.assertEqual((code, out), (2, ""))
                lines = err.splitlines()
                for line in lines[:-1]:
                    self.assertRegex(line, r"^[^:]+:\d+:\d+: .")
                self.assertEqual(lines[-1], f"gitops: {len(lines) - 1} errors in the manifests; "
                                            "nothing was changed")
                self.assertEqual(self.gitops("apply")[0], 2)
                self.assertEqual(sorted(os.listdir(self.work)), ["repository"])


if __name__ == "__main__":
    if not (CORPORA / "real").is_dir():
        print(f"skipped: no corpora at {CORPORA} (set GITOPS_CORPORA)")
        sys.exit(77)
    unittest.main()
