# shellcheck shell=sh
# Every step has a deadline, and no peer outstays it. The bounds here only catch a hang:
# they are far above the deadlines under test.
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires python openssl

make_usual

# Nothing but the default of --max-time bounds this one; it is looked at last, for that is 30 s.
if has_check; then
    start_peer silent
    tlsdial check --connect-timeout 0 127.0.0.1 "$port" >"$T/default.out" 2>"$T/default.err" &
    without_limits=$!
    remember "$without_limits"
fi

# Long enough for a handshake, however slow this machine is and whatever else it does.
start_peer serve
before=$(date +%s)
dial 127.0.0.1 "$port"
took=$(($(date +%s) - before))
stop_peer
status_is 0 'a transfer in time'
soon=$((2 * slowness))
[ "$((3 * took))" -le "$soon" ] || soon=$((3 * took))

# --- the handshake

start_peer silent
for limit in --connect-timeout --max-time; do
    dial "$limit" 0.5 127.0.0.1 "$port"
    status_is 73 "a silent peer, $limit"
    err_has 'deadline-handshake: ' "$limit: the message says which step"
    err_has 'the peer sent nothing' "$limit: and that the peer was silent"
    out_empty "$limit: nothing is printed"
done
err_has '--max-protocol TLSv1.2' 'the hint names the option'
dial --idle-timeout 0.1 --connect-timeout 0.5 127.0.0.1 "$port"
status_is 73 'the idle timeout is not that of the handshake'
dial --connect-timeout 60 --max-time 0.3 127.0.0.1 "$port"
status_is 73 'of two limits the earlier one holds'
stop_peer

start_peer drip-handshake --interval 0.3
dial --connect-timeout "$soon" 127.0.0.1 "$port"
status_is 73 'a handshake that drips'
err_has 'the peer sent nothing more, after' 'dripping handshake: the message says so'
stop_peer

start_peer drip-handshake --interval 0.0002
dial 127.0.0.1 "$port"
status_is 0 'a handshake that drips within the deadline succeeds'
stop_peer

# --- the transfer

start_peer drip-body --interval 0.1
dial --max-time "$soon" 127.0.0.1 "$port"
status_is 74 'a body that drips, --max-time'
err_has 'deadline-transfer: the transfer did not end in time' 'it did not end in time'
out_has 'HTTP/1.0 200 OK' 'what came is printed'
stop_peer

start_peer flood
dial --max-time "$soon" -o /dev/null 127.0.0.1 "$port"
status_is 74 'a body that never ends and never pauses, --max-time'
stop_peer

start_peer drip-record --interval 0.2
dial --idle-timeout 0.7 127.0.0.1 "$port"
status_is 74 'a record that drips, --idle-timeout'
err_has 'deadline-transfer: the peer was silent' 'bytes of a record are no data yet'
stop_peer

start_peer serve --delay "$((3 * soon + 60))"
dial --idle-timeout 0.5 127.0.0.1 "$port"
status_is 74 'silence after the request, --idle-timeout'
err_has 'deadline-transfer: the peer was silent' 'the message says who was silent'
err_has '--idle-timeout and --max-time set the limits' 'the hint names the options'
dial --connect-timeout "$soon" --max-time "$((2 * soon))" 127.0.0.1 "$port"
status_is 74 'the connect timeout ends with the handshake'

# The peer takes the head of the request, and no more.
{
    printf 'GET / HTTP/1.0\r\n\r\n'
    dd if=/dev/zero bs=1048576 count=32 2>/dev/null
} >"$T/much"
dial --idle-timeout 0.7 --send "$T/much" 127.0.0.1 "$port"
status_is 74 'a peer that does not read, --idle-timeout'
dial --max-time "$soon" --send "$T/much" 127.0.0.1 "$port"
status_is 74 'a peer that does not read, --max-time'
stop_peer

# --- our own ends

with_pipe() { # with_pipe stdin|stdout CMD...: within, that a pipe with nobody at its other end
    pipe_is=$1
    shift
    expand with_that_pipe "$@"
}

with_that_pipe() {
    within 30 "$PYTHON" -c 'import os, subprocess, sys
name = sys.argv[1]
ends = dict(zip(("stdin", "stdout"), os.pipe()))
sys.exit(subprocess.run(sys.argv[2:], **{name: ends[name]}).returncode)' "$pipe_is" "$@"
}

start_peer record --out "$T/received"
with_pipe stdin tlsdial --cacert "$T/ca.pem" --max-time "$soon" --send - 127.0.0.1 "$port"
status_is 74 'standard input that does not end, --max-time'
err_has 'standard input did not end in time' 'standard input: the message says so'
stop_peer

start_peer serve --body 1000000
with_pipe stdout tlsdial --cacert "$T/ca.pem" --max-time "$soon" 127.0.0.1 "$port"
status_is 74 'a reader that does not read, --max-time'
err_has 'standard output did not take the data in time' 'reader: the message says so'
stop_peer

# --- connecting and looking up

start_peer blackhole
dial --connect-timeout 1 127.0.0.1 "$port"
status_is 71 'an address that does not answer'
err_has 'deadline-connect: ' 'no connection: the message says which step'
err_has '127.0.0.1: no answer in time' 'no connection: and which address'
dial --max-time 0.5 127.0.0.1 "$port"
status_is 71 'an address that does not answer, --max-time'
stop_peer

# --- no limit

start_peer serve --delay 1
dial --connect-timeout 0 --idle-timeout 0 --max-time 0 127.0.0.1 "$port"
status_is 0 '0 is no limit, not one that has passed'

if has_check; then
    wait_status "$without_limits"
    status_is 73 'check: without another limit, a run ends after a while'
    forget "$without_limits"
else
    skip 'check: the default of --max-time' "this tlsdial was built without 'check'"
fi

done_testing 37
