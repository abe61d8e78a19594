#!/usr/bin/env python3
"""Merged results against those of the tools whose tests the corpora are.

What differs is in differences.txt with the rule it differs by; a new difference, one that is gone
and one that its rule does not explain all fail. GITOPS_LIBRARY names the library, GITOPS_CORPORA
the folder of corpora.
"""
import sys
import unittest

import differences
import owners
import typed_schema
from upstream import CORPORA, Merges, gitops, load

# Sequences of operations without a counterpart here, by the start of their names.
NO_COUNTERPART = {
    "TestDefaultKeysFlatErrors/": "expects an error; elements with the same keys are told apart (1.3)",
    "TestDuplicates/sets/ownership/": "says who owns what after updates: a server keeps that, we read it",
    "TestDuplicates/list/ownership/": "the same",
    "TestDeduced/leaf_apply_remove_empty_set": "says only that nobody owns anything at the end",
}
# Where owners.py does not follow what the server keeps, although the object is the same.
OWNED_OTHERWISE = (
    "TestDuplicates/",  # an element that is repeated is owned without its fields
    "TestDefaultKeysNested/apply_missing_every_key_nested",  # a default of 2.0 is written 2
    "TestGranularToAtomicSchemaChanges/to-atomic",  # who owned a part owns nothing any more
)
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

    def merge_spec(self, schema, base, desired, live, managed=(), **policies):
        wrapped = [None if side is None else {**typed_schema.KIND, "spec": side}
                   for side in (base, desired, live)]
        if managed and wrapped[2]:
            wrapped[2]["metadata"] = {"managedFields": managed}
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
            if one.get("expect_error") or "object" not in one:
                self.assertTrue(one["name"].startswith(tuple(NO_COUNTERPART)), one["name"])
                continue
            last = one["ops"][-1]
            case = {"name": one["name"], "parser": one["parser"], "ops": one["ops"],
                    "desired": last["object"],
                    "others": [operation["object"] for operation in one["ops"]
                               if operation.get("manager", last["manager"]) != last["manager"]]}
            live, managers = self.play(one, cases["schemas"])
            found.check(case, live, one["object"] or {}, one["name"])
            if differences.same(live, one["object"] or {}) and "managed" in one and \
                    not one["name"].startswith(OWNED_OTHERWISE):
                self.assertEqual(managers.listed(), {name: sorted(entry["fields"]) for name, entry
                                                     in one["managed"].items()}, one["name"])
        found.finish(self)

    def play(self, one, schemas):
        """The object and its managers after all operations; what must meet a conflict does nothing."""
        parser, live, bases = one["parser"], None, {}
        managers = owners.Managers(sum(one.get("ignored", {}).values(), []))
        for operation in one["ops"]:
            if operation["op"] == "ChangeParser":
                parser = operation["parser"]
                continue
            schema, types = self.parser(schemas, parser, operation)
            manager, stated, before = operation["manager"], operation["object"] or {}, live or {}
            if operation["op"] == "Update":
                live = stated
                managers.updated(types, manager, before, live)
            elif not operation.get("conflicts"):
                if operation["op"] == "ExtractApply":
                    stated = self.extend(schema, manager, stated, live, managers)
                live = self.merge_spec(schema, bases.get(manager), stated, live,
                                       managers.entries(), manager=manager)
                bases[manager] = stated
                managers.applied(types, manager, stated, before, live)
        return live, managers

    def extend(self, schema, manager, stated, live, managers):
        """What a manager owns of live, with something more."""
        managed = managers.entries()
        if not any(entry["manager"] == manager for entry in managed):
            return stated
        document = {**typed_schema.KIND, "metadata": {"managedFields": managed}, "spec": live}
        own = gitops.base_from_manager(self.context, document, manager).to_python()
        return self.merge_spec(schema, None, stated, own.get("spec", {}))

    def test_all_schemas_are_understood(self):
        for name, declared in load("structured-merge-diff/apply_ops_cases.json")["schemas"].items():
            with self.subTest(name):
                root = declared["root"] or declared["schema"]["types"][0]["name"]
                schema = self.typed(declared["schema"], root)
                self.assertEqual(self.merge_spec(schema, None, {}, {}), {})

    def parser(self, schemas, name, operation):
        if name == "DeducedParser":
            return gitops.Schema.none(self.context), owners.NO_TYPES
        declared = schemas[name]
        root = operation["apiVersion"] if declared["root_by_apiVersion"] else declared["root"]
        return self.typed(declared["schema"], root), owners.Types(declared["schema"], root)

    def test_removals_and_extracts(self):
        """What a manager gives up goes, and what it owns is a base: both of a set of fields."""
        extracts, removals = differences.Family("extract"), differences.Family("remove")
        for one in load("structured-merge-diff/typed_remove_extract_cases.json"):
            schema = self.typed(one["schema"], one["root"])
            types = owners.Types(one["schema"], one["root"])
            for case in one["cases"]:
                key = {"type": one["name"], "live": case["object"], "set": case["set"],
                       "desired": {}}
                managed = self.two_managers(types, case["object"], case["set"])
                own = self.extract(case["object"], managed)
                if case["extract_output"] != "unparseable":
                    extracts.check(key, own, case["extract_output"] or {}, one["name"])
                if case["remove_output"] != "unparseable":
                    rest = self.merge_spec(schema, own, {}, case["object"], managed, manager="m")
                    removals.check(key, rest, case["remove_output"] or {}, one["name"])
        extracts.finish(self)
        removals.finish(self)

    def two_managers(self, types, live, paths):
        """"m" owns just these fields, and somebody else all others."""
        own = {tuple(path) for path in paths}
        rest = {path for path in owners.fields_of(types, live)
                if not any(path[:len(given)] == given for given in own)}
        managed = [{"manager": "other", "fieldsV1": {"f:spec": owners.fields_v1(rest)}}] * bool(rest)
        tree = {"f:spec": owners.fields_v1(own)} if own else {}
        return managed + [{"manager": "m", "fieldsV1": tree}]

    def extract(self, live, managed):
        """What "m" owns."""
        document = {**typed_schema.KIND, "metadata": {"managedFields": managed}, "spec": live}
        return gitops.base_from_manager(self.context, document, "m").to_python().get("spec", {})


if __name__ == "__main__":
    if not CORPORA.is_dir():
        print(f"skipped: there is no {CORPORA}")
        sys.exit(77)
    unittest.main()
