"""What a proxy is told, by options, routes and headers, and which bodies it leaves alone.

usage: VENV/bin/python tests/e2e/modes.py        (see sdk.py; compressed bodies need the command `zstd`)

Attested, signed, bypassed, held-out and dry-run requests have to arrive byte for byte, each with its reason
in the log and in the counts of `GET /stats`. The rest has to arrive shortened, and to expand.
"""

import gzip
import hashlib
import http.client
import json
import shutil
import subprocess
import urllib.request

import anthropic
import openai

import conversation
from running import Lines, Proxy, expand, within
from upstream import Upstream

check = Lines()
OWN = {"host", "connection", "content-length", "transfer-encoding"}


def asked(turns=4, first=None, is_openai=False):
    """A request with results to shorten, in its last turn."""
    make = conversation.openai if is_openai else conversation.anthropic
    *_, said = make(turns)
    if first:
        said = [{**said[0], "content": first}, *said[1:]]
    return {"model": "m-1", "messages": said} | ({} if is_openai else {"max_tokens": 99})


class World:
    """An upstream and a proxy in front of it. Counts why bodies were left alone."""

    def __init__(self, *options, base=""):
        self.upstream = Upstream()
        self.proxy = Proxy(self.upstream.url + base, *options)
        self.reasons = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.proxy.__exit__()
        self.upstream.shutdown()

    def anthropic(self, **settings):
        return anthropic.Anthropic(**{"api_key": "sk-ant-api03-x", "base_url": self.proxy.url, "max_retries": 0,
                                      **settings})

    def openai(self, **settings):
        return openai.OpenAI(**{"api_key": "sk-x", "base_url": f"{self.proxy.url}/v1", "max_retries": 0, **settings})

    def post(self, body, path="/v1/messages", **headers):
        """Sends a body as it is; gives the answer's head."""
        headers = {"content-type": "application/json", "x-api-key": "sk-ant-api03-x",
                   **{name.replace("_", "-"): value for name, value in headers.items()}}
        client = http.client.HTTPConnection(self.proxy.address, timeout=30)
        client.request("POST", path, body, headers)
        answer = client.getresponse()
        answer.read()
        client.close()
        return answer

    def arrived(self):
        [request] = self.upstream.took()
        return request

    def left_alone(self, what, sent, reason):
        """The request that just went: byte for byte, and why."""
        method, path, headers, body = self.arrived()
        check.same(body, sent, f"{what}: byte for byte upstream")
        line = self.proxy.line()
        check.that(f"left alone: {reason}" in line, f"{what}: the log says {reason}", line)
        self.reasons[reason] = self.reasons.get(reason, 0) + 1
        return dict(headers)

    def shortened(self, what, sent):
        method, path, headers, body = self.arrived()
        check.that(len(body) < 0.8 * len(sent), f"{what}: shorter ({len(sent)} > {len(body)} bytes)")
        check.same(expand(body), sent, f"{what}: it expands")
        line = self.proxy.line()
        check.that("left alone" not in line, f"{what}: the log has no reason", line)
        return path, dict(headers), body

    def stats(self):
        return json.load(urllib.request.urlopen(f"{self.proxy.url}/stats", timeout=10))

    def counted(self, what):
        stats = self.stats()
        check.same(stats["left_alone"], self.reasons, f"{what}: GET /stats counts each reason")
        return stats


def bodies():
    """What the SDKs send, byte for byte, without a proxy."""
    upstream = Upstream()
    anthropic.Anthropic(api_key="x", base_url=upstream.url).messages.create(**asked())
    openai.OpenAI(api_key="x", base_url=f"{upstream.url}/v1").chat.completions.create(**asked(is_openai=True))
    found = [request[3] for request in upstream.took()]
    upstream.shutdown()
    return found


