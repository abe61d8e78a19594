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


if __name__ == "__main__":
    main()
