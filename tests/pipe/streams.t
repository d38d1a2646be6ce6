# shellcheck shell=sh
# tlsdial pipe: standard streams of every kind, which stay as they are for others.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires python openssl
[ "$EXEEXT" != .exe ] || skip_all 'these are streams of POSIX'

make_usual

with_streams() { # with_streams SCENARIO DESC ARGS...
    scenario=$1 streams_desc=$2
    shift 2
    # shellcheck disable=SC2154
    expand in_scenario tlsdial pipe --cacert "$T/ca.pem" "$@" localhost "$port"
    status_is 0 "$streams_desc"
}
in_scenario() {
    within 90 "$PYTHON" "$TOP_SRCDIR/tests/tools/pipe_streams.py" "$scenario" "$@"
}

start_peer echo
with_streams pipes 'pipes' --half-close
with_streams nonblocking_pipes 'non-blocking pipes' --half-close
with_streams one_socket 'one socket for both' --half-close
with_streams fifos 'FIFOs' --half-close
with_streams files 'files' --half-close
with_streams lone_bytes 'a lone byte goes at once' --half-close
with_streams reader_gone 'the reader has gone'
with_streams reader_gone_late 'the reader goes while the peer is waited for'
with_streams both_gone 'whoever has both streams has gone'
if has_terminals; then
    with_streams lines 'a terminal: lines and Ctrl-D' --half-close
    with_streams tricks 'a terminal: control characters' --half-close
    with_streams tricks 'a terminal: --raw' --half-close --raw
    with_streams interrupted 'a terminal: Ctrl-C'
    with_streams stuck 'a terminal that takes nothing'
else
    skip 'a terminal' 'no pseudo-terminal is to be had' 5
fi
stop_peer

start_peer write-first --bytes 5 --out "$T/kept"
with_streams greeting 'what the peer says first' --half-close
stop_peer

start_peer write-first --bytes 100000000 --out "$T/kept"
with_streams blocked 'both directions are blocked: no processor time is used'
stop_peer

if has_terminals; then
    # Escaping makes much of little; a terminal that nobody reads ends by a limit.
    start_peer write-first --bytes 1000000 --out "$T/kept"
    on_stuck_terminal() {
        within 60 "$PYTHON" -c 'import os, pty, subprocess, sys
master, slave = pty.openpty()
sys.exit(subprocess.call(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=slave))' "$@"
    }
    expand on_stuck_terminal tlsdial pipe --cacert "$T/ca.pem" --max-time 2 localhost "$port"
    status_is 74 'a terminal that nobody reads'
    err_has 'standard output did not take the data in time' 'and why'
    stop_peer
else
    skip 'a terminal that nobody reads' 'no pseudo-terminal is to be had' 2
fi

done_testing 18
