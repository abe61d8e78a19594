#!/usr/bin/env python3
"""Merges by OpenAPI schemas against those of structured-merge-diff, which API servers merge with.

Its schemas are written as OpenAPI documents; live is its left side and desired its right one, with
no base. GITOPS_PROGRAM names the program, GITOPS_CORPORA the folder of corpora.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("GITOPS_PROGRAM", str(ROOT / "build/test/bin/gitops"))
CORPORA = pathlib.Path(os.environ.get("GITOPS_CORPORA", ROOT / "../shared/corpora"))
CASES = CORPORA / "structured-merge-diff"


def type_schema(declared, types):
    """The OpenAPI schema of a type; one that is named may be overridden where it is used."""
    if "namedType" in declared:
        schema = {"allOf": [{"$ref": "#/components/schemas/" + declared["namedType"]}]}
        override = declared.get("elementRelationship")
        target = types[declared["namedType"]]
        if override and "list" in target and "map" not in target:
            schema["x-kubernetes-list-type"] = "atomic"
        elif override:
            schema["x-kubernetes-map-type"] = "atomic" if override == "atomic" else "granular"
        return schema
    schema = {}
    if "map" in declared:
        add_map(schema, declared["map"], types)
    elif "list" in declared:
        add_list(schema, declared["list"], types)
    return schema


def add_map(schema, declared, types):
    schema["type"] = "object"
    for field in declared.get("fields", ()):
        member = type_schema(field["type"], types)
        if "default" in field:
            member["default"] = field["default"]
        schema.setdefault("properties", {})[field["name"]] = member
    if "elementType" in declared:
        schema["additionalProperties"] = type_schema(declared["elementType"], types)
    if declared.get("elementRelationship") == "atomic":
        schema["x-kubernetes-map-type"] = "atomic"


def add_list(schema, declared, types):
    keys = declared.get("keys")
    schema.update({"type": "array", "items": type_schema(declared["elementType"], types)})
    if declared.get("elementRelationship") == "associative":
        schema["x-kubernetes-list-type"] = "map" if keys else "set"
        if keys:
            schema["x-kubernetes-list-map-keys"] = keys


def openapi(schema, root):
    types = {declared["name"]: declared for declared in schema["types"]}
    schemas = {name: type_schema(declared, types) for name, declared in types.items()}
    schemas["Root"] = {
        "x-kubernetes-group-version-kind": [{"group": "merge.test", "version": "v1", "kind": "T"}],
        "properties": {"spec": {"$ref": "#/components/schemas/" + root}}}
    return {"openapi": "3.0.0", "components": {"schemas": schemas}}


def has_null(value):
    """Here a null is a value, in Kubernetes it means absent."""
    children = value.values() if isinstance(value, dict) else value
    return value is None or (isinstance(value, (dict, list)) and any(map(has_null, children)))


def without_order(value):
    """The value with its lists as sets: their order, and duplicates, are no change to us."""
    if isinstance(value, dict):
        return {name: without_order(member) for name, member in value.items()}
    if isinstance(value, list):
        return sorted({json.dumps(without_order(item), sort_keys=True) for item in value})
    return value


class TypedMerges(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = pathlib.Path(folder.name)

    def write(self, name, value):
        path = self.work / name
        path.write_text("" if value is None else json.dumps(value))
        return path

    def merge(self, schema, live, desired):
        kind = {"apiVersion": "merge.test/v1", "kind": "T"}
        done = subprocess.run(
            [PROGRAM, "diff", "--base", self.write("base", None),
             "--desired", self.write("desired", {**kind, "spec": desired}),
             "--live", self.write("live", {**kind, "spec": live}),
             "--schema", self.write("schema", schema), "--format", "merged"],
            capture_output=True, text=True, timeout=60)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return json.loads(done.stdout)["spec"]

    def test_merges(self):
        same = unchanged = 0
        for case in json.loads((CASES / "typed_merge_cases.json").read_text()):
            schema = openapi(case["schema"], case["root"])
            for triplet in case["triplets"]:
                if has_null(list(triplet.values())):
                    continue
                merged = self.merge(schema, triplet["lhs"], triplet["rhs"])
                if merged == triplet["out"]:
                    same += 1
                    continue
                self.assertEqual(merged, triplet["lhs"], triplet)
                self.assertEqual(without_order(merged), without_order(triplet["out"]), triplet)
                unchanged += 1
        print(f"{same} as the server, {unchanged} left as live has them")
        self.assertGreaterEqual(same, 35)

    def test_all_schemas_are_understood(self):
        parsers = json.loads((CASES / "apply_ops_cases.json").read_text())["schemas"]
        for name, parser in parsers.items():
            with self.subTest(name):
                root = parser["root"] or parser["schema"]["types"][0]["name"]
                self.merge(openapi(parser["schema"], root), {}, {})


if __name__ == "__main__":
    if not CASES.is_dir():
        print(f"skipped: there is no {CASES}")
        sys.exit(77)
    unittest.main()
