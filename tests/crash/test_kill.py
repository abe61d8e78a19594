"""kill -9 anywhere in an apply: the next apply brings everything to where an undisturbed one ends.

An apply is run over and over from the same start and killed at its n-th change of the disk
(kill_at.c), with n going through the whole run. GITOPS_CRASH_STRIDE=1 tries every n; without it
the sweep is thinned out to what fits into a normal test run.
"""
import concurrent.futures
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

from program import PROGRAM, ROOT, Result, config_map
from repository import Repository

KILL_AT = os.environ.get("GITOPS_KILL_AT") or sys.exit("set GITOPS_KILL_AT to the library")
STRIDE = int(os.environ.get("GITOPS_CRASH_STRIDE", "0"))
FAST = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
WORKERS = 2
HOW = ["before", "after", "torn"]


def deployment(name, namespace, replicas, extra=""):
    return (f"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\n"
            f"  namespace: {namespace}\n{extra}spec:\n  replicas: {replicas}\n"
            f"  selector: {{matchLabels: {{app: {name}}}}}\n  template:\n"
            f"    metadata: {{labels: {{app: {name}}}}}\n    spec:\n      containers:\n"
            f"      - {{name: main, image: 'registry.example.org/{name}:1.{replicas}'}}\n")


def write_first(repository, count):
    for i in range(count):
        space = "abc"[i % 3]
        if i % 2:
            text = config_map(f"settings-{i}", space, value=str(i), text="line\n" * (i % 40))
        else:
            text = deployment(f"web-{i}", space, 1 + i % 5)
        repository.write(f"deploy/{space}/{i:03}.yaml", text)
    repository.write("deploy/spaces.yaml", "---\n".join(
        f"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {space}\n" for space in "abc"))


def write_second(repository, count):
    """Of what was there a third is updated and a tenth removed; a fifth is new."""
    for i in range(count):
        space, name = "abc"[i % 3], f"deploy/{'abc'[i % 3]}/{i:03}.yaml"
        if i % 10 == 3:
            repository.remove(name)
        elif i % 3 == 1:
            repository.write(name, repository.read(name).replace("replicas: ", "replicas: 1")
                             .replace('value: "', 'value: "changed '))
        if i % 5 == 0:
            repository.write(f"deploy/new/{i:03}.yaml",
                             config_map(f"new-{i}", "d" if i % 2 else space, value="new"))


def tree(top, without=()):
    """Every name below a folder with the bytes of its file."""
    found = {}
    for folder, folders, files in os.walk(top):
        for name in folders:
            found[os.path.relpath(os.path.join(folder, name), top)] = None
        for name in files:
            path = os.path.join(folder, name)
            if os.path.relpath(path, top) not in without:
                with open(path, "rb") as file:
                    found[os.path.relpath(path, top)] = file.read()
    return found


class Bench:
    """One place in which an apply is run again and again from the same start."""

    def __init__(self, home, repository, target):
        self.home, self.repository = home, repository
        os.makedirs(self.path("now"))
        os.makedirs(self.path("start"))
        self.target = target.replace("HERE", self.path("now"))

    def path(self, *names):
        return os.path.join(self.home, *names)

    def run(self, *words, kill_at=0, how="before"):
        env = {**os.environ, "LD_PRELOAD": KILL_AT, "KILL_AT": str(kill_at), "KILL_HOW": how,
               "KILL_COUNT": self.path("count")}
        return Result(subprocess.run([PROGRAM, *words], capture_output=True, text=True, env=env,
                                     stdin=subprocess.DEVNULL, timeout=120, cwd=self.home))

    def unit(self, command, *words, target=None, **options):
        return self.run(command, "--source", self.repository.path, "--path", "deploy",
                        "--target", target or self.target, "--state", self.path("now/state"),
                        *(["--max-deletes", "1000"] if command in ("plan", "apply") else []),
                        *words, **options)

    def count(self):
        with open(self.path("count"), encoding="ascii") as file:
            return int(file.read())

    def keep_start(self):
        shutil.rmtree(self.path("start"))
        shutil.copytree(self.path("now"), self.path("start"))

    def restart(self):
        shutil.rmtree(self.path("now"))
        shutil.copytree(self.path("start"), self.path("now"))

    def inventory(self):
        """What the state holds, as seen from a commit in which everything is gone."""
        plan = self.unit("plan", "--ref", "emptied", "--full", "--format", "json").json
        return [(o["action"], o["key"], o["changes"]) for o in plan["operations"]]

    def is_bound(self):
        """Another target of the same content is refused."""
        os.makedirs(self.path("other"), exist_ok=True)
        with open(self.path("other/.gitops-target"), "w", encoding="ascii") as file:
            file.write("0123456789abcdef0123456789abcdef\n")
        return self.unit("plan", target="dir:" + self.path("other")).code == 2


