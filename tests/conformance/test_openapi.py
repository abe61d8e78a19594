#!/usr/bin/env python3
"""The schema of an OpenAPI document of Kubernetes against the built-in one, place by place.

The document is written from the tables in corpora/k8s-list-schema, from which the built-in schema is
generated on another way. GITOPS_PLACES names the helper schema_places, GITOPS_CORPORA the folder of
corpora.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLACES = os.environ.get("GITOPS_PLACES", str(ROOT / "build/test/tests/conformance/schema_places"))
CORPORA = pathlib.Path(os.environ.get("GITOPS_CORPORA", ROOT / "../shared/corpora"))
TABLES = CORPORA / "k8s-list-schema"

SCALARS = {
    "quantity": {"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity"},
    "int-or-string": {"format": "int-or-string", "oneOf": [{"type": "integer"},
                                                           {"type": "string"}]},
    "time": {"type": "string", "format": "date-time"},
    "byte": {"type": "string", "format": "byte"},
    "int32": {"type": "integer", "format": "int32"},
    "int64": {"type": "integer", "format": "int64"},
    "double": {"type": "number", "format": "double"},
}
NAMED = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {"type": "string"},
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": SCALARS["int-or-string"],
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": SCALARS["time"],
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": SCALARS["time"],
}
# Declared atomic; the built-in schema knows better (cmake/generate_schema.py).
OTHERWISE = {"io.k8s.api.core.v1.ServiceAccount": ("imagePullSecrets",)}


class Writer:
    """OpenAPI 3 as an API server writes it, from the types of the tables."""

    def __init__(self, types, kinds):
        self.types = types
        self.schemas = dict(NAMED)
        for name, declared in types.items():
            if name not in NAMED:
                self.schemas[name] = self.type_schema(declared)
        for name, type_name in kinds.items():
            group_version, _, kind = name.rpartition("/")
            group, _, version = group_version.rpartition("/")
            self.schemas[type_name].setdefault("x-kubernetes-group-version-kind", []).append(
                {"group": group, "version": version, "kind": kind})

    def refer(self, name):
        if name in self.types or name in NAMED:
            return {"allOf": [{"$ref": "#/components/schemas/" + name}], "default": {}}
        return SCALARS.get(name, {"type": name})

    def type_schema(self, declared):
        schema = {"type": "object"}
        if declared["fields"]:
            schema["properties"] = {field: self.field_schema(facts)
                                    for field, facts in declared["fields"].items()}
        if "map" in declared:
            schema["x-kubernetes-map-type"] = declared["map"]
        return schema

    def field_schema(self, facts):
        if "list" in facts:
            schema = {"type": "array", "items": self.refer(facts["elem"])}
            if facts["list"] != "items":
                schema["x-kubernetes-list-type"] = facts["list"]
            if facts["list"] == "map":
                schema["x-kubernetes-list-map-keys"] = facts["keys"]
        elif "mapOf" in facts:
            schema = {"type": "object", "additionalProperties": self.refer(facts["mapOf"])}
        else:
            schema = dict(self.refer(facts.get("ref") or facts["type"]))
        if "map" in facts:
            schema["x-kubernetes-map-type"] = facts["map"]
        if "patchStrategy" in facts:
            schema["x-kubernetes-patch-strategy"] = facts["patchStrategy"]
        if "default" in facts:
            schema["default"] = facts["default"]
        return schema

    def set_key_defaults(self):
        """Defaults of keys stand with the types of elements, also those that are zero."""
        for declared in self.types.values():
            for facts in declared["fields"].values():
                for key, value in facts.get("keyDefaults", {}).items():
                    self.schemas[facts["elem"]]["properties"][key]["default"] = value


def places_below(types, name, path, above, out):
    """Appends the paths of all places below a type, each type once on a path."""
    if name not in types or name in above or len(path) > 12:
        return
    for field, facts in types[name]["fields"].items():
        if field in OTHERWISE.get(name, ()):
            continue
        here = path + ["m" + field]
        out.append(here)
        below = facts.get("elem") or facts.get("mapOf") or facts.get("ref")
        if "elem" in facts or "mapOf" in facts:
            here = here + ["e" if "elem" in facts else "many name"]
            out.append(here)
        places_below(types, below, here, above | {name}, out)


def ask(lines, *files):
    done = subprocess.run([PLACES, *files], input="".join(line + "\n" for line in lines),
                          capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout.splitlines()


class OpenApi(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name, "openapi.json")
        self.types = json.loads((TABLES / "types.json").read_text())
        self.kinds = json.loads((TABLES / "gvk_to_type.json").read_text())

    def compare(self):
        asked = []
        for name, type_name in self.kinds.items():
            group_version, _, kind = name.rpartition("/")
            paths = []
            places_below(self.types, type_name, [], frozenset(), paths)
            asked += ["\t".join([group_version, kind] + path) for path in paths]
        for place, want, got in zip(asked, ask(asked), ask(asked, self.file)):
            self.assertEqual(got, want, place)
        print(f"{len(asked)} places")
        self.assertGreater(len(asked), 15000)

    def test_version_3_says_what_the_built_in_schema_says(self):
        writer = Writer(self.types, self.kinds)
        writer.set_key_defaults()
        self.file.write_text(json.dumps({"openapi": "3.0.0",
                                         "components": {"schemas": writer.schemas}}))
        self.compare()

    def test_version_2_says_what_the_built_in_schema_says(self):
        writer = Writer(self.types, self.kinds)
        writer.set_key_defaults()
        text = json.dumps({"swagger": "2.0", "definitions": writer.schemas})
        text = text.replace("#/components/schemas/", "#/definitions/")
        self.file.write_text(text)
        self.compare()


if __name__ == "__main__":
    if not TABLES.is_dir():
        print(f"skipped: there is no {TABLES}")
        sys.exit(77)
    unittest.main()
