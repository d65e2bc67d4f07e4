// Makes requests with the SDKs `@anthropic-ai/sdk` and `openai` for Node, directly and through the proxy.
//
// usage: npm install --prefix /tmp/brevity-sdks @anthropic-ai/sdk openai
//        node tests/e2e/sdk.mjs      (`cargo build --release` first; `NODE_SDKS` names another folder)
//
// What the SDK gives must be equal; what the upstream got through the proxy must be equal, after
// `brevity expand`, to what it got directly.

import { Checks, Proxy, expand, sdk } from './running.mjs';
import { Upstream } from './upstream.mjs';

const Anthropic = sdk('@anthropic-ai/sdk');
const OpenAI = sdk('openai');
const check = new Checks();

// ---- What an agent says ----

const COMMAND = 'kubectl get pods -A -o json';
const rows = (count) => Array.from({ length: count }, (_, n) => ({
  name: `api-${(n * 2654435761 >>> 0).toString(16)}`, namespace: ['default', 'payments'][n % 2],
  status: { phase: 'Running', restarts: n % 4, ip: `10.0.${n}.7` }, note: n % 7 ? 'é' : '"quoted" \\ </tag>',
}));
const log = Array.from({ length: 80 }, (_, n) => `2026-08-01T10:00:${String(n % 60).padStart(2, '0')}Z INFO api request ${n} served in ${n * 7} ms`).join('\n');
const RESULTS = [JSON.stringify(rows(40), null, 2), JSON.stringify({ items: rows(50), next: null }), log, `${log}\nend`];
const COMMANDS = [COMMAND, COMMAND, 'kubectl logs api', 'kubectl logs api --tail 81'];
const schema = { type: 'object', properties: { command: { type: 'string' } } };

const anthropicTurns = (turns) => RESULTS.slice(0, turns).reduce((said, result, n) => [...said,
  { role: 'assistant', content: [{ type: 'text', text: `Turn ${n}.` }, { type: 'tool_use', id: `toolu_${n}`, name: 'Bash', input: { command: COMMANDS[n] } }] },
  { role: 'user', content: [{ type: 'tool_result', tool_use_id: `toolu_${n}`, content: n % 2 ? result : [{ type: 'text', text: result }] }] },
], [{ role: 'user', content: 'Which pods restart? é' }]);

const chatTurns = (turns) => RESULTS.slice(0, turns).reduce((said, result, n) => [...said,
  { role: 'assistant', content: null, tool_calls: [{ id: `call_${n}`, type: 'function', function: { name: 'bash', arguments: JSON.stringify({ command: COMMANDS[n] }) } }] },
  { role: 'tool', tool_call_id: `call_${n}`, content: n % 2 ? result : [{ type: 'text', text: result }] },
], [{ role: 'user', content: 'Which pods restart? é' }]);

const responsesTurns = (turns) => RESULTS.slice(0, turns).reduce((said, result, n) => [...said,
  { type: 'function_call', call_id: `call_${n}`, name: 'bash', arguments: JSON.stringify({ command: COMMANDS[n] }) },
  { type: 'function_call_output', call_id: `call_${n}`, output: n % 2 ? result : [{ type: 'input_text', text: result }] },
], [{ role: 'user', content: 'Which pods restart? é' }]);

// ---- One request both ways ----

// What belongs to one connection, or says where it goes, or is drawn by lot.
const OWN = new Set(['host', 'connection', 'keep-alive', 'transfer-encoding', 'content-length']);
const kept = (headers) => headers.filter(([name]) => !OWN.has(name))
  .map(([name, value]) => [name, value.replace(/stainless-node-retry-[\w-]+/, 'stainless-node-retry-X')]);

/** What the upstream got is the same, `path` aside where a proxy's base changes it. */
function sameRequests(what, direct, proxied, { path } = {}) {
  check.same(proxied.length, direct.length, `${what}: as many attempts (${direct.length})`);
  const shortened = direct.map((plain, n) => {
    const short = proxied[n] ?? { headers: [], body: Buffer.alloc(0) };
    check.same([short.method, short.path], [plain.method, path ?? plain.path], `${what}: ${plain.method} ${path ?? plain.path}`);
    check.same(kept(short.headers), kept(plain.headers), `${what}: headers, in their order`);
    const length = Object.fromEntries(short.headers)['content-length'];
    check.that(length === undefined || Number(length) === short.body.length, `${what}: content-length`);
    check.that(plain.body.equals(expand(short.body)), `${what}: the body expands (${plain.body.length} > ${short.body.length} bytes)`);
    return plain.body.length - short.body.length;
  });
  return Math.min(...shortened);
}

