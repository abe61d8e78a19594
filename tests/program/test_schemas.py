"""The JSON Schema files: they are valid, say the same in each file, name every member that the
program prints, and refuse what is not of their form."""
import copy
import json
import os
import sys

import schemas
from program import UnitTest, config_map, main
from repository import Repository

if not schemas.jsonschema:
    print("skipped: the Python package jsonschema is not there (Debian: python3-jsonschema)")
    sys.exit(77)

MAY_BE_ABSENT = {"base", "desired", "live", "merged", "column"}
SECRET = ("apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\n"
          "stringData: {password: word-%d}\n")


class Files(UnitTest):
    def test_each_is_a_valid_schema_with_a_name_and_a_title(self):
        for name in schemas.NAMES:
            schema = schemas.load(name)
            schemas.jsonschema.Draft202012Validator.check_schema(schema)
            self.assertEqual(schema["$id"], f"urn:gitops:{name}:1")
            self.assertTrue(schema["title"])

    def test_every_file_is_used_by_a_form(self):
        found = sorted(name[:-len(".schema.json")] for name in os.listdir(schemas.HOME))
        self.assertEqual(found, schemas.NAMES)
        self.assertEqual(sorted(set(schemas.FORMS.values())), schemas.NAMES)

    def test_parts_of_one_name_are_the_same_in_all_files(self):
        parts = {}
        for name in schemas.NAMES:
            for part, schema in schemas.load(name).get("$defs", {}).items():
                self.assertEqual(parts.setdefault(part, schema), schema, (name, part))


class Forms(UnitTest):
    """One value of each form with as much in it as can be had."""

    def setUp(self):
        super().setUp()
        for name in "abcdef":
            self.put(name, x="1", y="1")
        self.write("source/s.yaml", SECRET % 1)
        self.apply(0)
        self.put("a", x="2", y="1")
        self.put("new", namespace="blocked", x="1")
        self.write("source/s.yaml", SECRET % 2)
        os.remove(self.path("source/c.yaml"))
        self.write("target/default/ConfigMap/b.yaml", config_map("b", x="drift", y="1"))

    def check(self, name, value):
        """The value is of the form, strictly; no member may go, and none may be made up."""
        self.assertEqual(schemas.problems(name, value), [])
        for path, damaged in schemas.broken_copies(value):
            if path[-1] in MAY_BE_ABSENT or "desired" in path[:-1]:
                continue
            self.assertNotEqual(schemas.problems(name, damaged, strict=False), [], path)
        if isinstance(value, dict):
            self.assertNotEqual(schemas.problems(name, {**value, "more": 1}), [])
            self.assertEqual(schemas.problems(name, {**value, "more": 1}, strict=False), [])
            self.assertNotEqual(schemas.problems(name, {**value, "format_version": "2.0"}), [])

    def test_plan(self):
        plan = self.plan(1, "--format", "json", "--drift", "report").json
        self.assertEqual(len(plan["drift"]), 1)
        self.check("plan", plan)
        self.check("plan", self.plan(1, "--format", "json", "--full").json)

    def test_held_plan(self):
        for name in "def":
            os.remove(self.path("source", name + ".yaml"))
        plan = self.plan(3, "--format", "json").json
        self.check("plan", plan)
        for wrong in (True, [], [{"limit": "deletes", "allowed": -1, "asked": 3}]):
            self.assertNotEqual(schemas.problems("plan", {**plan, "held": wrong}), [])

    def test_run_status_and_history(self):
        self.assertEqual(self.expect(0, "status", "--state", "none", "--format",
                                     "json").json["last_run"], None)
        self.write("target/blocked", "a file in the way")
        run = self.apply(4, "--format", "json").json
        self.assertIn("failed", [operation["outcome"] for operation in run["operations"]])
        self.check("run", run)
        status = self.expect(0, "status", *self.unit(), "--format", "json").json
        self.check("status", status)
        history = self.expect(0, "history", *self.unit(), "--format", "json").json
        self.check("history", history)
        damaged = copy.deepcopy(history)
        damaged["runs"][0]["operations"][0]["outcome"] = "fine"
        self.assertNotEqual(schemas.problems("history", damaged), [])

    def test_events(self):
        self.write("target/blocked", "a file in the way")
        lines = self.apply(4, "--format", "jsonl", "--drift", "report").lines
        events = [json.loads(line) for line in lines]
        self.assertEqual({event["event"] for event in events},
                         {"planned", "started", "outcome", "finished"})
        for event in events:
            self.check("event", event)

    def test_review(self):
        repo = Repository(self.path("repo"))
        repo.write("a.yaml", config_map("a", x="1"))
        repo.commit()
        repo.git("tag", "v1")
        repo.write("a.yaml", config_map("a", x="2"))
        repo.commit()
        self.check("review", self.expect(1, "diff", "v1..main", "--source", repo.path, "--format",
                                         "json").json)

    def test_changes(self):
        for name, text in (("base", "a: 1\nb: 1\n"), ("desired", "a: 2\nc: 1\n"),
                           ("live", "a: 3\nb: 1\n")):
            self.write(name, text)
        changes = self.expect(1, "diff", "--base", "base", "--desired", "desired", "--live",
                              "live", "--format", "json").json
        self.assertEqual([change["conflict"] for change in changes],
                         ["modify/modify", None, None])
        self.check("diff", changes)


if __name__ == "__main__":
    main()
