#!/usr/bin/env python3
"""A peer for the tests: one verb, one way to behave, well or badly.

Prints "LISTENING host:port" once it can be connected to, then serves every connection
in a thread of its own until it is killed. SIGTERM has it take and log the connections that
wait before it ends. Log lines go to --log, or standard error.
"""

import argparse
import base64
import os
import select
import shlex
import signal
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
import warnings

PIECE = 16384  # the plaintext of the largest TLS record
ALERT = 21
WARNING, FATAL = 1, 2
CLOSE_NOTIFY = 0
SETTLE = 0.3  # seconds until what was sent has surely been received, on loopback
VERSIONS = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}


class Log:
    def __init__(self, path):
        self.file = open(path, "a", encoding="utf-8") if path else sys.stderr
        self.lock = threading.Lock()

    def __call__(self, line):
        with self.lock:
            print(line, file=self.file, flush=True)


class Gone(Exception):
    """The client went away without close_notify."""


# --- TCP ----------------------------------------------------------------------------


def receive(sock, size=65536):
    try:
        return sock.recv(size)
    except ConnectionError:
        return b""


def drain(sock):
    """Reads until the client closes: closing a socket with unread data resets it."""
    while receive(sock):
        pass


def finish(sock):
    """A clean end of the TCP connection: FIN, and no reset after it."""
    try:
        sock.shutdown(socket.SHUT_WR)
        drain(sock)
    except OSError:
        pass


