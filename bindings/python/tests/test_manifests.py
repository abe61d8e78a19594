"""Sources, snapshots, manifests and diffs."""

from __future__ import annotations

import json
import unittest
from typing import Any, List

from binding_support import LibraryTest, config_map, git
import gitops
from gitops import ABSENT, Diff, Document, Manifest, Source

CONFIG = json.dumps(config_map("a", x="1"))


class Sources(LibraryTest):
    def test_memory_files_can_be_put_and_removed(self) -> None:
        source = Source.memory(self.context, {"a.yaml": "a: 1", "b/c.txt": b"\xff\0"})
        before = source.fetch()
        source.put("a.yaml", "a: 2")
        source.remove("b/c.txt")
        after = source.fetch()
        self.assertEqual(before.read("a.yaml"), b"a: 1")
        self.assertEqual(before.read("b/c.txt"), b"\xff\0")
        self.assertEqual(after.read("a.yaml"), b"a: 2")
        self.assertNotEqual(before.revision, after.revision)
        with self.assertRaises(gitops.NotFoundError):
            after.read("b/c.txt")
        with self.assertRaises(gitops.NotFoundError):
            source.remove("b/c.txt")

    def test_paths_that_leave_the_source_are_refused(self) -> None:
        source = Source.memory(self.context)
        for path in ("../a", "/a", "a//b", ""):
            with self.assertRaises(gitops.InvalidError):
                source.put(path, "")

    def test_directory_is_read(self) -> None:
        (self.folder / "a.json").write_text(CONFIG)
        with Source.directory(self.context, self.folder) as source:
            with source.fetch() as snapshot:
                self.assertEqual(snapshot.read("a.json").decode(), CONFIG)

    def test_git_is_read_at_its_ref(self) -> None:
        git(self.folder, "init", "-q", "-b", "main")
        (self.folder / "a.json").write_text(CONFIG)
        git(self.folder, "add", ".")
        git(self.folder, "commit", "-q", "-m", "one")
        first = git(self.folder, "rev-parse", "HEAD")
        (self.folder / "a.json").write_text("{}")
        git(self.folder, "commit", "-q", "-a", "-m", "two")
        newest = Source.git(self.context, self.folder, ref="main").fetch()
        self.assertEqual(newest.revision, git(self.folder, "rev-parse", "HEAD"))
        self.assertEqual(newest.read("a.json"), b"{}")
        old = Source.git(self.context, self.folder, ref=first).fetch()
        self.assertEqual(old.read("a.json").decode(), CONFIG)
        with self.assertRaises(gitops.NotFoundError):
            Source.git(self.context, self.folder, ref="nothing").fetch()

    def test_missing_repository_is_a_source_error(self) -> None:
        with self.assertRaises(gitops.SourceError):
            Source.git(self.context, self.folder / "nothing")


