"""gitops diff: the truth table through the program, formats, policies and exit codes."""
import json

from program import ProgramTest, config_map, corpus_json, main

POLICIES = {
    "default": [],
    "live_wins": ["--conflict", "live", "--drift", "ignore"],
    "drift_report_only": ["--drift", "report"],
}


class DiffTest(ProgramTest):
    def sides(self, base, desired, live):
        words = []
        for name, value in (("base", base), ("desired", desired), ("live", live)):
            text = "" if value is None else value if isinstance(value, str) else json.dumps(value)
            words += ["--" + name, self.write(name + ".yaml", text)]
        return words

    def diff(self, code, base, desired, live, *words):
        return self.expect(code, "diff", *self.sides(base, desired, live), *words)


class TruthTable(DiffTest):
    def test_every_row_and_policy(self):
        table = corpus_json("truth-table", "cases.json")
        for case in table["cases"]:
            null = "absent" if case.get("null_policy") == "absent" else "value"
            schema = self.write("schema.json", {"null": null, "lists": table["lists"]})
            sides = [case["base"], case["desired"], case["live"]]
            for policy, words in POLICIES.items():
                with self.subTest(row=case["row"], context=case["context"], policy=policy):
                    self.check(sides, case, case[policy]["merged"], ["--schema", schema, *words])

    def check(self, sides, case, merged, words):
        code = int(merged != case["live"])
        out = self.diff(code, *sides, "--format", "merged", *words).out
        self.assertEqual(json.loads(out) if out else None, merged)
        text = self.diff(code, *sides, *words).out
        if code:
            self.assertNotEqual(text, "")
        if case["live"] is not None and merged is not None:
            patch = self.diff(code, *sides, "--format", "json-patch", *words).out
            self.write("patch.json", patch)
            self.write("live.json", case["live"])
            patched = self.expect(0, "patch", "--type", "json", "--patch", "patch.json",
                                  "live.json")
            self.assertEqual(patched.json, merged)
        changes = self.diff(code, *sides, "--format", "json", *words).json
        if case["class"] not in ("none", "unmanaged", "in-sync", "adopt", "already-gone"):
            self.assertIn(case["class"], [change["class"] for change in changes])


class Formats(DiffTest):
    BASE = {"a": 1, "b": 1, "gone": 1}
    DESIRED = '{"a": 2,\n "b": 1,\n "new": "x"}'
    LIVE = {"a": 1, "b": 5, "gone": 1, "theirs": True}

    def test_text_has_a_line_per_field_with_its_place(self):
        self.assertEqual(self.diff(1, self.BASE, self.DESIRED, self.LIVE).lines, [
            "~ /a: 1 -> 2  " + self.path("desired.yaml") + ":1",
            "~ /b: 5 -> 1  (drift)  " + self.path("desired.yaml") + ":2",
            "- /gone: 1",
            '+ /new: "x"  ' + self.path("desired.yaml") + ":3",
        ])

    def test_text_never_has_colors_outside_of_a_terminal(self):
        self.assertNotIn("\033", self.diff(1, self.BASE, self.DESIRED, self.LIVE).out)

    def test_json_has_every_member(self):
        changes = self.diff(1, self.BASE, self.DESIRED, self.LIVE, "--format", "json").json
        self.assertEqual(changes[0], {
            "path": "/a", "class": "git-modify", "action": "replace", "base": 1, "desired": 2,
            "live": 1, "merged": 2, "drift": False, "conflict": None, "sensitive": False,
            "origin": {"file": self.path("desired.yaml"), "line": 1, "column": 7}})
        self.assertEqual([change["path"] for change in changes], ["/a", "/b", "/gone", "/new"])
        self.assertNotIn("base", changes[3])
        self.assertNotIn("live", changes[3])
        self.assertNotIn("desired", changes[2])
        self.assertNotIn("merged", changes[2])

    def test_merged_and_patches(self):
        self.assertEqual(self.diff(1, self.BASE, self.DESIRED, self.LIVE, "--format", "merged").out,
                         '{"a":2,"b":1,"new":"x","theirs":true}\n')
        self.assertEqual(
            self.diff(1, self.BASE, self.DESIRED, self.LIVE, "--format", "merge-patch").out,
            '{"a":2,"b":1,"gone":null,"new":"x"}\n')

    def test_nothing_to_do(self):
        same = {"a": 1}
        self.assertEqual(self.diff(0, same, same, same).out, "")
        self.assertEqual(self.diff(0, same, same, same, "--format", "json").out, "[]\n")
        self.assertEqual(self.diff(0, same, same, same, "--format", "json-patch").out, "[]\n")
        self.assertEqual(self.diff(0, same, same, same, "--format", "merge-patch").out, "{}\n")
        self.assertEqual(self.diff(0, same, same, same, "--format", "merged").out, '{"a":1}\n')

    def test_drift_that_is_reported_is_shown_and_exits_0(self):
        out = self.diff(0, {"a": 1}, {"a": 1}, {"a": 2}, "--drift", "report").out
        self.assertRegex(out, r"^! /a: 2 instead of 1  \(drift, left alone\)  .*desired\.yaml:1\n$")
        self.assertEqual(self.diff(0, {"a": 1}, {"a": 1}, {"a": 2}, "--drift", "ignore").out, "")

    def test_text_prints_nothing_when_live_is_to_stay(self):
        for sides in ({"a": 1}, {"a": 2}, {"a": 3}), (None, {"a": 2}, {"a": 3}):
            self.assertEqual(self.diff(0, *sides, "--conflict", "live").out, "")
            change, = self.diff(0, *sides, "--conflict", "live", "--format", "json").json
            self.assertEqual(change["action"], "keep")
        out = self.diff(1, {"a": 1, "b": 1}, {"a": 2, "b": 2}, {"a": 3, "b": 1},
                        "--conflict", "live").out
        self.assertIn("! /a: 3 instead of 2  (conflict, the target's value stays)", out)


