"""A conversation of a coding agent, generated: tool results of JSON, some text, several turns."""

import json
import random

COMMAND = "kubectl get pods -A -o json"


def rows(dice, count):
    """Rows as a tool would print them."""
    return [
        {
            "name": f"{dice.choice(('api', 'worker', 'cache'))}-{dice.getrandbits(40):010x}",
            "namespace": dice.choice(("default", "kube-system", "payments")),
            "status": {"phase": "Running", "restarts": dice.randrange(4), "ip": f"10.0.{n}.7"},
            "image": "registry.internal/team/service:1.10",
            "note": "é " + "\"quoted\" \\ and </tag>" * (n % 7 == 0),
        }
        for n in range(count)
    ]


def results(turns):
    """The tool result of each turn: pretty, compact and line-wise JSON, and text that stays."""
    dice = random.Random(7)
    made = []
    for turn in range(turns):
        found = rows(dice, 30 + 5 * turn)
        made.append((
            json.dumps(found, indent=2, ensure_ascii=False),
            json.dumps({"items": found, "next": None}),
            "\n".join(json.dumps(row) for row in found) + "\n",
            "nothing to see\n" * 3 + "warning: `x` is never used\n",
        )[turn % 4])
    return made


def anthropic(turns):
    """The `messages` of each turn. The mark of the cache moves to the newest block."""
    said = [{"role": "user", "content": "Which pods restart? é"}]
    for turn, result in enumerate(results(turns), 1):
        yield said
        call = {"type": "tool_use", "id": f"toolu_{turn}", "name": "mcp__cluster__list",
                "input": {"command": COMMAND}}
        content = [{"type": "text", "text": result}] if turn % 2 else result
        block = {"type": "tool_result", "tool_use_id": call["id"], "content": content,
                 "cache_control": {"type": "ephemeral"}}
        said = [unmarked(message) for message in said] + [
            {"role": "assistant", "content": [{"type": "text", "text": f"Turn {turn}."}, call]},
            {"role": "user", "content": [block]},
        ]
    yield said


def unmarked(message):
    if isinstance(message["content"], str):
        return message
    kept = [{key: value for key, value in block.items() if key != "cache_control"}
            for block in message["content"]]
    return {**message, "content": kept}


def openai(turns):
    said = [{"role": "user", "content": "Which pods restart? é"}]
    for turn, result in enumerate(results(turns), 1):
        yield said
        function = {"name": "cluster_list", "arguments": json.dumps({"command": COMMAND})}
        content = [{"type": "text", "text": result}] if turn % 2 else result
        said = said + [
            {"role": "assistant", "content": None,
             "tool_calls": [{"id": f"call_{turn}", "type": "function", "function": function}]},
            {"role": "tool", "tool_call_id": f"call_{turn}", "content": content},
        ]
    yield said