def attested(messages, chat):
    """Logins by subscription, signatures and checksums."""
    digest = hashlib.sha256(messages).hexdigest()
    with World() as world:
        login = world.anthropic(api_key=None, auth_token="sk-ant-oat01-x")
        login.messages.create(**asked())
        headers = world.left_alone("an OAuth token", messages, "attested")
        check.same(headers["authorization"], "Bearer sk-ant-oat01-x", "an OAuth token: it goes upstream")
        world.anthropic(default_headers={"anthropic-beta": "oauth-2025-04-20"}).messages.create(**asked())
        world.left_alone("an OAuth feature", messages, "attested")
        account = world.openai(default_headers={"chatgpt-account-id": "a"})
        account.chat.completions.create(**asked(is_openai=True))
        world.left_alone("a ChatGPT account", chat, "attested")
        for what, headers in (
            ("AWS Signature Version 4", {"authorization": "AWS4-HMAC-SHA256 Credential=a, Signature=b"}),
            ("RFC 9421", {"signature_input": 'sig=("@method")', "signature": "sig=:eA==:"}),
            ("content-md5", {"content_md5": "eA=="}),
            ("digest", {"digest": "SHA-256=eA=="}),
            ("content-digest", {"content_digest": f"sha-256=:{digest}:"}),
            ("repr-digest", {"repr_digest": "sha-256=:eA==:"}),
            ("x-amz-content-sha256", {"x_amz_content_sha256": digest}),
        ):
            world.post(messages, **headers)
            there = world.left_alone(what, messages, "attested")
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            check.same({name: there.get(name) for name in names}, names, f"{what}: its headers arrive")
        world.post(messages, "/v1/messages?X-Amz-Signature=b")
        world.left_alone("a signature in the query", messages, "attested")
        world.counted("attested")
    with World("--rewrite-attested") as world:
        world.anthropic(api_key=None, auth_token="sk-ant-oat01-x").messages.create(**asked())
        world.shortened("--rewrite-attested, an OAuth token", messages)
        world.post(messages, content_md5="eA==")
        world.left_alone("--rewrite-attested, a checksum", messages, "attested")
        world.counted("--rewrite-attested")


def controlled(messages, chat):
    """Headers of the SDK's that ask the proxy for something."""
    with World() as world:
        def ask(**headers):
            headers = {name.replace("_", "-"): value for name, value in headers.items()}
            return world.anthropic(default_headers=headers).messages.with_raw_response.create(**asked())

        ask(x_brevity_bypass="true")
        headers = world.left_alone("x-brevity-bypass", messages, "bypassed")
        check.that(not any(name.startswith("x-brevity") for name in headers), "x-brevity-bypass: not upstream")
        answer = ask(x_brevity_saved="true")
        _, headers, body = world.shortened("x-brevity-saved", messages)
        saved = answer.headers.get("x-brevity-saved", "")
        check.that(f"bytes={len(messages) - len(body)}," in saved, "x-brevity-saved: says the bytes", saved)
        check.that(not any(name.startswith("x-brevity") for name in headers), "x-brevity-saved: not upstream")
        answer = ask()
        world.shortened("no header", messages)
        check.that("x-brevity-saved" not in answer.headers, "no header: no answer to it")
        ask(x_brevity_levl="off")
        line = world.proxy.line()
        check.that("WARN" in line and "`x-brevity-levl`" in line, "a header that is misspelt: the log names it", line)
        world.left_alone("a header that is misspelt", messages, "bad-header")
        ask(x_brevity_level="off")
        world.left_alone("x-brevity-level: off", messages, "off")
        ask(x_brevity_tools="*=off")
        check.same(world.arrived()[3], messages, "x-brevity-tools: *=off: byte for byte upstream")
        line = world.proxy.line()
        check.that("kept: " in line, "x-brevity-tools: *=off: the log says that results were kept", line)
        client = world.openai(default_headers={"x-brevity-bypass": "true", "x-brevity-saved": "true"})
        answer = client.chat.completions.with_raw_response.create(**asked(is_openai=True))
        world.left_alone("OpenAI's SDK, x-brevity-bypass", chat, "bypassed")
        saved = answer.headers.get("x-brevity-saved", "bytes=0")
        check.that(saved.startswith("bytes=0"), "OpenAI's SDK, x-brevity-bypass: nothing is saved", saved)
        world.counted("headers")


def dry(messages, chat):
    with World("--dry-run") as world:
        world.anthropic().messages.create(**asked())
        world.left_alone("--dry-run, messages", messages, "dry-run")
        list(world.openai().chat.completions.create(**asked(is_openai=True), stream=True))
        arrived = world.arrived()[3]
        check.same(expand(arrived), arrived, "--dry-run, chat: nothing is shortened")
        world.proxy.line()
        world.reasons["dry-run"] += 1
        login = world.anthropic(api_key=None, auth_token="sk-ant-oat01-x")
        login.messages.create(**asked())
        world.left_alone("--dry-run, an OAuth token", messages, "attested")
        stats = world.counted("--dry-run")
        was = sum(stats[kind]["est_o200k_tokens_in"] for kind in ("new", "resent"))
        now = sum(stats[kind]["est_o200k_tokens_out"] for kind in ("new", "resent"))
        check.that(0 < now < 0.7 * was, f"--dry-run: counts what would have left ({was} > {now} tokens)", stats)


