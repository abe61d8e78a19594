"""gitops plan: what it says, what it exits with, and that it leaves no trace."""
import os

from program import UnitTest, config_map, main

SUMMARY = ["create", "update", "replace", "delete", "adopt", "forget", "transfer", "none"]


class Plan(UnitTest):
    def test_first_plan_creates_and_leaves_no_trace(self):
        self.put("a", x="1")
        self.put("b", x="1")
        result = self.plan(1)
        self.assertEqual(result.lines, ["+ default/ConfigMap/a  new in Git  a.yaml:1",
                                        "+ default/ConfigMap/b  new in Git  b.yaml:1", "",
                                        "Plan: 2 to create, 0 to update, 0 to delete."])
        self.assertEqual(result.err, "")
        self.assertEqual(os.listdir(self.home), ["source"])

    def test_exit_code_0_is_for_those_who_want_it(self):
        self.put("a", x="1")
        self.plan(0, "--exit-code", "0")
        self.plan(1, "--exit-code", "1")

    def test_nothing_to_do_says_so(self):
        self.put("a", x="1")
        self.apply(0)
        self.assertEqual(self.plan(0).lines, ["No changes. The target is as the source says.",
                                              "Plan: 0 to create, 0 to update, 0 to delete."])

    def test_everything_at_once_with_deletes_first(self):
        for name in "abcd":
            self.put(name, x="1", z="1")
        self.apply(0)
        os.remove(self.path("source/a.yaml"))
        self.put("b", x="2", z="1")
        self.write("target/default/ConfigMap/c.yaml", config_map("c", x="1", z="drift"))
        os.remove(self.path("target/default/ConfigMap/d.yaml"))
        self.assertEqual(self.plan(1).lines, [
            "- default/ConfigMap/a  removed from Git",
            "~ default/ConfigMap/b  changed in Git  b.yaml:1",
            '    ~ /data/x: "1" -> "2"  b.yaml:7',
            "~ default/ConfigMap/c  changed in the target  c.yaml:1",
            '    ~ /data/z: "drift" -> "1"  (drift)  c.yaml:8',
            "+ default/ConfigMap/d  removed from the target, still in Git  d.yaml:1", "",
            "Plan: 1 to create, 2 to update, 1 to delete."])

    def test_no_prune_keeps_what_left_the_source(self):
        self.put("a", x="1")
        self.put("b", x="1")
        self.apply(0)
        os.remove(self.path("source/a.yaml"))
        self.plan(0, "--no-prune")
        self.plan(1, "--prune")

    def test_unit_may_be_named(self):
        self.put("a", x="1")
        self.plan(1, "default")
        self.assertIn("there is no unit shop", self.plan(2, "shop").err)

    def test_path_and_exclude_choose_the_manifests(self):
        self.write("source/deploy/a.yaml", config_map("a", x="1"))
        self.write("source/deploy/draft/b.yaml", config_map("b", x="1"))
        self.write("source/other/c.yaml", config_map("c", x="1"))
        keys = [o["key"] for o in self.plan(1, "--path", "deploy", "--exclude", "draft/",
                                            "--format", "json").json["operations"]]
        self.assertEqual(keys, ["default/ConfigMap/a"])


