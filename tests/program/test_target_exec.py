"""The command target: a whole life with the example, and everything that can go wrong."""
import json
import os
import sys

from program import ROOT, UnitTest, main

HERE = os.path.dirname(os.path.abspath(__file__))


class Example(UnitTest):
    def setUp(self):
        super().setUp()
        self.target = (f"exec:{sys.executable} {ROOT}/examples/exec_target.py "
                       + self.path("system.json"))

    def system(self):
        return json.loads(self.read("system.json"))

    def test_life_of_an_object(self):
        self.put("a", x="1")
        self.put("b", x="1")
        self.plan(1)
        self.assertFalse(os.path.exists(self.path("system.json")))
        self.apply(0)
        self.assertEqual(self.system()["default/ConfigMap/a"]["data"], {"x": "1"})
        self.plan(0)
        drifted = self.system()
        drifted["default/ConfigMap/a"]["data"]["x"] = "drift"
        self.write("system.json", drifted)
        self.put("b", x="2")
        self.assertIn("0 created, 2 updated, 0 deleted", self.apply(0).lines[-1])
        os.remove(self.path("source/b.yaml"))
        self.assertIn("1 deleted", self.apply(0).lines[-1])
        self.assertEqual(list(self.system()), ["default/ConfigMap/a"])
        self.plan(0)

    def test_other_system_is_refused(self):
        self.put("a", x="1")
        self.apply(0)
        self.target = self.target.replace("system.json", "other.json")
        self.assertIn("another target", self.apply(2).err)