def held_out():
    """Half of the conversations, each on its side in every turn and after a restart."""
    names = [f"Which pods of cluster {n} restart?" for n in range(30)]
    first = sides(names, "--holdout 0.5")
    check.that(5 <= sum(first) <= 25, f"--holdout 0.5: {sum(first)} of 30 conversations are held out")
    check.same(sides(names[::-1], "after a restart, in another order")[::-1], first, "after a restart: the same sides")


def sides(names, what):
    with World("--holdout", "0.5") as world:
        client, found = world.anthropic(), []
        for name in names:
            alike = set()
            for turn in (2, 3):
                request = asked(turn, name)
                client.messages.create(**request)
                body = world.arrived()[3]
                alike.add(body == expand(body))
                check_quietly(json.loads(expand(body)) == request, f"{name}: what the SDK was given")
                says = "left alone: held-out" in world.proxy.line()
                check_quietly(says == (body == expand(body)), f"{name}: the log says held-out")
            if len(alike) > 1:
                check.that(False, f"{what}: {name} changed sides")
            found.append(alike.pop())
        check.that(True, f"{what}: none of {len(names)} conversations changed sides")
        world.reasons = {"held-out": 2 * sum(found)}
        stats = world.counted(what)
        arms = stats["holdout"]
        counts = [(arms[arm]["conversations"], arms[arm]["requests"]) for arm in ("rewritten", "held_out")]
        there = len(names) - sum(found)
        check.same(counts, [(there, 2 * there), (sum(found), 2 * sum(found))], f"{what}: both arms are counted")
        return found


def check_quietly(holds, what):
    """A check that speaks only where it fails: there are many of them."""
    if not holds:
        check.that(False, what)


def routed(messages, chat):
    other = Upstream()
    with World("--route", f"/x={other.url}", "--route", f"model:qwen*={other.url}/v1") as world:
        for what, act, path, sent in (
            ("/x, messages", lambda: world.anthropic(base_url=f"{world.proxy.url}/x").messages.create(**asked()),
             "/v1/messages", messages),
            ("/x, chat", lambda: world.openai(base_url=f"{world.proxy.url}/x/v1").chat.completions.create(
                **asked(is_openai=True)), "/v1/chat/completions", chat),
            ("model:qwen*", lambda: world.openai().chat.completions.create(
                **{**asked(is_openai=True), "model": "qwen-3"}), "/v1/chat/completions",
             chat.replace(b'"m-1"', b'"qwen-3"')),
        ):
            act()
            [(_, arrived, _, body)] = other.took()
            check.same(world.upstream.took(), [], f"--route {what}: the default upstream gets nothing")
            check.same(arrived, path, f"--route {what}: the path")
            check.that(len(body) < 0.8 * len(sent), f"--route {what}: shorter")
            check.same(expand(body), sent, f"--route {what}: it expands")
    other.shutdown()


def encoded(messages):
    """Bodies that clients compress."""
    small = json.dumps({"model": "m-1", "max_tokens": 9, "messages": [{"role": "user", "content": "é"}]}).encode()
    coders = {"gzip": lambda body: gzip.compress(body, mtime=0)}
    if shutil.which("zstd"):
        coders["zstd"] = lambda body: subprocess.run(["zstd", "-cq"], input=body, capture_output=True, check=True).stdout
    else:
        print("skipped: there is no command zstd")
    # The upstream reads JSON: it answers what is compressed with an error, after it kept it.
    with World() as world:
        for name, code in coders.items():
            world.post(code(messages), content_encoding=name)
            _, headers, _ = world.shortened(f"a body in {name}", messages)
            check.that("content-encoding" not in headers, f"a body in {name}: it leaves as plain JSON")
            world.post(code(small), content_encoding=name, x_brevity_bypass="true")
            world.left_alone(f"a body in {name}, bypassed", code(small), "bypassed")
            broken = code(messages)[:-9]
            world.post(broken, content_encoding=name)
            headers = world.left_alone(f"a broken body in {name}", broken, "encoded")
            check.same(headers["content-encoding"], name, f"a broken body in {name}: its coding is said")
            world.post(code(small), content_encoding=name)
            _, _, headers, body = world.arrived()
            check.same((body, dict(headers)["content-encoding"]), (code(small), name),
                       f"a body in {name} without results: as it came")
            world.proxy.line()
        world.post(b"plain text", content_type="text/plain")
        world.left_alone("a body that is no JSON", b"plain text", "not-json")
        world.counted("compressed bodies")


def main():
    within(180)
    messages, chat = bodies()
    attested(messages, chat)
    controlled(messages, chat)
    dry(messages, chat)
    held_out()
    routed(messages, chat)
    encoded(messages)
    check.end()


if __name__ == "__main__":
    main()
