#!/usr/bin/env python3
"""Third-party verification vectors against the real program.

Each case is served by a live TLS server on loopback and dialled by tlsdial; its verdict is
compared with what the case expects, and with the list of known deviations. See README in the
folder of the vectors for their form.
"""

import argparse
import base64
import collections
import datetime
import hashlib
import json
import lzma
import multiprocessing
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

import tls13

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLED = "bettertls-nc"
STRIDE = 8  # of the suite that is sampled
LIMIT = 60  # seconds for one case
# How the program ends where the server's certificate was taken: the servers here then break
# the connection, or sign the handshake wrongly.
AFTER_HANDSHAKE = {0, 60, 62, 63, 67}
CERTIFICATE_STATUSES = range(40, 55)


class Case:
    def __init__(self, line):
        self.__dict__.update(json.loads(line))
        self.chain = [base64.b64decode(der) for der in self.chain]


# --- one case ---------------------------------------------------------------------------


def temporary(directory, text):
    """The path of a file with that text; the same text is the same file."""
    path = os.path.join(directory, hashlib.sha256(text.encode()).hexdigest()[:24])
    if not os.path.exists(path):
        with open(path + str(os.getpid()), "w", encoding="ascii") as file:
            file.write(text)
        os.rename(path + str(os.getpid()), path)
    return path


def command(case, port, options):
    words = options.emulator.split() + [options.tlsdial, "-v"]
    words += ["--connect-timeout", "30", "--idle-timeout", "30"]
    words += ["--cacert", temporary(options.scratch, case.trust)]
    words += ["--verify-hostname", case.host]
    if getattr(case, "time", None) is not None:
        words += ["--attime", str(int(datetime.datetime.fromisoformat(case.time).timestamp()))]
    return words + ["127.0.0.1", str(port)]


def dial(case, port, options):
    return subprocess.Popen(
        command(case, port, options),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        close_fds=False,
    )


def serve_bytes(case, options):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        client = dial(case, listener.getsockname()[1], options)
        try:
            with accept(listener, client) as sock:
                tls13.serve(sock, case.chain, tls13.load_key(case.key))
        except (OSError, tls13.Gone):
            pass
        return finish(client)


def accept(listener, client):
    """The client's connection; it may also end before it makes one."""
    listener.settimeout(0.2)
    while True:
        try:
            sock = listener.accept()[0]
            sock.settimeout(LIMIT)
            return sock
        except TimeoutError:
            if client.poll() is not None:
                raise tls13.Gone("no connection") from None


def pem(der):
    body = base64.encodebytes(der).decode()
    return "-----BEGIN CERTIFICATE-----\n" + body + "-----END CERTIFICATE-----\n"


def server_command(case, options):
    chain = temporary(options.scratch, "".join(map(pem, case.chain)))
    words = [options.openssl, "s_server", "-accept", "127.0.0.1:0", "-www", "-naccept", "1"]
    words += ["-cert", chain, "-cert_chain", chain]
    words += ["-key", temporary(options.scratch, case.key)]
    words += ["-cipher", (getattr(case, "ciphers", "") or "ALL:COMPLEMENTOFALL") + ":@SECLEVEL=0"]
    for name, switch in (("TLSv1", "-no_tls1"), ("TLSv1.1", "-no_tls1_1"),
                         ("TLSv1.2", "-no_tls1_2"), ("TLSv1.3", "-no_tls1_3")):
        if name not in case.protocols.split():
            words.append(switch)
    if getattr(case, "dhparam", None):
        words += ["-dhparam", temporary(options.scratch, case.dhparam)]
    return words


def serve_openssl(case, options):
    server = subprocess.Popen(
        server_command(case, options), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )
    try:
        said = ""
        for line in server.stdout:
            said += line
            found = re.match(r"ACCEPT .*:(\d+)", line)
            if found:
                return finish(dial(case, int(found.group(1)), options))
        return None, "the server does not start: " + said
    finally:
        server.kill()
        server.wait()


def finish(client):
    try:
        _, text = client.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        client.kill()
        client.communicate()
        return None, "tlsdial hangs"
    return client.returncode, text.decode("utf-8", "replace")


