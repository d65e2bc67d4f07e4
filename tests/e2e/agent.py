"""An agent on the SDK `anthropic` mends a repository with real tools, directly and through the proxy.

usage: VENV/bin/python tests/e2e/agent.py        (see sdk.py; needs git and bash)

The upstream plays the model: what it does next follows from the request that arrives, as it stands. It
reads values out of what may be shortened, quotes files in edits, and sums up what `expand` gives back.
Both ways have to end in the same edits and answers, from the same requests.
"""

import json
import re
import tempfile
import urllib.request

import anthropic

import conversation
import workshop
from running import Lines, Proxy, expand, within
from upstream import Answers, Upstream

TOOLS = [
    {"name": "Bash", "input_schema": {"type": "object", "properties": {"command": {"type": "string"}}}},
    {"name": "str_replace", "input_schema": {"type": "object", "properties": {
        "path": {"type": "string"}, "old_str": {"type": "string"}, "new_str": {"type": "string"}}}},
]


# ---- The model ----


class Unreadable(Exception):
    """What the model needs does not stand in the request."""


def find(pattern, text, what):
    found = re.search(pattern, text, re.M)
    if not found:
        raise Unreadable(f"{what}: no {pattern!r} in {text[:2000]!r}")
    return found[1]


def bash(command):
    return "Bash", {"command": command}


def edit(old, new):
    return "str_replace", {"path": "src/limits.py", "old_str": old, "new_str": new}


def texts(body):
    """The tool results of a request, as they stand."""
    found = []
    for message in json.loads(body)["messages"]:
        for block in message["content"] if isinstance(message["content"], list) else []:
            if block["type"] == "tool_result":
                content = block["content"]
                found.append(content if isinstance(content, str) else content[0]["text"])
    return found


def row_of(service, text):
    """The number in the row of a service. In a table, rows stand on lines of their own."""
    line = find(rf"^(.*\b{service}\b.*(?:\n.*needs.*)?)$", text, "a row")
    return int(find(r"\b(\d{5})\b", line.replace(service, ""), "its number"))


def next_step(seen, body):
    """The next call, or the last answer, by what was seen. Each reads what the last one gave."""
    last = seen[-1] if seen else ""
    match len(seen):
        case 0:
            return bash("ls -R src tools")
        case 1:
            find(r"(report\.py)", last, "the tool")
            return bash(f"grep -rn 'RATE_' {find(r'^(src)', last, 'the folder')}")
        case 2:
            find(r"(RATE_LIMIT = 1000)", last, "the definition")
            return bash("cat src/limits.py")
        case 3:
            return bash(f"python3 tools/{find(r'(report)', seen[0], 'the tool')}.py")
        case 4:
            # The number comes out of the table, the old line out of the file, word for word.
            service = find(r'^SERVICE = "(.*)"$', seen[2], "the service")
            old = find(r"^(RATE_LIMIT = .*)$", seen[2], "the line")
            return edit(old, f"RATE_LIMIT = {row_of(service, last)}")
        case 5:
            return bash("python3 run_tests.py")
        case 6:
            wanted = find(r"RATE_TIMEOUT is 500, not (\d+)", last, "what the test expects")
            comment = find(r"^(# In milliseconds.)$", seen[2], "the comment")
            return edit(f"{comment}\nRATE_TIMEOUT = 500", f"{comment}\nRATE_TIMEOUT = {wanted}")
        case 7:
            return bash("python3 run_tests.py")
        case 8:
            find(r"(150 passed, 0 failed)", last, "that all is well")
            return bash("cat src/limits.py; git status --short")
        case 9:
            return bash("git diff")
        case 10:
            find(rf"^(\+RATE_LIMIT = {workshop.WANTED})$", last, "the change")
            return bash("grep -rn 'RATE_' src | sort -r; python3 tools/report.py")
        case _:
            whole = texts(expand(body))
            rows = json.loads(whole[3])
            return (f"Set for {sum(row['needs'] for row in rows)} in all; "
                    f"{len(whole[10].splitlines())} lines at last; {whole[9].count('@@')} marks.")


class Model(Answers):
    """Answers with the next step. What it cannot read it says."""

    def do_POST(self):
        body = self.body()
        self.keep(body)
        asked = json.loads(body)
        seen = texts(body)
        try:
            step = next_step(seen, body)
        except Unreadable as error:
            step = f"I cannot read {error}"
        if isinstance(step, str):
            block, stop = {"type": "text", "text": step}, "end_turn"
        else:
            block = {"type": "tool_use", "id": f"toolu_{len(seen):024}", "name": step[0], "input": step[1]}
            stop = "tool_use"
        message = {"id": f"msg_{len(seen)}", "type": "message", "role": "assistant", "model": asked["model"],
                   "stop_sequence": None}
        usage = {"input_tokens": 11, "cache_creation_input_tokens": 5, "cache_read_input_tokens": 1000,
                 "output_tokens": 9}
        if not asked.get("stream"):
            return self.document(200, {**message, "content": [block], "stop_reason": stop, "usage": usage})
        self.stream(list(events(message, block, stop, usage)), broken=False)


def events(message, block, stop, usage):
    if block["type"] == "text":
        empty, delta = {**block, "text": ""}, {"type": "text_delta", "text": block["text"]}
    else:
        empty = {**block, "input": {}}
        delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
    for name, data in (
        ("message_start", {"message": {**message, "content": [], "stop_reason": None, "usage": usage}}),
        ("content_block_start", {"index": 0, "content_block": empty}),
        ("content_block_delta", {"index": 0, "delta": delta}),
        ("content_block_stop", {"index": 0}),
        ("message_delta", {"delta": {"stop_reason": stop, "stop_sequence": None},
                           "usage": {"output_tokens": 9}}),
        ("message_stop", {}),
    ):
        yield f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n"


