"""gitops explain: where an object is stated, whose it is, and what holds it up."""
import os

from program import UnitTest, config_map, main

A = "default/ConfigMap/a"


class Explain(UnitTest):
    def explain(self, code, key=A, *words):
        return self.expect(code, "explain", "default", key, *words, *self.unit())

    def test_object_in_order_has_its_places(self):
        self.put("a", x="1", z="2")
        self.apply(0)
        out = self.explain(0).out
        self.assertIn("stated in a.yaml:1 at revision ", out)
        self.assertIn("  /data/x  a.yaml:7\n", out)
        self.assertIn("  /data/z  a.yaml:8\n", out)
        self.assertIn("ours; a run made it\n", out)
        self.assertIn("in order: nothing is to be done\n", out)

    def test_pointer_chooses_fields(self):
        self.put("a", x="1", z="2")
        out = self.explain(0, A, "/data/x").out
        self.assertIn("/data/x", out)
        self.assertNotIn("/data/z  a.yaml", out)
        self.assertNotIn("/kind", out)

    def test_change_is_told_with_what_the_target_has(self):
        self.put("a", x="1")
        self.apply(0)
        self.write("target/" + A + ".yaml", config_map("a", x="9"))
        out = self.explain(0).out
        self.assertIn("planned: update: changed in the target (phase sync, wave 0)\n", out)
        self.assertRegex(out, r'/data/x: "?9"? -> "?1"?')

    def test_pointer_tells_every_side(self):
        self.put("a", x="1", z="1")
        self.apply(0)
        self.put("a", x="2", z="2")
        self.write("target/" + A + ".yaml", config_map("a", x="9", z="9"))
        out = self.explain(0, A, "/data/x").out
        self.assertIn('    sent: "1"\n    in Git: "2"\n    in the target: "9"\n', out)
        self.assertNotIn("/data/z", out)

    def test_object_that_left_git_and_holds_the_plan(self):
        self.put("a", x="1")
        self.put("b", x="1")
        self.apply(0)
        os.remove(self.path("source", "a.yaml"))
        out = self.explain(0, A, "--max-deletes", "0").out
        self.assertIn("not stated at revision ", out)
        self.assertIn("planned: delete: removed from Git", out)
        self.assertIn("the plan is held: ", out)

    def test_secrets_stay_hidden(self):
        self.write("source/s.yaml", "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n"
                   "  namespace: default\nstringData:\n  p: canary\n")
        out = self.explain(0, "default/Secret/s").out
        self.assertIn("/stringData/p  s.yaml:7\n", out)
        self.assertNotIn("canary", out)

    def test_nothing_is_changed(self):
        self.put("a", x="1")
        self.explain(0)
        self.assertEqual(sorted(os.listdir(self.home)), ["source"])

    def test_unknown_object_is_an_error(self):
        self.put("a", x="1")
        self.assertIn("nothing is known of default/ConfigMap/z",
                      self.explain(2, "default/ConfigMap/z").err)
        self.expect(2, "explain", "default", *self.unit())
        self.expect(2, "explain", "other", A, *self.unit())


if __name__ == "__main__":
    main()
