// The official TypeScript client of MCP against public servers, directly and through Brevity.
//
// usage: npm i --prefix DIR @modelcontextprotocol/sdk @modelcontextprotocol/server-everything \
//          @modelcontextprotocol/server-filesystem            (written for sdk 1.32)
//        node tests/e2e/mcp.mjs DIR/node_modules              (`cargo build --release` first)
//
// Over stdio and over HTTP: the same tools, the same results once what was shortened is expanded,
// progress while a tool still runs, and a stream that is resumed by the id of its last event.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
const BREVITY = process.env.BREVITY ?? join(target, "release", "brevity");
const modules = resolve(process.argv[2] ?? "node_modules", "@modelcontextprotocol");
const sdk = (path) => import(pathToFileURL(join(modules, "sdk/dist/esm", path)));
const everything = join(modules, "server-everything/dist/index.js");
const filesystem = join(modules, "server-filesystem/dist/index.js");

const { Client } = await sdk("client/index.js");
const { StdioClientTransport } = await sdk("client/stdio.js");
const { StreamableHTTPClientTransport } = await sdk("client/streamableHttp.js");

let passed = 0, failed = 0;
function same(left, right, what) {
  const [a, b] = [left, right].map((value) => JSON.stringify(value));
  if (a === b) return void passed++;
  failed++;
  console.log(`FAILED: ${what}\n  ${a?.slice(0, 300)}\n  ${b?.slice(0, 300)}`);
}

function expand(text) {
  return spawnSync(BREVITY, ["expand"], { input: text, maxBuffer: 1 << 28 }).stdout.toString();
}

const row = (n) => ({ id: n, state: "running", owner: `team-${n % 7}` });
const rows = JSON.stringify(Array.from({ length: 300 }, (_, n) => row(n)));

// What a client sees of a server: its tools, each result, and how often a tool spoke before its end.
async function session(transport, calls) {
  const client = new Client({ name: "brevity-e2e", version: "1" });
  await client.connect(transport);
  const { tools } = await client.listTools();
  const results = [];
  let early = 0;
  for (const [name, given] of calls) {
    let done = false;
    const onprogress = () => (early += done ? 0 : 1);
    results.push(await client.callTool({ name, arguments: given }, undefined, { onprogress }));
    done = true;
  }
  await client.close();
  return { tools, results, early };
}

const length = (results) => JSON.stringify(results).length;

function compare(name, calls, shortened, plain, short) {
  same(plain.tools, short.tools, `${name}: same tools`);
  // How much of it comes behind the answer differs from run to run.
  same(plain.early > 0, short.early > 0, `${name}: progress before the end`);
  calls.forEach(([tool], at) => {
    const [before, after] = [plain.results[at], short.results[at]];
    const content = after.content?.map((item) =>
      item.type === "text" ? { ...item, text: expand(item.text) } : item);
    same(steady(before), steady({ ...after, content }), `${name}: ${tool} is the same when expanded`);
    same(length(after) < length(before), shortened.includes(at), `${name}: ${tool} shortened`);
  });
  const [before, after] = [plain, short].map(({ results }) => length(results));
  console.log(`${name}: ${plain.tools.length} tools, ${calls.length} results of ${before} > ${after} `
    + `characters, ${plain.early} notes of progress`);
}

// A session's own name stands in some results.
function steady(result) {
  return JSON.parse(JSON.stringify(result).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z|\d+:\d\d:\d\d [AP]M/g, "TIME"));
}

const CALLS = [
  ["echo", { message: `\n${rows}` }],
  ["echo", { message: "short" }],
  ["get-sum", { a: 1, b: 2 }],
  ["get-structured-content", { location: "New York" }],
  ["get-tiny-image", {}],
  ["get-resource-links", { count: 3 }],
  ["get-annotated-message", { messageType: "error", includeImage: true }],
  ["no-such-tool", { x: rows }],
  ["trigger-long-running-operation", { duration: 1, steps: 4 }],
];

async function stdio() {
  const ways = [["node", everything, "stdio"], [BREVITY, "mcp-wrap", "--", "node", everything, "stdio"]];
  const seen = [];
  for (const [command, ...args] of ways) {
    seen.push(await session(new StdioClientTransport({ command, args, stderr: "ignore" }), CALLS));
  }
  compare("stdio, everything", CALLS, [0], ...seen);
}