def reset(sock):
    """The next close() sends RST."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def drip(sock, data, interval):
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in data:
        sock.sendall(bytes((byte,)))
        time.sleep(interval)


def plain_alert(level, number):
    return struct.pack("!BHHBB", ALERT, 0x0303, 2, level, number)


def read_client_hello(sock):
    """The handshake message of the first flight, and the records that it came in."""
    message, records, raw = b"", b"", b""
    while len(message) < 4 or len(message) < 4 + int.from_bytes(message[1:4], "big"):
        while len(records) < 5 or len(records) < 5 + record_length(records):
            data = receive(sock)
            if not data:
                raise Gone("no ClientHello")
            records += data
            raw += data
        end = 5 + record_length(records)
        message, records = message + records[5:end], records[end:]
    return message, raw


def receive_exactly(sock, length):
    data = b""
    while len(data) < length:
        more = receive(sock, length - len(data))
        if not more:
            return b""
        data += more
    return data


def receive_record(sock):
    """One TLS record; what follows it stays unread."""
    top = receive_exactly(sock, 5)
    return top and top + receive_exactly(sock, record_length(top))


def record_length(record):
    return int.from_bytes(record[3:5], "big")


# --- TLS ----------------------------------------------------------------------------


class Wire:
    """A TLS server connection whose bytes on the wire are ours to send, hold or spoil."""

    def __init__(self, sock, args, receive=receive):
        self.sock = sock
        self.receive = receive
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context(args).wrap_bio(self.incoming, self.outgoing, server_side=True)

    def take(self):
        """What TLS wants to send and nobody has sent yet."""
        return self.outgoing.read()

    def flush(self):
        self.sock.sendall(self.take())

    def feed(self, data):
        if data:
            self.incoming.write(data)
        else:
            self.incoming.write_eof()

    def until_done(self, step, send):
        """Repeats a step of TLS, exchanging bytes through send, until it is done."""
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                send(self.take())
                self.feed(self.receive(self.sock))
            except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
                raise Gone("client left") from error

    def handshake(self, send=None):
        self.until_done(self.tls.do_handshake, send or self.sock.sendall)
        (send or self.sock.sendall)(self.take())
        return self

    def first_flight(self):
        """ServerHello and what follows it, taken and not sent."""
        while True:
            try:
                self.tls.do_handshake()
            except ssl.SSLWantReadError:
                if self.outgoing.pending:
                    return self.take()
                self.feed(self.receive(self.sock))

    def read(self, size=PIECE):
        """Application data; b"" after close_notify; Gone after anything else."""
        return self.until_done(lambda: self.read_or_end(size), self.sock.sendall)

    def read_or_end(self, size):
        try:
            return self.tls.read(size)
        except ssl.SSLZeroReturnError:  # instead of b"" once our own has been sent
            return b""

    def records(self, data):
        """Data as records, taken and not sent."""
        self.tls.write(data)
        return self.take()

    def write(self, data, chunk=PIECE):
        for start in range(0, len(data), chunk):
            self.sock.sendall(self.records(data[start : start + chunk]))

    def send_close_notify(self):
        try:
            self.tls.unwrap()
        except ssl.SSLError:
            pass  # it waits for the client's, which is not asked for here
        self.flush()

    def client_closes(self):
        """Reads to the end: does close_notify come?"""
        try:
            while self.read():
                pass
            return True
        except (Gone, OSError):
            return False

    def close(self, log):
        self.send_close_notify()
        log("client close_notify: " + ("yes" if self.client_closes() else "no"))
        finish(self.sock)


def context(args):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.set_ciphers(args.ciphers)
    tls.load_cert_chain(args.cert, args.key)
    if args.alpn:
        tls.set_alpn_protocols(args.alpn.split(","))
    if args.tls:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            tls.minimum_version = tls.maximum_version = VERSIONS[args.tls]
    return tls


def read_request(wire, args):
    request = b""
    while b"\r\n\r\n" not in request:
        data = wire.read()
        if not data:
            break
        request += data
    if args.out:
        with open(args.out, "wb") as out:
            out.write(request)
    args.log("request: " + request.decode("latin-1").split("\r\n")[0])
    time.sleep(args.delay)
    return request


def response(args):
    if args.file:
        with open(args.file, "rb") as file:
            return file.read()
    return head(args.body) + b"x" * args.body


def head(length=None):
    lines = ["HTTP/1.0 200 OK", "Content-Type: text/plain"]
    if length is not None:
        lines.append("Content-Length: %d" % length)
    return "\r\n".join(lines + ["", ""]).encode()


def part(args):
    """The response, with only the first --after bytes of its body."""
    whole = response(args)
    if args.after is None:
        return whole
    top, gap, body = whole.partition(b"\r\n\r\n")
    return top + gap + body[: args.after]


def asked(sock, args):
    """A connection whose handshake is done and whose request has been read."""
    wire = Wire(sock, args).handshake()
    read_request(wire, args)
    return wire


# --- the ClientHello ----------------------------------------------------------------


def vector(data, start, width):
    """A TLS vector with a length of so many bytes; what it holds, and where it ends."""
    begin = start + width
    end = begin + int.from_bytes(data[start:begin], "big")
    return data[begin:end], end


def vectors(data, width):
    at = 0
    while at < len(data):
        item, at = vector(data, at, width)
        yield item


def extensions(data):
    found, at = {}, 0
    while at < len(data):
        kind = int.from_bytes(data[at : at + 2], "big")
        found[kind], at = vector(data, at + 2, 2)
    return found


def ids(data):
    return ",".join(data[i : i + 2].hex() for i in range(0, len(data), 2))


def without_chance(message):
    """A ClientHello less what differs each time: random, session ID and key shares."""
    session, at = vector(message, 4 + 2 + 32, 1)
    kept = message[4:6] + b"%d" % len(session)
    ciphers, at = vector(message, at, 2)
    compression, at = vector(message, at, 1)
    kept += b"|" + ciphers + b"|" + compression
    for kind, body in extensions(vector(message, at, 2)[0]).items():
        kept += b"|" + kind.to_bytes(2, "big") + len(body).to_bytes(2, "big")
        kept += body[:4] if kind == 51 else body
    return kept


def log_client_hello(message, log):
    log("hello: " + without_chance(message).hex())
    _, at = vector(message, 4 + 2 + 32, 1)
    ciphers, at = vector(message, at, 2)
    _, at = vector(message, at, 1)
    offered = extensions(vector(message, at, 2)[0])
    names = vector(offered.get(0, b"\0\0"), 0, 2)[0]
    log("sni: " + (vector(names, 1, 2)[0].decode("latin-1") if names else "none"))
    log("ciphers: " + ids(ciphers))
    log("versions: " + (ids(vector(offered[43], 0, 1)[0]) if 43 in offered else "none"))
    for name, kind in (("groups", 10), ("sigalgs", 13)):
        log(name + ": " + (ids(offered[kind][2:]) if kind in offered else "none"))
    protocols = [p.decode("latin-1") for p in vectors(offered.get(16, b"")[2:], 1)]
    log("alpn: " + (",".join(protocols) or "none"))


# --- verbs: each serves one connection ----------------------------------------------


def silent(sock, args):
    """accepts, reads, never answers"""
    drain(sock)


def plain(sock, args):
    """sends --text at once, then FIN"""
    text = args.text.encode().decode("unicode_escape").encode("latin-1")
    sock.sendall(text)
    finish(sock)


def plain_http(sock, args):
    """answers as a plain HTTP server does on port 443"""
    receive(sock)
    body = b"You speak TLS to a plain HTTP port\n"
    top = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    sock.sendall(top % len(body) + body)
    finish(sock)


def plain_answer(sock, args):
    """waits for the ClientHello, sends --text, then FIN"""
    read_client_hello(sock)
    plain(sock, args)


def certificate_message(sock, args):
    """TLS 1.2 up to the Certificate message, with the PEM certificate of --file as it is"""
    receive_record(sock)
    with open(args.file, encoding="ascii") as file:
        der = base64.b64decode(file.read().split("-----")[2])
    sized = lambda data: len(data).to_bytes(3, "big") + data  # noqa: E731
    hello = b"\x03\x03" + bytes(32) + b"\0" + b"\xc0\x2b" + b"\0"
    hello += b"\0\x05" + b"\xff\x01\0\x01\0"  # secure renegotiation (RFC 5746)
    flight = b"\x02" + sized(hello) + b"\x0b" + sized(sized(sized(der)))
    sock.sendall(b"\x16\x03\x03" + len(flight).to_bytes(2, "big") + flight)
    drain(sock)


def files(sock, args):
    """a plain HTTP server: GET /NAME gives the file NAME of --folder, or the raw answer NAME.raw"""
    request = b""
    while b"\r\n\r\n" not in request:
        data = receive(sock)
        if not data:
            return
        request += data
    line = request.decode("latin-1").split("\r\n")[0]
    args.log("request: " + line)
    for header in request.decode("latin-1").split("\r\n")[1:-2]:
        args.log("header: " + header)
    path = os.path.join(args.folder, os.path.basename(line.split(" ")[1]))
    if os.path.isfile(path + ".raw"):
        sock.sendall(open(path + ".raw", "rb").read())
        return finish(sock)
    found = os.path.isfile(path)
    body = open(path, "rb").read() if found else b"not here"
    status = "200 OK" if found else "404 Not Found"
    sock.sendall(b"HTTP/1.0 %s\r\nContent-Type: application/pkix-cert\r\n"
                 b"Content-Length: %d\r\n\r\n" % (status.encode(), len(body)) + body)
    finish(sock)


def drip_http(sock, args):
    """a plain HTTP server that sends a byte of a body without end every --interval seconds"""
    receive(sock)
    sock.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
    drip(sock, b"x" * 10000, args.interval)


def reset_handshake(sock, args):
    """RST after the ClientHello"""
    read_client_hello(sock)
    reset(sock)


def close_handshake(sock, args):
    """FIN after the ClientHello"""
    read_client_hello(sock)
    finish(sock)


def alert(sock, args):
    """answers the ClientHello with the fatal alert --number"""
    read_client_hello(sock)
    sock.sendall(plain_alert(FATAL, args.number))
    finish(sock)


def alert_close_notify(sock, args):
    """answers the ClientHello with close_notify, then stays open for 5 s"""
    read_client_hello(sock)
    sock.sendall(plain_alert(WARNING, CLOSE_NOTIFY))
    time.sleep(5)
    finish(sock)


def close_notify_midway(sock, args):
    """TLS 1.2: ServerHello to ServerHelloDone, then close_notify in clear"""
    args.tls = "1.2"
    sock.sendall(Wire(sock, args).first_flight() + plain_alert(WARNING, CLOSE_NOTIFY))
    finish(sock)


def urgent(sock, args):
    """sends --text, whose last byte is urgent data, then FIN"""
    sock.send(args.text.encode(), socket.MSG_OOB)
    finish(sock)


def text_midway(sock, args):
    """ServerHello, then --text as it is"""
    args.tls = "1.2"
    flight = Wire(sock, args).first_flight()
    sock.sendall(flight[: 5 + record_length(flight)] + args.text.encode())
    finish(sock)


def without_extension(hello, kind):
    """A ServerHello, in its record, less one extension."""
    at = 5 + 4 + 2 + 32
    at += 1 + hello[at] + 2 + 1  # session, cipher, compression
    kept = b""
    for found, data in extensions(vector(hello, at, 2)[0]).items():
        if found != kind:
            kept += struct.pack("!HH", found, len(data)) + data
    body = hello[9:at] + struct.pack("!H", len(kept)) + kept
    message = hello[5:6] + len(body).to_bytes(3, "big") + body
    return hello[:3] + struct.pack("!H", len(message)) + message


def no_renegotiation_info(sock, args):
    """TLS 1.2 as a server that does not know RFC 5746 begins it, and no more"""
    args.tls = "1.2"
    flight = Wire(sock, args).first_flight()
    end = 5 + record_length(flight)
    sock.sendall(without_extension(flight[:end], 0xFF01) + flight[end:])
    drain(sock)


def drip_handshake(sock, args):
    """a true handshake, one byte each --interval"""
    wire = Wire(sock, args)
    wire.handshake(lambda data: drip(sock, data, args.interval))
    read_request(wire, args)
    wire.write(response(args))
    wire.close(args.log)


def drip_body(sock, args):
    """response head at once, then for ever one byte, in a record, each --interval"""
    wire = asked(sock, args)
    wire.write(head())
    while True:
        wire.write(b"x")
        time.sleep(args.interval)


def flood(sock, args):
    """response head, then bytes as fast as they go, for ever"""
    wire = asked(sock, args)
    wire.write(head())
    while True:
        wire.write(b"x" * 16384)


def drip_record(sock, args):
    """response head at once, then one record of 16 KiB, a byte each --interval"""
    wire = asked(sock, args)
    wire.write(head(PIECE))
    drip(sock, wire.records(b"x" * PIECE), args.interval)
    wire.close(args.log)


def fin(sock, args):
    """response (--after N bytes of the body), then FIN without close_notify"""
    asked(sock, args).write(part(args))
    finish(sock)


def cut_record(sock, args):
    """response (--after N), FIN in the middle of its last record"""
    wire = asked(sock, args)
    record = wire.records(part(args)[-PIECE:])
    sock.sendall(record[: len(record) // 2])
    finish(sock)


def reset_body(sock, args):
    """response (--after N), then RST"""
    asked(sock, args).write(part(args))
    time.sleep(SETTLE)
    reset(sock)


def empty(sock, args):
    """reads the request, then close_notify and FIN at once"""
    asked(sock, args).close(args.log)


def bad_record(sock, args):
    """response (--after N) in a record whose ciphertext is spoilt"""
    record = bytearray(asked(sock, args).records(part(args)[-PIECE:]))
    record[-1] ^= 1
    sock.sendall(record)
    finish(sock)


PROVOCATIONS = {
    10: struct.pack("!BHH", 99, 0x0303, 64) + bytes(64),
    20: struct.pack("!BHH", 23, 0x0303, 64) + bytes(64),
    22: struct.pack("!BHH", 23, 0x0303, 0x7000),
}


def late_alert(sock, args):
    """after the handshake an encrypted fatal alert --number, 10, 20 or 22"""
    wire = Wire(sock, args, receive_record).handshake()  # a close_notify waits
    if args.after is not None:
        read_request(wire, args)
        wire.write(part(args))
    # Nothing makes OpenSSL send an alert of our choice, but it answers a bad record
    # with the right one: a wrong type, a wrong tag, a length past the limit.
    wire.feed(PROVOCATIONS[args.number])
    try:
        wire.tls.read(PIECE)
    except ssl.SSLError as error:
        args.log("provoked: %s" % error.reason)
    wire.flush()
    finish(sock)


def serve(sock, args):
    """a normal server: the bytes of --file, --chunk to a record, close_notify"""
    wire = asked(sock, args)
    wire.write(response(args), args.chunk)
    wire.close(args.log)


def trickle(sock, args):
    """a normal server, but a record of --chunk bytes each --interval"""
    wire = asked(sock, args)
    data = response(args)
    for start in range(0, len(data), args.chunk):
        wire.write(data[start : start + args.chunk])
        time.sleep(args.interval)
    wire.close(args.log)


def sni(sock, args):
    """a normal answer; logs what the ClientHello offered and what was agreed"""
    message, raw = read_client_hello(sock)
    log_client_hello(message, args.log)
    wire = Wire(sock, args)
    wire.feed(raw)
    wire.handshake()
    args.log("agreed: %s %s" % (wire.tls.version(), wire.tls.cipher()[0]))
    args.log("agreed alpn: %s" % (wire.tls.selected_alpn_protocol() or "none"))
    read_request(wire, args)
    wire.write(response(args))
    wire.close(args.log)


def record(sock, args):
    """keeps what the client sends, --bytes N or to its close_notify, in --out; rests for
    --delay after each piece"""
    wire = Wire(sock, args).handshake()
    received = 0
    with open(args.out, "wb") as out:
        while args.bytes is None or received < args.bytes:
            data = wire.read()
            if not data:
                break
            received += out.write(data)
            out.flush()
            time.sleep(args.delay)
    args.log("received %d" % received)
    wire.write(b"received %d\n" % received)
    wire.close(args.log)


def close_first(sock, args):
    """after --delay close_notify, for --linger reads nothing, then keeps all of it in --out"""
    wire = Wire(sock, args).handshake()
    time.sleep(args.delay)
    wire.send_close_notify()
    time.sleep(args.linger)
    keep_all(wire, args)
    finish(sock)


def write_first(sock, args):
    """sends --bytes before it reads anything, then keeps what the client sends in --out"""
    wire = Wire(sock, args).handshake()
    wire.write(b"x" * args.bytes)
    keep_all(wire, args)
    wire.close(args.log)


def keep_all(wire, args):
    received = 0
    with open(args.out, "wb") as out:
        for data in iter(wire.read, b""):
            received += out.write(data)
    args.log("received %d" % received)


def line_of(read):
    """A line, with what it takes read one octet at a time."""
    line = b""
    while not line.endswith(b"\n"):
        octet = read(1)
        if not octet:
            raise Gone("no line")
        line += octet
    return line.strip().decode("latin-1")


def submission(sock, args):
    """a mail server with STARTTLS; keeps the message in --out"""
    sock.sendall(b"220 peer ESMTP\r\n")
    while line_of(sock.recv) != "STARTTLS":
        sock.sendall(b"250-peer\r\n250 STARTTLS\r\n")
    sock.sendall(b"220 go ahead\r\n" + args.text.encode().decode("unicode_escape").encode())
    wire = Wire(sock, args).handshake()
    answers = {"DATA": b"354 on\r\n", "QUIT": b"221 bye\r\n"}
    command = ""
    while command != "QUIT":
        command = line_of(wire.read)
        args.log("command: " + command)
        wire.write(answers.get(command, b"250 fine\r\n"))
        if command == "DATA":
            with open(args.out, "w", encoding="utf-8") as out:
                for line in iter(lambda: line_of(wire.read), "."):
                    out.write(line[line.startswith("."):] + "\n")
            wire.write(b"250 taken\r\n")
    wire.close(args.log)


def database(sock, args):
    """PostgreSQL's beginning: SSLRequest, S, TLS, the startup message, AuthenticationOk"""
    request = receive_exactly(sock, 8)
    args.log("ssl request: " + request.hex())
    sock.sendall(b"S" + args.text.encode())
    wire = Wire(sock, args).handshake()
    args.log("startup: %r" % wire.read())
    wire.write(b"R\0\0\0\x08\0\0\0\0")
    wire.close(args.log)