/** What a call gives, or throws, as plain values. */
async function outcome(act) {
  try {
    return { gave: JSON.parse(JSON.stringify((await act()) ?? null)) };
  } catch (error) {
    const headers = error.headers && kept([...error.headers]);
    return { threw: error.constructor.name, status: error.status, message: error.message, body: error.error, id: error.requestID, headers };
  }
}

class Way {
  constructor(upstream, proxy, make) {
    Object.assign(this, { upstream, proxy, make });
  }

  /** `act` on a client of each way. Gives what was taken off the body. */
  async both(what, act, { options = {}, shorter, path } = {}) {
    const left = await outcome(() => act(this.make(this.upstream.url, options)));
    const direct = this.upstream.took();
    const right = await outcome(() => act(this.make(this.proxy.url, options)));
    const proxied = this.upstream.took();
    check.same(right, left, `${what}: the SDK gives the same (${left.threw ?? 'an answer'})`);
    const saved = sameRequests(what, direct, proxied, { path });
    if (shorter !== undefined) check.that(shorter ? saved > 1000 : saved === 0, `${what}: ${shorter ? 'shorter' : 'same bytes'}`, saved);
    return left;
  }
}

const all = async (stream) => {
  const events = [];
  for await (const event of stream) events.push(event);
  return events;
};

/** Events until the stream breaks, and how it broke. */
const until = async (stream) => {
  const events = [];
  try {
    for await (const event of await stream) events.push(event);
  } catch (error) {
    return { events, threw: error.constructor.name, message: error.message, body: error.error };
  }
  return { events };
};

// ---- The APIs ----

const api = {
  messages: {
    turns: anthropicTurns,
    make: (url, options) => new Anthropic({ apiKey: 'sk-ant-api03-x', baseURL: url, maxRetries: 0, ...options }),
    asked: (messages, model = 'm-1') => ({ model, max_tokens: 99, messages, tools: [{ name: 'Bash', input_schema: schema }], system: 'You are an agent.' }),
    create: (client, asked) => client.messages.create(asked),
    raw: (client, asked) => client.messages.create(asked).asResponse(),
    helper: async (client, asked) => {
      const stream = client.messages.stream(asked);
      const events = await all(stream);
      return [events, await stream.finalMessage(), await stream.finalText()];
    },
  },
  chat: {
    turns: chatTurns,
    make: (url, options) => new OpenAI({ apiKey: 'sk-x', baseURL: `${url}/v1`, maxRetries: 0, ...options }),
    asked: (messages, model = 'm-1') => ({ model, messages, tools: [{ type: 'function', function: { name: 'bash', parameters: schema } }] }),
    create: (client, asked) => client.chat.completions.create(asked),
    raw: (client, asked) => client.chat.completions.create(asked).asResponse(),
    helper: async (client, asked) => {
      const stream = client.chat.completions.stream({ ...asked, stream_options: { include_usage: true } });
      const events = await all(stream);
      return [events, await stream.finalChatCompletion()];
    },
  },
  responses: {
    turns: responsesTurns,
    make: (url, options) => new OpenAI({ apiKey: 'sk-x', baseURL: `${url}/v1`, maxRetries: 0, ...options }),
    asked: (input, model = 'm-1') => ({ model, input, instructions: 'You are an agent.', store: false, tools: [{ type: 'function', name: 'bash', parameters: schema, strict: false }] }),
    create: (client, asked) => client.responses.create(asked),
    raw: (client, asked) => client.responses.create(asked).asResponse(),
    helper: async (client, asked) => {
      const stream = client.responses.stream(asked);
      const events = await all(stream);
      return [events, await stream.finalResponse()];
    },
  },
};

/** Whole and streamed, turn by turn. */
async function turns(way, name, { turns, asked, create, helper }) {
  for (let turn = 0; turn <= RESULTS.length; turn += 1) {
    const what = `${name}, turn ${turn}`;
    const request = asked(turns(turn));
    await way.both(`${what}, whole`, (client) => create(client, request), { shorter: turn > 0 });
    await way.both(`${what}, stream`, async (client) => all(await create(client, { ...request, stream: true })), { shorter: turn > 0 });
    if (turn % 2) await way.both(`${what}, the SDK's own gathering`, (client) => helper(client, request), { shorter: true });
  }
}