class Presence(DiffTest):
    DOCUMENT = {"a": 1}

    def test_create(self):
        sides = (None, self.DOCUMENT, None)
        self.assertEqual(self.diff(1, *sides, "--format", "merged").out, '{"a":1}\n')
        self.assertEqual(self.diff(1, *sides, "--format", "json-patch").out,
                         '[{"op":"add","path":"","value":{"a":1}}]\n')
        self.assertEqual(self.diff(1, *sides, "--format", "merge-patch").out, '{"a":1}\n')

    def test_delete(self):
        sides = (self.DOCUMENT, None, self.DOCUMENT)
        self.assertEqual(self.diff(1, *sides, "--format", "merged").out, "")
        self.assertEqual(self.diff(1, *sides, "--format", "json-patch").out,
                         '[{"op":"remove","path":""}]\n')
        self.assertEqual(self.diff(1, *sides, "--format", "merge-patch").out, "null\n")

    def test_nothing_anywhere(self):
        for form, out in (("merged", ""), ("json-patch", "[]\n"), ("merge-patch", "{}\n"),
                          ("text", ""), ("json", "[]\n")):
            self.assertEqual(self.diff(0, None, None, None, "--format", form).out, out)

    def test_foreign_object_is_left_alone(self):
        self.assertEqual(self.diff(0, None, None, self.DOCUMENT, "--format", "merged").out,
                         '{"a":1}\n')

    def test_merge_patch_cannot_create_a_null(self):
        result = self.diff(2, None, {"a": None}, None, "--format", "merge-patch")
        self.assertEqual(result.out, "")
        self.assertIn("use --format json-patch", result.err)


class Policies(DiffTest):
    SIDES = ({"a": 1}, {"a": 2}, {"a": 3})

    def test_conflict_fail_prints_nothing_and_names_the_place(self):
        for form in ("text", "json", "json-patch", "merge-patch", "merged"):
            result = self.diff(2, *self.SIDES, "--conflict", "fail", "--format", form)
            self.assertEqual(result.out, "")
            self.assertRegex(result.err, r"desired\.yaml:1:7: conflict \(modify/modify\) at /a")

    def test_conflict_fail_without_a_conflict_is_an_ordinary_diff(self):
        self.diff(1, {"a": 1}, {"a": 2}, {"a": 1}, "--conflict", "fail")