def keep_alive(sock, args):
    """answers each POST with 204 on one connection; the one with "slow" in it after --delay"""
    wire = Wire(sock, args).handshake()
    with open(args.out, "ab") as out:
        while True:
            top = b""
            while not top.endswith(b"\r\n\r\n"):
                top += wire.read(1) or b"\r\n\r\n"
            length = int(dict(line.split(": ") for line in
                              top.decode().split("\r\n")[1:-2]).get("Content-Length", 0))
            body = b""
            while length and len(body) < length:
                body += wire.read(length - len(body))
            if not body:
                break
            out.write(body)
            out.flush()
            time.sleep(args.delay if b"slow" in body else 0)
            wire.write(b"HTTP/1.1 204 No Content\r\n\r\n")
    wire.close(args.log)


def ranges(sock, args):
    """serves --file from where the Range says, at most --after bytes of it a time, then FIN; the
    last piece ends with close_notify"""
    wire = Wire(sock, args).handshake()
    request = read_request(wire, args).decode("latin-1")
    start = int(request.split("bytes=")[1].split("-")[0])
    args.log("from: %d" % start)
    whole = response(args)
    wire.write(b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %d-%d/%d\r\n\r\n"
               % (start, len(whole) - 1, len(whole)))
    wire.write(whole[start : start + args.after])
    if start + args.after >= len(whole):
        wire.close(args.log)
    else:
        finish(sock)


