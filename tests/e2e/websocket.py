"""Holds a session of OpenAI Responses over a WebSocket, directly and through the proxy.

usage: python3 -m venv VENV && VENV/bin/pip install websockets
       VENV/bin/python tests/e2e/websocket.py     (`cargo build --release` first)

The client must get the same messages either way; the upstream must get shorter requests that expand
to what the direct run sent; pings must come back while a response streams; the proxy's log must say
the usage of each response; a refused handshake must arrive as it is, with its body. Each session runs
without compression and with the library's own.
"""

import asyncio
import json
import re
import subprocess

import websockets
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

import conversation
from running import BREVITY, Checks, Proxy

TURNS = 6
check = Checks()


def requests():
    """The request of each turn: all that was said before, or, from the fourth on, what is new."""
    items, made = [{"type": "message", "role": "user", "content": "Which pods restart? é"}], []
    for turn, result in enumerate(conversation.results(TURNS)):
        new = [
            {"type": "function_call", "call_id": f"c{turn}", "name": "bash",
             "arguments": json.dumps({"command": conversation.COMMAND})},
            {"type": "function_call_output", "call_id": f"c{turn}", "output": result},
        ]
        items += new
        request = {"type": "response.create", "model": "m", "store": False, "input": list(items)}
        if turn >= 3:
            request |= {"previous_response_id": f"resp_{turn - 1}", "input": new}
        made.append(json.dumps(request, ensure_ascii=turn % 2 == 0))
    return made


class Upstream:
    """Answers each request with events that follow from its number alone, and keeps it."""

    def __init__(self):
        self.got = []

    async def answer(self, connection):
        async for message in connection:
            turn = len(self.got)
            self.got.append(message)
            response = {"id": f"resp_{turn}", "object": "response", "status": "in_progress"}
            await connection.send(json.dumps({"type": "response.created", "response": response}))
            for word in range(200):
                await connection.send(
                    json.dumps({"type": "response.output_text.delta", "delta": f"w{word} é"})
                )
            usage = {"input_tokens": 100 + turn, "output_tokens": 10 + turn,
                     "input_tokens_details": {"cached_tokens": 40}}
            response |= {"status": "completed", "usage": usage}
            await connection.send(json.dumps({"type": "response.completed", "response": response}))

    def refuse(self, connection, request):
        if request.path.startswith("/refused"):
            return connection.respond(426, "use HTTP instead\n")
        return None


async def session(url, compression):
    """What the client gets."""
    got = []
    async with connect(url, compression=compression, max_size=None) as connection:
        for request in requests():
            await connection.send(request)
            pong = await connection.ping()
            got += await response(connection)
            await pong
        # In fragments, which are one message to the other side.
        await connection.send([requests()[0][:1000], requests()[0][1000:]])
        got += await response(connection)
    return got


async def response(connection):
    """The messages of one response."""
    got = []
    while not got or json.loads(got[-1])["type"] != "response.completed":
        got.append(await connection.recv())
    return got


def expanded(text):
    done = subprocess.run([BREVITY, "expand"], input=text.encode(), capture_output=True, check=True)
    return done.stdout.decode()


async def refusal(url):
    try:
        async with connect(url):
            return None
    except websockets.exceptions.InvalidStatus as refused:
        return refused.response.status_code, refused.response.body


async def main():
    for compression in (None, "deflate"):
        upstream = Upstream()
        async with serve(
            upstream.answer, "127.0.0.1", 0, process_request=upstream.refuse,
            compression="deflate", max_size=None,
        ) as server:
            port = server.sockets[0].getsockname()[1]
            await compare(upstream, port, compression)
    check.end()


async def compare(upstream, port, compression):
    title = compression or "plain"
    direct = await session(f"ws://127.0.0.1:{port}/v1/responses", compression)
    sent, upstream.got = upstream.got, []
    with await asyncio.to_thread(Proxy, f"http://127.0.0.1:{port}") as proxy:
        through = await session(f"ws://{proxy.address}/v1/responses", compression)
        check.same(through, direct, f"{title}: the client gets the same messages")
        got = upstream.got
        for turn, (short, long) in enumerate(zip(got, sent, strict=True)):
            check.same(expanded(short), long, f"{title}: request {turn} expands to what was sent")
        before, after = (sum(map(len, texts)) for texts in (sent, got))
        print(f"{title}: {len(direct)} messages came; {before} characters left as {after}")
        check.that(after < before * 0.7, f"{title}: requests leave shorter")
        lines = [await asyncio.to_thread(proxy.line) for _ in range(len(sent) + 1)]
        usages = [line for line in lines if re.search(r" WS /v1/responses 101 m .*output 1\d", line)]
        check.that(len(usages) == len(sent), f"{title}: each response has a line", str(lines))
        refused = [await refusal(f"ws://{host}/refused")
                   for host in (f"127.0.0.1:{port}", proxy.address)]
        check.same(refused[1], refused[0], f"{title}: a refusal passes")
        check.that(refused[0][0] == 426, f"{title}: it was one")
        check.same(await asyncio.to_thread(proxy.stop), 0, f"{title}: it stops")
        print(usages[-1][:400])


asyncio.run(main())
