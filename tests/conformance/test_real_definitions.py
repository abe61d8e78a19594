#!/usr/bin/env python3
"""What the schema of real custom resource definitions says, against a walk of its own over them.

Every place below every served version of every definition in corpora/real is asked for. GITOPS_PLACES
names the helper schema_places, GITOPS_PROGRAM the program, which turns the files into JSON,
GITOPS_CORPORA the folder of corpora.
"""
import json
import os
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("GITOPS_PROGRAM", str(ROOT / "build/test/bin/gitops"))
PLACES = os.environ.get("GITOPS_PLACES", str(ROOT / "build/test/tests/conformance/schema_places"))
CORPORA = pathlib.Path(os.environ.get("GITOPS_CORPORA", ROOT / "../shared/corpora"))

QUANTITY = (r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+"
            r"(\.[0-9]*)?)|(\.[0-9]+))))?$")
# What every object has, whatever its definition says about it.
OWN = ("metadata", "apiVersion", "kind")


def documents(file):
    """The documents of a file; none when it is no YAML (a template)."""
    done = subprocess.run([PROGRAM, "parse", "--format", "json", file], capture_output=True,
                          text=True, timeout=120)
    return [json.loads(line) for line in done.stdout.splitlines()] if done.returncode == 0 else []


def is_definition(document):
    return (isinstance(document, dict) and document.get("kind") == "CustomResourceDefinition"
            and str(document.get("apiVersion", "")).startswith("apiextensions.k8s.io/"))


def versions(definition):
    spec = definition["spec"]
    common = spec.get("validation", {}).get("openAPIV3Schema")
    for version in spec.get("versions") or [{"name": spec["version"]}]:
        if version.get("served", True):
            yield version["name"], version.get("schema", {}).get("openAPIV3Schema", common) or {}


def has_default(schema):
    """A default anywhere in a schema, itself included."""
    return "default" in schema or has_default_below(schema)


def below(schema):
    yield from schema.get("properties", {}).values()
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            yield schema[name]


def has_default_below(schema):
    return any(has_default(one) for one in below(schema))


def text_of(value):
    return json.dumps(value) if isinstance(value, (int, float)) else value


def expected(schema, ignored, immutable):
    """The line of schema_places for a place, worked out from its schema alone."""
    is_list = "items" in schema or schema.get("type") == "array"
    lists = schema.get("x-kubernetes-list-type", "atomic")
    maps = "free"
    if schema.get("x-kubernetes-map-type") == "atomic":
        maps = "atomic"
    elif schema.get("properties") and not schema.get("x-kubernetes-preserve-unknown-fields"):
        maps = "struct"
    scalar = "plain"
    if schema.get("pattern") == QUANTITY:
        scalar = "quantity"
    elif schema.get("x-kubernetes-int-or-string") or schema.get("format") == "int-or-string":
        scalar = "int-or-string"
    elif schema.get("format") == "date-time":
        scalar = "time"
    elif schema.get("format") == "duration":
        scalar = "duration"
    is_atomic = lists == "atomic" if is_list else maps == "atomic"
    defaulted = int(is_atomic and has_default_below(schema))
    line = f"{lists} {maps} {scalar} 0{defaulted}{int(ignored)}0{int(immutable)}"
    if lists == "map":
        properties = schema["items"].get("properties", {})
        line += " " + ",".join(
            key + ("=" + text_of(properties[key]["default"])
                   if properties.get(key, {}).get("default") is not None else "")
            for key in schema["x-kubernetes-list-map-keys"])
    return line


def is_immutable(schema):
    return any(rule["rule"].replace(" ", "") in ("self==oldSelf", "oldSelf==self")
               for rule in schema.get("x-kubernetes-validations", []))


def walk(schema, path, ignored, immutable, out):
    """Appends (path, line) for a schema and all below it."""
    immutable = immutable or is_immutable(schema)
    out.append((path, expected(schema, ignored, immutable)))
    for name, one in schema.get("properties", {}).items():
        if path or name not in OWN:
            walk(one, path + ["m" + name], ignored or (not path and name == "status"), immutable,
                 out)
    for name, segment in (("items", "e"), ("additionalProperties", "many name")):
        if isinstance(schema.get(name), dict):
            walk(schema[name], path + [segment], ignored, immutable, out)


class RealDefinitions(unittest.TestCase):
    def check_file(self, file, definitions):
        asked, lines = [], []
        for definition in definitions:
            spec = definition["spec"]
            for version, schema in versions(definition):
                kind = [f"{spec['group']}/{version}", spec["names"]["kind"]]
                places = []
                walk(schema, [], False, False, places)
                asked += ["\t".join(kind + path) for path, _ in places[1:]]
                lines += [line for _, line in places[1:]]
        done = subprocess.run([PLACES, file], input="".join(one + "\n" for one in asked),
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        for place, want, got in zip(asked, lines, done.stdout.splitlines()):
            self.assertEqual(got, want, f"{file}: {place}")
        self.assertEqual(done.stdout.count("\n"), len(lines))
        return len(lines)

    def test_every_place_of_every_definition(self):
        files = places = count = 0
        for file in sorted((CORPORA / "real").rglob("*")):
            if file.suffix not in (".yaml", ".yml", ".json") or not file.is_file():
                continue
            if b"CustomResourceDefinition" not in file.read_bytes():
                continue
            definitions = [one for one in documents(file) if is_definition(one)]
            if definitions:
                files += 1
                count += len(definitions)
                places += self.check_file(file, definitions)
        print(f"{count} definitions in {files} files: {places} places")
        self.assertGreater(places, 10000)


if __name__ == "__main__":
    if not (CORPORA / "real").is_dir():
        print(f"skipped: there is no {CORPORA / 'real'}")
        sys.exit(77)
    unittest.main()