def echo(sock, args):
    """sends all back at once, --bytes N or to the client's close_notify; does not read
    while its own write is blocked"""
    wire = Wire(sock, args).handshake()
    echoed = 0
    while args.bytes is None or echoed < args.bytes:
        data = wire.read()
        if not data:
            break
        wire.write(data)
        echoed += len(data)
    wire.close(args.log)


def inetd(sock, args):
    """runs --command with the decrypted data as its standard streams"""
    wire = Wire(sock, args).handshake()
    ours, theirs = socket.socketpair()
    # pylint: disable-next=consider-using-with
    process = subprocess.Popen(shlex.split(args.command), stdin=theirs, stdout=theirs)
    theirs.close()
    connect_streams(wire, ours)
    ours.close()
    args.log("command ended: %d" % process.wait())
    wire.close(args.log)


def connect_streams(wire, stream):
    """Both ways, until one side has ended."""
    while True:
        ready = select.select([wire.sock, stream], [], [])[0]
        if stream in ready:
            data = receive(stream)
            if not data:
                return
            wire.write(data)
        if wire.sock in ready:
            wire.feed(receive(wire.sock))
            data = at_once(wire)
            while data:
                stream.sendall(data)
                data = at_once(wire)
            if data is not None:
                return


def at_once(wire):
    """What has come; None when it is not a record yet; b"" at the end."""
    try:
        return wire.read_or_end(PIECE)
    except ssl.SSLWantReadError:
        return None
    except ssl.SSLEOFError:
        return b""


