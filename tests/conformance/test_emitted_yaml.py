#!/usr/bin/env python3
"""What the library writes as YAML is the same value to other readers: PyYAML, and those of Go.

GITOPS_LIBRARY names the library, GITOPS_CORPORA the folder of corpora, GITOPS_VALUES how many
random values there are. Skipped where PyYAML or Go are absent; Go needs its modules in reach.
"""
import itertools
import json
import os
import pathlib
import random
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
VALUES = int(os.environ.get("GITOPS_VALUES", "2000"))
ORDERS = (gitops.Order.SORTED, gitops.Order.SOURCE)

# Strings are made of these; each of them means something to some reader.
PIECES = (
    "a", "word", " ", "  ", "\n", "\n\n", "\t", ": ", ":", " #", "#", "-", "- ", "---", "...",
    "yes", "No", "on", "y", "N", "null", "Null", "~", "1", "10", "0x1F", "0o7", "017", "08",
    "1e3", "1E+3", "e", "1_0", ".5", ".", "12:30", ":30", "-1", "+1", "1.", "0", "_", "true",
    "False", ".inf", "-.INF", ".NaN", "nan", "inf", "<<", "=", "[", "]", "{", "}", ",", "&a",
    "*a", "!x", "|", ">", "'", '"', "\\", "%", "@", "`", "?", "? ", "\r", "\r\n", "\u00e9",
    "\U0001f600", "\x85", "\u2028", "\ufeff", "\x7f", "\x01", "\x00", "2001-01-01",
    "T10:00:00Z", " 10:00", "/x", "$(y)", "\ufffe", "\xa0", "\u200b", "\U0010ffff",
    "line\n  indented\nlast", "text\n", "  lead\nx", "a \nb", "null\n",
)
NUMBERS = ("0", "-0", "-0.0", "1", "-1", "1.0", "1e3", "-2.50E+07", "0.1", "9007199254740993",
           "9223372036854775807", "18446744073709551615", "18446744073709551616", "1e-400",
           "1.7976931348623157e308", "123456789012345678901234567890", "5e-324", "1E5", "1e22",
           "100")
# All short texts over these; a text of several lines needs most of them to go wrong.
SHORT = " \n\ta1:-#.e'\"\\_~+0,xT"


def random_text(chance):
    kind = chance.random()
    if kind < 0.05:
        return "".join(chr(chance.choice((chance.randrange(0x20, 0x7f), chance.randrange(0xd800),
                                          chance.randrange(0xe000, 0x110000))))
                       for _ in range(chance.randrange(6)))
    if kind < 0.2:
        return "".join(chance.choice("0123456789-+.:_eExT ") for _ in range(chance.randrange(1, 8)))
    return "".join(chance.choice(PIECES) for _ in range(chance.randrange(6)))


def random_json(chance, depth=0):
    """A value as JSON, so that numbers have a spelling."""
    kind = chance.random()
    if depth == 0 or (depth < 6 and kind < 0.3):
        count = chance.randrange(5)
        if chance.random() < 0.4:
            return "[" + ",".join(random_json(chance, depth + 1) for _ in range(count)) + "]"
        keys = {random_text(chance) * chance.choice((1, 1, 1, 1, 1, 40)) for _ in range(count)}
        if chance.random() < 0.2:
            keys |= {"apiVersion", "kind", "metadata", "name"}
        keys = chance.sample(sorted(keys), len(keys))
        return "{" + ",".join(json.dumps(key) + ":" + random_json(chance, depth + 1)
                              for key in keys) + "}"
    if kind < 0.45:
        return chance.choice(NUMBERS)
    if kind < 0.55:
        return chance.choice(("null", "true", "false", "[]", "{}"))
    return json.dumps(random_text(chance))


def typed(value):
    """A value in which true is not 1."""
    if isinstance(value, dict):
        return {"map": {(type(key).__name__, key): typed(item) for key, item in value.items()}}
    if isinstance(value, list):
        return [typed(item) for item in value]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return (type(value).__name__, value)
    return ("number", value)


def random_texts():
    for seed in range(VALUES):
        yield random_json(random.Random(seed))


def short_texts():
    """Lists and maps of all texts of up to three characters, and of some longer ones."""
    chance = random.Random(1)
    texts = ["".join(text) for n in range(4) for text in itertools.product(SHORT, repeat=n)]
    texts += ["".join(chance.choice(SHORT) for _ in range(chance.randrange(4, 9)))
              for _ in range(VALUES)]
    for at in range(0, len(texts), 100):
        some = texts[at:at + 100]
        yield json.dumps(some)
        yield json.dumps({text: text for text in some})


def real_texts():
    """Every document of the corpora that the library can read, as JSON."""
    if not CORPORA.is_dir():
        raise unittest.SkipTest(f"no corpora at {CORPORA} (set GITOPS_CORPORA)")
    with gitops.Context() as context:
        for path in sorted(CORPORA.rglob("*")):
            if path.suffix not in (".yaml", ".yml", ".json") or not path.is_file():
                continue
            with gitops.Documents.parse(context, path.read_bytes(), strict=False) as documents:
                for document in documents:
                    yield document.to_json()


class Emitted(unittest.TestCase):
    def setUp(self):
        self.context = gitops.Context()
        self.addCleanup(self.context.close)

    def pairs(self, texts):
        """Each text with the YAML of it, in either order of keys."""
        for text in texts:
            with gitops.Document.parse(self.context, text) as document:
                for written in sorted({document.to_yaml(order) for order in ORDERS}):
                    with gitops.Document.parse(self.context, written) as again:
                        self.assertEqual(again.digest(), document.digest(), written[:2000])
                    yield text, written


@unittest.skipIf(yaml is None, "PyYAML is absent")
class PyYaml(Emitted):
    def check(self, texts, loader):
        for text, written in self.pairs(texts):
            try:
                value = yaml.load(written, loader)
            except (yaml.YAMLError, ValueError) as problem:
                self.fail(f"{problem}\n{text}\n{written[:2000]}")
            self.assertEqual(typed(value), typed(json.loads(text)), written[:2000])

    def test_random_values(self):
        self.check(random_texts(), yaml.SafeLoader)

    def test_short_texts(self):
        self.check(short_texts(), yaml.SafeLoader)

    def test_real_documents(self):
        self.check(real_texts(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


class Go(Emitted):
    @classmethod
    def setUpClass(cls):
        if not shutil.which("go"):
            raise unittest.SkipTest("Go is absent")
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.reader = os.path.join(folder.name, "readers")
        built = subprocess.run(["go", "build", "-o", cls.reader, "."], cwd=HERE / "readers",
                               capture_output=True, text=True)
        if built.returncode:
            raise unittest.SkipTest("Go cannot build the readers: " + built.stderr.strip())

    def check(self, texts):
        with tempfile.TemporaryFile("w+") as file:
            count = 0
            for pair in self.pairs(texts):
                file.write(json.dumps(pair) + "\n")
                count += 1
            file.seek(0)
            done = subprocess.run([self.reader], stdin=file, capture_output=True, text=True)
        self.assertEqual(done.stdout, f"{count} pairs\n")

    def test_random_values(self):
        self.check(random_texts())

    def test_short_texts(self):
        self.check(short_texts())

    def test_real_documents(self):
        self.check(real_texts())


if __name__ == "__main__":
    unittest.main()
