#!/usr/bin/env python3
"""pipe_streams.py SCENARIO PROGRAM ARG...

Runs the program, which is to pipe to a peer that echoes, with standard streams of some kind. Ends
with status 0 if all was as it must be, else with 1 and what was not.

SCENARIOS"""

import fcntl
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import threading
import time

PATIENCE = 30  # seconds, for the slowest machine
DATA = os.urandom(1 << 20) * 2
SILENCE = 0.5  # seconds in which something would have come


def must(condition, what):
    if not condition:
        sys.exit("not so: " + what)


def run(command, stdin, stdout):
    return subprocess.Popen(command, stdin=stdin, stdout=stdout)


def ends_with(process, status):
    try:
        got = process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        sys.exit("not so: it ends")
    must(got == status, "status %d, it was %d" % (status, got))


def read_until(fd, wanted):
    """Reads until that is there, and returns all that came."""
    data, end = b"", time.monotonic() + PATIENCE
    while wanted not in data:
        left = end - time.monotonic()
        must(left > 0 and select.select([fd], [], [], left)[0], "%r comes, got %r" % (wanted, data))
        more = os.read(fd, 65536)
        must(more, "%r comes before the end, got %r" % (wanted, data))
        data += more
    return data


def read_all(fd, length):
    data = b""
    while len(data) < length:
        select.select([fd], [], [], PATIENCE)
        more = os.read(fd, 65536)
        if not more:
            break
        data += more
    return data


def write_all(fd, data):
    while data:
        select.select([], [fd], [], PATIENCE)
        data = data[os.write(fd, data[:512]) :]


def nonblocking(fd):
    return bool(fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_NONBLOCK)


def both_ways(command, theirs_in, theirs_out, ours_in, ours_out, wanted_flags):
    """The flags of both streams stay what they were while it runs and afterwards."""
    for fd, flag in zip((theirs_in, theirs_out), wanted_flags):
        os.set_blocking(fd, not flag)
    process = run(command, theirs_in, theirs_out)
    writer = threading.Thread(target=write_all, args=(ours_in, DATA))
    writer.start()
    half = read_all(ours_out, len(DATA) // 2)
    during = (nonblocking(theirs_in), nonblocking(theirs_out))
    rest = read_all(ours_out, len(DATA) - len(half))
    writer.join()
    must(during == wanted_flags, "O_NONBLOCK is as before while it runs")
    must(half + rest == DATA, "all comes back, in order")
    return process


def pipes(command):
    """blocking pipes stay blocking"""
    (in_r, in_w), (out_r, out_w) = os.pipe(), os.pipe()
    process = both_ways(command, in_r, out_w, in_w, out_r, (False, False))
    os.close(in_w)
    ends_with(process, 0)
    must(not nonblocking(in_r) and not nonblocking(out_w), "both block afterwards")


def nonblocking_pipes(command):
    """non-blocking pipes work and stay as they are"""
    (in_r, in_w), (out_r, out_w) = os.pipe(), os.pipe()
    process = both_ways(command, in_r, out_w, in_w, out_r, (True, True))
    os.close(in_w)
    ends_with(process, 0)


def one_socket(command):
    """one socket is both streams, as inetd and BusyBox wget have it"""
    theirs, ours = socket.socketpair()
    process = both_ways(command, theirs.fileno(), theirs.fileno(), ours.fileno(), ours.fileno(), (False, False))
    ours.shutdown(socket.SHUT_WR)
    ends_with(process, 0)


def fifos(command):
    """FIFOs, which both sides have opened by name"""
    with tempfile.TemporaryDirectory() as folder:
        names = [os.path.join(folder, name) for name in ("in", "out")]
        for name in names:
            os.mkfifo(name)
        ours = [os.open(name, os.O_RDWR) for name in names]
        theirs_in, theirs_out = os.open(names[0], os.O_RDONLY), os.open(names[1], os.O_WRONLY)
        process = both_ways(command, theirs_in, theirs_out, ours[0], ours[1], (False, False))
        os.close(ours[0])
        ends_with(process, 0)


def files(command):
    """files"""
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as target:
        source.write(DATA)
        source.seek(0)
        ends_with(run(command, source, target), 0)
        target.seek(0)
        must(target.read() == DATA, "all comes back, in order")


def lone_bytes(command):
    """each byte is sent, and shown, at once"""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    for byte in b"a lone byte":
        process.stdin.write(bytes((byte,)))
        must(select.select([process.stdout], [], [], PATIENCE)[0], "an echo comes")
        must(process.stdout.read(1) == bytes((byte,)), "it is the byte")
    process.stdin.close()
    ends_with(process, 0)


def greeting(command):
    """a peer that speaks first is heard at once (peer: write-first)"""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    must(read_all(process.stdout.fileno(), 5) == b"xxxxx", "the greeting comes")
    process.stdin.close()
    ends_with(process, 0)


def reader_gone(command):
    """the reader goes, and then more comes"""
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
    )
    process.stdin.write(b"x")
    must(process.stdout.read(1) == b"x", "an echo comes")
    process.stdout.close()
    process.stdin.write(b"y")
    ends_with(process, 15)
    must(b"tlsdial: output: standard output: Broken pipe" in process.stderr.read(), "it says so")