def early_answer(sock, args):
    """answers and closes while the client is still sending; RST after --linger"""
    wire = Wire(sock, args).handshake()
    args.log("read %d of the request" % len(wire.read()))
    wire.write(response(args))
    wire.send_close_notify()
    sock.shutdown(socket.SHUT_WR)
    time.sleep(args.linger)


def no_close_wait(sock, args):
    """a normal answer, close_notify, and its socket is closed at once"""
    wire = asked(sock, args)
    wire.write(response(args))
    wire.send_close_notify()


def pump(source, target, out):
    while True:
        data = receive(source)
        if not data:
            break
        if out:
            out.write(data)
        try:
            target.sendall(data)
        except OSError:
            break
    try:
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def relay(sock, args):
    """TCP relay to port --to; the client's bytes also go to --out"""
    with socket.create_connection((args.to_host, args.to)) as target:
        back = threading.Thread(target=pump, args=(target, sock, None), daemon=True)
        back.start()
        with open(args.out or os.devnull, "ab", buffering=0) as out:
            pump(sock, target, out)
        back.join()


def connect_proxy(sock, args):
    """an HTTP proxy that connects to port --to, whatever it is asked for, and logs that"""
    args.log("asked: %s" % receive_lines(sock, b"\r\n\r\n").decode().splitlines()[0])
    sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    relay(sock, args)


