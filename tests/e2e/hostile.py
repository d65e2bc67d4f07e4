"""Uses `brevity proxy` as users and networks do when things go wrong.

usage: python3 tests/e2e/hostile.py       (`cargo build --release` first; needs curl)
"""

import hashlib
import json
import signal
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import conversation
from running import BREVITY, Checks, Proxy
from upstream import Answers, Upstream

check = Checks()
JSON = ("-H", "content-type: application/json")


class Gated(Upstream):
    """Sends one event of a stream, then waits to be told to go on."""

    def __init__(self):
        super().__init__()
        self.RequestHandlerClass = GatedAnswers
        self.go, self.left, self.asked = threading.Event(), threading.Event(), threading.Event()


class GatedAnswers(Answers):
    def do_POST(self):
        self.keep(self.body())
        self.server.asked.set()
        if self.path == "/never":
            # Nothing comes back; what arrives then is the end of the connection.
            if self.rfile.read(1) == b"":
                self.server.left.set()
            self.close_connection = True
            return
        self.head(200, "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        self.chunk(b"data: 1\n\n")
        self.server.go.wait(30)
        self.chunk(b"data: 2\n\n")
        self.wfile.write(b"0\r\n\r\n")


def curl(*arguments, body=None):
    """Exit code, standard output, standard error."""
    command = ["curl", "-sS", "--max-time", "20", *arguments]
    if body is not None:
        command += ["--data-binary", "@-"]
    done = subprocess.run(command, input=body, capture_output=True)
    return done.returncode, done.stdout, done.stderr.decode()


def status(url, *arguments, body=None):
    return curl(url, "-o", "/dev/null", "-w", "%{http_code}", *arguments, body=body)[1].decode()


def raw(proxy, data, end=False):
    """Sends bytes, reads until the proxy closes, which it may do early."""
    with socket.create_connection(("127.0.0.1", proxy.port)) as connection:
        connection.settimeout(20)
        answer = b""
        try:
            connection.sendall(data)
            if end:
                connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65536):
                answer += piece
        except OSError:
            pass
        return answer


def refuses_to_start():
    taken = socket.create_server(("127.0.0.1", 0))
    here = f"127.0.0.1:{taken.getsockname()[1]}"
    for arguments, words, *code in (
        (["--listen", here], "is in use", 69),
        (["--listen", "99999"], "cannot listen on"),
        (["--listen", "127.0.0.1:99999"], "cannot listen on"),
        (["--upstream", "api.example.com"], "must start with http"),
        (["--upstream", "http://"], "is not a URL"),
        (["--upstream", "https://me:secret@host"], "credentials"),
        (["--listen", "127.0.0.1:4999", "--upstream", "http://localhost:4999"], "this proxy", 78),
        (["--upstream-ca", "/nonexistent"], "cannot read certificates", 78),
        (["--upstream"], "a value is required"),
        (["--bogus"], "unexpected argument"),
    ):
        done = subprocess.run([BREVITY, "proxy", *arguments], capture_output=True, text=True,
                              timeout=10)
        first = done.stderr.splitlines()[0]
        print(f"  {' '.join(arguments):52} {done.returncode}  {first[:90]}")
        is_told = done.returncode == (code or [2])[0] and words in first
        check.that(is_told, f"refuses {arguments}", first)
        check.that("secret" not in done.stderr and "panicked" not in done.stderr, str(arguments))


