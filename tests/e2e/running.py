"""Starts the binary under test and looks at it from outside."""

import os
import queue
import re
import signal
import subprocess
import sys
import threading

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
BREVITY = os.environ.get("BREVITY", os.path.join(TARGET, "release", "brevity"))


class Proxy:
    """A running `brevity proxy` in front of `upstream`, on a free port."""

    def __init__(self, upstream, *options):
        command = [BREVITY, "proxy", "--listen", "127.0.0.1:0", "--upstream", upstream, *options]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        first = self.process.stdout.readline()
        found = re.search(r"http://(127\.0\.0\.1:(\d+))", first)
        if not found:
            sys.exit(f"the proxy did not start: {first}{self.process.stderr.read()}")
        self.address, self.port = found[1], int(found[2])
        self.url = f"http://{self.address}"
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stderr:
            self.lines.put(line.rstrip())

    def line(self, seconds=10):
        """The next line of the log."""
        return self.lines.get(timeout=seconds)

    def peak_kib(self):
        """The largest resident set so far, in KiB."""
        return peak_kib(self.process.pid)

    def stop(self, how=signal.SIGTERM, seconds=10):
        """Tells it to stop; gives the exit code."""
        self.process.send_signal(how)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def peak_kib(pid):
    """VmHWM of a process that still runs."""
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read())[1])


class Checks:
    """Counts what held and says what did not."""

    def __init__(self):
        self.passed, self.failed = 0, 0

    def that(self, holds, what, detail=""):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED: {what}" + (f"\n  {detail}" if detail else ""))
        return holds

    def same(self, left, right, what):
        return self.that(left == right, what, f"{str(left)[:600]}\n  {str(right)[:600]}")

    def end(self):
        print(f"{self.passed} checks passed, {self.failed} failed")
        sys.exit(1 if self.failed else 0)


def within(seconds):
    """Ends the script, and what it started, where it takes longer."""
    def late(*_):
        print(f"FAILED: it took longer than {seconds} s")
        sys.exit(1)
    signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)


class Lines:
    """Checks that say a line each, and how many there were."""

    def __init__(self):
        self.count, self.failed = 0, 0

    def that(self, holds, what, detail=""):
        self.count += 1
        self.failed += not holds
        print(f"{'ok    ' if holds else 'FAILED'} {what}" + (f"\n       {detail}" if detail and not holds else ""))
        return holds

    def same(self, left, right, what):
        return self.that(left == right, what, f"{str(left)[:500]}\n       {str(right)[:500]}")

    def end(self):
        print(f"{self.count} checks, {self.failed} failed")
        sys.exit(1 if self.failed else 0)


def expand(body):
    """What `brevity expand` makes of a body."""
    return subprocess.run([BREVITY, "expand"], input=body, capture_output=True, check=True).stdout