class Odd(UnitTest):
    def use(self, mode):
        self.target = (f"exec:{sys.executable} {HERE}/odd_target.py {self.path('system.json')} "
                       + mode)

    def setUp(self):
        super().setUp()
        self.use("fine")
        self.put("a", x="1")

    def system(self):
        path = self.path("system.json")
        return json.loads(self.read("system.json")) if os.path.exists(path) else {}

    def calls(self):
        return [json.loads(line) for line in self.read("system.json.log").splitlines()]

    def test_questions_are_as_documented(self):
        self.apply(0)
        hello, apply = self.calls()[0], self.calls()[-1]
        self.assertEqual({**hello, "id": 0},
                         {"id": 0, "call": "hello", "protocol": 1, "writable": True})
        self.assertEqual({**apply, "id": 0, "operation": 0, "document": None},
                         {"id": 0, "call": "apply", "key": "default/ConfigMap/a",
                          "action": "create", "operation": 0, "document": None})
        self.assertEqual(apply["document"]["data"], {"x": "1"})

    def test_plan_says_that_it_does_not_write(self):
        self.plan(1)
        self.assertFalse(self.calls()[0]["writable"])
        self.assertTrue({call["call"] for call in self.calls()} <= {"hello", "list", "get"})

    def test_listing_in_pages(self):
        for name in "bcd":
            self.put(name, x="1")
        self.apply(0)
        self.use("pages")
        self.assertEqual(self.plan(0, "--format", "json").json["summary"]["none"], 4)
        self.assertEqual([c.get("page") for c in self.calls() if c["call"] == "list"][-4:],
                         [None, "1", "2", "3"])

    def test_target_that_can_only_get(self):
        self.use("get-only")
        self.apply(0)
        self.plan(0)

    def test_staged_changes_become_real_together(self):
        self.use("stage")
        self.put("b", x="1")
        self.apply(0)
        self.assertEqual(len(self.system()), 2)
        self.assertEqual([c["call"] for c in self.calls()][-3:], ["apply", "apply", "commit"])

    def test_failed_commit_is_no_success(self):
        self.use("stage")
        self.apply(0)
        self.put("a", x="2")
        with open(os.path.join(HERE, "odd_target.py"), encoding="utf-8") as file:
            source = file.read().replace('elif name == "commit":',
                                         'elif name == "commit":\n        answer(call, "failed", '
                                         'message="no commit today")\n    elif name == "never":')
        script = self.write("odd.py", source)
        self.target = self.target.replace(HERE + "/odd_target.py", script)
        result = self.apply(4)
        self.assertIn("no commit today", result.out)
        self.assertEqual(self.system()["default/ConfigMap/a"]["data"], {"x": "1"})

    def test_check_refuses_before_anything_is_changed(self):
        self.use("check")
        self.put("b", bad="1")
        result = self.apply(2)
        self.assertIn("refused by check", result.err)
        self.assertEqual(self.system(), {})

    def put_waves(self, **data):
        """Two objects, of which b comes after a."""
        self.put("a", **data)
        b = self.read("source/a.yaml").replace("name: a", "name: b").replace(
            "metadata:", "metadata:\n  annotations: {argocd.argoproj.io/sync-wave: '1'}")
        self.write("source/b.yaml", b)

    def test_second_wave_waits_for_health_of_the_first(self):
        self.use("assess")
        self.put_waves(health="healthy")
        self.apply(0)
        calls = [(call["call"], call["key"][-1]) for call in self.calls() if "key" in call]
        self.assertEqual(calls[:4], [("apply", "a"), ("assess", "a"), ("assess", "a"),
                                     ("apply", "b")])

    def test_degraded_object_ends_the_run(self):
        self.use("assess")
        self.put_waves(health="degraded")
        result = self.apply(4)
        self.assertIn("as told", result.out)
        self.assertEqual(list(self.system()), ["default/ConfigMap/a"])

    def test_documents_with_status_are_judged(self):
        self.use("health")
        self.put_waves(ready="True")
        self.apply(0)
        calls = [(call["call"], call["key"][-1]) for call in self.calls() if "key" in call]
        self.assertEqual(calls[:3], [("apply", "a"), ("get", "a"), ("apply", "b")])

    def test_conflict_and_retry_end_well(self):
        self.use("retry")
        self.apply(0)
        self.put("a", x="2")
        self.use("conflict")
        self.apply(0)  # it looks again by itself
        self.assertEqual(self.system()["default/ConfigMap/a"]["data"], {"x": "2"})

    def test_failed_apply_is_named(self):
        self.use("fail:apply")
        self.assertRegex(self.apply(4).out, "failed: .*not today")

    def test_failed_listing_changes_nothing(self):
        self.apply(0)
        self.put("b", x="1")
        for mode in ("fail:list", "die:list", "nonsense:list", "wrong-id:list", "unfit:list"):
            self.use(mode)
            result = self.apply(2)
            self.assertEqual(result.out, "")
            self.assertNotEqual(result.err, "")
        self.assertEqual(len(self.system()), 1)

    def test_death_in_an_apply_is_unknown_and_read_again(self):
        self.use("die-once:apply")
        run = self.apply(4, "--format", "json").json
        self.assertEqual(run["operations"][0]["outcome"], "unknown")
        self.assertIn("ended in the middle of a call", run["operations"][0]["error"])
        self.apply(0)
        self.assertEqual(len(self.system()), 1)
        self.plan(0)

    def test_nonsense_in_an_apply_is_unknown(self):
        for mode in ("nonsense:apply", "wrong-id:apply", "unfit:apply"):
            self.use(mode)
            run = self.apply(4, "--format", "json").json
            self.assertEqual(run["operations"][0]["outcome"], "unknown")
            self.assertIn("broke the protocol", run["operations"][0]["error"])

    def test_command_that_is_no_target(self):
        for command, message in (("exec:/nowhere/at/all", "cannot start /nowhere/at/all"),
                                 ("exec:true", "ended"), ("exec:  ", "names no command"),
                                 ("exec:cat /dev/null", "ended")):
            self.target = command
            result = self.plan(2)
            self.assertIn(message, result.err)
        self.use("nonsense:hello")
        self.assertIn("broke the protocol", self.plan(2).err)
        self.use("protocol")
        self.assertIn("does not speak protocol 1", self.plan(2).err)

    def test_standard_error_of_the_command_passes_through(self):
        self.target = f"exec:{sys.executable} -c import(sys) x"
        self.assertIn("SyntaxError", self.plan(2).err)


if __name__ == "__main__":
    main()
