"""The progress line: on a terminal, about work that takes long, and nowhere else."""
import json
import os
import pty
import select
import subprocess
import sys
import time

from program import PROGRAM, UnitTest, main

# A target that answers a call only once the file of that name is there.
PATIENT = '''
import json, os, sys, time
home = sys.argv[1]
for line in sys.stdin:
    call = json.loads(line)
    if call["call"] == "hello":
        reply = {"answer": "hello", "protocol": 1, "fingerprint": home,
                 "abilities": ["list", "get"]}
    else:
        while not os.path.exists(os.path.join(home, "go-" + call["call"])):
            time.sleep(0.02)
        reply = {"answer": "listed", "objects": []} if call["call"] == "list" else \\
            {"answer": "done", "document": call.get("document")}
    print(json.dumps({"id": call["id"], **reply}), flush=True)
'''


class Progress(UnitTest):
    def setUp(self):
        super().setUp()
        self.put("a", x="1")
        self.target = f"exec:{sys.executable} {self.write('patient.py', PATIENT)} {self.home}"

    def let(self, call):
        self.write("go-" + call, "")

    def start(self, command, stderr, *words):
        return subprocess.Popen([PROGRAM, command, *self.unit(), *words], cwd=self.home,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr,
                                text=True, env={**os.environ, "TERM": "xterm"})

    def on_terminal(self, command, *steps):
        """Runs a command; each step is a text to wait for, and a call to let go on then."""
        master, slave = pty.openpty()
        process = self.start(command, slave)
        os.close(slave)
        seen = ""
        for text, call in steps:
            deadline = time.monotonic() + 60
            while text not in seen and time.monotonic() < deadline:
                if select.select([master], [], [], 1)[0]:
                    seen += os.read(master, 4096).decode()
            self.assertIn(text, seen)
            self.let(call)
        out, _ = process.communicate(timeout=60)
        while select.select([master], [], [], 0)[0]:
            try:
                seen += os.read(master, 4096).decode()
            except OSError:
                break
        os.close(master)
        return process.returncode, out, seen

    def test_plan_tells_that_it_reads_and_takes_the_line_away(self):
        code, out, seen = self.on_terminal(
            "plan", ("\r\033[Kreading the source and the target, 1 s", "list"))
        self.assertEqual(code, 1, seen)
        self.assertTrue(seen.endswith("\r\033[K"), repr(seen))
        self.assertTrue(out.startswith("+ default/ConfigMap/a"))

    def test_apply_tells_which_object_of_how_many(self):
        self.let("list")
        code, out, seen = self.on_terminal(
            "apply", ("\r\033[K[1/1] default/ConfigMap/a, 1 s", "apply"))
        self.assertEqual(code, 0, seen)
        self.assertTrue(seen.endswith("\r\033[K"), repr(seen))
        self.assertIn("Applied: 1 created", out)

    def test_nothing_is_told_elsewhere(self):
        for words in ([], ["--format", "json"]):
            process = self.start("plan", subprocess.PIPE, *words)
            time.sleep(1.5)
            self.let("list")
            out, err = process.communicate(timeout=60)
            self.assertEqual((process.returncode, err), (1, ""))
            os.remove(self.path("go-list"))
        self.assertEqual(json.loads(out)["summary"]["create"], 1)


if __name__ == "__main__":
    main()
