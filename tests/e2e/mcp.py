"""The official Python client of MCP against a server of its own, directly and through Brevity.

usage: python3 -m venv VENV && VENV/bin/pip install mcp     (written for mcp 2.3)
       VENV/bin/python tests/e2e/mcp.py                     (`cargo build --release` first)

Over stdio and over HTTP, with event streams and with bodies of JSON, in the newest protocol and with
sessions: the same tools, the same results once what was shortened is expanded, and progress while a
tool still runs.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time

if sys.argv[1:2] != ["serve"]:
    # This folder would stand in front of the package of the same name.
    sys.path.append(sys.path.pop(0))
else:
    sys.path.pop(0)

ROWS = [{"id": n, "state": "running", "owner": f"team-{n % 7}"} for n in range(300)]


def serve(transport, port):
    """The server: tools whose results have each form."""
    from mcp.server.mcpserver import Context, MCPServer
    from mcp.server.mcpserver.exceptions import ToolError
    from mcp_types import ImageContent, TextContent

    server = MCPServer("rows")
    plain = {"structured_output": False}
    go = asyncio.Event()

    @server.tool(**plain)
    def rows() -> str:
        return json.dumps(ROWS)

    @server.tool(**plain)
    def mixed() -> list:
        text = "\n".join(json.dumps(row) for row in ROWS)
        image = ImageContent(type="image", data="aGk=", mime_type="image/png")
        return [TextContent(type="text", text=text), image, TextContent(type="text", text="ü < end")]

    @server.tool(**plain)
    def read_file(path: str) -> str:
        return json.dumps(ROWS, indent=1)

    @server.tool()
    def typed() -> list[dict]:
        return ROWS

    @server.tool(**plain)
    def fails() -> str:
        raise ToolError("\n" + json.dumps(ROWS))

    @server.tool(**plain)
    async def waits(ctx: Context) -> str:
        await ctx.report_progress(1, 2, "half")
        await go.wait()
        go.clear()
        return json.dumps(ROWS)

    @server.tool(**plain)
    def goes() -> str:
        go.set()
        return "gone"

    if transport == "stdio":
        server.run("stdio")
    else:
        server.run("streamable-http", port=port, json_response=transport == "json")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def expand(text):
    return subprocess.run([BREVITY, "expand"], input=text.encode(), capture_output=True,
                          check=True).stdout.decode()


CALLS = [("rows", {}), ("mixed", {}), ("read_file", {"path": "x.json"}), ("typed", {}), ("fails", {})]
SHORTENED = {"rows", "mixed", "fails"}


async def session(server, mode, progresses=True):
    """What a client sees: the tools, each result, and progress before the end."""
    from mcp.client.client import Client

    async with Client(server, mode=mode) as client:
        tools = [tool.model_dump() for tool in (await client.list_tools()).tools]
        results = {name: (await client.call_tool(name, given)).model_dump() for name, given in CALLS}

        async def on_progress(progress, total, message):
            said.append((progress, total, message))
            # The tool ends only after this: progress that is held back would be waited for in vain.
            await client.call_tool("goes", {})
            gone.set()

        said, gone = [], asyncio.Event()
        if not progresses:
            return client.protocol_version, tools, results, said
        waited = client.call_tool("waits", {}, progress_callback=on_progress)
        results["waits"] = (await asyncio.wait_for(waited, 20)).model_dump()
        await gone.wait()
        return client.protocol_version, tools, results, said


def texts(result):
    return [item["text"] for item in result["content"] if item["type"] == "text"]


def expanded(result):
    content = [{**item, "text": expand(item["text"])} if item["type"] == "text" else item
               for item in result["content"]]
    return {**result, "content": content}


def compare(name, plain, short):
    check.same(plain[0], short[0], f"{name}: same protocol")
    check.same(plain[1], short[1], f"{name}: same tools")
    check.same(plain[3], short[3], f"{name}: same progress")
    own = lambda result: {key: value for key, value in result.items() if key != "meta"}
    for tool, result in plain[2].items():
        got = short[2][tool]
        check.same(own(result), own(expanded(got)), f"{name}: {tool} is the same when expanded")
        is_shorter = sum(map(len, texts(got))) < sum(map(len, texts(result)))
        check.same(is_shorter, tool in SHORTENED | {"waits"}, f"{name}: {tool} shortened")
    count = lambda results: sum(len(text) for r in results.values() for text in texts(r))
    print(f"{name}: protocol {plain[0]}, {len(plain[1])} tools, {len(plain[2])} results, texts of "
          f"{count(plain[2])} > {count(short[2])} characters")


def listening(port):
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit("the server does not listen")


def stdio(mode):
    from mcp.client.stdio import StdioServerParameters, stdio_client

    command = [sys.executable, __file__, "serve", "stdio", "0"]
    plain = StdioServerParameters(command=command[0], args=command[1:])
    wrapped = StdioServerParameters(command=BREVITY, args=["mcp-wrap", "--", *command])
    with open(os.devnull, "w") as nowhere:
        ways = [stdio_client(way, errlog=nowhere) for way in (plain, wrapped)]
        compare(f"stdio, {mode}", *(asyncio.run(session(way, mode)) for way in ways))


def http(transport, mode):
    port = free_port()
    server = subprocess.Popen([sys.executable, __file__, "serve", transport, str(port)],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        listening(port)
        url = f"http://127.0.0.1:{port}/mcp"
        with Proxy(f"http://127.0.0.1:{port}", "--mcp", f"/tools={url}") as proxy:
            # A body of JSON comes at once: it carries no progress.
            progresses = transport == "events"
            plain = asyncio.run(session(url, mode, progresses))
            short = asyncio.run(session(f"{proxy.url}/tools", mode, progresses))
            compare(f"http, {transport}, {mode}", plain, short)
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(sys.argv[2], int(sys.argv[3]))
        sys.exit()
    from running import BREVITY, Checks, Proxy

    check = Checks()
    for mode in ["auto", "legacy"]:
        stdio(mode)
        http("events", mode)
        http("json", mode)
    check.end()