def verdict(case, status, text):
    """accept, reject, or None where the run itself failed."""
    problems = set(re.findall(r"^\* problem: ([a-z-]+):", text, re.M))
    if status in AFTER_HANDSHAKE:
        return "accept"
    if status == 30 and re.search(r"signature", text):
        return "accept"  # of the chain: the signature that follows it is wrong on purpose
    if case.suite == "pkits" and problems == {"name-mismatch"}:
        return "accept"  # its certificates have no host names
    if status in CERTIFICATE_STATUSES:
        return "reject"
    if status in (2, 30, 32, 33):
        return "reject"  # no host name, a bad handshake, a certificate that cannot be read
    return None


def run_case(line, options):
    case, begun = Case(line), time.monotonic()
    serve = serve_openssl if case.suite == "badssl" else serve_bytes
    status, text = serve(case, options)
    got = verdict(case, status, text) if status is not None else None
    summary = text.strip().splitlines()
    told = [words for words in summary if words.startswith("tlsdial: ")]
    return {"id": case.id, "suite": case.suite, "expect": case.expect, "soft": case.soft,
            "got": got, "status": status, "seconds": time.monotonic() - begun, "told": (told or summary or [""])[0]}


class Work:
    """What each process of the pool calls; it carries the options along."""

    def __init__(self, options):
        self.options = options

    def __call__(self, line):
        return run_case(line, self.options)


# --- the whole run ----------------------------------------------------------------------


def read_vectors(path, options):
    seen = 0
    with lzma.open(os.path.join(path, "vectors.jsonl.xz"), "rt", encoding="utf-8") as file:
        for line in file:
            head = json.loads(line)
            if options.only and not re.search(options.only, head["id"]):
                continue
            if head["suite"] == SAMPLED:
                seen += 1
                if not options.all and seen % STRIDE:
                    continue
            yield line


def read_deviations(path):
    """{id: (answer, reason)}; a line "= REASON" begins a group, "ANSWER ID" is a case."""
    deviations, reason = {}, None
    with open(path, encoding="utf-8") as file:
        for line in file:
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            if words[0] == "=":
                reason = " ".join(words[1:])
            else:
                deviations[words[1]] = (words[0], reason)
    return deviations


def judge(result, deviations):
    """agrees, known, or what is wrong with it."""
    if result["got"] is None:
        return "failed to run"
    agrees = result["expect"] in ("either", result["got"])
    known = deviations.get(result["id"])
    if known:
        return "no deviation any more" if agrees or known[0] != result["got"] else "known"
    return "agrees" if agrees or result["soft"] else "deviates"


def report(results, deviations, seconds):
    counts, bad = collections.defaultdict(collections.Counter), []
    for result in results:
        what = judge(result, deviations)
        counts[result["suite"]][what] += 1
        if what not in ("agrees", "known"):
            bad.append((what, result))
    for what, result in bad:
        print("%s: %s: expected %s, got %s (status %s): %s" % (
            what, result["id"], result["expect"], result["got"], result["status"],
            result["told"]))
    for suite, count in sorted(counts.items()):
        print("%-16s %5d cases, %5d agree, %3d known deviations, %d wrong" % (
            suite, sum(count.values()), count["agrees"], count["known"],
            sum(count.values()) - count["agrees"] - count["known"]))
    print("%d cases in %.0f s: %d passed, %d failed" % (
        len(results), seconds, len(results) - len(bad), len(bad)))
    return not bad


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--vectors", required=True, help="folder of vectors.jsonl.xz")
    add("--tlsdial", default="tlsdial", help="the program")
    add("--emulator", default="", help="what runs the program, with its options")
    add("--openssl", default="openssl")
    add("--deviations", default=os.path.join(HERE, "deviations"))
    add("--all", action="store_true", help="all cases, not a sample of the largest suite")
    add("--only", help="regular expression that the id must match")
    add("-j", "--jobs", type=int, default=os.cpu_count() or 1)
    add("--json", help="file for the results")
    return parser.parse_args()


def main():
    options = arguments()
    deviations = read_deviations(options.deviations)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tlsdial-conformance.") as scratch:
        options.scratch = scratch
        lines = list(read_vectors(options.vectors, options))
        with multiprocessing.Pool(2 * options.jobs) as pool:
            results = pool.map(Work(options), lines, chunksize=4)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1)
    return 0 if report(results, deviations, time.monotonic() - begun) and results else 1


if __name__ == "__main__":
    sys.exit(main())
