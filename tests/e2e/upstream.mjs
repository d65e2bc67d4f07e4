// A small upstream that speaks Anthropic Messages, OpenAI Chat Completions and OpenAI Responses.
//
// What it answers follows from the request's path, model and number of messages, so that the same
// request gets the same answer either way. It keeps every request.

import http from 'node:http';

const TEXT = ['Let me look. ', 'Tags <b>across</b> ', '<system-reminder>are', ' kept</system-', 'reminder>; so are é, 世 and 😀.'];
const ARGUMENTS = ['{"com', 'mand":"ku', 'bectl get pods -o json"}'];
const WHOLE = TEXT.join('');
const CALL = ARGUMENTS.join('');

/** Bodies of errors as they are sent, odd spaces included; the last is no JSON. */
const ERRORS = {
  400: '{ "type":"error",\n  "error":{"type":"invalid_request_error","message":"messages.0: é is refused"}, "request_id":"req_1"}',
  401: '{"error":{"message":"Incorrect API key provided","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}',
  404: '{"type":"error","error":{"type":"not_found_error","message":"model: none"}}',
  413: '{"type":"error","error":{"type":"request_too_large","message":"too large"}}',
  422: '{"detail":[{"loc":["body"],"msg":"no"}]}',
  429: '{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}',
  500: '{"error":{"message":"The server had an error","type":"server_error"}}',
  502: '<html><body>Bad Gateway</body></html>',
  529: '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
};

export class Upstream {
  #requests = [];
  #tries = new Map();

  static async start() {
    const upstream = new Upstream();
    upstream.server = http.createServer((request, response) => upstream.#answer(request, response));
    await new Promise((done) => upstream.server.listen(0, '127.0.0.1', done));
    upstream.url = `http://127.0.0.1:${upstream.server.address().port}`;
    return upstream;
  }

  stop() {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** The requests since the last call. */
  took() {
    this.#tries.clear();
    return this.#requests.splice(0);
  }

  async #answer(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const headers = [];
    for (let at = 0; at < request.rawHeaders.length; at += 2) {
      headers.push([request.rawHeaders[at].toLowerCase(), request.rawHeaders[at + 1]]);
    }
    this.#requests.push({ method: request.method, path: request.url, headers, body });
    // A proxy adds a date where there is none.
    response.setHeader('date', 'Sat, 01 Aug 2026 10:00:00 GMT');
    this.#choose(request.url.split('?')[0], body.length ? JSON.parse(body) : {}, response);
  }

  #choose(path, asked, response) {
    const model = asked.model ?? '';
    const status = Number(/^(?:fails|flaky)-(\d+)/.exec(model)?.[1] ?? 200);
    const tries = (this.#tries.get(model) ?? 0) + 1;
    this.#tries.set(model, tries);
    if (status !== 200 && (model.startsWith('fails') || tries < 3)) return fail(response, status);
    const last = path.replace(/^.*\/(v1\/)?/, '');
    const answer = { messages, count_tokens: counted, completions: chat, responses, models }[last];
    if (!answer) return fail(response, 404);
    const { events, whole } = answer(asked);
    if (asked.stream) return stream(response, events, model === 'breaks');
    send(response, 200, JSON.stringify(whole, null, 1));
  }
}

function send(response, status, body, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_1', 'x-request-id': 'req_1', ...headers });
  response.end(body);
}

function fail(response, status) {
  const kind = status === 502 ? { 'content-type': 'text/html' } : {};
  send(response, status, ERRORS[status], { 'retry-after-ms': '1', ...kind });
}

function stream(response, events, breaks) {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'request-id': 'req_1', 'x-request-id': 'req_1' });
  for (const event of breaks ? events.slice(0, events.length / 2) : events) response.write(event);
  // The answer breaks off where the socket closes before the last chunk came.
  if (breaks) response.write('', () => response.destroy());
  else response.end();
}

const counted = (asked) => ({ whole: { input_tokens: 100 + asked.messages.length } });

const models = () => ({ whole: { object: 'list', data: [{ id: 'm-1', type: 'model', object: 'model', display_name: 'M', created_at: '2026-01-01T00:00:00Z', created: 1, owned_by: 'x' }], has_more: false, first_id: 'm-1', last_id: 'm-1' } });

