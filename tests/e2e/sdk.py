"""Replays a conversation with the official SDKs and with curl, directly and through the proxy.

usage: python3 -m venv VENV && VENV/bin/pip install anthropic openai
       VENV/bin/python tests/e2e/sdk.py        (`cargo build --release` first)

The client must see the same objects either way; the upstream must get shorter bodies that expand to
what the direct run sent; the proxy's log must say the usage; errors must pass as they are.
"""

import json
import re
import subprocess

import anthropic
import openai

import conversation
from running import BREVITY, Checks, Proxy
from upstream import ERRORS, Upstream, usage_of

TURNS = 5
check = Checks()
# What may differ between the two ways: the address, the connection, the length of what was shortened.
OWN = {"host", "connection", "content-length"}


def tools(name):
    schema = {"type": "object", "properties": {"command": {"type": "string"}}}
    if name == "openai":
        return [{"type": "function", "function": {"name": "bash", "parameters": schema}}]
    return [{"name": "Bash", "input_schema": schema}]


class Anthropic:
    path = "/v1/messages"
    turns = staticmethod(conversation.anthropic)
    error = anthropic.APIError

    def __init__(self, url):
        self.sdk = anthropic.Anthropic(api_key="sk-ant-api03-x", base_url=url, max_retries=0)

    def asked(self, said, model):
        return {"model": model, "max_tokens": 99, "messages": said, "tools": tools("anthropic"),
                "system": [{"type": "text", "text": "You are an agent."}]}

    def whole(self, said, model="m-1"):
        return self.sdk.messages.create(**self.asked(said, model)).model_dump()

    def raw(self, said, model="m-1"):
        return self.sdk.messages.with_raw_response.create(**self.asked(said, model))

    def stream(self, said, model="m-1"):
        for event in self.sdk.messages.create(**self.asked(said, model), stream=True):
            yield event.model_dump()

    def helper(self, said):
        """The SDK's own gathering of a stream."""
        with self.sdk.messages.stream(**self.asked(said, "m-1")) as stream:
            return "".join(stream.text_stream), stream.get_final_message().model_dump()

    def beta(self, said):
        asked = {**self.asked(said, "m-1"), "betas": ["context-1m-2025-08-07"]}
        # Some versions add the query by themselves.
        return self.sdk.beta.messages.create(**asked, extra_query={"beta": "true"}).model_dump()

    def count(self, said):
        asked = self.asked(said, "m-1")
        del asked["max_tokens"]
        return self.sdk.messages.count_tokens(**asked).model_dump()


class OpenAI:
    path = "/v1/chat/completions"
    turns = staticmethod(conversation.openai)
    error = openai.APIError

    def __init__(self, url):
        self.sdk = openai.OpenAI(api_key="sk-x", base_url=f"{url}/v1", max_retries=0)

    def asked(self, said, model):
        return {"model": model, "messages": said, "tools": tools("openai")}

    def whole(self, said, model="m-1"):
        return self.sdk.chat.completions.create(**self.asked(said, model)).model_dump()

    def raw(self, said, model="m-1"):
        return self.sdk.chat.completions.with_raw_response.create(**self.asked(said, model))

    def stream(self, said, model="m-1"):
        asked = {**self.asked(said, model), "stream_options": {"include_usage": True}}
        for chunk in self.sdk.chat.completions.create(**asked, stream=True):
            yield chunk.model_dump()

    def helper(self, said):
        with self.sdk.chat.completions.stream(**self.asked(said, "m-1")) as stream:
            events = [event.type for event in stream]
            return events, stream.get_final_completion().model_dump()


class Pair:
    """One request made both ways."""

    def __init__(self, client, upstream, proxy):
        self.direct, self.proxied = client(upstream.url), client(proxy.url)
        self.upstream, self.proxy = upstream, proxy

    def make(self, what, act):
        """Compares what `act` gives; returns the two requests that arrived and the log's line."""
        left = act(self.direct)
        [plain] = self.upstream.took()
        right = act(self.proxied)
        [short] = self.upstream.took()
        check.same(left, right, f"{what}: the client sees the same")
        same_request(what, plain, short)
        return plain, short, self.proxy.line()


def same_request(what, plain, short):
    check.same(plain[:2], short[:2], f"{what}: method and path with its query")
    heads = [[item for item in request[2] if item[0] not in OWN] for request in (plain, short)]
    check.same(*heads, f"{what}: headers, in their order")
    for _, _, headers, body in (plain, short):
        lengths = [value for name, value in headers if name == "content-length"]
        check.same(lengths, [str(len(body))] if body else lengths, f"{what}: content-length")
    check.same(expand(short[3]), plain[3], f"{what}: the body expands")


def expand(body):
    return subprocess.run([BREVITY, "expand"], input=body, capture_output=True, check=True).stdout


def caught(client, act):
    """What a call raises, as data; what it gave until then."""
    seen = []
    try:
        for item in act():
            seen.append(item)
    except client.error as error:
        body = getattr(error, "body", None)
        head = getattr(error, "response", None)
        head = head and (head.status_code, dict(head.headers))
        return seen, type(error).__name__, str(error), body, head
    except Exception as error:  # The transport's own: its name is enough.
        return seen, type(error).__name__
    return seen, "nothing was raised"


def usage_line(turn, is_openai):
    usage = usage_of(turn)
    write = "" if is_openai else f", cache write {usage['write']}"
    return (f"usage input {usage['input']}, cache read {usage['read']}{write}, "
            f"output {usage['output']}")


