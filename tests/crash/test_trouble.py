"""An apply in trouble: it says so with the right exit code, harms nothing, and the next one heals.

Two at once, a signal, a state that cannot be written, a full disk, a damaged state, a lost target.
"""
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from program import PROGRAM, ROOT, Result, UnitTest, config_map

if os.access("/dev/shm", os.W_OK):
    tempfile.tempdir = "/dev/shm"
KILL_AT = os.environ.get("GITOPS_KILL_AT") or sys.exit("set GITOPS_KILL_AT to the library")

# Writes nothing while there is a file "held".
SLOW_TARGET = """\
import os, runpy, sys, time
replace = os.replace
def slow(old, new):
    time.sleep(0.15)
    while os.path.exists("held"):
        time.sleep(0.01)
    replace(old, new)
os.replace = slow
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0])
"""


# Dies at the write that the file "left" counts down to: python3 dies.py before|after SCRIPT FILE
DYING_TARGET = """\
import os, runpy, sys
replace, way, left = os.replace, sys.argv[1], int(open("left").read())
def dying(old, new):
    global left
    left -= 1
    if left == 0 and way == "before":
        os._exit(1)
    replace(old, new)
    if left == 0:
        os._exit(1)
os.replace = dying
sys.argv = sys.argv[2:]
runpy.run_path(sys.argv[0])
"""


class TroubleTest(UnitTest):
    def tree(self, name="target"):
        """The bytes of every file below a folder; None when there is no such folder."""
        found = {}
        for folder, _, files in os.walk(self.path(name)):
            for file in files:
                with open(os.path.join(folder, file), "rb") as content:
                    found[os.path.relpath(os.path.join(folder, file), self.home)] = content.read()
        return found if os.path.exists(self.path(name)) else None

    def many(self, count, **values):
        for i in range(count):
            self.put(f"m{i:02}", **values)

    def slow_target(self):
        self.write("slow.py", SLOW_TARGET)
        script = os.path.join(ROOT, "examples", "exec_target.py")
        self.target = f"exec:{sys.executable} {self.path('slow.py')} {script} {self.path('objects')}"

    def start_apply(self, *words):
        """An apply under way: its first call to the target is out."""
        process = subprocess.Popen([PROGRAM, "apply", *self.unit(), "--format", "jsonl", *words],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   cwd=self.home)
        for line in process.stdout:
            if json.loads(line)["event"] == "started":
                return process
        self.fail(process.stderr.read())

    def objects(self):
        if not os.path.exists(self.path("objects")):
            return {}
        return json.loads(self.read("objects"))

    def status(self):
        return self.expect(0, "status", "--state", self.path("state"), "--format", "json").json


class AtOnce(TroubleTest):
    def test_second_apply_is_refused_and_readers_are_not(self):
        self.slow_target()
        self.many(6, x="1")
        self.write("held", "")
        first = self.start_apply()
        before = self.objects()
        second = self.apply(2)
        self.assertEqual(second.out, "")
        self.assertRegex(second.err, "another process is applying with .*state")
        self.assertEqual(self.status()["last_run"]["result"], "running")
        self.plan(1)
        os.remove(self.path("held"))
        out, err = first.communicate(timeout=60)
        self.assertEqual((first.returncode, err), (0, ""), out)
        self.assertLess(len(before), 6)
        self.assertEqual(len(self.objects()), 6)
        self.assertEqual(self.status()["last_run"]["result"], "done")
        self.plan(0)


class Signals(TroubleTest):
    def stop(self, number, code):
        self.slow_target()
        self.many(8, x="1")
        process = self.start_apply()
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, code, err)
        events = [json.loads(line) for line in out.splitlines()]
        self.assertEqual((events[-1]["event"], events[-1]["result"]), ("finished", "cancelled"))
        done = [e["key"] for e in events if e["event"] == "outcome" and e["outcome"] == "done"]
        self.assertEqual(sorted(done), sorted(self.objects()))
        self.assertEqual(self.status()["open_intents"], 0)
        self.assertEqual(self.status()["objects"], len(done))
        self.assertLess(len(done), 8)
        self.apply(0)
        self.assertEqual(len(self.objects()), 8)
        self.assertEqual(self.status()["last_run"]["result"], "done")
        self.plan(0)

    def test_terminated(self):
        self.stop(signal.SIGTERM, 143)

    def test_interrupted(self):
        self.stop(signal.SIGINT, 130)

    def test_second_signal_does_not_wait(self):
        self.slow_target()
        self.many(8, x="1")
        process = self.start_apply()
        process.send_signal(signal.SIGTERM)
        time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        self.assertIn(process.returncode, (143, -signal.SIGTERM))
        self.apply(0)
        self.assertEqual(len(self.objects()), 8)
        self.assertEqual(self.status()["open_intents"], 0)


