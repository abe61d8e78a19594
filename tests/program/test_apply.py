"""gitops apply and watch: convergence, approval, adoption, the question, signals, exit codes."""
import json
import os
import pty
import select
import shlex
import signal
import subprocess
import time

from program import PROGRAM, UnitTest, config_map, main


class Converge(UnitTest):
    def test_first_apply_makes_state_and_target(self):
        self.put("a", x="1")
        self.assertEqual(self.apply(0).lines[-1], "Applied: 1 created, 0 updated, 0 deleted.")
        self.assertEqual(self.keys(), ["default/ConfigMap/a"])
        self.assertEqual(self.live("default/ConfigMap/a")["data"], {"x": "1"})
        self.plan(0)

    def test_second_apply_does_nothing(self):
        self.put("a", x="1")
        self.apply(0)
        before = os.stat(self.path("target/default/ConfigMap/a.yaml"))
        self.assertEqual(self.apply(0).lines[0], "No changes. The target is as the source says.")
        after = os.stat(self.path("target/default/ConfigMap/a.yaml"))
        self.assertEqual((before.st_ino, before.st_mtime_ns), (after.st_ino, after.st_mtime_ns))

    def test_update_keeps_what_others_added(self):
        self.put("a", x="1")
        self.apply(0)
        self.write("target/default/ConfigMap/a.yaml", config_map("a", x="1", theirs="kept"))
        self.plan(0)
        self.put("a", x="2")
        self.apply(0)
        self.assertEqual(self.live("default/ConfigMap/a")["data"], {"x": "2", "theirs": "kept"})

    def test_drift_is_reverted_reported_or_ignored(self):
        self.put("a", x="1")
        self.apply(0)
        drifted = config_map("a", x="drift")
        for policy in ("report", "ignore"):
            self.write("target/default/ConfigMap/a.yaml", drifted)
            self.apply(0, "--drift", policy)
            self.assertEqual(self.live("default/ConfigMap/a")["data"], {"x": "drift"})
        self.apply(0)
        self.assertEqual(self.live("default/ConfigMap/a")["data"], {"x": "1"})

    def test_removed_object_and_its_directories_go(self):
        self.put("a", x="1")
        self.put("b", namespace="other", x="1")
        self.apply(0)
        os.remove(self.path("source/b.yaml"))
        self.assertIn("1 deleted", self.apply(0).lines[-1])
        self.assertFalse(os.path.exists(self.path("target/other")))
        self.assertEqual(self.keys(), ["default/ConfigMap/a"])

    def test_json_has_outcomes(self):
        self.put("a", x="1")
        run = self.apply(0, "--format", "json").json
        self.assertEqual([(o["outcome"], o["error"]) for o in run["operations"]], [("done", None)])
        self.assertEqual(run["summary"]["create"], 1)

    def test_jsonl_is_an_event_a_line(self):
        self.put("a", x="1")
        events = [json.loads(line) for line in self.apply(0, "--format", "jsonl").lines]
        self.assertEqual([e["event"] for e in events],
                         ["planned", "started", "outcome", "finished"])
        self.assertEqual(events[-1]["result"], "done")
        self.assertTrue(all(e["unit"] == "default" for e in events))

    def test_git_source_rolls_out_a_commit(self):
        git = ["git", "-C", self.path("repo"), "-c", "user.name=t", "-c", "user.email=t@t"]
        os.mkdir(self.path("repo"))
        subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
        unit = ["--source", self.path("repo"), "--target", self.target,
                "--state", self.path("state")]
        for value in ("1", "2"):
            self.write("repo/a.yaml", config_map("a", x=value))
            subprocess.run([*git, "add", "-A"], check=True)
            subprocess.run([*git, "commit", "-qm", value], check=True)
            head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True,
                                  text=True).stdout.strip()
            run = self.expect(0, "apply", *unit, "--format", "json").json
            self.assertEqual(run["revision"], head)
            self.assertEqual(self.live("default/ConfigMap/a")["data"], {"x": value})
        first = subprocess.run([*git, "rev-parse", "HEAD~1"], check=True, capture_output=True,
                               text=True).stdout.strip()
        self.assertIn("No changes", self.expect(0, "plan", *unit, "--ref", "main").out)
        self.assertEqual(self.expect(1, "plan", *unit, "--ref", first,
                                     "--allow-rewind", first, "--format",
                                     "json").json["revision"], first)
        self.assertEqual(self.expect(2, "plan", *unit, "--ref", "nowhere").out, "")


