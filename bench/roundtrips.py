#!/usr/bin/env python3
"""roundtrips.py --tlsdial PROGRAM [--socat PROGRAM] [--trips N] [--rounds N]

How long N round trips of five bytes take through `tlsdial pipe` and through socat, each to the same
server on loopback, which echoes. The two are measured in turn; the table shows medians, and the
ratio, which is to be below 2. It needs openssl and socat."""

import argparse
import os
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time

WARM_UP = 20  # round trips that are not counted: the handshake, and caches


def make_certificate(folder):
    certificate, key = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(command + ["-keyout", key, "-out", certificate], check=True, stderr=subprocess.DEVNULL)
    return certificate, key


def echo(connection):
    with connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            while data := connection.recv(16384):
                connection.sendall(data)
        except OSError:
            pass


def serve(listener, context):
    while True:
        plain, _ = listener.accept()
        try:
            secure = context.wrap_socket(plain, server_side=True)
        except OSError:
            continue
        threading.Thread(target=echo, args=(secure,), daemon=True).start()


def trip(process):
    process.stdin.write(b"ping\n")
    left = 5
    while left > 0:
        data = process.stdout.read(left)
        if not data:
            sys.exit("roundtrips.py: the connection ended")
        left -= len(data)


def measure(command, trips):
    """Seconds of the round trips alone."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    for _ in range(WARM_UP):
        trip(process)
    start = time.perf_counter()
    for _ in range(trips):
        trip(process)
    elapsed = time.perf_counter() - start
    process.kill()
    process.wait()
    return elapsed


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tlsdial", required=True)
    parser.add_argument("--socat", default=shutil.which("socat"))
    parser.add_argument("--trips", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=7)
    return parser.parse_args()


def main():
    args = arguments()
    if not args.socat:
        sys.exit("roundtrips.py: socat is not here")
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = make_certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        listener = socket.create_server(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        threading.Thread(target=serve, args=(listener, context), daemon=True).start()
        target = "OPENSSL:localhost:%d,cafile=%s,pf=ip4,nodelay" % (port, certificate)
        commands = {
            "tlsdial pipe": [args.tlsdial, "pipe", "--cacert", certificate, "localhost", str(port)],
            "socat": [args.socat, "-", target],
        }
        times = {name: [] for name in commands}
        for _ in range(args.rounds):
            for name, command in commands.items():
                times[name].append(measure(command, args.trips))
    medians = {name: statistics.median(values) for name, values in times.items()}
    print("%d round trips of five bytes (median of %d)" % (args.trips, args.rounds))
    for name, median in medians.items():
        print("  %-14s %8.1f ms  %6.1f us each" % (name, median * 1e3, median / args.trips * 1e6))
    print("  ratio          %8.2f" % (medians["tlsdial pipe"] / medians["socat"]))


if __name__ == "__main__":
    main()
