"""A headless Chromium, spoken to over its pipe with nothing but the standard library."""
import base64
import json
import os
import select
import shutil
import struct
import subprocess
import tempfile
import time
import zlib

NAMES = ["chromium", "chromium-headless-shell", "chromium-browser", "google-chrome", "chrome"]
PATIENCE_S = 120


def find():
    """The path of the program, or None."""
    named = os.environ.get("GITOPS_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


class Chromium:
    """One browser with one page. Everything the page says or asks for is in events."""

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="gitops-chromium-")
        asked, self.writes = os.pipe()
        self.reads, answers = os.pipe()
        self.process = subprocess.Popen(
            [find(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--hide-scrollbars", "--no-first-run", "--user-data-dir=" + self.profile,
             "--remote-debugging-pipe", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            close_fds=False, preexec_fn=lambda: self.hand_over(asked, answers))
        os.close(asked)
        os.close(answers)
        self.pending, self.number, self.session, self.events = b"", 0, None, []
        pages = self.call("Target.getTargets")["targetInfos"]
        target = next(page["targetId"] for page in pages if page["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=target,
                                 flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")

    @staticmethod
    def hand_over(asked, answers):
        """The browser reads from 3 and writes to 4; the pipes may lie on those numbers already."""
        asked, answers = os.dup(asked), os.dup(answers)
        for number, end in ((3, asked), (4, answers)):
            os.dup2(end, number)
            os.set_inheritable(number, True)

    def close(self):
        os.close(self.writes)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.reads)
        shutil.rmtree(self.profile, ignore_errors=True)

    def message(self):
        deadline = time.monotonic() + PATIENCE_S
        while b"\0" not in self.pending:
            ready = select.select([self.reads], [], [], deadline - time.monotonic())[0]
            got = os.read(self.reads, 1 << 16) if ready else b""
            if not got:
                raise AssertionError("the browser ended" if ready else "the browser is silent")
            self.pending += got
        text, self.pending = self.pending.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.writes, json.dumps(request).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                return answer["result"]
            if "method" in answer:
                self.events.append(answer)

    def wait_for(self, method):
        while not any(event["method"] == method for event in self.events):
            message = self.message()
            if "method" in message:
                self.events.append(message)

    def open(self, path, width=1280, height=1000):
        self.events = []
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)
        self.call("Page.navigate", url="file://" + os.path.abspath(path))
        self.wait_for("Page.loadEventFired")

    def run(self, script):
        """The value of an expression in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in answer:
            raise AssertionError(f"{script}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def press(self, key):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key,
                      text=key if kind == "keyDown" and len(key) == 1 else "")

    def complaints(self):
        """Errors and warnings of the console, exceptions, and what the policy refused."""
        return [event["params"] for event in self.events
                if event["method"] in ("Runtime.exceptionThrown", "Log.entryAdded") or
                event["method"] == "Runtime.consoleAPICalled"]

    def requests(self):
        return [event["params"]["request"]["url"] for event in self.events
                if event["method"] == "Network.requestWillBeSent"]

    def screenshot(self, dark=False):
        """The window as PNG bytes."""
        self.call("Emulation.setEmulatedMedia", media="", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])


def pixels(png):
    """Width, height, and the pixels of a PNG of 8 bits a channel, as rows of (r, g, b)."""
    at, data, channels = 8, b"", 3
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        body = png[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height, _, color = struct.unpack(">IIBB", body[:10])
            channels = 4 if color == 6 else 3
        elif kind == b"IDAT":
            data += body
        at += length + 12
    return width, height, unfilter(zlib.decompress(data), width, height, channels)


def unfilter(data, width, height, channels):
    rows, above, stride = [], bytes(width * channels), width * channels + 1
    for y in range(height):
        kind, row = data[y * stride], bytearray(data[y * stride + 1:(y + 1) * stride])
        for i in range(len(row) if kind else 0):
            left = row[i - channels] if i >= channels else 0
            corner = above[i - channels] if i >= channels else 0
            row[i] = (row[i] + predict(kind, left, above[i], corner)) & 255
        rows.append([tuple(row[i:i + 3]) for i in range(0, len(row), channels)])
        above = row
    return rows


def predict(kind, left, above, corner):
    if kind < 4:
        return (0, left, above, (left + above) // 2)[kind]
    guess = left + above - corner
    return min((left, above, corner), key=lambda value: abs(guess - value))
