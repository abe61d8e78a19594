"""What was there before us, what two sides changed, and drift that is left alone."""
import json
import os

from program import UnitTest, config_map, main


class Adopted(UnitTest):
    KEY = "default/ConfigMap/a"

    def setUp(self):
        super().setUp()
        self.write(f"target/{self.KEY}.yaml", config_map("a", x="1"))
        for name in "a", "b":
            self.put(name, x="1")
        self.apply(0)
        os.remove(self.path("source", "a.yaml"))

    def test_object_that_was_there_before_stays_when_it_leaves_git(self):
        plan = self.plan(1, "--format", "json").json
        self.assertEqual([(o["key"], o["action"], o["reason_code"]) for o in plan["operations"]],
                         [(self.KEY, "forget", "adopted")])
        self.assertIn(f"o {self.KEY}  removed from Git, but adopted: it stays in the target\n",
                      self.plan(1).out)
        self.apply(0)
        self.assertIn(self.KEY, self.keys())
        self.plan(0)
        status = self.expect(0, "status", "--state", self.path("state"), "--format", "json").json
        self.assertEqual(status["objects"], 1)

    def test_prune_adopted_deletes_it(self):
        self.apply(0, "--prune-adopted")
        self.assertEqual(self.keys(), ["default/ConfigMap/b"])

    def test_prune_adopted_and_no_prune_exclude_each_other(self):
        self.assertIn("--prune-adopted and --no-prune exclude each other",
                      self.plan(2, "--prune-adopted", "--no-prune").err)


class Policies(UnitTest):
    """a drifted, b changed on both sides, c missing, d missing and changed, e gone but changed."""

    def setUp(self):
        super().setUp()
        for name in "abcdef":
            self.put(name, x="1")
        self.apply(0)
        for name in "abe":
            self.write(f"target/default/ConfigMap/{name}.yaml", config_map(name, x="9"))
        for name in "cd":
            os.remove(self.path(f"target/default/ConfigMap/{name}.yaml"))
        self.put("b", x="5")
        self.put("d", x="5")
        os.remove(self.path("source/e.yaml"))

    def operations(self, *words):
        plan = self.expect(1, "plan", *self.unit(), *words, "--format", "json").json
        return ({o["key"][-1]: o["action"] for o in plan["operations"]},
                {o["key"][-1]: o["reason_code"] for o in plan["drift"]})

    def test_default_policies_make_the_target_as_git_says(self):
        self.assertEqual(self.operations(), ({"a": "update", "b": "update", "c": "create",
                                              "d": "create", "e": "delete"}, {}))

    def test_the_target_wins(self):
        self.assertEqual(self.operations("--conflict", "live"),
                         ({"a": "update", "c": "create", "e": "forget"},
                          {"b": "changed-and-drifted", "d": "missing"}))
        self.apply(0, "--conflict", "live")
        self.assertEqual(self.live("default/ConfigMap/e")["data"], {"x": "9"})
        self.assertEqual(self.keys(), [f"default/ConfigMap/{name}" for name in "abcef"])
        os.remove(self.path("target/default/ConfigMap/f.yaml"))
        again = self.apply(0, "--conflict", "live", "--format", "json").json
        self.assertEqual([o["key"][-1] for o in again["operations"]], ["f"])
        self.assertEqual([o["key"][-1] for o in again["drift"]], ["b", "d"])

    def test_conflicts_are_all_named_and_nothing_is_done(self):
        before = self.keys()
        for command in self.plan, self.apply:
            result = command(2, "--conflict", "fail")
            self.assertEqual(result.out, "")
            self.assertRegex(result.err, r"(?m)^b\.yaml:7:6: conflict \(modify/modify\) at /data/x "
                                         r"of default/ConfigMap/b$")
            self.assertRegex(result.err, r"(?m)^d\.yaml:7:6: conflict \(modify/delete\) at /data/x "
                                         r"of default/ConfigMap/d$")
            self.assertRegex(result.err, r"(?m)^conflict \(delete/modify\) at /data/x of "
                                         r"default/ConfigMap/e$")
            self.assertIn("3 objects were changed in Git and in the target", result.err)
        self.assertEqual(self.keys(), before)

    def test_drift_is_reported_and_left_alone(self):
        self.assertEqual(self.operations("--drift", "report"),
                         ({"b": "update", "d": "create", "e": "delete"},
                          {"a": "drifted", "c": "missing"}))
        out = self.apply(0, "--drift", "report").out
        self.assertIn("! default/ConfigMap/a  changed in the target: left alone  a.yaml:1\n"
                      '    ! /data/x: "9" instead of "1"  (drift, left alone)  a.yaml:7\n'
                      "! default/ConfigMap/c  removed from the target, still in Git: left alone  "
                      "c.yaml:1\n", out)
        again = self.plan(0, "--drift", "report").out
        self.assertIn("! default/ConfigMap/a", again)
        self.assertIn("No changes. 2 objects differ from the source and are left alone.\n", again)
        self.assertEqual(self.live("default/ConfigMap/a")["data"], {"x": "9"})

    def test_ignored_drift_is_not_named_but_never_called_equal(self):
        self.apply(0, "--drift", "ignore")
        for command in self.plan, self.apply:
            out = command(0, "--drift", "ignore").out
            self.assertEqual(out, "No changes. 2 objects differ from the source and are left "
                                  "alone.\nPlan: 0 to create, 0 to update, 0 to delete.\n"
                             if command == self.plan else out)
            self.assertNotIn("as the source says", out)
        self.assertEqual(self.plan(0, "--drift", "ignore", "--format", "json").json["drift"], [])

    def test_object_kept_by_no_prune_is_not_called_equal(self):
        self.apply(0, "--no-prune")
        self.assertIn("No changes. 1 object differs from the source and is left alone.\n",
                      self.plan(0, "--no-prune").out)

    def test_events_tell_the_drift(self):
        lines = self.apply(0, "--drift", "report", "--format", "jsonl").lines
        planned = [json.loads(line) for line in lines][0]
        self.assertEqual([o["key"][-1] for o in planned["drift"]], ["a", "c"])


if __name__ == "__main__":
    main()