def smtp_echo(sock, args):
    """an SMTP server that begins TLS when it is asked to, and then is as echo"""
    for answer in (b"220 peer ESMTP\r\n", b"250-peer\r\n250 STARTTLS\r\n", b"220 go on\r\n"):
        sock.sendall(answer)
        if not answer.endswith(b"go on\r\n"):
            args.log("heard: %s" % receive_lines(sock, b"\r\n").decode().strip())
    echo(sock, args)


def receive_lines(sock, end):
    """Up to that end and no further: what follows is another's."""
    data = b""
    while not data.endswith(end):
        byte = receive(sock, 1)
        if not byte:
            raise Gone("client left")
        data += byte
    return data


def http_proxy(sock, args):
    """an HTTP proxy that connects to port --to whatever is asked for"""
    request = b""
    while not request.endswith(b"\r\n\r\n"):
        request += receive(sock, 1)
    args.log("request: " + request.decode("latin-1").split("\r\n")[0])
    sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    relay(sock, args)


# --- verbs about the listening socket itself ----------------------------------------


def refuse(listener, args):
    """binds a port and does not listen: connections are refused"""


def blackhole(listener, args):
    """a backlog that is full: a connection attempt gets no answer"""
    listener.listen(0)
    args.fillers = []
    while not args.fillers or connects(args.fillers[-1]):
        filler = socket.socket(listener.family, socket.SOCK_STREAM)
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
        args.fillers.append(filler)


