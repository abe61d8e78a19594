"""gitops status and history: what a state file says without source and target."""
import os

from program import UnitTest, main


class State(UnitTest):
    def state(self, command, *words):
        return self.expect(0, command, "--state", self.path("state"), *words)

    def test_missing_state_reads_as_never_ran_and_is_not_made(self):
        self.assertEqual(self.state("status").lines, ["unit default: 0 objects", "it never ran"])
        status = self.state("status", "--format", "json").json
        self.assertEqual((status["objects"], status["last_run"], status["revision"]),
                         (0, None, None))
        self.assertEqual(self.state("history").out, "")
        self.assertEqual(self.state("history", "--format", "json").json["runs"], [])
        self.assertEqual(os.listdir(self.home), ["source"])

    def test_status_counts_and_names_the_last_run(self):
        self.put("a", x="1")
        self.put("b", x="1")
        revision = self.apply(0, "--format", "json").json["revision"]
        self.assertEqual(self.state("status").lines[0], "unit default: 2 objects")
        self.assertRegex(self.state("status").lines[1], r"^last run 1  \d{4}-\d\d-\d\dT.*Z  done  ")
        status = self.state("status", "--format", "json").json
        self.assertEqual((status["format_version"], status["unit"], status["objects"],
                          status["open_intents"], status["revision"]),
                         ("1.0", "default", 2, 0, revision))
        self.assertEqual(status["last_run"]["result"], "done")
        self.assertNotIn("operations", status["last_run"])

    def test_history_is_newest_first_with_every_operation(self):
        self.put("a", x="1")
        self.apply(0)
        self.put("a", x="2")
        self.put("b", x="1")
        digest = self.apply(0, "--format", "json").json["digest"]
        runs = self.state("history", "--format", "json").json["runs"]
        self.assertEqual([run["number"] for run in runs], [2, 1])
        self.assertEqual(runs[0]["digest"], digest)
        self.assertGreaterEqual(runs[0]["finished_unix_ms"], runs[0]["started_unix_ms"])
        self.assertEqual([(o["action"], o["key"], o["outcome"], o["error"])
                          for o in runs[0]["operations"]],
                         [("update", "default/ConfigMap/a", "done", None),
                          ("create", "default/ConfigMap/b", "done", None)])
        self.assertIs(runs[0]["approved"], False)
        text = self.state("history").out
        self.assertIn("  create default/ConfigMap/b: done\n", text)
        self.assertLess(text.index("run 2"), text.index("run 1"))

    def test_operations_of_one_run_are_in_the_order_of_the_plan(self):
        for name in "dacbe":
            self.put(name, x="1")
        keys = [o["key"] for o in self.apply(0, "--format", "json").json["operations"]]
        run = self.state("history", "--format", "json").json["runs"][0]
        self.assertEqual([o["key"] for o in run["operations"]], keys)

    def test_failures_are_remembered(self):
        self.write("target/blocked", "a file")
        self.put("a", namespace="blocked", x="1")
        self.apply(4)
        run = self.state("history", "--format", "json").json["runs"][0]
        self.assertEqual(run["result"], "failed")
        self.assertIn("blocked", run["operations"][0]["error"])

    def test_all_options_of_a_unit_are_accepted(self):
        self.put("a", x="1")
        self.apply(0)
        self.assertEqual(self.expect(0, "status", *self.unit(), "default").out,
                         self.state("status").out)

    def test_foreign_file_is_an_error(self):
        self.write("state", "this is no state file, " * 100)
        for command in ("status", "history"):
            result = self.expect(2, command, "--state", self.path("state"))
            self.assertEqual(result.out, "")
            self.assertIn("state", result.err)
        self.put("a", x="1")
        self.apply(2)
        self.assertFalse(os.path.exists(self.path("target")))


if __name__ == "__main__":
    main()