def fidelity(proxy, upstream):
    """Bodies with nothing eligible, and bodies that are no request, arrive as they were."""
    text = "line \\u00e9 \\/ \t".replace("\t", "\\t") * 20_000
    odd = '{ "messages" :\r\n[ {"role":"user","content":"%s"} ],"model": "m-1",\t"x":1.10e400 }'
    bodies = {
        "odd spacing": (odd % text).encode(), "empty object": b'{"messages":[]}',
        "not JSON": b'{"messages":[{"role":"user"', "invalid UTF-8": b'{"messages":["\xff\xfe"]}',
        "32 MiB less a bit": (odd % ("x" * (32 * 1024 * 1024 - 200))).encode(),
        "more than 32 MiB": (odd % ("x" * (33 * 1024 * 1024))).encode(),
    }
    for name, body in bodies.items():
        for way in ("--http1.1", "--http2-prior-knowledge", "chunked"):
            options = ("-H", "transfer-encoding: chunked") if way == "chunked" else (way,)
            curl(proxy.url + "/v1/messages", *JSON, *options, body=body)
            [(_, _, headers, arrived)] = upstream.took()
            same = hashlib.sha256(body).digest() == hashlib.sha256(arrived).digest()
            check.that(same, f"{name}, {way}: SHA-256")
            length = dict(headers).get("content-length")
            held = len(body) <= 32 * 1024 * 1024
            check.same(length, str(len(body)) if held else None, f"{name}, {way}: content-length")
            proxy.line()
        digest = hashlib.sha256(body).hexdigest()[:16]
        print(f"  {name:20} {len(body):10} bytes  {digest}")


def protocols(proxy, upstream):
    """What HTTP allows."""
    url = proxy.url + "/v1/messages"
    body = b'{"model":"m-1","messages":[]}'
    check.same(status(proxy.url + "/", "-I"), "200", "HEAD /")
    check.same(status(proxy.url + "/healthz"), "200", "/healthz")
    check.same(status(proxy.url + "/healthz", "-I"), "200", "HEAD /healthz")
    check.same(status(proxy.url + "/healthz/upstream"), "200", "/healthz/upstream")
    check.same(status(proxy.url + "/healthz", "-X", "POST"), "400", "POST /healthz")
    for way in ("--http1.1", "--http2-prior-knowledge", "--http2"):
        version = curl(url, *JSON, way, "-o", "/dev/null", "-w", "%{http_version} %{http_code}",
                       body=body)[1]
        expected = b"1.1 200" if way == "--http1.1" else b"2 200"
        # An upgrade from HTTP/1.1 (h2c) is not offered; the client goes on with 1.1.
        expected = b"1.1 200" if way == "--http2" else expected
        check.same(version, expected, way)
    code, out, trace = curl(url, *JSON, "-H", "expect: 100-continue", "-v", "-o", "/dev/null",
                            body=body)
    check.that(code == 0 and "HTTP/1.1 100 Continue" in trace, "Expect: 100-continue", trace)
    head = (b"POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            b"connection: close\r\n")
    chunked = b"%x\r\n%s\r\n0\r\nx-sum: 1\r\n\r\n" % (len(body), body)
    upstream.took()
    answer = raw(proxy, head + b"transfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n" + chunked)
    check.that(answer.startswith(b"HTTP/1.1 200"), "chunked with trailers", answer[:200])
    check.same(upstream.took()[0][3], body, "chunked with trailers: body")
    # Two lengths at odds with each other are how requests are smuggled (RFC 9112, 6.3).
    both = head + b"content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n" + chunked
    answer = raw(proxy, both)
    took = upstream.took()
    check.that(not took or took[0][3] == body, "both lengths", str(took))
    check.that(not took or "content-length" not in dict(took[0][2])
               or dict(took[0][2])["content-length"] == str(len(body)), "both lengths: head")
    two = head + b"content-length: 3\r\ncontent-length: 4\r\n\r\nabcd"
    check.that(raw(proxy, two).startswith(b"HTTP/1.1 400"), "two lengths")
    for junk in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET\r\n\r\n", b"\0" * 5000,
                 b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 100,
                 b"GET / HTTP/1.1\r\nhost: x\r\nx: " + b"y" * 1_000_000 + b"\r\n\r\n"):
        answer = raw(proxy, junk, end=True)
        print(f"  {junk[:32]!r:48} {answer.split(bytes([13]))[0][:60]!r}")
        check.same(status(proxy.url + "/healthz"), "200", f"alive after {junk[:20]!r}")
    # Not a forward proxy: a tunnel is refused, and a whole URL's host is not asked.
    end = b" HTTP/1.1\r\nhost: example.com\r\nconnection: close\r\n\r\n"
    check.that(raw(proxy, b"CONNECT example.com:443" + end).startswith(b"HTTP/1.1 400"), "CONNECT")
    upstream.took()
    answer = raw(proxy, b"GET http://example.com/v1/models" + end)
    check.that(answer.startswith(b"HTTP/1.1 200"), "a whole URL", answer[:200])
    check.same(upstream.took()[0][1], "/v1/models", "a whole URL goes to the upstream")
    while not proxy.lines.empty():
        proxy.line()