def connects(sock):
    deadline = time.monotonic() + SETTLE
    while time.monotonic() < deadline:
        try:
            sock.getpeername()
            return True
        except OSError:
            time.sleep(0.01)
    return False


PREPARED = {"refuse": refuse, "blackhole": blackhole}
SERVED = {
    "silent": silent,
    "plain": plain,
    "plain-http": plain_http,
    "plain-answer": plain_answer,
    "certificate-message": certificate_message,
    "files": files,
    "drip-http": drip_http,
    "reset-handshake": reset_handshake,
    "close-handshake": close_handshake,
    "alert": alert,
    "alert-close-notify": alert_close_notify,
    "close-notify-midway": close_notify_midway,
    "urgent": urgent,
    "text-midway": text_midway,
    "no-renegotiation-info": no_renegotiation_info,
    "drip-handshake": drip_handshake,
    "drip-body": drip_body,
    "drip-record": drip_record,
    "flood": flood,
    "fin": fin,
    "cut-record": cut_record,
    "reset": reset_body,
    "empty": empty,
    "bad-record": bad_record,
    "late-alert": late_alert,
    "serve": serve,
    "trickle": trickle,
    "sni": sni,
    "record": record,
    "close-first": close_first,
    "submission": submission,
    "database": database,
    "keep-alive": keep_alive,
    "ranges": ranges,
    "write-first": write_first,
    "echo": echo,
    "inetd": inetd,
    "smtp-echo": smtp_echo,
    "connect-proxy": connect_proxy,
    "early-answer": early_answer,
    "no-close-wait": no_close_wait,
    "relay": relay,
    "http-proxy": http_proxy,
}


