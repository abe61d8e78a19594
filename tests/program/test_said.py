"""gitops suspend, resume and rollback: what is said of a unit outlives the process that says it."""
import os
import shutil
import subprocess
import time

from program import PROGRAM, ProgramTest, UnitTest, config_map, main
from repository import Repository


class Said(UnitTest):
    def setUp(self):
        super().setUp()
        self.put("a", x="1")
        self.apply(0)

    def say(self, code, command, *words):
        return self.expect(code, command, *words, "--state", self.path("state"))

    def status(self):
        return self.expect(0, "status", "--state", self.path("state"), "--format", "json").json

    def text(self):
        return self.expect(0, "status", "--state", self.path("state")).out


class Suspend(Said):
    def test_suspended_unit_is_planned_but_not_applied_until_resumed(self):
        self.put("a", x="2")
        self.say(0, "suspend", "default", "--reason", "moving house")
        refused = self.apply(2)
        self.assertIn("unit default is suspended: moving house", refused.err)
        self.assertEqual(self.live("default/ConfigMap/a")["data"], {"x": "1"})
        self.plan(1)
        self.say(0, "resume", "default")
        self.apply(0)
        self.assertEqual(self.live("default/ConfigMap/a")["data"], {"x": "2"})

    def test_status_tells_since_when_until_when_by_whom_and_why(self):
        self.assertIsNone(self.status()["suspended"])
        before = time.time() * 1000
        self.say(0, "suspend", "default", "--for", "2h", "--reason", "a feast")
        said = self.status()["suspended"]
        self.assertLess(abs(said["since_unix_ms"] - before), 60000)
        self.assertEqual(said["until_unix_ms"] - said["since_unix_ms"], 7200000)
        self.assertEqual(said["reason"], "a feast")
        self.assertRegex(self.text(), rf"(?m)^suspended until \d{{4}}-.*Z by {said['who']}: a feast$")
        self.say(0, "suspend", "default")
        said = self.status()["suspended"]
        self.assertEqual((said["until_unix_ms"], said["reason"]), (None, None))
        self.assertIn(f"suspended until it is resumed by {said['who']}\n", self.text())

    def test_suspension_that_is_over_is_none(self):
        self.put("a", x="2")
        self.say(0, "suspend", "default", "--for", "1ms")
        time.sleep(0.01)
        self.assertIsNone(self.status()["suspended"])
        self.apply(0)

    def test_process_that_holds_the_lease_is_told(self):
        with subprocess.Popen([PROGRAM, "watch", *self.unit(), "--interval", "100ms"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as watch:
            try:
                self.put("b", x="1")
                self.assertIn("new in Git", watch.stdout.readline() + watch.stdout.readline())
                self.say(0, "suspend", "default", "--reason", "stop it")
                self.assertIn("suspended: stop it", watch.stderr.readline())
            finally:
                watch.terminate()
                watch.communicate()

    def test_bad_words_are_refused(self):
        for words in (("suspend",), ("suspend", "other"), ("suspend", "default", "more"),
                      ("suspend", "default", "--for", "long"), ("resume", "other"),
                      ("suspend", "default", "--reason", "x" * 1001)):
            self.assertEqual(self.say(2, *words).out, "")
        self.expect(2, "suspend", "default")
        self.assertIsNone(self.status()["suspended"])

    def test_state_that_is_missing_is_not_made(self):
        for command in "suspend", "resume":
            self.expect(2, command, "default", "--state", self.path("typo"))
        self.assertFalse(os.path.exists(self.path("typo")))


class Status(Said):
    def test_approval_waits_for_its_plan(self):
        self.put("b", x="1")
        self.apply(0)
        os.remove(self.path("source", "a.yaml"))
        digest = self.plan(3, "--max-deletes", "0", "--format", "json").json["digest"]
        self.say(0, "approve", "default", digest, "--reason", "it moved")
        said = self.status()["approvals"]
        self.assertEqual([(one["digest"], one["reason"]) for one in said], [(digest, "it moved")])
        self.assertIn(f"plan {digest} is approved by {said[0]['who']}: it moved\n", self.text())
        self.apply(0, "--max-deletes", "0")
        self.assertEqual(self.status()["approvals"], [])
        history = self.expect(0, "history", "--state", self.path("state")).out
        self.assertIn(f"  approved by {said[0]['who']}: it moved\n", history)


class Rollback(ProgramTest):
    def setUp(self):
        super().setUp()
        self.repository = Repository(self.path("repository"))
        self.commits = [self.commit(value) for value in "123"]
        self.at(self.commits[0])
        self.at(self.commits[1])

    def commit(self, value):
        self.repository.write("a.yaml", config_map("a", x=value))
        return self.repository.commit("value " + value)

    def unit(self):
        return ["--source", self.repository.path, "--target", "dir:" + self.path("target"),
                "--state", self.path("state")]

    def at(self, commit):
        """Applies a commit as the tip of the branch."""
        self.repository.git("reset", "-q", "--hard", commit)
        self.expect(0, "apply", *self.unit())
        self.repository.git("reset", "-q", "--hard", self.commits[-1])

    def live(self):
        path = self.path("target", "default", "ConfigMap", "a.yaml")
        return self.expect(0, "parse", path).json["data"]["x"]

    def status(self):
        return self.expect(0, "status", "--state", self.path("state"), "--format", "json").json

    def test_rollback_applies_and_stays_until_resumed(self):
        done = self.expect(0, "rollback", "default", self.commits[0], *self.unit(), "--reason",
                           "it broke")
        self.assertIn(f"pinned to {self.commits[0]}", done.err)
        self.assertEqual(self.live(), "1")
        self.expect(0, "apply", *self.unit())
        self.assertEqual(self.live(), "1")
        pinned = self.status()["pinned"]
        self.assertEqual((pinned["revision"], pinned["reason"]), (self.commits[0], "it broke"))
        text = self.expect(0, "status", "--state", self.path("state")).out
        self.assertIn(f"pinned to {self.commits[0]} by {pinned['who']}: it broke\n", text)
        self.expect(0, "resume", "default", "--state", self.path("state"))
        self.expect(0, "apply", *self.unit())
        self.assertEqual((self.live(), self.status()["pinned"]), ("3", None))

    def test_first_digits_are_looked_for_in_the_history_only(self):
        self.expect(0, "rollback", "default", self.commits[0][:7], *self.unit())
        self.assertEqual(self.live(), "1")
        refused = self.expect(2, "rollback", "default", self.commits[2][:7], *self.unit())
        self.assertIn("no revision in the history begins so", refused.err)
        for word in "main", "HEAD~1", "abc", "@{1}", ":/value", self.commits[0] + "0":
            self.assertEqual(self.expect(2, "rollback", "default", word, *self.unit()).out, "")
        self.assertEqual(self.status()["pinned"]["revision"], self.commits[0])

    def test_whole_commit_of_the_repository_will_do(self):
        state = ["--state", self.path("state")]
        self.assertIn("--source", self.expect(2, "rollback", "default", self.commits[2],
                                              *state).err)
        self.expect(0, "rollback", "default", self.commits[2], *self.unit())
        self.assertEqual(self.live(), "3")
        self.assertIn("no commit", self.expect(2, "rollback", "default", "0" * 40,
                                               *self.unit()).err)
        self.assertEqual(self.status()["pinned"]["revision"], self.commits[2])

    def test_without_source_the_next_pass_goes_back(self):
        self.expect(0, "rollback", "default", self.commits[0], "--state", self.path("state"))
        self.assertEqual(self.live(), "2")
        summary = self.expect(1, "plan", *self.unit(), "--format", "json").json
        self.assertEqual(summary["revision"], self.commits[0])
        self.expect(0, "apply", *self.unit())
        self.assertEqual(self.live(), "1")

    def test_output_is_that_of_apply(self):
        run = self.expect(0, "rollback", "default", self.commits[0], *self.unit(), "--format",
                          "json").json
        self.assertEqual([(one["action"], one["outcome"]) for one in run["operations"]],
                         [("update", "done")])

    def test_commit_that_is_gone_is_refused_before_any_change(self):
        self.expect(0, "rollback", "default", self.commits[0], "--state", self.path("state"))
        shutil.rmtree(self.repository.path)
        self.repository = Repository(self.path("repository"))
        self.commit("9")
        self.expect(2, "apply", *self.unit())
        self.assertEqual(self.live(), "2")


if __name__ == "__main__":
    main()