class Json(UnitTest):
    def test_every_member_is_there(self):
        self.put("a", x="1")
        self.apply(0)
        self.put("a", x="2")
        self.put("b", x="1")
        plan = self.plan(1, "--format", "json").json
        self.assertEqual(list(plan), ["format_version", "unit", "revision", "digest", "held",
                                      "summary", "operations", "drift", "withheld",
                                      "skipped", "unread"])
        self.assertEqual((plan["format_version"], plan["unit"], plan["held"]),
                         ("1.0", "default", False))
        self.assertRegex(plan["digest"], r"^[0-9a-f]{64}$")
        self.assertEqual(list(plan["summary"]), SUMMARY)
        self.assertEqual(list(plan["summary"].values()), [1, 1, 0, 0, 0, 0, 0, 0])
        update = [o for o in plan["operations"] if o["action"] == "update"][0]
        self.assertEqual(list(update), ["action", "key", "reason", "reason_code", "phase", "wave",
                                        "origin", "changes"])
        self.assertEqual(update["origin"], {"file": "a.yaml", "line": 1})
        self.assertEqual(update["changes"][0]["path"], "/data/x")
        create = [o for o in plan["operations"] if o["action"] == "create"][0]
        self.assertEqual(create["changes"], [])

    def test_full_has_the_changes_of_creates(self):
        self.put("a", x="1")
        operation = self.plan(1, "--full", "--format", "json").json["operations"][0]
        self.assertIn("1", [c.get("desired") for c in operation["changes"]] +
                      [(c.get("desired") or {}).get("data", {}).get("x")
                       for c in operation["changes"] if isinstance(c.get("desired"), dict)])

    def test_digest_survives_noise_and_dies_with_a_change(self):
        self.put("a", x="1")
        first = self.plan(1, "--format", "json").json
        self.write("source/a.yaml", "# a comment\n" + config_map("a", x="1"))
        second = self.plan(1, "--format", "json").json
        self.put("a", x="2")
        third = self.plan(1, "--format", "json").json
        self.assertEqual(first["digest"], second["digest"])
        self.assertNotEqual(first["revision"], second["revision"])
        self.assertNotEqual(first["digest"], third["digest"])

    def test_secrets_never_show(self):
        secret = ("apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\n"
                  "stringData: {password: hunter%d}\n")
        self.write("source/s.yaml", secret % 1)
        self.apply(0)
        self.write("source/s.yaml", secret % 2)
        for words in ([], ["--full"], ["--format", "json"], ["--full", "--format", "json"]):
            result = self.plan(1, *words)
            self.assertNotIn("hunter", result.out + result.err)
            self.assertIn("***", result.out)


class Held(UnitTest):
    def setUp(self):
        super().setUp()
        for name in "abcdef":
            self.put(name, x="1")
        self.apply(0)
        for name in "abc":
            os.remove(self.path("source", name + ".yaml"))
        self.put("new", x="1")

    def test_held_plan_exits_3_and_ends_with_the_command(self):
        import shlex
        result = self.plan(3)
        self.assertIn("deletes: 3 asked, 1 allowed", result.out)
        self.assertIn("Plan: 1 to create, 0 to update, 3 to delete.", result.out)
        command = shlex.split(result.lines[-1])
        self.assertEqual(command[-2], "--approve")
        self.assertRegex(command[-1], r"^[0-9a-f]{64}$")
        self.assertEqual(command[1], "apply")

    def test_held_json_names_the_limits(self):
        plan = self.plan(3, "--format", "json").json
        self.assertEqual(plan["held"], [{"limit": "deletes", "allowed": 1, "asked": 3}])

    def test_limits_can_be_raised(self):
        self.plan(1, "--max-delete-percent", "50")
        self.plan(3, "--max-deletes", "2", "--max-delete-percent", "100")
        self.plan(3, "--max-deletes", "0")
        self.plan(3, "--max-delete-percent", "0")


class Errors(UnitTest):
    def test_every_problem_of_the_manifests_is_named(self):
        self.put("good", x="1")
        self.write("source/one.yaml", "a: [")
        self.write("source/two.yaml", "kind: ConfigMap\n")
        for command in (self.plan, self.apply):
            result = command(2)
            self.assertEqual(result.out, "")
            self.assertRegex(result.err, r"(?m)^one\.yaml:\d+:\d+: ")
            self.assertRegex(result.err, r"(?m)^two\.yaml:1:1: ")
            self.assertIn("2 errors in the manifests; nothing was changed", result.err)
        self.assertEqual(self.keys(), [])
        self.assertFalse(os.path.exists(self.path("target")))

    def test_missing_source_path_and_ref(self):
        self.put("a", x="1")
        self.assertIn("nowhere", self.plan(2, "--path", "nowhere").err)
        result = self.expect(2, "plan", "--source", "dir:nowhere", "--target", "dir:t",
                             "--state", "s")
        self.assertIn("nowhere", result.err)
        result = self.expect(2, "plan", "--source", self.path("source"), "--target", "dir:t",
                             "--state", "s")
        self.assertNotEqual(result.err, "")

    def test_kustomization_is_refused(self):
        self.write("source/kustomization.yaml",
                   "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n")
        self.assertIn("kustom", self.plan(2).err)


if __name__ == "__main__":
    main()
