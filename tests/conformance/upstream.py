"""What the tests against other projects share: their cases, and merges through the binding."""
import json
import os
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPORA = pathlib.Path(os.environ.get("GITOPS_CORPORA", ROOT / "../shared/corpora"))
sys.path.insert(0, str(ROOT / "bindings/python"))

import gitops  # noqa: E402


def load(name):
    path = CORPORA / name
    if not path.exists():
        raise unittest.SkipTest(f"there is no {path}")
    return json.loads(path.read_text())


class Merges(unittest.TestCase):
    def setUp(self):
        self.context = gitops.Context()
        self.addCleanup(self.context.close)

    def merge(self, schema, base, desired, live, **policies):
        merged = gitops.Diff(self.context, base, desired, live, schema=schema, **policies).merged
        return merged and merged.to_python()

    def rules(self, rules):
        return gitops.Schema.parse(self.context, rules)
