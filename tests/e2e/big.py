"""Sends one huge request body through `brevity proxy`, and a huge stream through the filters.

usage: python3 tests/e2e/big.py [MIB]      (default 1024; `cargo build --release` first)

Sender and sink are processes of their own. A first run without the proxy says what they can do by
themselves. SHA-256 of what left and of what arrived is compared in a run apart, since hashing takes
a core. Memory is VmHWM, the peak of the resident set. Linux only.
"""

import hashlib
import json
import multiprocessing
import os
import random
import socket
import subprocess
import sys
import threading
import time
from itertools import islice

from running import BREVITY, Checks, Proxy, peak_kib

MIB = 1 << 20
RSS_MIB, SPEED = 64, 200
check = Checks()


# --- bodies with nothing eligible, as pieces of about 1 MiB ---

def words(length, seed):
    """Text without quotes or backslashes, of one length in bytes."""
    dice = random.Random(seed)
    lines = (f"{dice.randrange(10**9)} the quick fox, line {n}" for n in range(length // 30 + 1))
    return "; ".join(lines)[:length].encode()


def head(stream=False):
    return b'{"model":"m","max_tokens":1,' + (b'"stream":true,' if stream else b"")


def system(mib):
    """One string of that length."""
    piece = words(MIB, 1)
    yield head() + b'"system":"'
    for _ in range(mib):
        yield piece
    yield b'","messages":[{"role":"user","content":"hello"}]}'


def messages(mib):
    """Messages of 16 KiB, user and assistant in turn."""
    text = words(16 * 1024 - 40, 2)
    pair = b'{"role":"user","content":"%s"},{"role":"assistant","content":"%s"},' % (text, text)
    piece = pair * (MIB // len(pair))
    yield head() + b'"messages":['
    for _ in range(mib * MIB // len(piece)):
        yield piece
    yield b'{"role":"user","content":"hello"}]}'


def small(mib):
    """Messages of 200 bytes, with escapes: the walker's worst day."""
    pair = b"".join(
        b'{"role":"%s","content":[{"type":"text","text":"line %d\\n\\tsays \\"hi\\" and C:\\\\x, %s"}]},'
        % (role, n, words(90, n))
        for n in range(2000)
        for role in (b"user", b"assistant")
    )
    yield head() + b'"messages":['
    for _ in range(mib * MIB // len(pair)):
        yield pair
    yield b'{"role":"user","content":"hello"}]}'


def results(mib):
    """Tool results of half a MiB that can be shortened: here memory counts, not speed."""
    pieces = [
        b'{"role":"assistant","content":[{"type":"tool_use","id":"t%d","name":"q","input":{}}]},'
        b'{"role":"user","content":[{"type":"tool_result","tool_use_id":"t%d","content":%s}]},'
        % (n, n, json.dumps(text[: MIB // 2].decode()).encode())
        for n, text in enumerate(islice(rows(8), 8))
    ]
    yield head() + b'"messages":['
    for n in range(mib * MIB // len(pieces[0])):
        yield pieces[n % 8]
    yield b'{"role":"user","content":"hello"}]}'


BODIES = {"system": system, "messages": messages, "small": small, "results": results}


# --- the sink: a process that reads one request per connection ---

class Reader:
    """Reads a connection into one buffer."""

    def __init__(self, connection):
        self.connection, self.buffer = connection, bytearray(512 * 1024)
        self.view, self.at, self.end = memoryview(self.buffer), 0, 0

    def more(self):
        """The bytes that are there; empty at the end."""
        if self.at == self.end:
            self.at, self.end = 0, self.connection.recv_into(self.buffer)
        return self.view[self.at : self.end]

    def line(self):
        line = b""
        while not line.endswith(b"\n"):
            found = self.buffer.find(b"\n", self.at, self.end)
            upto = self.end if found < 0 else found + 1
            line += self.view[self.at : upto]
            self.at = upto
            if found < 0 and not self.more():
                break
        return line

    def take(self, length, give):
        while length:
            piece = self.more()[:length]
            if not piece:
                raise EOFError
            give(piece)
            self.at += len(piece)
            length -= len(piece)


def body(reader, give):
    """Reads a head and its body (RFC 9112); gives whether it came chunked."""
    headers = {}
    while (line := reader.line().strip()) != b"":
        name, _, value = line.partition(b":")
        headers[name.lower()] = value.strip()
    if b"content-length" in headers:
        reader.take(int(headers[b"content-length"]), give)
        return False
    while length := int(reader.line().split(b";")[0], 16):
        reader.take(length, give)
        reader.line()
    while reader.line().strip():
        pass
    return True


def sink(hashed, results, port):
    listener = socket.create_server(("127.0.0.1", 0))
    port.put(listener.getsockname()[1])
    while True:
        connection, _ = listener.accept()
        count, digest = 0, hashlib.sha256()

        def give(piece):
            nonlocal count
            count += len(piece)
            if hashed:
                digest.update(piece)

        chunked = body(Reader(connection), give)
        results.put((count, digest.hexdigest(), chunked))
        answer = b'{"type":"message","usage":{"input_tokens":7,"output_tokens":3}}'
        connection.sendall(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n"
            b"content-length: %d\r\n\r\n%s" % (len(answer), answer)
        )
        connection.close()


# --- the sender: another process ---

def send(port, name, mib, hashed, chunked, results):
    pieces = BODIES[name]
    length, digest = 0, hashlib.sha256()
    for piece in pieces(mib):
        length += len(piece)
        if hashed:
            digest.update(piece)
    framing = b"transfer-encoding: chunked" if chunked else b"content-length: %d" % length
    connection = socket.create_connection(("127.0.0.1", port))
    start = time.monotonic()
    connection.sendall(
        b"POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n%s\r\n\r\n"
        % framing
    )
    for piece in pieces(mib):
        connection.sendall(b"%x\r\n" % len(piece) + piece + b"\r\n" if chunked else piece)
    connection.sendall(b"0\r\n\r\n" if chunked else b"")
    answer = connection.recv(4096)
    seconds = time.monotonic() - start
    results.put((length, digest.hexdigest(), seconds, answer.split(b"\r\n")[0].decode()))


def flow(port, arrivals, name, mib, hashed=False, chunked=False):
    """One body on its way; what was sent, what arrived."""
    results = multiprocessing.Queue()
    sender = multiprocessing.Process(target=send, args=(port, name, mib, hashed, chunked, results))
    sender.start()
    sent = results.get()
    sender.join()
    return sent, arrivals.get(timeout=10)


def start_sink(hashed):
    arrivals, port = multiprocessing.Queue(), multiprocessing.Queue()
    process = multiprocessing.Process(target=sink, args=(hashed, arrivals, port), daemon=True)
    process.start()
    return process, arrivals, port.get()


def requests(mib):
    print(f"{'body':20} {'MB/s':>7} {'direct':>7} {'peak RSS MiB':>13}  arrived")
    for hashed in (False, True):
        process, arrivals, port = start_sink(hashed)
        for name in ("system", "messages", "small"):
            one_request(name, mib, hashed, name == "messages" and hashed, arrivals, port)
        if not hashed:
            shortened(mib // 4, arrivals, port)
        process.kill()
        process.join()


def through(name, mib, hashed, chunked, arrivals, port):
    with Proxy(f"http://127.0.0.1:{port}") as proxy:
        sent, arrived = flow(proxy.port, arrivals, name, mib, hashed, chunked)
        peak, line = proxy.peak_kib() / 1024, proxy.line()
        check.same(sent[3], "HTTP/1.1 200 OK", f"{name}: the status")
        check.that(peak < RSS_MIB, f"{name}: peak RSS under {RSS_MIB} MiB", f"{peak:.1f}")
        check.that("usage input 7, output 3" in line, f"{name}: the line says usage", line)
        check.same(proxy.stop(), 0, f"{name}: stops")
    return sent, arrived, peak


def one_request(name, mib, hashed, chunked, arrivals, port):
    direct, _ = flow(port, arrivals, name, mib, hashed, chunked)
    sent, arrived, peak = through(name, mib, hashed, chunked, arrivals, port)
    speed, alone = (length / seconds / 1e6 for length, _, seconds, _ in (sent, direct))
    title = name + (" (hashed)" if hashed else "")
    word = arrived[1][:16] if hashed else "same length"
    print(f"{title:20} {speed:7.0f} {alone:7.0f} {peak:13.1f}  {word}{', chunked' * arrived[2]}")
    check.same(sent[:2], arrived[:2], f"{title}: length and SHA-256")
    check.that(hashed or speed > SPEED, f"{title}: over {SPEED} MB/s", f"{speed:.0f}")


def shortened(mib, arrivals, port):
    sent, arrived, peak = through("results", mib, False, False, arrivals, port)
    share = arrived[0] / sent[0]
    title = f"results ({mib} MiB)"
    print(f"{title:20} {sent[0] / sent[2] / 1e6:7.0f} {'':7} {peak:13.1f}  {share:.0%} of the bytes")
    check.that(share < 0.8, f"{title}: shorter", f"{share:.2f}")


# --- the filters ---

def rows(mib):
    """NDJSON like an application's log, in pieces of whole lines."""
    dice = random.Random(3)
    levels, services = ("info", "warn", "error"), ("api", "worker", "billing", "search")
    # Some pieces that take turns, so that making them costs little.
    pieces = [
        "".join(
            json.dumps({
                "time": f"2026-03-{dice.randrange(1, 29):02}T{dice.randrange(24):02}:17:03Z",
                "level": dice.choice(levels), "service": dice.choice(services),
                "request_id": f"{dice.getrandbits(64):016x}", "path": f"/v1/items/{dice.randrange(9999)}",
                "status": dice.choice((200, 200, 200, 404, 500)), "ms": dice.randrange(900) / 10,
                "user": {"id": dice.randrange(5000), "plan": "team"},
            }) + "\n"
            for _ in range(4500)
        ).encode()
        for _ in range(16)
    ]
    left = mib * MIB
    while left > 0:
        piece = pieces[dice.randrange(16)]
        left -= len(piece)
        yield piece


def feed(pipe, pieces, digest):
    with pipe:
        for piece in pieces:
            digest.update(piece)
            pipe.write(piece)


def watch(process, peaks, index):
    """Keeps the last VmHWM that could be read: the file is gone when the process is."""
    while process.poll() is None:
        try:
            peaks[index] = max(peaks[index], peak_kib(process.pid))
        except (OSError, TypeError):
            pass
        time.sleep(0.01)


def pipeline(mib, commands):
    """Pours NDJSON through commands; bytes in, bytes out, both SHA-256, seconds, peaks in MiB."""
    processes, source = [], subprocess.PIPE
    for command in commands:
        processes.append(
            subprocess.Popen([BREVITY, *command], stdin=source, stdout=subprocess.PIPE)
        )
        source = processes[-1].stdout
    peaks = [0] * len(processes)
    fed, came, length = hashlib.sha256(), hashlib.sha256(), 0
    threads = [threading.Thread(target=watch, args=(p, peaks, n)) for n, p in enumerate(processes)]
    threads.append(threading.Thread(target=feed, args=(processes[0].stdin, rows(mib), fed)))
    start = time.monotonic()
    for thread in threads:
        thread.start()
    while piece := os.read(processes[-1].stdout.fileno(), MIB):
        length += len(piece)
        came.update(piece)
    seconds = time.monotonic() - start
    for thread in threads:
        thread.join()
    codes = [process.wait() for process in processes]
    return length, fed.hexdigest(), came.hexdigest(), seconds, [p / 1024 for p in peaks], codes


def filters(mib):
    total = sum(len(piece) for piece in rows(mib))
    print(f"\n{'filter':20} {'MB/s':>7} {'bytes':>12} {'peak RSS MiB':>13}")
    for title, commands in (
        ("compress", [["compress"]]),
        ("compress | expand", [["compress"], ["expand"]]),
    ):
        length, fed, came, seconds, peaks, codes = pipeline(mib, commands)
        peak = ", ".join(f"{peak:.1f}" for peak in peaks)
        print(f"{title:20} {total / seconds / 1e6:7.0f} {length:12} {peak:>13}")
        check.that(set(codes) == {0}, f"{title}: exit codes", str(codes))
        check.that(max(peaks) < RSS_MIB, f"{title}: peak RSS under {RSS_MIB} MiB", peak)
        if len(commands) == 2:
            check.same(fed, came, f"{title}: SHA-256")
        else:
            check.that(length < total * 0.8, f"{title}: shorter", f"{length} of {total}")


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1024
    print(f"{size} MiB")
    requests(size)
    filters(size)
    check.end()
