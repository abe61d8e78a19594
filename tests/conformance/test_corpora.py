#!/usr/bin/env python3
"""Every YAML and JSON file of the corpora says to this library what it says to other readers.

The reader of Kubernetes' tools (sigs.k8s.io/yaml and the splitter before it, in Go) decides: both
give the same value, or both refuse the document, or one of the rules below tells why they differ.
Each rule says for how many documents it holds, so that one more or less is noticed. PyYAML, which
types scalars in its own way, decides about structure and text, on the smaller files: it is slow.

GITOPS_LIBRARY names the library, GITOPS_CORPORA the folder of corpora. Skipped where the corpora
are absent, or Go with its modules, or PyYAML.
"""
import collections
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import gitops

try:
    import yaml
except ImportError:
    yaml = None

HERE = pathlib.Path(__file__).resolve().parent
CORPORA = pathlib.Path(os.environ.get("GITOPS_CORPORA", HERE / "../../../shared/corpora"))
ENDINGS = (".yaml", ".yml", ".json")
SMALL = 4000  # bytes that PyYAML reads in a hundredth of a second
BOM_16 = (b"\xff\xfe", b"\xfe\xff")


def corpus_files():
    """All files but those of the YAML test suite, which has a test of its own."""
    return sorted(path for path in CORPORA.rglob("*") if path.name.endswith(ENDINGS)
                  and "yaml-test-suite" not in path.parts and path.is_file())


def load(text):
    """A value as JSON has it, numbers as doubles: that is what the readers of Go leave of them."""
    return json.loads(text, parse_int=float, parse_float=float)


class Ours:
    """What this library makes of a file."""

    def __init__(self, context, path):
        self.text = path.read_bytes()
        read = gitops.Documents.parse(context, self.text, path.name, strict=False)
        self.documents = [(document.root.line, document) for document in read]
        self.errors = [problem for problem in read.diagnostics
                       if problem.severity == gitops.Severity.ERROR]

    def between(self, start, end):
        """Values and errors of the lines from start up to end."""
        values = [load(document.to_json()) for line, document in self.documents
                  if start <= line < end]
        return values, [problem for problem in self.errors if start <= max(problem.line, 1) < end]


def is_json_list(text):
    return text.lstrip()[:1] == b"["


def rule_for(ours, chunk, values, errors):
    """The rule of DESIGN.md section 3 by which a document differs; None when there is none."""
    if ours.text.startswith(BOM_16):
        return "UTF-16 is read; kubectl takes its bytes for lines"
    if errors and errors[0].code == gitops.Code.EDUPLICATE and "strict" in chunk:
        return "duplicate keys are errors, as for Go when it is strict"
    if is_json_list(ours.text) and not errors:
        return "text that starts with [ is read as JSON; kubectl reads it as YAML"
    return None


COUNTS = {
    "UTF-16 is read; kubectl takes its bytes for lines": 1,
    "duplicate keys are errors, as for Go when it is strict": 9,
    "text that starts with [ is read as JSON; kubectl reads it as YAML": 2,
}


@unittest.skipUnless(CORPORA.is_dir(), f"no corpora at {CORPORA} (set GITOPS_CORPORA)")
class CorporaAsGoReadsThem(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not shutil.which("go"):
            raise unittest.SkipTest("Go is absent")
        cls.scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.reader = os.path.join(cls.scratch.name, "readers")
        built = subprocess.run(["go", "build", "-o", cls.reader, "."], cwd=HERE / "readers",
                               capture_output=True, text=True)
        if built.returncode != 0:
            raise unittest.SkipTest("Go cannot build the readers: " + built.stderr[-300:])

    def files_as_go_reads_them(self, paths):
        done = subprocess.run([self.reader, "documents"], text=True, capture_output=True,
                              input="".join(f"{path}\n" for path in paths), check=True)
        return [json.loads(line) for line in done.stdout.split("\n") if line]

    def check_file(self, context, file, differences):
        ours = Ours(context, pathlib.Path(file["path"]))
        starts = [chunk["line"] for chunk in file["chunks"]] + [1 << 40]
        for chunk, start, end in zip(file["chunks"], starts, starts[1:]):
            values, errors = ours.between(start, end)
            if "error" in chunk:
                same = bool(errors)
            else:
                value = load(chunk["json"])
                same = not errors and (values == [value] or (value is None and not values))
            if not same:
                rule = rule_for(ours, chunk, values, errors)
                differences[rule or f"{file['path']}:{start}: {chunk} {values} {errors}"] += 1

    def test_every_document_agrees_or_differs_by_a_rule(self):
        differences = collections.Counter()
        files = self.files_as_go_reads_them(corpus_files())
        self.assertGreater(len(files), 4000)
        with gitops.Context() as context:
            for file in files:
                self.check_file(context, file, differences)
        self.assertEqual(dict(differences), COUNTS)


def same_structure(ours, theirs):
    """Lists, maps and texts; PyYAML's BaseLoader leaves every scalar a text."""
    if isinstance(ours, dict):
        return isinstance(theirs, dict) and len(ours) == len(theirs) and all(
            same_structure(ours[key], theirs[key]) if key in theirs else is_typed_key(key)
            for key in ours)
    if isinstance(ours, list):
        return isinstance(theirs, list) and len(ours) == len(theirs) and all(
            map(same_structure, ours, theirs))
    return isinstance(theirs, str) and (not isinstance(ours, str) or ours == theirs)


def is_typed_key(key):
    """A key that was a number or boolean and is written in another way now."""
    return key in ("true", "false") or key[:1] in "-+.0123456789"


@unittest.skipUnless(CORPORA.is_dir(), f"no corpora at {CORPORA} (set GITOPS_CORPORA)")
@unittest.skipIf(yaml is None, "PyYAML is absent")
class CorporaAsPyYamlReadsThem(unittest.TestCase):
    def theirs(self, text):
        """The documents that are not empty, or the exception."""
        try:
            return [value for value in yaml.load_all(text, Loader=yaml.BaseLoader) if value != ""]
        except (yaml.YAMLError, UnicodeDecodeError, ValueError, TypeError) as error:
            return error

    def is_beyond(self, text):
        """What PyYAML does not do, or in another way than Go: merges here, tags, a last line
        without an end, JSON, tabs between tokens."""
        return (any(part in text for part in (b"<<:", b"!", b"\t"))
                or not text.endswith(b"\n") or text.lstrip()[:1] in (b"{", b"["))

    def test_small_files_have_the_same_structure(self):
        compared, wrong = 0, []
        with gitops.Context() as context:
            for path in corpus_files():
                if path.stat().st_size > SMALL:
                    continue
                ours = Ours(context, path)
                if ours.errors or self.is_beyond(ours.text):
                    continue
                compared += 1
                theirs = self.theirs(ours.text)
                values = [load(document.to_json()) for _, document in ours.documents]
                if isinstance(theirs, Exception) or not same_structure(values, theirs):
                    wrong.append(f"{path}: {theirs!r:.300}")
        self.assertEqual(wrong, [])
        self.assertGreater(compared, 2000)


if __name__ == "__main__":
    unittest.main()