class Approval(UnitTest):
    def setUp(self):
        super().setUp()
        for name in "abcdef":
            self.put(name, x="1")
        self.apply(0)
        for name in "abc":
            os.remove(self.path("source", name + ".yaml"))
        self.put("new", x="1")

    def test_held_apply_does_nothing_at_all(self):
        before = self.keys()
        result = self.apply(3)
        self.assertEqual(self.keys(), before)
        self.assertIn("Held:", result.out)
        run = self.apply(3, "--format", "json").json
        self.assertEqual({o["outcome"] for o in run["operations"]}, {"skipped"})
        self.assertEqual(self.keys(), before)

    def test_the_command_that_a_held_plan_ends_with_carries_it_out(self):
        command = self.plan(3).lines[-1]
        process = subprocess.run(shlex.split(command), capture_output=True, text=True)
        self.assertEqual(process.returncode, 0, process)
        self.assertEqual(self.keys(), ["default/ConfigMap/" + n for n in ("d", "e", "f", "new")])

    def test_approval_of_another_plan_does_not_count(self):
        self.apply(3, "--approve", "0" * 64)
        digest = self.plan(3, "--format", "json").json["digest"]
        self.put("new", x="2")
        result = self.apply(3, "--approve", digest)
        self.assertIn(f"--approve {digest} is for another plan: this one has the digest ",
                      result.err)
        self.assertEqual(len(self.keys()), 6)

    def test_approval_of_another_plan_stops_one_that_is_not_held(self):
        digest = self.plan(3, "--format", "json").json["digest"]
        for name in "abc":
            self.put(name, x="1")
        result = self.apply(2, "--approve", digest)
        self.assertIn(f"no plan has the approved digest {digest}: this one has ", result.err)
        self.assertEqual((result.out, len(self.keys())), ("", 6))
        self.apply(0)
        self.assertIn("there is nothing to do", self.apply(0, "--approve", digest).err)

    def test_history_tells_what_was_approved(self):
        digest = self.plan(3, "--format", "json").json["digest"]
        self.apply(0, "--approve", digest)
        state = ["--state", self.path("state")]
        runs = self.expect(0, "history", *state, "--format", "json").json["runs"]
        self.assertEqual([(run["digest"] == digest, run["approved"]) for run in runs],
                         [(True, True), (False, False)])
        lines = [line for line in self.expect(0, "history", *state).lines if line[:4] == "run "]
        self.assertTrue(lines[0].endswith(f"  approved {digest}"), lines)
        self.assertNotIn("approved", lines[1])

    def test_approve_lets_the_next_apply_carry_it_out(self):
        state = ["--state", self.path("state")]
        digest = self.plan(3, "--format", "json").json["digest"]
        result = self.expect(0, "approve", "default", digest, "--reason", "they moved", *state)
        self.assertEqual((result.out, result.err), ("", ""))
        self.plan(1)
        self.apply(0)
        self.assertEqual(len(self.keys()), 4)
        run = self.expect(0, "history", *state, "--format", "json").json["runs"][0]
        self.assertEqual((run["approved"], run["approval_reason"]), (True, "they moved"))
        self.assertIn(f"  approved by {run['approver']}: they moved",
                      self.expect(0, "history", *state).lines)

    def test_approve_asks_for_a_digest_a_reason_and_a_state_that_is_there(self):
        state = ["--state", self.path("state")]
        for words, message in ((["default", "abc", "--reason", "x"], "64 digits of 0-9 and a-f"),
                               (["default", "0" * 64], "--reason TEXT is needed"),
                               (["other", "0" * 64, "--reason", "x"], "there is no unit other")):
            self.assertIn(message, self.expect(2, "approve", *words, *state).err)
        result = self.expect(2, "approve", "default", "0" * 64, "--reason", "x", "--state",
                             self.path("nothing"))
        self.assertIn("does not exist", result.err)
        self.assertFalse(os.path.exists(self.path("nothing")))