// Every tool of this server promises structured content: nothing may change.
async function files() {
  const folder = mkdtempSync(join(tmpdir(), "brevity-"));
  try {
    writeFileSync(join(folder, "rows.json"), rows);
    for (let n = 0; n < 99; n++) writeFileSync(join(folder, `file-${n}.txt`), "x");
    const calls = [
      ["read_text_file", { path: join(folder, "rows.json") }],
      ["list_directory", { path: folder }],
      ["directory_tree", { path: folder }],
      ["read_text_file", { path: join(folder, "missing") }],
    ];
    const ways = [["node", filesystem, folder], [BREVITY, "mcp-wrap", "--", "node", filesystem, folder]];
    const seen = [];
    for (const [command, ...args] of ways) {
      seen.push(await session(new StdioClientTransport({ command, args, stderr: "ignore" }), calls));
    }
    compare("stdio, filesystem", calls, [], ...seen);
    same(seen[0].results, seen[1].results, "stdio, filesystem: not a byte of a text changed");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

async function line(stream, pattern) {
  for await (const text of createInterface({ input: stream })) {
    const found = pattern.exec(text);
    if (found) return found;
  }
  throw new Error(`nothing says ${pattern}`);
}

async function http() {
  const port = await freePort();
  const env = { ...process.env, PORT: String(port) };
  const server = spawn("node", [everything, "streamableHttp"], { env, stdio: ["ignore", "ignore", "pipe"] });
  let proxy;
  try {
    await line(server.stderr, /listening on port/);
    const url = `http://127.0.0.1:${port}/mcp`;
    const options = ["proxy", "--listen", "127.0.0.1:0", "--mcp", `/tools=${url}`];
    proxy = spawn(BREVITY, options, { stdio: ["ignore", "pipe", "ignore"] });
    const [, own] = await line(proxy.stdout, /listens on (http:\/\/[\d.:]+)/);
    const through = `${own}/tools`;
    const seen = [];
    for (const way of [url, through]) {
      seen.push(await session(new StreamableHTTPClientTransport(new URL(way)), CALLS));
    }
    compare("http, everything", CALLS, [0], ...seen);
    await resumed(url, through);
  } finally {
    proxy?.kill();
    server.kill();
  }
}

// A session opened by hand: what a call's stream says, and what is said again from its first event on.
async function stream(url) {
  const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  const post = (message) => fetch(url, { method: "POST", headers, body: JSON.stringify(message) });
  const capabilities = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "e", version: "1" } };
  const opened = await post({ jsonrpc: "2.0", id: 0, method: "initialize", params: capabilities });
  await opened.text();
  headers["mcp-session-id"] = opened.headers.get("mcp-session-id");
  headers["mcp-protocol-version"] = "2025-06-18";
  await (await post({ jsonrpc: "2.0", method: "notifications/initialized" })).text();
  const params = { name: "trigger-long-running-operation", arguments: { duration: 1, steps: 2 }, _meta: { progressToken: 7 } };
  const long = await (await post({ jsonrpc: "2.0", id: 1, method: "tools/call", params })).text();
  const echo = { name: "echo", arguments: { message: `\n${rows}` } };
  const called = await (await post({ jsonrpc: "2.0", id: 2, method: "tools/call", params: echo })).text();
  const ids = [...long.matchAll(/^id: ?(.*)$/gm)].map(([, id]) => id);
  const last = { ...headers, accept: "text/event-stream", "last-event-id": ids[0] };
  delete last["content-type"];
  const again = await fetch(url, { headers: last });
  const reader = again.body.getReader();
  let text = "";
  const wanted = '"id":1}';
  while (!text.includes(wanted)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the stream that was resumed ended early: ${text}`);
    text += Buffer.from(value).toString();
  }
  await reader.cancel();
  await fetch(url, { method: "DELETE", headers });
  return { long, called, text: text.slice(0, text.indexOf(wanted)), events: ids.length };
}

async function resumed(url, through) {
  const [plain, short] = [await stream(url), await stream(through)];
  const shape = (text) => text.replace(/^id: .*$/gm, "id: ID");
  same(shape(plain.long), shape(short.long), "resumption: same events");
  same(shape(plain.text), shape(short.text), "resumption: same events again");
  same(shape(plain.called), shape(expand(short.called)), "resumption: same answer when expanded");
  same(short.called.length < plain.called.length / 2, true, "resumption: the answer is shortened");
  same(plain.events > 1 && short.text.includes("data:"), true, "resumption: there was something to resume");
  console.log(`resumption: ${short.events} events, ${short.text.length} characters of them again`);
}

await stdio();
await files();
await http();
console.log(`${passed} checks passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
