"""Runs the hook of docs/agents.md as Claude Code does, and then the command that it makes.

usage: python3 tests/e2e/hook.py        (needs `jq` and `bash`; `cargo build --release` first)

What is rewritten must print the same after `brevity expand`, with the same exit code; what changes
the shell, goes on in the background or is no shell call must be left alone.
"""

import json
import os
import re
import subprocess
import tempfile

from running import BREVITY, ROOT, Checks

check = Checks()
PAGE = os.path.join(ROOT, "docs", "agents.md")
LEFT = [
    "cd src && ls",
    "export A=1",
    "source ./env.sh; make",
    "  . ./env.sh",
    "(cd src; make)",
    "brevity exec -- ls",
]
TAKEN = [
    "seq 1 3000 | sed 's/.*/line & of a log/'; echo \"it's done\"",
    "for i in $(seq 1 900); do echo 'the same words'; done; exit 3",
    "echo discard; printf '%s\\n' a b | tr a-z A-Z",
]


def script():
    with open(PAGE, encoding="utf-8") as page:
        return re.search(r"```sh\n(#!/bin/sh\n# PreToolUse.*?)```", page.read(), re.S)[1]


def call(path, command, name="Bash", mode="default", **more):
    tool = {"command": command, "description": "d", "timeout": 5000, **more}
    event = {"hook_event_name": "PreToolUse", "permission_mode": mode}
    event |= {"tool_name": name, "tool_input": tool}
    done = subprocess.run([path], input=json.dumps(event), capture_output=True, text=True)
    check.same((done.returncode, done.stderr), (0, ""), "the hook ends well")
    return tool, json.loads(done.stdout)["hookSpecificOutput"] if done.stdout else None


def run(command, env=None):
    return subprocess.run(["bash", "-c", command], capture_output=True, env=env)


def rewritten(path, command):
    tool, answer = call(path, command)
    check.same(answer["hookEventName"], "PreToolUse", "the event is named")
    check.same(answer["permissionDecision"], "ask", "the user is asked")
    input = answer["updatedInput"]
    check.same({**input, "command": ""}, {**tool, "command": ""}, "other fields stay")
    env = {**os.environ, "PATH": os.path.dirname(BREVITY) + ":" + os.environ["PATH"]}
    plain, short = run(command), run(input["command"], env)
    check.same(short.returncode, plain.returncode, "the exit code stays")
    long = subprocess.run([BREVITY, "expand"], input=short.stdout, capture_output=True).stdout
    check.same(long, plain.stdout, "the output comes back")
    return len(plain.stdout), len(short.stdout)


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "hook")
    with open(path, "w", encoding="utf-8") as file:
        file.write(script())
    os.chmod(path, 0o755)
    for command in LEFT:
        check.same(call(path, command)[1], None, f"left alone: {command}")
    check.same(call(path, "ls", name="Read")[1], None, "no shell call")
    check.same(call(path, "make", run_in_background=True)[1], None, "in the background")
    bypass = call(path, "make", mode="bypassPermissions")[1]
    check.same(bypass["permissionDecision"], "allow", "where nothing is asked, nothing is asked")
    sizes = [rewritten(path, command) for command in TAKEN]
    print("bytes of output, plain and short:", sizes)

check.end()