class Adoption(UnitTest):
    KEY = "default/ConfigMap/a"

    def foreign(self, **data):
        self.write("target/" + self.KEY + ".yaml", config_map("a", **data))

    def test_equal_object_is_taken_over_without_a_write(self):
        self.put("a", x="1")
        self.foreign(x="1", theirs="1")
        before = os.stat(self.path("target", self.KEY + ".yaml")).st_ino
        run = self.apply(0, "--format", "json").json
        self.assertEqual(run["summary"]["adopt"], 1)
        self.assertEqual(os.stat(self.path("target", self.KEY + ".yaml")).st_ino, before)
        self.plan(0)

    def test_different_object_holds_the_plan_with_its_diff(self):
        self.put("a", x="1")
        self.foreign(x="2")
        result = self.apply(3)
        self.assertIn('~ /data/x: "2" -> "1"', result.out)
        self.assertIn("adopt: 1 asked, 0 allowed", result.out)
        self.assertEqual(self.live(self.KEY)["data"], {"x": "2"})
        plan = self.plan(3, "--format", "json").json
        self.assertIn(("/data/x", "replace"), [(change["path"], change["action"])
                                               for change in plan["operations"][0]["changes"]])

    def test_always_makes_it_equal_and_never_holds(self):
        self.put("a", x="1")
        self.foreign(x="2")
        self.apply(3, "--adopt", "never")
        self.apply(0, "--adopt", "always")
        self.assertEqual(self.live(self.KEY)["data"], {"x": "1"})

    def test_object_that_is_not_ours_is_never_deleted(self):
        self.put("a", x="1")
        self.write("target/default/ConfigMap/foreign.yaml", config_map("foreign", x="1"))
        self.apply(0)
        self.assertIn("default/ConfigMap/foreign", self.keys())


class Conversation(UnitTest):
    """apply with standard input and output on a terminal."""

    def converse(self, answer, *words, environment=None):
        master, slave = pty.openpty()
        process = subprocess.Popen([PROGRAM, "apply", *self.unit(), *words], stdin=slave,
                                   stdout=slave, stderr=slave, cwd=self.home,
                                   env={**os.environ, "TERM": "xterm", **(environment or {})})
        os.close(slave)
        seen, answered, deadline = b"", False, time.time() + 60
        while time.time() < deadline:
            ready, _, _ = select.select([master], [], [], 1)
            try:
                seen += os.read(master, 4096) if ready else b""
            except OSError:
                break
            if b"Only \"yes\" does" in seen and not answered:
                answered = True
                if callable(answer):
                    answer(process)
                else:
                    os.write(master, answer)
        os.close(master)
        return process.wait(60), seen.decode()

    def test_yes_applies_the_plan_that_was_shown(self):
        self.put("a", x="1")
        code, seen = self.converse(b"yes\n")
        self.assertEqual(code, 0, seen)
        self.assertIn("to create", seen)
        self.assertIn("Applied:", seen)
        self.assertIn("\033[32m+", seen)
        self.assertEqual(seen.count("default/ConfigMap/a"), 1)
        self.assertEqual(self.keys(), ["default/ConfigMap/a"])

    def test_anything_else_changes_nothing(self):
        self.put("a", x="1")
        for answer in (b"y\n", b"\n", b"no\n", b"\x04"):
            code, seen = self.converse(answer)
            self.assertEqual(code, 2, seen)
            self.assertIn("not approved; nothing was changed", seen)
            self.assertFalse(os.path.exists(self.path("target")))

    def test_signal_while_asking_stops(self):
        self.put("a", x="1")
        code, seen = self.converse(lambda process: process.send_signal(signal.SIGINT))
        self.assertEqual(code, 130, seen)
        self.assertEqual(self.keys(), [])

    def test_yes_option_and_nothing_to_do_do_not_ask(self):
        self.put("a", x="1")
        code, seen = self.converse(None, "--yes")
        self.assertEqual((code, "Only" in seen), (0, False), seen)
        code, seen = self.converse(None)
        self.assertEqual((code, "Only" in seen), (0, False), seen)

    def test_no_color_is_respected(self):
        self.put("a", x="1")
        _, seen = self.converse(b"no\n", environment={"NO_COLOR": "1"})
        self.assertNotIn("\033", seen)