class Manifests(LibraryTest):
    def read(self, **files: str) -> Manifest:
        source = Source.memory(self.context, {name + ".yaml": text for name, text in files.items()})
        return Manifest.read(self.context, source.fetch())

    def test_memo_saves_the_next_process_the_reading(self) -> None:
        source = Source.memory(self.context, {"a.json": CONFIG})
        path = self.folder / "state"
        for parsed in (1, 0):
            with gitops.Store.open(self.context, path) as store:
                manifest = Manifest.read(self.context, source.fetch(), memo=store.memo("shop"))
            self.assertEqual((list(manifest), manifest.files_parsed), (["shop/ConfigMap/a"], parsed))
        self.assertTrue((self.folder / "state-memo-shop").exists())

    def test_manifest_is_a_mapping_of_documents(self) -> None:
        manifest = self.read(b=CONFIG, a="apiVersion: v1\nkind: Namespace\n"
                                         "metadata: {name: shop}\n---\nplain: 1\n")
        self.assertEqual(list(manifest.keys()), ["_/Namespace/shop", "shop/ConfigMap/a"])
        self.assertEqual(manifest["shop/ConfigMap/a"].to_python(), config_map("a", x="1"))
        self.assertEqual(manifest.file("_/Namespace/shop"), "a.yaml")
        self.assertEqual(manifest.line("_/Namespace/shop"), 1)
        self.assertEqual(manifest.skipped, 1)
        self.assertIn("shop/ConfigMap/a", manifest)
        self.assertIsNone(manifest.get("shop/ConfigMap/b"))
        with self.assertRaises(KeyError):
            manifest.file("shop/ConfigMap/b")

    def test_every_problem_is_in_the_diagnostics(self) -> None:
        with self.assertRaises(gitops.GitopsError) as caught:
            self.read(a="a: [", b="b: {", c=CONFIG)
        self.assertEqual(sorted({problem.file for problem in caught.exception.diagnostics}),
                         ["a.yaml", "b.yaml"])

    def test_problems_name_the_object_and_the_value(self) -> None:
        with self.assertRaises(gitops.GitopsError) as caught:
            self.read(a="---\n---\n" + Document.parse(self.context, CONFIG).to_yaml() + "z: [\n")
        [problem] = caught.exception.diagnostics
        self.assertEqual((problem.document, problem.pointer, problem.key),
                         (2, "/z", "shop/ConfigMap/a"))
        self.assertTrue(str(problem).endswith("(at /z of shop/ConfigMap/a)"))

    def test_objects_know_their_document(self) -> None:
        with self.read(a="---\n---\n" + CONFIG) as manifest:
            self.assertEqual(manifest.document_number("shop/ConfigMap/a"), 2)
            document = manifest["shop/ConfigMap/a"]
            self.assertEqual((document.name, document.number), ("a.yaml", 2))

    def test_duplicate_key_names_both_places(self) -> None:
        with self.assertRaises(gitops.DuplicateError) as caught:
            self.read(a=CONFIG, b=CONFIG)
        self.assertIn("a.yaml", str(caught.exception))
        self.assertIn("b.yaml", str(caught.exception))

    def test_previous_manifest_saves_parsing(self) -> None:
        source = Source.memory(self.context, {"deploy/a.json": CONFIG, "deploy/b.yaml": "x: 1"})
        first = Manifest.read(self.context, source.fetch(), "deploy")
        source.put("deploy/b.yaml", "x: 2")
        second = Manifest.read(self.context, source.fetch(), "deploy", previous=first)
        self.assertEqual(second.files_parsed, 1)
        self.assertEqual(first, second)
        self.assertEqual(first.digest(), second.digest())
        self.assertEqual(first.digest(gitops.Digest.SHA256), second.digest(gitops.Digest.SHA256))

    def test_excluded_files_are_left_out(self) -> None:
        source = Source.memory(self.context, {"a.json": CONFIG, "b/bad.yaml": "a: ["})
        manifest = Manifest.read(self.context, source.fetch(), excludes=["b/", "*.txt"])
        self.assertEqual(len(manifest), 1)

    def test_missing_path_is_not_found(self) -> None:
        source = Source.memory(self.context, {"a.json": CONFIG})
        with self.assertRaises(gitops.NotFoundError):
            Manifest.read(self.context, source.fetch(), "deploy")

    def test_document_outlives_manifest_and_source(self) -> None:
        with self.read(a=CONFIG) as manifest:
            document = manifest["shop/ConfigMap/a"]
        self.assertEqual(document.root["kind"].text, "ConfigMap")