class Sweep(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="gitops-crash-", dir=FAST)
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        self.repository = Repository(os.path.join(self.home, "repository"))

    def expect(self, bench, code, *words):
        result = bench.unit(*words)
        self.assertEqual(result.code, code, result)
        return result

    def assert_in_order(self, bench, expected, where):
        """The state of the world after the second apply."""
        status = json.loads(bench.unit("status", "--format", "json").out)
        self.assertEqual(status["open_intents"], 0, where)
        self.assertEqual(status["last_run"]["result"], "done", where)
        self.assertEqual(tree(bench.path("now/target"), [".gitops-target"]), expected["tree"],
                         where)
        self.assertEqual(status["objects"], expected["objects"], where)
        self.assertEqual(bench.inventory(), expected["inventory"], where)
        self.assertTrue(bench.is_bound(), where)
        again = bench.unit("plan", "--format", "json")
        self.assertEqual(again.code, 0, (where, again))
        self.assertEqual(again.json["operations"], [], where)

    def try_point(self, bench, expected, at, how):
        """Returns 1 when the apply was killed: how many changes a run makes varies a little."""
        where = f"killed {how} change {at} of the disk"
        bench.restart()
        killed = bench.unit("apply", kill_at=at, how=how)
        self.assertIn(killed.code, (0, -signal.SIGKILL), (where, killed))
        status = bench.unit("status", "--format", "json")
        self.assertEqual(status.code, 0, (where, status))
        self.assertIn(status.json["last_run"]["result"] if status.json["last_run"] else "none",
                      ("none", "done", "interrupted"), where)
        rerun = bench.unit("apply")
        self.assertEqual(rerun.code, 0, (where, status, rerun))
        self.assert_in_order(bench, expected, where)
        return killed.code != 0

    def undisturbed(self, bench):
        bench.keep_start()
        self.expect(bench, 0, "apply")
        expected = {"count": bench.count(), "tree": tree(bench.path("now/target"),
                                                         [".gitops-target"]),
                    "inventory": bench.inventory()}
        status = json.loads(bench.unit("status", "--format", "json").out)
        expected["objects"] = status["objects"]
        self.assertEqual(status["last_run"]["result"], "done")
        self.assert_in_order(bench, expected, "undisturbed")
        return expected

    def sweep(self, make_start, target, points):
        """Runs the sweep over several benches at once, each with its own start."""
        self.repository.git("checkout", "-q", "-b", "emptied")
        self.repository.git("rm", "-q", "-r", "deploy")
        self.repository.write("deploy/README", "nothing here")
        self.repository.commit()
        self.repository.git("checkout", "-q", "main")
        benches = [Bench(os.path.join(self.home, f"bench-{i}"), self.repository, target)
                   for i in range(WORKERS)]
        for bench in benches:
            make_start(bench)
        expected = [self.undisturbed(bench) for bench in benches]
        count = min(found["count"] for found in expected)
        stride = STRIDE or max(1, count // points)
        numbers = sorted({*range(1, count + 1, stride), *range(1, 6), *range(count - 6, count + 1)})

        def work(i):
            return [at for turn, at in enumerate(numbers[i::WORKERS])
                    if not self.try_point(benches[i], expected[i], at, HOW[turn % len(HOW)])]

        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            missed = [at for points in pool.map(work, range(WORKERS)) for at in points]
        # A quicker run groups more of its records, so that points near the end may not be reached.
        self.assertEqual([at for at in missed if at <= count / 2], [])
        self.assertLess(len(missed), len(numbers) / 2)

    def second_commit_on(self, target, count, points, disturb=None):
        """The first commit is applied, the target then changed by hand; the second is the test."""
        write_first(self.repository, count)
        self.repository.commit("first")
        first = self.repository.git("rev-parse", "HEAD")
        write_second(self.repository, count)
        second = self.repository.commit("second")

        def make_start(bench):
            os.makedirs(bench.path("now/target"))
            self.expect(bench, 0, "apply", "--ref", first)
            if disturb:
                disturb(bench)

        self.assertNotEqual(first, second)
        self.sweep(make_start, target, points)

    def test_first_apply_into_a_directory(self):
        write_first(self.repository, 60)
        self.repository.commit()
        self.sweep(lambda bench: None, "dir:HERE/target", 40)

    def test_updates_and_deletes_in_a_directory(self):
        def disturb(bench):
            """Drift, a missing object, an equal one to adopt, a foreign one."""
            deployment_file = bench.path("now/target/a/Deployment.apps/web-6.yaml")
            with open(deployment_file, encoding="utf-8") as file:
                text = file.read()
            with open(deployment_file, "w", encoding="utf-8") as file:
                file.write(text.replace("replicas: 2", "replicas: 99"))
            os.remove(bench.path("now/target/b/Deployment.apps/web-10.yaml"))
            for name, value in (("new-0", "new"), ("foreign", "theirs")):
                with open(bench.path(f"now/target/a/ConfigMap/{name}.yaml"), "w",
                          encoding="utf-8") as file:
                    file.write(config_map(name, "a", value=value))

        self.second_commit_on("dir:HERE/target", 60, 60, disturb)

    def test_many_intents_in_a_directory(self):
        self.second_commit_on("dir:HERE/target", 900, 4)

    def test_updates_and_deletes_through_a_command(self):
        script = os.path.join(ROOT, "examples", "exec_target.py")
        self.second_commit_on(f"exec:{sys.executable} {script} HERE/target/objects.json", 24, 14)


if __name__ == "__main__":
    unittest.main()