const named = (event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

function messages({ model, messages: said }) {
  const usage = { input_tokens: 11 + said.length, cache_creation_input_tokens: 7, cache_read_input_tokens: 1000 };
  const head = { id: `msg_${said.length}`, type: 'message', role: 'assistant', model, stop_sequence: null };
  const call = { type: 'tool_use', id: `toolu_${said.length}`, name: 'Bash' };
  const events = [
    { type: 'message_start', message: { ...head, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'ping' },
    ...TEXT.map((text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
    { type: 'content_block_stop', index: 0 },
    { type: 'content_block_start', index: 1, content_block: { ...call, input: {} } },
    ...ARGUMENTS.map((partial_json) => ({ type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json } })),
    { type: 'content_block_stop', index: 1 },
    ...(model === 'overloads'
      ? [{ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }]
      : [{ type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 40 } }, { type: 'message_stop' }]),
  ];
  const content = [{ type: 'text', text: WHOLE }, { ...call, input: JSON.parse(CALL) }];
  const whole = { ...head, content, stop_reason: 'tool_use', usage: { ...usage, output_tokens: 40 } };
  return { events: events.map(named), whole };
}

function chat({ model, messages: said, stream_options: options }) {
  const head = { id: `chatcmpl-${said.length}`, created: 1_780_000_000, model, system_fingerprint: 'fp_1' };
  const usage = { prompt_tokens: 1011, completion_tokens: 40, total_tokens: 1051, prompt_tokens_details: { cached_tokens: 1000 } };
  const call = { id: `call_${said.length}`, type: 'function' };
  const deltas = [
    { role: 'assistant', content: '' },
    ...TEXT.map((content) => ({ content })),
    { tool_calls: [{ index: 0, ...call, function: { name: 'bash', arguments: '' } }] },
    ...ARGUMENTS.map((part) => ({ tool_calls: [{ index: 0, function: { arguments: part } }] })),
  ];
  const choice = (delta, finish_reason) => ({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] });
  const events = [...deltas.map((delta) => choice(delta, null)), choice({}, 'tool_calls')];
  if (options?.include_usage) events.push({ ...head, object: 'chat.completion.chunk', choices: [], usage });
  if (model === 'overloads') events.push({ error: { message: 'Overloaded', type: 'server_error', code: null } });
  const message = { role: 'assistant', content: WHOLE, refusal: null, tool_calls: [{ ...call, function: { name: 'bash', arguments: CALL } }] };
  const whole = { ...head, object: 'chat.completion', usage, choices: [{ index: 0, message, logprobs: null, finish_reason: 'tool_calls' }] };
  return { events: [...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), 'data: [DONE]\n\n'], whole };
}

function responses({ model, input }) {
  const count = Array.isArray(input) ? input.length : 1;
  const usage = { input_tokens: 1011, input_tokens_details: { cached_tokens: 1000 }, output_tokens: 40, output_tokens_details: { reasoning_tokens: 0 }, total_tokens: 1051 };
  const part = { type: 'output_text', text: WHOLE, annotations: [] };
  const message = { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content: [part] };
  const call = { type: 'function_call', id: 'fc_1', call_id: `call_${count}`, name: 'bash', arguments: CALL, status: 'completed' };
  const head = { id: `resp_${count}`, object: 'response', created_at: 1_780_000_000, model, error: null, parallel_tool_calls: true, tool_choice: 'auto', tools: [] };
  const whole = { ...head, status: 'completed', output: [message, call], usage };
  const events = [
    { type: 'response.created', response: { ...head, status: 'in_progress', output: [], usage: null } },
    { type: 'response.output_item.added', output_index: 0, item: { ...message, status: 'in_progress', content: [] } },
    { type: 'response.content_part.added', item_id: 'msg_1', output_index: 0, content_index: 0, part: { ...part, text: '' } },
    ...TEXT.map((delta) => ({ type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta })),
    { type: 'response.output_text.done', item_id: 'msg_1', output_index: 0, content_index: 0, text: WHOLE },
    { type: 'response.content_part.done', item_id: 'msg_1', output_index: 0, content_index: 0, part },
    { type: 'response.output_item.done', output_index: 0, item: message },
    { type: 'response.output_item.added', output_index: 1, item: { ...call, arguments: '', status: 'in_progress' } },
    ...ARGUMENTS.map((delta) => ({ type: 'response.function_call_arguments.delta', item_id: 'fc_1', output_index: 1, delta })),
    { type: 'response.function_call_arguments.done', item_id: 'fc_1', output_index: 1, name: 'bash', arguments: CALL },
    { type: 'response.output_item.done', output_index: 1, item: call },
    model === 'overloads'
      ? { type: 'error', code: 'server_error', message: 'Overloaded', param: null }
      : { type: 'response.completed', response: whole },
  ];
  return { events: events.map((event, sequence_number) => named({ ...event, sequence_number })), whole };
}
