"""What objects say about their own handling."""

from __future__ import annotations

import unittest

from binding_support import LibraryTest, config_map
import gitops
from gitops import Control, Controls, Document, Hook, HookDelete, Manifest, Removal, Source


class ControlAnnotations(LibraryTest):
    def document(self, **annotations: str) -> Document:
        found = config_map("a")
        found["metadata"]["annotations"] = {
            key.replace("__", "/").replace("_", "-"): text for key, text in annotations.items()}
        return Document.from_python(self.context, found)

    def test_annotations_are_typed(self) -> None:
        self.assertEqual(
            self.document(gitops__wave="-5", gitops__hook="pre-sync,sync", gitops__prune="confirm",
                          gitops__delete="keep", gitops__force="true",
                          gitops__depends_on="_/A/a _/B.c/d").controls(),
            Controls(wave=-5, hooks=Hook.PRE_SYNC | Hook.SYNC,
                     hook_deletes=HookDelete.BEFORE_CREATION, prune=Removal.CONFIRM,
                     teardown=Removal.KEEP, options=Control.FORCE,
                     depends_on=("_/A/a", "_/B.c/d")))

    def test_no_annotations_say_nothing(self) -> None:
        self.assertEqual(self.document().controls(), Controls())
        self.assertEqual(Document.parse(self.context, "1").controls(), Controls())

    def test_broken_annotation_is_an_error(self) -> None:
        with self.assertRaises(gitops.ParseError) as caught:
            self.document(gitops__wave="first").controls()
        self.assertIn("gitops/wave", str(caught.exception))
        with self.assertRaises(gitops.ParseError):
            self.document(gitops__depends_on="_/A/a").controls("_/A/a")

    def test_manifest_knows_those_of_its_objects(self) -> None:
        text = ("apiVersion: v1\nkind: A\nmetadata:\n  name: a\n  annotations:\n"
                "    kapp.k14s.io/change-group: g\n"
                "    kapp.k14s.io/change-rule: upsert after upserting h\n")
        manifest = Manifest.read(self.context, Source.memory(self.context, {"a.yaml": text}).fetch())
        self.assertEqual(manifest.controls("_/A/a"),
                         Controls(change_groups=("g",),
                                  change_rules=("upsert after upserting h",)))
        with self.assertRaises(KeyError):
            manifest.controls("_/A/b")


if __name__ == "__main__":
    unittest.main()