# --- the program --------------------------------------------------------------------


def options(description, more_options):
    verbs = {**SERVED, **PREPARED}
    parser = argparse.ArgumentParser(
        description=description,
        epilog="\n".join("%-20s %s" % (verb, verbs[verb].__doc__) for verb in verbs),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("verb", choices=verbs, metavar="VERB")
    add("--cert", help="certificate chain of the server")
    add("--key")
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=0)
    add("--log", help="file for log lines (default: standard error)")
    add("--life", type=float, default=120, help="seconds until the peer ends by itself")
    add("--tls", choices=VERSIONS, help="the one version to speak")
    add("--ciphers", default="DEFAULT:@SECLEVEL=0", help="weak keys may be served")
    add("--alpn", help="protocols, with commas")
    add("--buffer", type=int, help="size of the socket's buffers")
    add("--delay", type=float, default=0, help="seconds before the answer")
    add("--interval", type=float, default=1, help="seconds between dripped bytes")
    add("--file", help="the answer, raw (default: a head and --body bytes)")
    add("--folder", help="of the files to serve")
    add("--body", type=int, default=1000)
    add("--after", type=int, help="bytes of the body to send")
    add("--chunk", type=int, default=PIECE, help="bytes to a record")
    add("--number", type=int, default=20, help="alert")
    add("--text", default="")
    add("--bytes", type=int, help="application bytes to wait for")
    add("--out", default=None, help="file for what the client sends")
    add("--command", help="to be run")
    add("--linger", type=float, default=1, help="seconds before the reset")
    add("--to", type=int, help="port of the relay's target")
    add("--to-host", default="127.0.0.1")
    add("--socket", help="listen on this Unix socket")
    more_options(add)
    return parser.parse_args()


def attend(serve_one, sock, args):
    try:
        with sock:
            serve_one(sock, args)
    except (OSError, Gone) as error:  # ssl.SSLError is an OSError
        args.log("ended: %s" % error)
    args.log("connection over")


def accept_one(listener, args):
    sock, client = listener.accept()
    sock.setblocking(True)  # whatever the listener is by then
    args.log("connection from %s" % (client[0] if client else "this machine"))
    own = argparse.Namespace(**vars(args))
    thread = threading.Thread(
        target=attend, args=(SERVED[args.verb], sock, own), daemon=True
    )
    thread.start()


def accept_all(listener, args):
    while True:
        accept_one(listener, args)


class Asked(Exception):
    """SIGTERM: the end, but not before the connections that wait are taken and logged."""


def ask(number, frame):
    raise Asked


def end_as_asked(listener, args):
    listener.setblocking(False)
    try:
        accept_all(listener, args)
    except BlockingIOError:
        args.log("peer over")


def end_after(seconds):
    time.sleep(seconds)
    os._exit(0)


def bound(args):
    if args.socket:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(args.socket)
        return listener
    family = socket.AF_INET6 if ":" in args.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if args.buffer:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, args.buffer)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, args.buffer)
    if args.port:  # another peer's port: its last connections may linger
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((args.host, args.port))
    return listener


def main(description=__doc__, more_options=lambda add: None):
    args = options(description, more_options)
    args.log = Log(args.log)
    threading.Thread(target=end_after, args=(args.life,), daemon=True).start()
    listener = bound(args)
    if args.verb in SERVED:
        listener.listen(1024)
    else:
        PREPARED[args.verb](listener, args)
    signal.signal(signal.SIGTERM, ask)
    where = ("path", 0) if args.socket else listener.getsockname()[:2]
    print("LISTENING %s:%d" % where, flush=True)
    try:
        if args.verb in SERVED:
            accept_all(listener, args)
        time.sleep(args.life)
    except Asked:
        end_as_asked(listener, args)


if __name__ == "__main__":
    main()