class Target(TroubleTest):
    def test_command_that_dies_in_a_call(self):
        """Before and after the deed; at every call of a run with creates, updates and deletes."""
        self.write("dies.py", DYING_TARGET)
        script = os.path.join(ROOT, "examples", "exec_target.py")
        for way in ("before", "after"):
            self.target = (f"exec:{sys.executable} {self.path('dies.py')} {way} {script} "
                           f"{self.path('objects')}")
            for left in range(1, 6):
                with self.subTest(way=way, left=left):
                    self.die_and_go_on(left)

    def die_and_go_on(self, left):
        for name in ("state", "state-lock", "objects", "source/new.yaml", "source/newer.yaml"):
            if os.path.exists(self.path(name)):
                os.remove(self.path(name))
        self.write("left", "0")
        self.many(4, x="1")
        self.apply(0)
        for name in ("m00", "m01"):
            self.put(name, x="2")
        os.remove(self.path("source/m02.yaml"))
        for name in ("new", "newer"):
            self.put(name, x="1")
        self.write("left", str(left))
        self.assertIn("1 unknown", self.apply(4).lines[-1])
        self.write("left", "0")
        self.apply(0)
        self.assertEqual({key.split("/")[-1]: value["data"]["x"]
                          for key, value in self.objects().items()},
                         {"m00": "2", "m01": "2", "m03": "1", "new": "1", "newer": "1"})
        self.assertEqual(self.status()["open_intents"], 0)
        self.plan(0)

    def test_command_that_cannot_start(self):
        self.put("a", x="1")
        for command in ("exec:/nonexistent/command", "exec:false", "exec:cat"):
            self.target = command
            self.assertNotEqual(self.apply(2).err, "")
            self.assertNotEqual(self.plan(2).err, "")
        self.assertFalse(os.path.exists(self.path("state")))

    def test_lost_target_is_refused_also_after_a_kill_in_the_first_run(self):
        self.many(20, x="1")
        env = {"LD_PRELOAD": KILL_AT, "KILL_AT": "100", "KILL_HOW": "after"}
        self.expect(-signal.SIGKILL, "apply", *self.unit(), env=env)
        self.assertNotEqual(self.keys(), [])
        for empty in (False, True):
            shutil.rmtree(self.path("target"))
            if empty:
                os.mkdir(self.path("target"))
            for command in (self.plan, self.apply):
                self.assertIn("target", command(2).err)
            self.assertEqual(os.path.exists(self.path("target")), empty)
            self.assertEqual(self.keys(), [])
            os.makedirs(self.path("target"), exist_ok=True)

    def test_emptied_target_is_filled_again(self):
        self.many(5, x="1")
        self.apply(0)
        before = self.tree()
        shutil.rmtree(self.path("target/default"))
        plan = self.plan(1, "--format", "json").json
        self.assertEqual({o["reason_code"] for o in plan["operations"]}, {"missing"})
        self.apply(0)
        self.assertEqual(self.tree(), before)