class Failure(UnitTest):
    def test_failed_write_exits_4_and_names_it(self):
        if os.geteuid() == 0:
            # Root writes anywhere: a file where a directory is needed fails for everyone.
            self.write("target/blocked", "a file")
        else:
            os.makedirs(self.path("target/blocked"), mode=0o500)
        self.put("a", x="1")
        self.put("b", namespace="blocked", x="1")
        result = self.apply(4)
        self.assertRegex(result.lines[-1], r"^Applied: .* 1 failed")
        self.assertRegex(result.out, r"failed: .*blocked")
        run = self.apply(4, "--format", "json").json
        failed = [o for o in run["operations"] if o["outcome"] == "failed"]
        self.assertEqual([o["key"] for o in failed], ["blocked/ConfigMap/b"])
        self.assertIn("blocked", failed[0]["error"])

    def test_state_in_use_is_an_error(self):
        self.put("a", x="1")
        watch = subprocess.Popen([PROGRAM, "watch", *self.unit(), "--interval", "1h"],
                                 stdout=subprocess.PIPE, text=True)
        try:
            self.assertIn("+ default/ConfigMap/a", watch.stdout.readline())
            for line in watch.stdout:
                if line.startswith("Applied:"):
                    break
            self.assertNotEqual(self.apply(2).err, "")
            self.plan(0)
        finally:
            watch.terminate()
            watch.communicate(timeout=60)
        self.assertEqual(watch.returncode, 143)
        self.apply(0)


class Watch(UnitTest):
    def test_once_is_an_apply(self):
        self.put("a", x="1")
        self.assertEqual(self.expect(0, "watch", *self.unit(), "--once").lines[-1],
                         "Applied: 1 created, 0 updated, 0 deleted.")
        self.assertEqual(self.expect(0, "watch", *self.unit(), "--once").out, "")

    def test_changes_are_rolled_out_until_a_signal_comes(self):
        self.put("a", x="1")
        watch = subprocess.Popen([PROGRAM, "watch", *self.unit(), "--interval", "100ms"],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            self.wait_for_data({"x": "1"})
            self.put("a", x="2")
            self.wait_for_data({"x": "2"})
            self.write("target/default/ConfigMap/a.yaml", config_map("a", x="drift"))
            self.wait_for_data({"x": "2"})
        finally:
            watch.send_signal(signal.SIGINT)
            out, err = watch.communicate(timeout=60)
        self.assertEqual(watch.returncode, 130)
        self.assertEqual(err, "")
        self.assertIn('    ~ /data/x: "1" -> "2"', out)

    def wait_for_data(self, data):
        deadline = time.time() + 60
        while time.time() < deadline:
            path = self.path("target/default/ConfigMap/a.yaml")
            if os.path.exists(path) and self.live("default/ConfigMap/a")["data"] == data:
                return
            time.sleep(0.05)
        self.fail(f"the target never held {data}")

    def test_what_stops_a_pass_is_told_once(self):
        self.write("source/broken.yaml", "a: [\n")
        watch = subprocess.Popen([PROGRAM, "watch", *self.unit(), "--interval", "50ms"],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            self.assertIn("broken.yaml:", watch.stderr.readline())
            self.assertIn("1 error in the manifests", watch.stderr.readline())
            time.sleep(0.5)
            self.write("source/worse.yaml", "b: [\n")
            told = [watch.stderr.readline() for _ in range(3)]
        finally:
            watch.terminate()
            _, err = watch.communicate(timeout=60)
        self.assertIn("broken.yaml:", told[0])
        self.assertIn("worse.yaml:", told[1])
        self.assertIn("2 errors in the manifests", told[2])
        self.assertEqual(err, "")

    def test_vanished_target_is_refused_until_it_is_back(self):
        self.put("a", x="1")
        watch = subprocess.Popen([PROGRAM, "watch", *self.unit(), "--interval", "100ms"],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            self.wait_for_data({"x": "1"})
            os.rename(self.path("target"), self.path("away"))
            self.assertIn("does not exist or is a new one", watch.stderr.readline())
            self.assertFalse(os.path.exists(self.path("target")))
            self.put("a", x="2")
            os.rename(self.path("away"), self.path("target"))
            self.wait_for_data({"x": "2"})
        finally:
            watch.terminate()
            watch.communicate(timeout=60)
        self.assertEqual(watch.returncode, 143)


if __name__ == "__main__":
    main()