def upstream_is_down():
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}"
    with Proxy(url) as proxy:
        for path, kind in (("/v1/messages", "error"), ("/v1/chat/completions", None)):
            _, out, _ = curl(proxy.url + path, *JSON, "-w", "\n%{http_code}", body=b"{}")
            text, code = out.decode().rsplit("\n", 1)
            print(f"  {code} {text}")
            error = json.loads(text)
            check.that(code == "502" and error.get("type") == kind, f"{path}: 502", text)
            check.that("cannot be reached" in error["error"]["message"], path, text)
            check.that("error:" in proxy.line(), f"{path}: the line says why")
        check.same(status(proxy.url + "/healthz/upstream"), "503", "/healthz/upstream")
        check.same(status(proxy.url + "/healthz"), "200", "/healthz")


def clients_leave():
    upstream = Gated()
    with Proxy(upstream.url) as proxy:
        code, out, _ = curl(proxy.url + "/v1/messages", *JSON, "-N", "--max-time", "0.5",
                            body=b"{}")
        check.that(code == 28 and out == b"data: 1\n\n", "an event arrives before the end", str(out))
        check.that("/v1/messages 200" in proxy.line(), "a client left in the answer: a line")
        curl(proxy.url + "/never", "--max-time", "0.5", body=b"{}")
        check.that(upstream.left.wait(10), "a client left: the upstream's connection ends")
        check.that("no answer" in proxy.line(), "a client left before the answer: a line")
        head = b"POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        upstream.took()
        raw(proxy, head + b"content-length: 100\r\n\r\n{", end=True)
        line = proxy.line()
        check.that("stopped in the middle of its body" in line, "half a body: a line", line)
        check.same(upstream.took(), [], "half a body: nothing is sent")
        upstream.go.set()


def stops():
    upstream = Gated()
    with Proxy(upstream.url) as proxy:
        # Connections that are open and idle, one of which has been used.
        idle = [socket.create_connection(("127.0.0.1", proxy.port)) for _ in range(3)]
        idle[0].sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        idle[0].recv(1000)
        start = time.monotonic()
        code = proxy.stop()
        print(f"  SIGTERM while idle: exit {code} after {(time.monotonic() - start) * 1e3:.0f} ms")
        check.same(code, 0, "SIGTERM while idle")
        check.that(time.monotonic() - start < 5, "SIGTERM while idle: promptly")
    for option in ("--http1.1", "--http2-prior-knowledge"):
        upstream.go.clear()
        upstream.asked.clear()
        with Proxy(upstream.url) as proxy, ThreadPoolExecutor() as pool:
            stream = pool.submit(curl, proxy.url + "/v1/messages", *JSON, option, "-N", body=b"{}")
            upstream.asked.wait(10)
            proxy.process.send_signal(signal.SIGTERM)
            refused = wait_until_refused(proxy)
            check.that(refused, f"{option}: no new connection while it drains")
            check.same(proxy.process.poll(), None, f"{option}: it waits for the stream")
            upstream.go.set()
            code, out, trace = stream.result()
            check.same((code, out), (0, b"data: 1\n\ndata: 2\n\n"), f"{option}: whole {trace}")
            check.same(proxy.process.wait(10), 0, f"{option}: then it ends")
    upstream.go.clear()
    upstream.asked.clear()
    with Proxy(upstream.url) as proxy, ThreadPoolExecutor() as pool:
        stream = pool.submit(curl, proxy.url + "/v1/messages", *JSON, "-N", body=b"{}")
        upstream.asked.wait(10)
        proxy.process.send_signal(signal.SIGINT)
        wait_until_refused(proxy)
        check.same(proxy.stop(signal.SIGINT), 1, "a second signal ends it at once")
        check.that(stream.result()[0] != 0, "and the stream breaks off")
        upstream.go.set()