def reader_gone_late(command):
    """the reader goes while the peer is waited for, which says nothing"""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdin.close()
    time.sleep(SILENCE)
    process.stdout.close()
    ends_with(process, 15)


def both_gone(command):
    """one who has both streams goes, as an ssh that is ended: nothing is left running"""
    theirs, ours = socket.socketpair()
    process = run(command, theirs, theirs)
    theirs.close()
    ours.sendall(b"x")
    must(ours.recv(1) == b"x", "an echo comes")
    ours.close()
    ends_with(process, 15)


def blocked(command):
    """neither side goes on: it waits, and does not turn round and round (peer: write-first)"""
    (in_r, in_w), (out_r, out_w) = os.pipe(), os.pipe()
    process = run(command, in_r, out_w)
    os.set_blocking(in_w, False)
    begin = time.monotonic()
    while time.monotonic() < begin + 2:  # the input has always more
        try:
            os.write(in_w, b"x" * 65536)
        except BlockingIOError:
            time.sleep(0.02)
    process.terminate()
    _, _, usage = os.wait4(process.pid, 0)
    must(usage.ru_utime + usage.ru_stime < 1, "less than half of the time is used, it was %.2f s" % (usage.ru_utime + usage.ru_stime))
    must(len(read_all(out_r, 4096)) >= 4096, "something was received")


# --- terminals ------------------------------------------------------------------------


def terminal(command):
    """a program at a terminal of its own; the terminal's other end"""
    pid, master = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever started the tests may ignore it
        os.execvp(command[0], command)
    return pid, master


def wait_pid(pid, status):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        ended, how = os.waitpid(pid, os.WNOHANG)
        if ended:
            must(os.waitstatus_to_exitcode(how) == status, "status %d, it was %d" % (status, os.waitstatus_to_exitcode(how)))
            return
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    sys.exit("not so: it ends")


def lines(command):
    """line mode, the terminal's own echo, Ctrl-D"""
    pid, master = terminal(command)
    before = termios.tcgetattr(master)
    os.write(master, b"hello\n")
    # Once by the terminal, once by the peer.
    must(read_until(master, b"hello\r\nhello\r\n") == b"hello\r\nhello\r\n", "one echo of each")
    os.write(master, b"half")
    must(read_until(master, b"half") == b"half", "the terminal's echo")
    must(not select.select([master], [], [], SILENCE)[0], "half a line is not sent")
    os.write(master, b"\x15whole\n")  # Ctrl-U takes it back
    must(read_until(master, b"whole\r\nwhole\r\n").endswith(b"whole\r\nwhole\r\n"), "a line edited")
    must(termios.tcgetattr(master) == before, "the terminal's settings are as before")
    os.write(master, b"\x04")
    wait_pid(pid, 0)


def tricks(command):
    """control characters of the peer are escaped"""
    pid, master = terminal(command)
    os.write(master, b"\x1b[31m\n")
    shown = read_until(master, b"\\x1B[31m\r\n" if "--raw" not in command else b"\x1b[31m\r\n")
    must("--raw" in command or b"\x1b" not in shown, "no escape sequence reaches the terminal")
    os.write(master, b"\x04")
    wait_pid(pid, 0)


def interrupted(command):
    """Ctrl-C ends it"""
    pid, master = terminal(command)
    os.write(master, b"hello\n")
    read_until(master, b"hello\r\nhello\r\n")
    os.write(master, b"\x03")
    wait_pid(pid, -signal.SIGINT)


def stuck(command):
    """a terminal that takes nothing keeps the input from nobody (peer: echo)"""
    master, slave = pty.openpty()
    source, ours = os.pipe()
    process = run(command, source, slave)
    # As much as comes back fills the terminal; what is read here at the end is what was shown.
    threading.Thread(target=write_all, args=(ours, b"line\n" * 20000), daemon=True).start()
    time.sleep(SILENCE)
    must(process.poll() is None, "it waits")
    must(not nonblocking(slave), "the terminal blocks for others as before")
    shown = read_until(master, b"line\r\n" * 100)
    must(shown.startswith(b"line\r\n"), "it goes on")
    os.close(ours)
    process.kill()
    process.wait()


SCENARIOS = {
    name: function
    for name, function in list(globals().items())
    if callable(function) and function.__doc__ and name not in ("read_until", "both_ways", "terminal")
}

if __name__ == "__main__":
    SCENARIOS[sys.argv[1]](sys.argv[2:])
