#!/usr/bin/env python3
"""Merged results against those of the tools whose tests the corpora are.

What differs is in differences.txt with the rule it differs by; a new difference, one that is gone
and one that its rule does not explain all fail. GITOPS_LIBRARY names the library, GITOPS_CORPORA
the folder of corpora.
"""
import sys
import unittest

import differences
import typed_schema
from upstream import CORPORA, Merges, gitops, load

NESTED = 4  # levels of lists in lists for which the rules below are written out


def strategic_rules():
    """The test type of strategicpatch, which holds itself, as rules by path."""
    keyed = {"list": "map", "keys": ["name"]}
    lists, maps, places = {}, {}, [""]
    for _ in range(NESTED):
        for place in places:
            for name in ("mergingList", "mergeItemPtr", "retainKeysMergingList"):
                lists[f"{place}/{name}"] = keyed
            lists[f"{place}/mergingIntList"] = {"list": "set"}
            lists[f"{place}/retainKeysMap/mergingList"] = keyed
            lists[f"{place}/retainKeysMap/mergingIntList"] = {"list": "set"}
            maps[f"{place}/replacingItem"] = "atomic"
            maps[f"{place}/retainKeysMap"] = "retain-keys"
            maps[f"{place}/retainKeysMergingList/*"] = "retain-keys"
        places = [f"{place}/{name}/*" for place in places
                  for name in ("mergingList", "mergeItemPtr", "retainKeysMergingList")]
    return {"null": "absent", "lists": lists, "maps": maps}


class ThreeWay(Merges):
    """Base, desired and live as we have them."""

    def check(self, family, name, schema):
        found = differences.Family(family)
        for one in load(name):
            case = {side: {} if one.get(side) is None else one[side]
                    for side in ("base", "desired", "live")}
            merged = self.merge(schema, case["base"], case["desired"], case["live"])
            found.check(case, merged, one["result"], one.get("name", ""))
        found.finish(self)

    def test_strategic_merge(self):
        self.check("strategic", "strategicpatch/three_way_cases.json",
                   self.rules(strategic_rules()))

    def test_random_strategic_merge(self):
        self.check("strategic-random", "oracle-apimachinery/smp_three_way_random.json",
                   self.rules(strategic_rules()))

    def test_json_merge(self):
        self.check("json-merge", "jsonmergepatch/three_way_cases.json",
                   self.rules({"null": "absent"}))

    def test_random_json_merge(self):
        self.check("json-merge-random", "oracle-apimachinery/jmp_three_way_random.json",
                   self.rules({"null": "absent"}))

    def test_package_merge(self):
        """kyaml merges an upgrade of a package: what Git did not change stays as live has it."""
        found = differences.Family("package")
        schema = gitops.Schema.kubernetes(self.context)
        for one in load("kyaml-merge3/cases.json"):
            if "expected_parsed" not in one:
                continue
            case = {side: one.get(side + "_parsed") for side in ("base", "desired", "live")}
            case["infer"] = one["infer"]
            merged = self.merge(schema, case["base"], case["desired"], case["live"],
                                drift=gitops.Drift.IGNORE)
            found.check(case, merged, one["expected_parsed"], one["name"])
        found.finish(self)


class ServerSide(Merges):
    """structured-merge-diff: its left side is live, its right one desired; a null is a value."""

    def typed(self, schema, root):
        return gitops.Schema.build(self.context, documents=[typed_schema.openapi(schema, root)],
                                   null=gitops.NullPolicy.VALUE)

    def merge_spec(self, schema, base, desired, live, **policies):
        wrapped = [None if side is None else {**typed_schema.KIND, "spec": side}
                   for side in (base, desired, live)]
        return self.merge(schema, *wrapped, **policies).get("spec", {})

    def test_typed_merges(self):
        found = differences.Family("typed")
        for one in load("structured-merge-diff/typed_merge_cases.json"):
            schema = self.typed(one["schema"], one["root"])
            for triplet in one["triplets"]:
                case = {"type": one["name"], "desired": triplet["rhs"], "live": triplet["lhs"]}
                merged = self.merge_spec(schema, None, case["desired"], case["live"])
                found.check(case, merged, triplet["out"], one["name"])
        found.finish(self)

    def test_merges_without_a_schema(self):
        found = differences.Family("deduced")
        schema = gitops.Schema.none(self.context)
        for one in load("structured-merge-diff/typed_merge_deduced_cases.json"):
            case = {"desired": one["rhs"], "live": one["lhs"]}
            found.check(case, self.merge(schema, None, case["desired"], case["live"]), one["out"])
        found.finish(self)

    def test_apply_sequences(self):
        """What several managers apply, each with the base that it last sent, and others write."""
        found = differences.Family("apply")
        cases = load("structured-merge-diff/apply_ops_cases.json")
        for one in cases["cases"]:
            operations = [operation["op"] for operation in one["ops"]]
            if "object" not in one or one.get("expect_error") or "ExtractApply" in operations:
                continue
            last = one["ops"][-1]
            case = {"name": one["name"], "parser": one["parser"], "ops": one["ops"],
                    "desired": last["object"],
                    "others": [operation["object"] for operation in one["ops"]
                               if operation.get("manager", last["manager"]) != last["manager"]]}
            found.check(case, self.play(one, cases["schemas"]), one["object"] or {}, one["name"])
        found.finish(self)

    def play(self, one, schemas):
        """The object after all operations; one that must meet a conflict changes nothing."""
        parser, live, bases = one["parser"], None, {}
        for operation in one["ops"]:
            if operation["op"] == "ChangeParser":
                parser = operation["parser"]
            elif operation["op"] == "Update":
                live = operation["object"]
            elif not operation.get("conflicts"):
                manager, desired = operation["manager"], operation["object"] or {}
                live = self.merge_spec(self.parser(schemas, parser, operation),
                                       bases.get(manager), desired, live)
                bases[manager] = desired
        return live

    def test_all_schemas_are_understood(self):
        for name, declared in load("structured-merge-diff/apply_ops_cases.json")["schemas"].items():
            with self.subTest(name):
                root = declared["root"] or declared["schema"]["types"][0]["name"]
                schema = self.typed(declared["schema"], root)
                self.assertEqual(self.merge_spec(schema, None, {}, {}), {})

    def parser(self, schemas, name, operation):
        if name == "DeducedParser":
            return gitops.Schema.none(self.context)
        declared = schemas[name]
        root = operation["apiVersion"] if declared["root_by_apiVersion"] else declared["root"]
        return self.typed(declared["schema"], root)


if __name__ == "__main__":
    if not CORPORA.is_dir():
        print(f"skipped: there is no {CORPORA}")
        sys.exit(77)
    unittest.main()