def replay(pair, client, name):
    """All turns, whole and streamed; the bodies' sizes, and the prefix law."""
    print(f"\n{name:10} {'turn':>4} {'bytes':>8} {'left':>8}   the log")
    previous = None
    for turn, said in enumerate(client.turns(TURNS), 1):
        for how in ("whole", "stream", "helper"):
            what = f"{name}, turn {turn}, {how}"
            act = (lambda c: list(c.stream(said))) if how == "stream" else (
                lambda c, how=how: getattr(c, how)(said))
            plain, short, line = pair.make(what, act)
            if client is OpenAI and how == "helper":
                # Without `include_usage` no event says it.
                check.that("usage" not in line, f"{what}: no usage", line)
            else:
                check.that(usage_line(turn, client is OpenAI) in line, f"{what}: usage", line)
            sizes = f"| {len(plain[3])} > {len(short[3])} bytes |"
            check.that(sizes in line, f"{what}: bytes", line)
            # From the second turn on there is a result of JSON.
            check.that(turn == 1 or len(short[3]) < 0.8 * len(plain[3]), f"{what}: shorter", sizes)
            check.that(turn > 1 or short[3] == plain[3], f"{what}: same bytes")
        previous = law(what, previous, json.loads(short[3])["messages"])
        print(f"{'':10} {turn:4} {len(plain[3]):8} {len(short[3]):8}   {line[line.index('#'):]}")


def law(what, previous, messages):
    """What was sent before is sent again as it was, but for the mark of the cache."""
    messages = [conversation.unmarked(m) if m["content"] else m for m in messages]
    if previous is not None:
        check.same(messages[: len(previous)], previous, f"{what}: the prefix law")
    return messages


def failures(pair, client, name):
    said = next(client.turns(TURNS))
    for status in ERRORS[client.path]:
        model = f"fails-{status}"
        for how, act in (("whole", lambda c: [c.whole(said, model)]),
                         ("stream", lambda c: c.stream(said, model))):
            what = f"{name}, {status}, {how}"
            *_, line = pair.make(what, lambda c: caught(client, lambda: act(c)))
            check.that(f" {status} {model} |" in line, f"{what}: the line", line)
    for model in ("overloads", "breaks"):
        what = f"{name}, {model}"
        *_, line = pair.make(what, lambda c: caught(client, lambda: c.stream(said, model)))
        check.that(model != "breaks" or "error: the answer broke off" in line, what, line)


def others(pair, client, name):
    """Headers of answers, beta, counting, and paths that the engine does not know."""
    *_, said = client.turns(TURNS)
    head = lambda c: (dict(c.raw(said).headers), c.raw(said).http_response.content)
    left, right = head(pair.direct), head(pair.proxied)
    check.same(left, right, f"{name}: headers and decoded bytes of the answer")
    pair.upstream.took()
    [pair.proxy.line() for _ in range(2)]
    pair.make(f"{name}, models", lambda c: [m.model_dump() for m in c.sdk.models.list()])
    if client is Anthropic:
        plain, short, _ = pair.make(f"{name}, beta", lambda c: c.beta(said))
        check.same(short[1], "/v1/messages?beta=true", f"{name}: the query")
        check.that(len(short[3]) < 0.8 * len(plain[3]), f"{name}, beta: shorter")
        plain, short, line = pair.make(f"{name}, count", lambda c: c.count(said))
        check.that(len(short[3]) < 0.8 * len(plain[3]), f"{name}, count: shorter")
        # Counting uses nothing.
        check.that("count_tokens 200" in line and "usage" not in line, f"{name}, count", line)


def curl(upstream, proxy):
    """The bytes on the wire, whatever the client accepts."""
    count = 0
    for client in (Anthropic, OpenAI):
        *_, said = client.turns(TURNS)
        for stream in (False, True):
            for model, coding in (("m-1", "gzip"), ("m-1", None), ("fails-429", "gzip")):
                asked = {**client("http://x").asked(said, model), "stream": stream}
                body = json.dumps(asked, ensure_ascii=False).encode()
                what = f"curl {client.path} {model} {stream} {coding}"
                left = curled(upstream.url + client.path, body, coding)
                right = curled(proxy.url + client.path, body, coding)
                check.same(left, right, f"{what}: head and bytes of the answer")
                plain, short = upstream.took()
                same_request(what, plain, short)
                check.same(plain[3], body, f"{what}: curl sends what it is given")
                line = proxy.line()
                said_usage = re.search(r"usage input \d+, cache read \d+,", line)
                plain_chat = client is OpenAI or model == "fails-429"
                check.that(said_usage or plain_chat, f"{what}: usage", line)
                count += 1
    print(f"\ncurl: {count} requests")


def curled(url, body, coding):
    command = ["curl", "-sSiN", url, "-H", "content-type: application/json", "--data-binary", "@-"]
    command += ["-H", f"accept-encoding: {coding}"] if coding else []
    return subprocess.run(command, input=body, capture_output=True, check=True).stdout


def main():
    upstream = Upstream()
    with Proxy(upstream.url) as proxy:
        for client, name in ((Anthropic, "anthropic"), (OpenAI, "openai")):
            pair = Pair(client, upstream, proxy)
            replay(pair, client, name)
            failures(pair, client, name)
            others(pair, client, name)
        curl(upstream, proxy)
        check.same(proxy.stop(), 0, "the proxy stops")
    check.end()


if __name__ == "__main__":
    main()
