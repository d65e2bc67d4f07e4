"""A small repository to work in, and the tools that an agent works with. Nothing in it depends on the clock."""

import os
import shutil
import subprocess

FIXED = {"GIT_AUTHOR_DATE": "2026-08-01T10:00:00Z", "GIT_COMMITTER_DATE": "2026-08-01T10:00:00Z",
         "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example", "GIT_COMMITTER_NAME": "a",
         "GIT_COMMITTER_EMAIL": "a@example", "GIT_CONFIG_GLOBAL": "/dev/null",
         "GIT_CONFIG_SYSTEM": "/dev/null", "LC_ALL": "C", "PYTHONDONTWRITEBYTECODE": "1"}
SERVICES = 120
# What the service needs, and what its test expects: the agent has to find both.
WANTED, TIMEOUT = 48173, 22139

LIMITS = '''"""Limits of the gateway."""

# The service that this repository is about.
SERVICE = "svc-073"
RATE_LIMIT = 1000
RATE_BURST = RATE_LIMIT * 2

# In milliseconds.
RATE_TIMEOUT = 500


def allowed(rate):
    """Whether a rate is within the limit."""
    return rate <= RATE_LIMIT
'''

REPORT = '''"""What each service was measured to need."""
import json
import sys

def needs(n):
    return 48173 if n == 73 else 20000 + n * 131

rows = [{"service": f"svc-{n:03}", "needs": needs(n), "unit": "requests per minute",
         "owner": ("payments", "search", "mail")[n %% 3], "region": "eu-west-1", "healthy": True}
        for n in range(%d)]
print(json.dumps(rows, indent=2))
''' % SERVICES

TESTS = '''"""Prints a line for each case."""
import sys
sys.path.insert(0, "src")
import limits

failed = 0
for n in range(150):
    good = n != 91 or limits.RATE_TIMEOUT == 22139
    print(f"test limits::case_{n:03} with rate {n * 317} in group {n %% 7} ... " + ("ok" if good else "FAILED"))
    if not good:
        failed += 1
        print(f"  assertion failed: RATE_TIMEOUT is {limits.RATE_TIMEOUT}, not 22139")
print(f"{150 - failed} passed, {failed} failed")
sys.exit(1 if failed else 0)
'''.replace("%%", "%")


def build(root):
    """The repository, anew."""
    shutil.rmtree(root, ignore_errors=True)
    files = {"src/limits.py": LIMITS, "tools/report.py": REPORT, "run_tests.py": TESTS,
             "README.md": "# Gateway\n\nIts limits stand in `src/limits.py`.\n"}
    for n in range(40):
        use = "".join(f"    if rate > RATE_LIMIT:  # rule {n}.{k}\n        return RATE_BURST\n"
                      for k in range(3))
        files[f"src/handlers/handler_{n:02}.py"] = (
            f"from limits import RATE_BURST, RATE_LIMIT\n\n\ndef handle_{n}(rate):\n{use}    return rate\n")
    for path, text in files.items():
        path = os.path.join(root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    for command in ("git init -q -b main", "git add -A", "git commit -q -m Begin"):
        run(root, command, check=True)


def run(root, command, check=False):
    """What a shell prints: both streams, and the code if it is not 0."""
    done = subprocess.run(["bash", "-c", command], cwd=root, env={**os.environ, **FIXED},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60,
                          check=check)
    return done.stdout + (f"[exit code {done.returncode}]\n" if done.returncode else "")


def replace(root, path, old, new):
    """An edit, as agents make it: what is replaced has to stand there exactly once."""
    path = os.path.join(root, path)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if text.count(old) != 1:
        return f"Error: old_str stands there {text.count(old)} times."
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(old, new))
    return "Done."