class Schemas(DiffTest):
    def test_sensitive_values_are_masked_in_reports_only(self):
        schema = self.write("schema.yaml", 'sensitive: ["/data/*"]\n')
        sides = ({"data": {"p": "old"}}, {"data": {"p": "new"}}, {"data": {"p": "old"}})
        text = self.diff(1, *sides, "--schema", schema).out
        self.assertIn("*** (before) -> *** (after)", text)
        self.assertNotIn("new", text.replace("desired.yaml", ""))
        change = self.diff(1, *sides, "--schema", schema, "--format", "json").json[0]
        self.assertEqual((change["sensitive"], change["desired"]), (True, "***"))
        self.assertEqual(self.diff(1, *sides, "--schema", schema, "--format", "merged").out,
                         '{"data":{"p":"new"}}\n')

    def test_kubernetes_is_known_by_its_members(self):
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"},
                  "data": {"p": "b2xk"}}
        other = {**secret, "data": {"p": "bmV3"}}
        self.assertIn("*** (before) -> *** (after)", self.diff(1, secret, other, secret).out)
        self.assertIn("bmV3", self.diff(1, secret, other, secret, "--schema", "none").out)

    def test_definition_as_schema_comes_before_the_builtin_kinds(self):
        listed = {"type": "array", "x-kubernetes-list-type": "set"}
        definition = {
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "spec": {"group": "example.org", "names": {"kind": "Thing"}, "versions": [
                {"name": "v1", "served": True,
                 "schema": {"openAPIV3Schema": {"properties": {"tags": listed}}}}]}}
        schema = self.write("definition.json", definition)
        thing = {"apiVersion": "example.org/v1", "kind": "Thing"}
        words = ["--schema", schema, "--format", "merged"]
        merged = self.diff(1, None, {**thing, "tags": ["a"]}, {**thing, "tags": ["b"]}, *words)
        self.assertEqual(merged.json["tags"], ["b", "a"])
        pod = {"apiVersion": "v1", "kind": "Pod"}
        merged = self.diff(1, None, {**pod, "spec": {"containers": [{"name": "a"}]}},
                           {**pod, "spec": {"containers": [{"name": "b"}]}}, *words)
        names = [one["name"] for one in merged.json["spec"]["containers"]]
        self.assertEqual(names, ["b", "a"])
        definition["spec"]["versions"][0]["name"] = ""
        result = self.diff(2, {}, {}, {}, "--schema", self.write("definition.json", definition))
        self.assertEqual(result.out, "")
        self.assertRegex(result.err, r"definition\.json:1:\d+: a custom resource definition has")

    def test_openapi_document_as_schema(self):
        schema = self.write("openapi.json", {
            "openapi": "3.0.0", "components": {"schemas": {"Thing": {
                "x-kubernetes-group-version-kind": [
                    {"group": "example.org", "version": "v1", "kind": "Thing"}],
                "properties": {"every": {"type": "string", "format": "duration"}}}}}})
        thing = {"apiVersion": "example.org/v1", "kind": "Thing"}
        self.diff(0, {**thing, "every": "1h"}, {**thing, "every": "1h"},
                  {**thing, "every": "60m"}, "--schema", schema)
        self.diff(1, {**thing, "every": "1h"}, {**thing, "every": "1h"},
                  {**thing, "every": "61m"}, "--schema", schema)

    def test_scalars_of_a_schema_file_are_compared_by_value(self):
        schema = self.write("schema.yaml", "scalars: {/cpu: quantity, /at: time, /in/*: duration}\n")
        sent = {"cpu": "1000m", "at": "2024-05-01T12:00:00Z", "in": {"a": "90s"}, "x": "1h"}
        live = {"cpu": 1, "at": "2024-05-01T14:00:00+02:00", "in": {"a": "1m30s"}, "x": "60m"}
        changes = self.diff(1, sent, sent, live, "--schema", schema, "--format", "json").json
        self.assertEqual([change["path"] for change in changes
                          if change["action"] != "none"], ["/x"])

    def test_rules_for_some_kinds_hold_for_those(self):
        schema = self.write("schema.yaml", "kinds: {Thing.example.org: {ignore: [/n]}}\n")
        words = ["--schema", schema, "--format", "merged"]
        for kind, code in (("Thing", 0), ("Other", 1)):
            desired = {"apiVersion": "example.org/v1", "kind": kind, "n": 1}
            self.diff(code, None, desired, {**desired, "n": 2}, *words)

    def test_broken_schema_has_its_place(self):
        schema = self.write("schema.yaml", "lists: {}\nlist: {}\n")
        result = self.diff(2, {}, {}, {}, "--schema", schema)
        self.assertEqual(result.out, "")
        self.assertRegex(result.err, r"schema\.yaml:2:\d+: ")

    def test_default_of_a_member_that_is_no_key_changes_nothing(self):
        schema = self.write("schema.yaml", "lists:\n  /items: {list: map, keys: [name], "
                                           "defaults: {protocol: TCP}}\n")
        ours = {"items": [{"name": "a", "protocol": "UDP"}, {"name": "b"}]}
        live = {"items": [{"name": "a", "protocol": "UDP"}, {"name": "b", "protocol": "TCP"}]}
        merged = self.diff(0, ours, ours, live, "--schema", schema, "--format", "merged").json
        self.assertEqual(merged, live)

    def test_kubernetes_keyed_lists_merge_by_key(self):
        def pod(*names):
            return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"},
                    "spec": {"containers": [{"name": n, "image": n} for n in names]}}
        merged = self.diff(0, pod("a"), pod("a"), pod("a", "side"), "--format", "merged").json
        self.assertEqual([c["name"] for c in merged["spec"]["containers"]], ["a", "side"])


class Errors(DiffTest):
    def test_all_three_files_are_needed(self):
        result = self.expect(2, "diff", "--base", self.write("a", ""), "--live", self.path("a"))
        self.assertIn("diff needs --desired FILE; an empty file says that this side is absent",
                      result.err)

    def test_two_documents_in_a_file(self):
        result = self.diff(2, None, "a: 1\n---\nb: 1\n", None)
        self.assertIn("2 documents where one is expected", result.err)

    def test_broken_file_has_its_place(self):
        result = self.diff(2, None, "a: 1\na: 2\n", None)
        self.assertEqual(result.out, "")
        self.assertRegex(result.err, r"(?m)desired\.yaml:2:1: duplicate key")

    def test_null_device_is_an_absent_side(self):
        self.write("d.yaml", config_map("a", x="1"))
        self.expect(1, "diff", "--base", "/dev/null", "--desired", "d.yaml", "--live", "/dev/null")


if __name__ == "__main__":
    main()