class NoSpace(TroubleTest):
    def test_full_disk_at_any_point(self):
        self.many(12, x="1")
        self.apply(0)
        for way in ("full", "target-full"):
            for at in [*range(1, 12), *range(12, 160, 9)]:
                self.try_full_disk(way, at)

    def try_full_disk(self, way, at):
        where = f"disk {way} at {at}"
        self.many(12, x=f"{way}-{at}", text="long " * 400)
        before = self.tree()
        env = {"LD_PRELOAD": KILL_AT, "KILL_AT": str(at), "KILL_HOW": way}
        result = self.run_program("apply", *self.unit(), env=env)
        self.assertIn(result.code, (0, 2, 4), (where, result))
        if result.code == 2:
            self.assertEqual(self.tree(), before, where)
        if result.code != 0:
            self.assertRegex(result.err + result.out, "(?i)space|full|i/o|unable to open", where)
        self.assertEqual([name for name in self.tree() if ".tmp-" in name], [], where)
        self.apply(0)
        self.assertEqual({self.live(key)["data"]["x"] for key in self.keys()}, {f"{way}-{at}"})
        self.assertEqual(self.status()["open_intents"], 0, where)
        self.plan(0)

    def test_state_that_cannot_be_made(self):
        self.put("a", x="1")
        unit = ["--source", "dir:source", "--target", self.target]
        for state in ("nowhere/state", "source", "/proc/gitops-state", "source/a.yaml"):
            before = self.tree("source")
            result = self.expect(2, "apply", *unit, "--state", state)
            self.assertEqual(result.out, "")
            self.assertIn(state.split("/")[-1], result.err)
            self.assertIsNone(self.tree())
            self.assertEqual(self.tree("source"), before)

    def test_state_in_a_read_only_directory(self):
        self.put("a", x="1")
        os.mkdir(self.path("kept"))
        unit = ["--source", "dir:" + self.path("source"), "--target", self.target, "--state",
                self.path("kept/state")]
        user = {"user": 65534, "group": 65534} if os.geteuid() == 0 else {}

        def run(command):
            return Result(subprocess.run([PROGRAM, command, *unit], capture_output=True, text=True,
                                         stdin=subprocess.DEVNULL, timeout=60, **user))

        os.chmod(self.home, 0o755)
        os.chmod(self.path("kept"), 0o555)
        try:
            if run("--version").code != 0:
                self.skipTest("another user cannot run the program")
        except PermissionError:
            self.skipTest("another user cannot run the program")
        result = run("apply")
        self.assertEqual((result.code, result.out), (2, ""), result)
        self.assertIn("Permission denied", result.err)
        self.assertIsNone(self.tree())
        os.chmod(self.path("kept"), 0o755)
        self.expect(0, "apply", *unit)
        os.remove(self.path("kept/state-lock"))
        os.chmod(self.path("kept/state"), 0o644)
        os.chmod(self.path("kept"), 0o555)
        self.put("a", x="2")
        before = self.tree()
        self.assertEqual(run("plan").code, 1)
        self.assertEqual(run("status").code, 0)
        result = run("apply")
        self.assertEqual((result.code, result.out), (2, ""), result)
        self.assertEqual(self.tree(), before)
        os.chmod(self.path("kept"), 0o755)


class Damage(TroubleTest):
    def setUp(self):
        super().setUp()
        self.many(8, x="1", text="words " * 20)
        self.apply(0)
        os.remove(self.path("source/m07.yaml"))
        self.put("m00", x="2")
        self.put("new", x="1")
        with open(self.path("state"), "rb") as file:
            self.good = file.read()
        self.before = self.tree()

    def check(self, where, bad):
        """Refused with nothing changed, or, where nothing of use was hit, as if undamaged."""
        with open(self.path("state"), "wb") as file:
            file.write(bad)
        plan = self.run_program("plan", *self.unit(), "--format", "json")
        self.assertIn(plan.code, (1, 2), (where, plan))
        status = self.run_program("status", "--state", self.path("state"))
        self.assertIn(status.code, (0, 2), (where, status))
        if plan.code == 1:
            self.assertEqual([(o["action"], o["key"]) for o in plan.json["operations"]],
                             [("update", "default/ConfigMap/m00"),
                              ("create", "default/ConfigMap/new"),
                              ("delete", "default/ConfigMap/m07")], where)
            return 0
        result = self.apply(2)
        self.assertEqual(result.out, "", where)
        self.assertRegex(result.err, "state", where)
        self.assertEqual(self.tree(), self.before, where)
        with open(self.path("state"), "rb") as file:
            self.assertEqual(file.read(), bad, where)
        return 1

    def test_single_bytes(self):
        found = 0
        for at in range(0, len(self.good), max(1, len(self.good) // 40) | 1):
            bad = bytearray(self.good)
            bad[at] ^= 0x11
            found += self.check(f"byte {at}", bytes(bad))
        self.assertGreater(found, 5)

    def test_pages(self):
        for at in range(0, len(self.good), 4096):
            for page in (bytes(4096), self.good[:4096]):
                bad = self.good[:at] + page + self.good[at + 4096:]
                if bad != self.good:
                    self.check(f"page at {at}", bad)

    def test_other_lengths(self):
        for length in (1, 15, 100, 4095, 4096, len(self.good) // 2, len(self.good) - 4096):
            self.assertEqual(self.check(f"cut at {length}", self.good[:length]), 1, length)
        self.check("a byte less", self.good[:-1])
        self.check("longer", self.good + bytes(4096))

    def test_other_files(self):
        for bad in (b"hello\n", b"SQLite format 3\0" + bytes(4080), self.good[::-1]):
            self.assertEqual(self.check(f"begins with {bad[:9]}", bad), 1)

    def test_emptied_and_rolled_back_states(self):
        self.assertEqual(self.check("emptied", b""), 1)
        with open(self.path("state"), "wb") as file:
            file.write(self.good)
        self.apply(0)
        self.before = self.tree()
        self.put("m00", x="3")
        self.assertEqual(self.check("rolled back", self.good), 1)

    def test_undamaged_state_goes_on(self):
        self.assertEqual(self.check("undamaged", self.good), 0)
        self.apply(0)


if __name__ == "__main__":
    unittest.main()