class Diffs(LibraryTest):
    def test_three_sides_merge(self) -> None:
        base, desired, live = {"a": 1, "b": 1}, {"a": 2}, {"a": 1, "b": 1, "theirs": True}
        diff = Diff(self.context, base, desired, live, file="x.yaml")
        self.assertTrue(diff.differs)
        assert diff.merged is not None
        self.assertEqual(diff.merged.to_python(), {"a": 2, "theirs": True})
        changes = {change.path: change for change in diff.changes}
        self.assertEqual(sorted(changes), ["/a", "/b"])
        self.assertEqual((changes["/a"].live, changes["/a"].merged), (1, 2))
        self.assertEqual(changes["/a"].file, "x.yaml")
        self.assertEqual(changes["/b"].desired, ABSENT)
        self.assertFalse(changes["/a"].drift)

    def test_json_patch_tests_what_it_replaces(self) -> None:
        live = {"a": 1}
        diff = Diff(self.context, live, {"a": 2}, live)
        self.assertEqual(diff.json_patch(tests=True),
                         [{"op": "test", "path": "/a", "value": 1},
                          {"op": "replace", "path": "/a", "value": 2}])
        with self.assertRaises(gitops.ConflictError):
            gitops.apply_json_patch(self.context, diff.json_patch(tests=True), {"a": 3})

    def test_forms_are_what_can_be_sent(self) -> None:
        types = gitops.PatchType
        diff = Diff(self.context, None, {"a": None}, {"a": 1})
        self.assertEqual(diff.forms, {types.JSON, types.APPLY, types.DOCUMENT})
        self.assertEqual(diff.form(), types.JSON)
        self.assertEqual(diff.form([types.MERGE, types.DOCUMENT]), types.DOCUMENT)
        with self.assertRaises(gitops.UnsupportedError):
            diff.form([types.MERGE])

    def test_strategic_patch_merges_lists_by_key(self) -> None:
        def pod(*containers: object) -> object:
            return {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": list(containers)}}
        live = pod({"name": "a", "image": "1"}, {"name": "b"})
        diff = Diff(self.context, live, pod({"name": "a", "image": "2"}), live)
        patch = diff.strategic_patch()
        self.assertEqual(patch["spec"]["containers"],
                         [{"name": "a", "image": "2"}, {"name": "b", "$patch": "delete"}])
        patched = gitops.apply_patch(self.context, patch, live, gitops.PatchType.STRATEGIC)
        assert diff.merged is not None
        self.assertEqual(patched.to_python(), diff.merged.to_python())

    def test_server_side_apply_states_what_is_ours(self) -> None:
        diff = Diff(self.context, {"a": 1}, {"a": 2}, {"a": 1, "theirs": True})
        self.assertEqual(diff.server_side_apply(), {"a": 2})
        self.assertEqual(diff.patch_text(gitops.PatchType.DOCUMENT), '{"a":2,"theirs":true}')

    def test_patches_turn_live_into_merged(self) -> None:
        live = {"a": 1, "b": 1}
        diff = Diff(self.context, live, {"a": 2}, live)
        for patched in (gitops.apply_json_patch(self.context, diff.json_patch(), live),
                        gitops.apply_merge_patch(self.context, diff.merge_patch(), live)):
            self.assertEqual(patched, diff.merged)

    def test_what_the_target_rewrote_is_no_drift(self) -> None:
        sent, answer = {"cpu": 1, "size": 2}, {"cpu": "1", "size": 2, "owner": "them"}
        normal = gitops.normal_form(self.context, sent, answer)
        assert normal is not None
        self.assertEqual(normal.to_python(), {"cpu": "1", "size": 2})
        self.assertIsNone(gitops.normal_form(self.context, sent, {**sent, "owner": "them"}))
        self.assertFalse(gitops.Diff(self.context, sent, sent, answer, normal=normal).differs)
        later = gitops.Diff(self.context, sent, sent, {"cpu": "2", "size": 2}, normal=normal)
        self.assertEqual([change.path for change in later.changes], ["/cpu"])

    def test_equal_sides_differ_nowhere(self) -> None:
        diff = Diff(self.context, "a: 1", "a: 1", b'{"a": 1}')
        self.assertFalse(diff.differs)
        self.assertEqual(diff.json_patch(), [])
        self.assertEqual(diff.merge_patch(), {})
        self.assertEqual(diff.changes.to_list(), [])
        self.assertEqual(diff.changes.to_text(), "")

    def test_absent_sides_create_and_delete(self) -> None:
        created = Diff(self.context, None, {"a": 1}, None)
        assert created.merged is not None
        self.assertEqual(created.merged.to_python(), {"a": 1})
        self.assertIsNone(Diff(self.context, {"a": 1}, None, {"a": 1}).merged)

    def test_conflict_under_fail_raises_with_the_changes(self) -> None:
        with self.assertRaises(gitops.ConflictError) as caught:
            Diff(self.context, {"a": 1}, {"a": 2}, {"a": 3}, conflict=gitops.Conflict.FAIL)
        assert caught.exception.diff is not None
        self.assertEqual([c.conflict for c in caught.exception.diff.changes], ["modify/modify"])

    def test_refusals_of_what_is_immutable_are_known(self) -> None:
        self.assertTrue(gitops.refusal_is_immutable("spec.selector: field is immutable"))
        self.assertFalse(gitops.refusal_is_immutable("is not immutable"))

    def test_conflict_under_callback_is_answered(self) -> None:
        asked: List[gitops.Change] = []

        def resolve(change: gitops.Change) -> gitops.Conflict:
            asked.append(change)
            return gitops.Conflict.LIVE if change.path == "/a" else gitops.Conflict.DESIRED

        diff = Diff(self.context, {"a": [1], "b": 1}, {"a": [2], "b": 2}, {"a": [3]},
                    conflict=gitops.Conflict.CALLBACK, resolve=resolve)
        assert diff.merged is not None
        self.assertEqual(diff.merged.to_python(), {"a": [3], "b": 2})
        self.assertEqual([(c.path, c.class_, c.action, c.base, c.desired, c.live, c.merged)
                          for c in asked],
                         [("/a", "modify-conflict", "none", [1], [2], [3], gitops.ABSENT),
                          ("/b", "git-modify-drift-removed", "none", 1, 2, gitops.ABSENT,
                           gitops.ABSENT)])

    def test_conflict_without_an_answer_raises(self) -> None:
        def fail(_change: gitops.Change) -> gitops.Conflict:
            raise RuntimeError("no idea")

        sides = ({"a": 1}, {"a": 2}, {"a": 3})
        with self.assertRaisesRegex(RuntimeError, "no idea"):
            Diff(self.context, *sides, conflict=gitops.Conflict.CALLBACK, resolve=fail)
        with self.assertRaises(ValueError):
            Diff(self.context, *sides, conflict=gitops.Conflict.CALLBACK,
                 resolve=lambda _change: None)  # type: ignore[arg-type,return-value]
        with self.assertRaises(gitops.ConflictError):
            Diff(self.context, *sides, conflict=gitops.Conflict.CALLBACK,
                 resolve=lambda _change: gitops.Conflict.FAIL)
        with self.assertRaises(gitops.InvalidError):
            Diff(self.context, *sides, conflict=gitops.Conflict.CALLBACK)

    def test_sensitive_values_are_hidden(self) -> None:
        schema = gitops.Schema.parse(self.context, {"sensitive": ["/password"]})
        diff = Diff(self.context, {"password": "old"}, {"password": "new"}, {"password": "old"},
                    schema=schema)
        [change] = diff.changes
        self.assertTrue(change.sensitive)
        self.assertEqual((change.live, change.merged), ("***", "***"))
        self.assertNotIn("new", diff.changes.to_text() + str(diff.changes.to_list()))

    def test_builtin_schema_merges_lists_by_key(self) -> None:
        def pod(*names: str) -> object:
            return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"},
                    "spec": {"containers": [{"name": name} for name in names]}}

        for schema, names in ((gitops.Schema.kubernetes(self.context), ["a", "theirs"]),
                              (gitops.Schema.none(self.context), ["a"])):
            diff = Diff(self.context, json.dumps(pod("a")), json.dumps(pod("a")),
                        json.dumps(pod("a", "theirs")), schema=schema)
            assert diff.merged is not None
            containers = diff.merged.to_python()["spec"]["containers"]
            self.assertEqual([container["name"] for container in containers], names)

    def test_log_tells_of_lists_without_keys(self) -> None:
        lines = []
        with gitops.Context(log=lambda level, text: lines.append((level, text))) as context:
            rules = {"lists": {"/items": {"list": "map", "keys": ["name"]}}}
            Diff(context, None, {"items": [{"x": 1}]}, {"items": [{"name": "a"}]},
                 schema=gitops.Schema.parse(context, rules))
        [(level, text)] = lines
        self.assertEqual(level, gitops.LogLevel.WARNING)
        self.assertIn("/items", text)

    def merge(self, schema: gitops.Schema, **sides: Any) -> Any:
        """What live, with one element more than desired, becomes."""
        diff = Diff(self.context, None, sides["desired"], sides["live"], schema=schema)
        assert diff.merged is not None
        return diff.merged.to_python()

    def test_definition_of_a_custom_resource_is_a_schema(self) -> None:
        listed = {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}}
        definition = {
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "spec": {"group": "example.org", "names": {"kind": "Thing"}, "versions": [
                {"name": "v1", "served": True, "schema": {"openAPIV3Schema": {
                    "type": "object", "properties": {"tags": listed}}}}]}}
        thing = {"apiVersion": "example.org/v1", "kind": "Thing"}
        for schema in (gitops.Schema.parse(self.context, definition),
                       gitops.Schema.build(self.context, documents=[definition])):
            merged = self.merge(schema, desired={**thing, "tags": ["a"]},
                                live={**thing, "tags": ["b"]})
            self.assertEqual(merged["tags"], ["b", "a"])

    def test_rules_for_some_objects(self) -> None:
        schema = gitops.Schema.build(self.context, rules=[
            gitops.Rule("/a", names="web*", namespaces="shop", mode=gitops.Mode.IGNORE,
                        labels={"tier": "front", "app": "*"})])
        metadata = {"name": "web-1", "namespace": "shop", "labels": {"tier": "front", "app": "x"}}
        for name, kept in (("web-1", 2), ("api", 1)):
            named = {**metadata, "name": name}
            merged = self.merge(schema, desired={"metadata": named, "a": 1},
                                live={"metadata": named, "a": 2})
            self.assertEqual(merged["a"], kept)

    def test_rules_and_stacks(self) -> None:
        rules = [gitops.Rule("/items", list=gitops.ListKind.MAP, keys=["name", "port"],
                             defaults={"port": 80}),
                 gitops.Rule("/token", flags=gitops.RuleFlag.SENSITIVE)]
        upper = gitops.Schema.build(self.context, rules=rules)
        lower = gitops.Schema.parse(self.context, {"null": "absent", "lists": {
            "/items": {"list": "atomic"}}})
        stack = gitops.Schema.stack(self.context, upper, lower)
        upper.close()
        merged = self.merge(stack, desired={"items": [{"name": "a", "v": 1}], "gone": None},
                            live={"items": [{"name": "a", "port": 80, "w": 2}], "gone": 1})
        self.assertEqual(merged, {"items": [{"name": "a", "port": 80, "v": 1, "w": 2}]})
        with self.assertRaises(ValueError):
            gitops.Schema.build(self.context, rules=[gitops.Rule("/a", defaults={"a": 1})])
        with self.assertRaises(gitops.InvalidError):
            gitops.Schema.stack(self.context)

    def test_policies_of_paths(self) -> None:
        rules = [gitops.Rule("/seen", mode=gitops.Mode.OBSERVE),
                 gitops.Rule("/kept", conflict=gitops.Conflict.LIVE, drift=gitops.Drift.IGNORE)]
        schema = gitops.Schema.build(self.context, rules=rules)
        merged = self.merge(schema, desired={"seen": 1, "kept": 1, "ours": 1},
                            live={"seen": 2, "kept": 2, "ours": 2})
        self.assertEqual(merged, {"seen": 2, "kept": 2, "ours": 1})
        with self.assertRaises(gitops.InvalidError):
            gitops.Schema.build(self.context, rules=[gitops.Rule(
                "/a", mode=gitops.Mode.ALERT, drift=gitops.Drift.REPORT)])

    def test_fields_of_a_manager_are_ignored(self) -> None:
        rules = [gitops.Rule(manager="hpa-*", mode=gitops.Mode.IGNORE)]
        schema = gitops.Schema.build(self.context, rules=rules)
        live = {"metadata": {"managedFields": [
            {"manager": "hpa-1", "fieldsV1": {"f:replicas": {}}},
            {"manager": "us", "fieldsV1": {"f:image": {}}}]}, "replicas": 5, "image": "b"}
        desired = {"replicas": 1, "image": "a"}
        with gitops.Diff(self.context, desired, desired, live, schema=schema) as diff:
            changes = {change.path: change.owner for change in diff.changes}
        self.assertEqual(changes, {"/image": "us"})

    def test_base_of_another_tool(self) -> None:
        kept = "kubectl.kubernetes.io/last-applied-configuration"
        live = {"metadata": {"name": "a", "annotations": {kept: '{"data":{"k":"v"}}'},
                             "managedFields": [{"manager": "old", "fieldsV1": {
                                 "f:data": {"f:k": {}}}}]}, "data": {"k": "w", "x": "y"}}
        self.assertEqual(gitops.base_from_annotation(self.context, live).to_python(),
                         {"data": {"k": "v"}})
        self.assertEqual(gitops.base_from_manager(self.context, live, "old").to_python(),
                         {"metadata": {"name": "a"}, "data": {"k": "w"}})
        with self.assertRaises(gitops.NotFoundError):
            gitops.base_from_manager(self.context, live, "new")

    def test_unknown_member_of_a_schema_is_an_error(self) -> None:
        with self.assertRaises(gitops.ParseError):
            gitops.Schema.parse(self.context, "no-such-rule: 1")

    def test_failed_test_of_a_patch_is_a_conflict(self) -> None:
        with self.assertRaises(gitops.ConflictError):
            gitops.apply_json_patch(self.context,
                                    [{"op": "test", "path": "/a", "value": 2}], {"a": 1})

    def test_changes_outlive_their_diff(self) -> None:
        with Diff(self.context, None, {"a": 1}, None) as diff:
            changes = diff.changes
        self.assertGreater(len(changes), 0)
        self.assertEqual(changes[0].merged, {"a": 1} if changes[0].path == "" else 1)