# ---- The agent ----


def work(url, root):
    """Does what the model says until it calls no tool. Gives all that was said."""
    workshop.build(root)
    sdk = anthropic.Anthropic(api_key="sk-ant-api03-x", base_url=url, max_retries=0)
    said = [{"role": "user", "content": "The gateway refuses too much. Set it right, and test it."}]
    for turn in range(30):
        asked = {"model": "m-1", "max_tokens": 999, "messages": marked(said), "tools": TOOLS,
                 "system": "You are an agent."}
        if turn % 2:
            with sdk.messages.stream(**asked) as stream:
                answer = stream.get_final_message()
        else:
            answer = sdk.messages.create(**asked)
        content = [block.model_dump(exclude_none=True) for block in answer.content]
        said.append({"role": "assistant", "content": content})
        calls = [block for block in content if block["type"] == "tool_use"]
        if not calls:
            break
        said.append({"role": "user", "content": [result(call, root, turn) for call in calls]})
    return said


def result(call, root, turn):
    asked = call["input"]
    if call["name"] == "Bash":
        given = workshop.run(root, asked["command"])
    else:
        given = workshop.replace(root, asked["path"], asked["old_str"], asked["new_str"])
    content = [{"type": "text", "text": given}] if turn % 3 == 0 else given
    return {"type": "tool_result", "tool_use_id": call["id"], "content": content}


def marked(said):
    """With the mark of the cache on the newest block, as agents move it."""
    *before, last = said
    if isinstance(last["content"], str):
        return said
    *blocks, block = last["content"]
    return [*before, {**last, "content": [*blocks, {**block, "cache_control": {"type": "ephemeral"}}]}]


def main():
    within(180)
    check, model = Lines(), Upstream(Model)
    with tempfile.TemporaryDirectory() as folder, Proxy(model.url) as proxy:
        root = f"{folder}/repository"
        left = work(model.url, root)
        plain, left_diff = model.took(), workshop.run(root, "git diff")
        right = work(proxy.url, root)
        short, right_diff = model.took(), workshop.run(root, "git diff")
        stats = json.load(urllib.request.urlopen(f"{proxy.url}/stats"))
        check.same(proxy.stop(), 0, "the proxy stops")
    outcomes(check, left, right, left_diff, right_diff)
    requests(check, plain, short)
    figures(check, plain, short, stats)
    check.end()


def outcomes(check, left, right, left_diff, right_diff):
    turns = sum(message["role"] == "assistant" for message in left)
    answer = left[-1]["content"][0].get("text", "")
    check.that(turns >= 11 and answer.startswith("Set for "), f"the task is done directly, in {turns} turns", answer)
    check.that(f"+RATE_LIMIT = {workshop.WANTED}" in left_diff, "the value that was read is in the edit")
    check.that(f"+RATE_TIMEOUT = {workshop.TIMEOUT}" in left_diff, "and the one out of the tests")
    check.same(right_diff, left_diff, "the same edits: git diff is equal")
    check.same(right[-1], left[-1], "the same last answer")
    check.same(len(right), len(left), "as many messages")
    for number, (mine, theirs) in enumerate(zip(left, right)):
        check.same(theirs, mine, f"message {number} ({mine['role']}) is the same")


def requests(check, plain, short):
    check.same(len(short), len(plain), f"as many requests: {len(plain)}")
    previous = []
    for turn, (direct, proxied) in enumerate(zip(plain, short)):
        check.same(expand(proxied[3]), direct[3],
                   f"turn {turn}: the body expands ({len(direct[3])} > {len(proxied[3])} bytes)")
        messages = [conversation.unmarked(m) for m in json.loads(proxied[3])["messages"]]
        check.same(messages[: len(previous)], previous, f"turn {turn}: begins as turn {turn - 1} was sent")
        previous = messages
    for turn, what in ((4, "the number"), (6, "what the test expects"), (8, "that all is well")):
        last = texts(short[turn][3])[-1]
        is_short = "[brevity 1 " in last or "[same as tool result " in last
        check.that(is_short and len(last) < len(texts(plain[turn][3])[-1]),
                   f"turn {turn}: {what} was read out of a result that is shortened", last[:300])
    body = short[-1][3]
    for sign in (b"[brevity 1 table ", b"[same as tool result "):
        check.that(sign in body, f"the last request has {sign.decode()}…]")


def figures(check, plain, short, stats):
    before, after = (sum(len(request[3]) for request in requests) for requests in (plain, short))
    check.that(after < 0.7 * before, "the bodies are a third shorter at least", f"{before} > {after}")
    check.same(stats["requests"], len(short), "each request is counted")
    guard = stats["guard"]
    check.same(sum(guard["busts"].values()), 0, "the guard saw no turn that changes what an earlier one sent")
    check.same((guard["requests"], guard["unread"]), (len(short), 0), "and it read each request")
    print(f"\nbytes of all {len(short)} requests: {before} > {after} ({100 * (before - after) / before:.1f} % less)")
    print("tokens of tool results, est. (o200k):")
    for what, kind in (("new in their turn", "new"), ("sent again", "resent")):
        print(f"  {what}: {tokens(stats[kind])}")
    for name, tally in stats["rewritten"].items():
        print(f"  by {name}: {tokens(tally)}, parts: {tally['parts']}")
    for name, tally in stats["kept"].items():
        print(f"  kept, {name}: {tally['est_o200k_tokens_in']}, parts: {tally['parts']}")


def tokens(tally):
    was, now = tally["est_o200k_tokens_in"], tally["est_o200k_tokens_out"]
    return f"{was} > {now} ({100 * (was - now) / max(was, 1):.1f} % less)"


if __name__ == "__main__":
    main()
