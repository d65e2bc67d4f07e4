"""A small upstream that speaks Anthropic Messages and OpenAI Chat Completions.

What it answers follows from the request's model, stream flag and number of messages alone, so that
two runs of one conversation get the same answers. It compresses where the client accepts gzip, and
keeps every request.
"""

import gzip
import http.server
import json
import socket
import threading
import zlib

# Statuses with the bodies that the providers send, spaces and order included.
ERRORS = {
    "/v1/messages": {
        400: ("invalid_request_error", "messages.0: all fine, but we refuse it"),
        401: ("authentication_error", "invalid x-api-key"),
        429: ("rate_limit_error", "Number of request tokens has exceeded your limit"),
        500: ("api_error", "Internal server error"),
        529: ("overloaded_error", "Overloaded"),
    },
    "/v1/chat/completions": {
        400: ("invalid_request_error", "Invalid 'messages[0]'"),
        401: ("invalid_request_error", "Incorrect API key provided: x"),
        429: ("tokens", "Rate limit reached for m"),
        500: ("server_error", "The server had an error"),
        503: ("server_error", "Slow down"),
    },
}


def usage_of(turn):
    """What the providers would count: a cache that grows by what was new."""
    return {"input": 11 + turn, "read": 1000 * (turn - 1), "write": 1000 + turn, "output": 40 + turn}


class Upstream(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, answers=None):
        super().__init__(("127.0.0.1", 0), answers or Answers)
        self.requests, self.lock = [], threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def took(self):
        """The requests since the last call: (method, path, headers, body)."""
        with self.lock:
            requests, self.requests = self.requests, []
            return requests

    def handle_error(self, *_):
        """Clients may leave."""


class Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def version_string(self):
        return "cloudflare"

    def date_time_string(self, timestamp=None):
        return "Sat, 01 Aug 2026 10:00:00 GMT"

    def do_GET(self):
        self.keep(b"")
        models = [{"id": "m-1", "type": "model", "display_name": "M", "object": "model",
                   "created": 1, "created_at": "2026-01-01T00:00:00Z", "owned_by": "x"}]
        body = {"object": "list", "data": models, "has_more": False, "first_id": "m-1",
                "last_id": "m-1"}
        self.document(200, body)

    def do_HEAD(self):
        self.keep(b"")
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def do_POST(self):
        body = self.body()
        self.keep(body)
        path = self.path.split("?")[0]
        try:
            asked = json.loads(body)
        except ValueError:
            return self.document(400, {"error": "no JSON"})
        model = asked.get("model", "")
        if model.startswith("fails-"):
            return self.error(path, int(model[6:]))
        if path == "/v1/messages/count_tokens":
            return self.document(200, {"input_tokens": 100 + len(asked["messages"])})
        # A turn is what an agent sends: a call and its result more than the last.
        turn = (len(asked["messages"]) + 1) // 2
        events, whole = {"/v1/messages": messages, "/v1/chat/completions": chat}[path](model, turn)
        if asked.get("stream"):
            if not asked.get("stream_options", {}).get("include_usage"):
                # OpenAI sends it only where it is asked for; Anthropic has no such event.
                events = [event for event in events if '"choices": [], "usage"' not in event]
            self.stream(events, broken=model == "breaks")
        else:
            self.document(200, whole)

    def body(self):
        if "content-length" in self.headers:
            return self.rfile.read(int(self.headers["content-length"]))
        body = b""
        while length := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(length)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return body

    def keep(self, body):
        with self.server.lock:
            headers = [(name.lower(), value) for name, value in self.headers.items()]
            self.server.requests.append((self.command, self.path, headers, body))

    def head(self, status, kind, *headers):
        self.send_response(status)
        for header in (("content-type", kind), ("request-id", "req_1"), ("x-request-id", "req_1"),
                       ("anthropic-ratelimit-tokens-remaining", "79000"), *headers):
            self.send_header(*header)

    def gzipped(self):
        return "gzip" in self.headers.get("accept-encoding", "")

    def document(self, status, document, *headers):
        body = json.dumps(document, indent=1).encode()
        self.head(status, "application/json", *headers)
        if self.gzipped():
            body = gzip.compress(body, mtime=0)
            self.send_header("content-encoding", "gzip")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def error(self, path, status):
        kind, message = ERRORS[path][status]
        error = {"type": kind, "message": message}
        wait = [("retry-after", "7"), ("x-should-retry", "false")]
        if path == "/v1/messages":
            body = {"type": "error", "error": error, "request_id": "req_1"}
        else:
            body = {"error": {**error, "param": None, "code": None}}
        self.document(status, body, *wait)

    def stream(self, events, broken):
        self.head(200, "text/event-stream; charset=utf-8")
        squeeze = None
        if self.gzipped():
            self.send_header("content-encoding", "gzip")
            squeeze = zlib.compressobj(wbits=31)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for index, event in enumerate(events):
            if broken and index == len(events) // 2:
                self.close_connection = True
                return self.connection.shutdown(socket.SHUT_RDWR)
            data = event.encode()
            if squeeze:
                data = squeeze.compress(data) + squeeze.flush(zlib.Z_SYNC_FLUSH)
            self.chunk(data)
        if squeeze:
            self.chunk(squeeze.flush())
        self.wfile.write(b"0\r\n\r\n")

    def chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))