class Reviews(LibraryTest):
    """What a change would send, without a target."""

    def manifest(self, **values: str) -> Manifest:
        source = Source.memory(self.context, {
            name + ".json": json.dumps(config_map(name, x=value))
            for name, value in values.items()})
        return Manifest.read(self.context, source.fetch())

    def test_plan_between_two_manifests(self) -> None:
        plan = gitops.Plan.between(self.context, self.manifest(a="1", b="1", c="1"),
                                   self.manifest(a="1", b="2", d="1"), unit="shop", revision="r2")
        self.assertEqual((plan.unit, plan.revision), ("shop", "r2"))
        self.assertEqual([(o.action.name, o.key.split("/")[2]) for o in plan],
                         [("UPDATE", "b"), ("CREATE", "d"), ("DELETE", "c")])

    def test_review_is_text_json_and_markdown(self) -> None:
        plan = gitops.Plan.between(self.context, self.manifest(a="1"), self.manifest(a="2"))
        self.assertEqual(gitops.review([plan], "r1", "r2"), plan.to_text())
        units = json.loads(gitops.review([plan], "r1", "r2",
                                         format=gitops.ReportFormat.JSON))["units"]
        self.assertEqual(units[0]["summary"]["update"], 1)
        self.assertIn("<code>r1</code> to <code>r2</code>",
                      gitops.review([plan], "r1", "r2", format=gitops.ReportFormat.MARKDOWN))
        self.assertEqual(gitops.review([], "r1", "r2"), "")


if __name__ == "__main__":
    unittest.main()
