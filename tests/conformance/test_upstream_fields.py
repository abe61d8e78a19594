#!/usr/bin/env python3
"""Which fields change, and which are owned, against structured-merge-diff; what kubectl masks.

Differences are in differences.txt by rule, as those of merges are. GITOPS_LIBRARY names the
library, GITOPS_CORPORA the folder of corpora.
"""
import json
import sys
import unittest

import differences
import typed_schema
from owners import NO_TYPES, Types, element_path
from upstream import CORPORA, Merges, gitops, load

WRITTEN = {"git-add": "added", "git-modify": "modified", "git-remove": "removed"}


def typed_path(types, document, pointer):
    """A JSON pointer into a document as structured-merge-diff writes paths."""
    path, declared, value = [], types.root, document
    for segment in pointer.split("/")[1:]:
        if isinstance(value, list):
            of_list = types.list_of(declared)
            value = value[int(segment)]
            path.append(element_path(value, of_list.get("keys")))
            declared = of_list["elementType"]
        else:
            path.append("f:" + segment)
            declared, value = types.member(declared, segment), value[segment]
    return path


def leaves(paths):
    """Without the maps, lists and elements that the paths of others go through."""
    through = {tuple(path[:i]) for path in paths for i in range(len(path))}
    return sorted(path for path in paths if tuple(path) not in through)


class Changes(Merges):
    def changes(self, schema, base, desired, live):
        wrapped = [None if side is None else {**typed_schema.KIND, "spec": side}
                   for side in (base, desired, live)]
        diff = gitops.Diff(self.context, *wrapped, schema=schema)
        return [(change.class_, change.path[len("/spec"):]) for change in diff.changes
                if change.path.startswith("/spec/")]

    def typed(self, one):
        document = typed_schema.openapi(one["schema"], one["root"])
        return gitops.Schema.build(self.context, documents=[document],
                                   null=gitops.NullPolicy.VALUE)


class Fields(Changes):
    def every_case(self, name):
        """Schema, types and case of every case of a file with typed and untyped ones."""
        cases = load(name)
        for one in cases["typed"]:
            schema, types = self.typed(one), Types(one["schema"], one["root"])
            for case in one["cases"]:
                yield schema, types, {"type": one["name"], **case}
        for case in cases["deduced"]:
            yield gitops.Schema.none(self.context), NO_TYPES, case

    def test_compare(self):
        """What Git changes from lhs to rhs while live is as it was."""
        found = differences.Family("compare")
        for schema, types, case in self.every_case("structured-merge-diff/"
                                                   "typed_compare_cases.json"):
            lhs, rhs = case["lhs"], case["rhs"]
            ours = {kind: [] for kind in WRITTEN.values()}
            for class_, path in self.changes(schema, lhs, rhs, lhs):
                side = lhs if class_ == "git-remove" else rhs
                ours[WRITTEN[class_]].append(typed_path(types, side, path))
            theirs = {kind: leaves(case[kind] or []) for kind in ours}
            found.check({"desired": rhs, "live": lhs, "type": case.get("type")},
                        {kind: sorted(paths) for kind, paths in ours.items()}, theirs)
        found.finish(self)

    def test_field_sets(self):
        """The leaves that an object owns are those that its creation writes."""
        found = differences.Family("fields")
        for schema, types, case in self.every_case("structured-merge-diff/"
                                                   "typed_fieldset_cases.json"):
            owned = [typed_path(types, case["object"], path) for _, path in
                     self.changes(schema, None, case["object"], None)]
            found.check({"desired": case["object"], "type": case.get("type")}, sorted(owned),
                        leaves(case["set"]))
        found.finish(self)


class Keys(Changes):
    """Elements without a key make their list one leaf, which the log says."""

    def setUp(self):
        self.warnings = []
        self.context = gitops.Context(log=lambda level, message: self.warnings.append(message))
        self.addCleanup(self.context.close)

    def warned(self, schema, value):
        self.warnings.clear()
        self.assertEqual(self.changes(schema, value, value, value), [])
        self.changes(schema, None, value, {"list": []})
        return any("compared as a whole" in warning for warning in self.warnings)

    def test_validation_of_keys(self):
        for one in load("structured-merge-diff/typed_validate_cases.json"):
            schema = self.typed(one)
            for text in one["validObjects"] + one.get("duplicatesObjects", []):
                self.assertFalse(self.warned(schema, json.loads(text)), text)
            for text in one["invalidObjects"] if one["name"] == "associative list" else ():
                value = json.loads(text)
                elements = value.get("list") if isinstance(value, dict) else None
                if isinstance(elements, list):
                    lacks = any(not isinstance(item, dict) or
                                all(isinstance(item.get(key), (dict, list, type(None)))
                                    for key in ("key", "id")) for item in elements)
                    self.assertEqual(self.warned(schema, value), lacks, text)


class Masks(Merges):
    """No record of a Secret holds a value, changed or not, and every changed key has one."""

    def test_secrets(self):
        for one in load("kubectl-mask/cases.json"):
            sides = [{"apiVersion": "v1", "kind": "Secret", **(one[side] or {})}
                     for side in ("from", "to")]
            changes = gitops.Diff(self.context, sides[0], sides[1], sides[0]).changes
            before, after = (side.get("data") or {} for side in sides)
            changed = {f"/data/{key}" for key in before.keys() | after.keys()
                       if before.get(key) != after.get(key)}
            with self.subTest(one["name"]):
                self.assertEqual({change.path for change in changes}, changed)
                for change in changes:
                    shown = {change.base, change.desired, change.live, change.merged}
                    self.assertLessEqual(shown, {"***", gitops.diffs.ABSENT})
                    masked = (one["want_to"] or {}).get("data", {}).get(change.path.split("/")[-1])
                    self.assertEqual(change.desired is gitops.diffs.ABSENT, masked is None)


if __name__ == "__main__":
    if not CORPORA.is_dir():
        print(f"skipped: there is no {CORPORA}")
        sys.exit(77)
    unittest.main()