TEXT = ["Let me look. ", "Tags <b>across</b> ", "<system-reminder>are", " kept</system-remin",
        "der>; so are é, \u4e16 and \U0001f600."]
ARGUMENTS = ['{"com', 'mand": "ku', 'bectl get pods -o json"}']


def messages(model, turn):
    """Anthropic: the events of a stream, and the same as a document."""
    usage = usage_of(turn)
    counts = {"input_tokens": usage["input"], "cache_creation_input_tokens": usage["write"],
              "cache_read_input_tokens": usage["read"], "service_tier": "standard"}
    call = {"type": "tool_use", "id": f"toolu_{turn:024}", "name": "Bash"}
    message = {"id": f"msg_{turn:024}", "type": "message", "role": "assistant", "model": model,
               "stop_sequence": None}
    stream = [("message_start", {"message": {**message, "content": [], "stop_reason": None,
               "usage": {**counts, "output_tokens": 1}}}),
              ("content_block_start", {"index": 0, "content_block": {"type": "text", "text": ""}}),
              ("ping", {})]
    stream += [("content_block_delta", {"index": 0, "delta": {"type": "text_delta", "text": t}})
               for t in TEXT]
    stream += [("content_block_stop", {"index": 0}),
               ("content_block_start", {"index": 1, "content_block": {**call, "input": {}}})]
    stream += [("content_block_delta", {"index": 1,
                "delta": {"type": "input_json_delta", "partial_json": a}}) for a in ARGUMENTS]
    stream += [("content_block_stop", {"index": 1})]
    if model == "overloads":
        stream += [("error", {"error": {"type": "overloaded_error", "message": "Overloaded"}})]
    else:
        stream += [("message_delta", {"delta": {"stop_reason": "tool_use", "stop_sequence": None},
                    "usage": {"output_tokens": usage["output"]}}), ("message_stop", {})]
    events = [f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n"
              for name, data in stream]
    content = [{"type": "text", "text": "".join(TEXT)},
               {**call, "input": json.loads("".join(ARGUMENTS))}]
    whole = {**message, "content": content, "stop_reason": "tool_use",
             "usage": {**counts, "output_tokens": usage["output"]}}
    return events, whole


def chat(model, turn):
    """OpenAI: the same for Chat Completions. Its prompt tokens include what the cache gave."""
    usage = usage_of(turn)
    prompt = usage["input"] + usage["read"]
    counts = {"prompt_tokens": prompt, "completion_tokens": usage["output"],
              "total_tokens": prompt + usage["output"],
              "prompt_tokens_details": {"cached_tokens": usage["read"], "audio_tokens": 0}}
    common = {"id": f"chatcmpl-{turn}", "created": 1_780_000_000, "model": model,
              "system_fingerprint": "fp_1"}
    call = {"index": 0, "id": f"call_{turn}", "type": "function"}
    deltas = [{"role": "assistant", "content": ""}] + [{"content": text} for text in TEXT]
    deltas += [{"tool_calls": [{**call, "function": {"name": "bash", "arguments": ""}}]}]
    deltas += [{"tool_calls": [{"index": 0, "function": {"arguments": a}}]} for a in ARGUMENTS]
    chunk = {**common, "object": "chat.completion.chunk"}
    stream = [{**chunk, "choices": [{"index": 0, "delta": d, "finish_reason": None}]}
              for d in deltas]
    stream += [{**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]},
               {**chunk, "choices": [], "usage": counts}]
    if model == "overloads":
        stream[-2:] = [{"error": {"message": "Overloaded", "type": "server_error", "code": None}}]
    events = [f"data: {json.dumps(event)}\n\n" for event in stream] + ["data: [DONE]\n\n"]
    function = {"name": "bash", "arguments": "".join(ARGUMENTS)}
    message = {"role": "assistant", "content": "".join(TEXT), "refusal": None,
               "tool_calls": [{"id": call["id"], "type": "function", "function": function}]}
    whole = {**common, "object": "chat.completion", "usage": counts,
             "choices": [{"index": 0, "message": message, "logprobs": None,
                          "finish_reason": "tool_calls"}]}
    return events, whole