def wait_until_refused(proxy):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", proxy.port)).close()
        except OSError:
            return True
    return False


def somebody_does_not_read():
    """An upstream that does not read, then a client that does not: memory stays bounded."""
    stalled = socket.create_server(("127.0.0.1", 0))
    with Proxy(f"http://127.0.0.1:{stalled.getsockname()[1]}") as proxy:
        with socket.create_connection(("127.0.0.1", proxy.port)) as client:
            client.sendall(b"POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json"
                           b'\r\ncontent-length: 1000000000\r\n\r\n{"system":"')
            sent = until_full(client)
            report("an upstream that does not read", sent, proxy)
        upstream, _ = stalled.accept()
        upstream.close()
        client = socket.create_connection(("127.0.0.1", proxy.port))
        client.sendall(b"POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n")
        upstream, _ = stalled.accept()
        upstream.recv(4096)
        upstream.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")
        sent = until_full(upstream)
        report("a client that does not read", sent, proxy)
        check.same(status(proxy.url + "/healthz"), "200", "/healthz meanwhile")


def until_full(connection):
    """Sends until nothing has moved for a second."""
    connection.settimeout(1)
    sent, piece = 0, b"data: {}\n\n" * 10_000
    try:
        while True:
            sent += connection.send(piece)
    except TimeoutError:
        return sent


def report(what, sent, proxy):
    peak = proxy.peak_kib() / 1024
    print(f"  {what}: {sent / 1e6:.1f} MB taken, peak RSS {peak:.1f} MiB")
    check.that(peak < 64, what, f"{peak:.1f} MiB")


def many_large_ones(upstream):
    """20 MB bodies at once, while health checks are timed."""
    *_, said = conversation.anthropic(8)
    one = json.dumps(said[1:])[1:-1]
    times = 20_000_000 // len(one)
    body = f'{{"model":"m-1","messages":[{json.dumps(said[0])},{",".join([one] * times)}]}}'.encode()
    with Proxy(upstream.url) as proxy, ThreadPoolExecutor(9) as pool:
        upstream.took()
        start = time.monotonic()
        sent = [pool.submit(status, proxy.url + "/v1/messages", *JSON, "--max-time", "120", body=body)
                for _ in range(8)]
        waits = []
        while not all(each.done() for each in sent):
            asked = time.monotonic()
            raw(proxy, b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            waits.append((time.monotonic() - asked) * 1000)
        seconds = time.monotonic() - start
        check.same({each.result() for each in sent}, {"200"}, "large bodies")
        took = upstream.took()
        check.same(len({request[3] for request in took}), 1, "large bodies: all alike")
        short = took[0][3]
        restored = subprocess.run([BREVITY, "expand"], input=short, capture_output=True).stdout
        check.same(hashlib.sha256(restored).digest(), hashlib.sha256(body).digest(), "restored")
        waits.sort()
        print(f"  8 bodies of {len(body):,} bytes, {len(short):,} left: {seconds:.1f} s, peak RSS "
              f"{proxy.peak_kib() / 1024:.0f} MiB; {len(waits)} health checks took "
              f"{waits[len(waits) // 2]:.2f} ms at the median, {waits[-1]:.1f} ms at most")
        print("  " + proxy.line()[:230])


def main():
    upstream = Upstream()
    for title, act in (
        ("refuses to start", refuses_to_start),
        ("the upstream is down", upstream_is_down),
        ("clients leave", clients_leave),
        ("stops", stops),
        ("somebody does not read", somebody_does_not_read),
    ):
        print(title)
        act()
    with Proxy(upstream.url) as proxy:
        print("fidelity")
        fidelity(proxy, upstream)
        print("protocols")
        protocols(proxy, upstream)
    print("many large bodies")
    many_large_ones(upstream)
    check.end()


if __name__ == "__main__":
    main()