/** Errors as they are, and the SDK's own retries. */
async function failures(way, name, { turns, asked, create }) {
  const said = turns(1);
  for (const status of [400, 401, 404, 413, 422, 429, 500, 502, 529]) {
    for (const stream of [false, true]) {
      const what = `${name}, ${status}${stream ? ', stream' : ''}`;
      const left = await way.both(what, (client) => create(client, { ...asked(said, `fails-${status}`), stream }));
      check.same(left.status, status, `${what}: the status`);
    }
  }
  for (const status of [429, 500, 529]) {
    const what = `${name}, ${status} twice, then an answer`;
    const left = await way.both(what, (client) => create(client, asked(said, `flaky-${status}`)), { options: { maxRetries: 2 } });
    check.that(left.gave, `${what}: an answer`);
    await way.both(`${name}, ${status} too often`, (client) => create(client, asked(said, `flaky-${status}`)), { options: { maxRetries: 1 } });
  }
  for (const model of ['overloads', 'breaks']) {
    const what = `${name}, a stream that ${model}`;
    const { gave } = await way.both(what, (client) => until(create(client, { ...asked(said, model), stream: true })));
    check.that(gave.events.length > 3, `${what}: events came before`);
    // An event that tells of an error is one like others in the stream of Responses.
    check.that(gave.threw || (name === 'responses' && model === 'overloads'), `${what}: it throws ${gave.threw}`);
  }
}

/** Heads and bodies of answers, as they were sent. */
async function answers(way, name, { turns, asked, raw }) {
  for (const model of ['m-1', 'm-2']) {
    await way.both(`${name}, the answer's head and bytes, ${model}`, async (client) => {
      const response = await raw(client, { ...asked(turns(2), model), stream: model === 'm-2' });
      return [response.status, kept([...response.headers]), await response.text()];
    }, { shorter: true });
  }
  await way.both(`${name}, models`, async (client) => all(await client.models.list()));
}

async function counting(way) {
  for (const turn of [0, 3]) {
    const { max_tokens: _, ...asked } = api.messages.asked(anthropicTurns(turn));
    await way.both(`count_tokens, turn ${turn}`, (client) => client.messages.countTokens(asked), { shorter: turn > 0 });
  }
  const asked = { ...api.messages.asked(anthropicTurns(2)), betas: ['context-1m-2025-08-07'] };
  await way.both('beta messages', (client) => client.beta.messages.create(asked), { shorter: true });
}

/** Bases with and without `/v1`, on either side, and below a prefix. */
async function bases(upstream) {
  const said = { messages: api.messages.asked(anthropicTurns(2)), chat: api.chat.asked(chatTurns(2)), responses: api.responses.asked(responsesTurns(2)) };
  const paths = { messages: '/messages', chat: '/chat/completions', responses: '/responses' };
  const cases = [
    // The proxy's upstream, what follows the proxy's address in the client, and where it must arrive.
    ['', '/v1', '/v1'], ['/v1', '/v1', '/v1'], ['/v1', '', '/v1'], ['', '', ''],
    ['/gateway/v1', '/v1', '/gateway/v1'], ['/gateway', '/v1', '/gateway/v1'],
  ];
  for (const [base, client, arrives] of cases) {
    const proxy = await Proxy.start(upstream.url + base, '--route', `/x=${upstream.url}/elsewhere`);
    for (const name of ['messages', 'chat', 'responses']) {
      // Anthropic's SDK says `/v1` by itself: its base has none.
      if (name === 'messages' && client === '') continue;
      const own = name === 'messages' ? '' : client;
      const make = (url) => api[name].make('', { baseURL: url + (url === upstream.url ? (name === 'messages' ? '' : '/v1') : own) });
      const way = new Way(upstream, proxy, make);
      const what = `${name}, client …${client}, upstream …${base || '/'}`;
      await way.both(what, (to) => api[name].create(to, said[name]), { shorter: true, path: arrives + paths[name] });
    }
    await proxy.stop();
  }
  const proxy = await Proxy.start('http://127.0.0.1:1', '--route', `/x=${upstream.url}/elsewhere`);
  for (const name of ['messages', 'chat', 'responses']) {
    const make = (url) => api[name].make(url === upstream.url ? url : `${url}/x`, {});
    const way = new Way(upstream, proxy, make);
    await way.both(`${name}, below --route /x`, (to) => api[name].create(to, said[name]), { shorter: true, path: `/elsewhere/v1${paths[name]}` });
  }
  await proxy.stop();
}

async function main() {
  const upstream = await Upstream.start();
  const proxy = await Proxy.start(upstream.url);
  try {
    for (const [name, spoken] of Object.entries(api)) {
      const way = new Way(upstream, proxy, spoken.make);
      await turns(way, name, spoken);
      await failures(way, name, spoken);
      await answers(way, name, spoken);
    }
    await counting(new Way(upstream, proxy, api.messages.make));
    await bases(upstream);
    check.same(await proxy.stop(), 0, 'the proxy stops');
  } finally {
    proxy.process.kill('SIGKILL');
    upstream.stop();
  }
}

setTimeout(() => { console.log('FAILED: it took longer than 5 minutes'); process.exit(1); }, 300_000).unref();
await main();
process.exit(check.end());
