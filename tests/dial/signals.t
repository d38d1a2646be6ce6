# shellcheck shell=sh
# Signals: one with a handler interrupts no call, a stop and a continue change nothing, and
# one that ends programs ends this one. Threads: one client serves several.
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires python openssl
[ -f "$TOP_BUILDDIR/tests/tools/signals$EXEEXT" ] || skip_all 'tests/tools/signals was not built'

make_usual
signals_host=localhost # is looked up, if this system can do it
resolves_localhost || signals_host=127.0.0.1
rained_on() { # rained_on DESC BYTES
    within 60 built tests/tools/signals interrupted "$signals_host" "$port" "$T/ca.pem" "$2"
    status_is 0 "$1"
    out_is 'interrupted: yes
received all' "$1: signals came, and so did all the data"
    err_empty "$1: no call failed"
    stop_peer
}

# qemu-i386 (7.2) gives the first thread the thread pointer of the last one when a signal's handler
# returns; the lookup has a thread.
case $EMULATOR in
*qemu-i386*) skip 'calls while signals rain' 'qemu-i386 loses the thread pointer at a signal' 9 ;;
*)
    start_peer serve --body 8000000
    rained_on 'signals during a transfer' 8000000
    start_peer serve --delay 0.5 --body 10
    rained_on 'signals while the peer is silent' 10
    start_peer drip-handshake --interval 0.0005 --body 10
    rained_on 'signals during the handshake' 10
    ;;
esac

start_peer serve --delay 0.2 --body 300000
within 60 built tests/tools/signals threads "$signals_host" "$port" "$T/ca.pem" 300000
status_is 0 'eight threads, one client'
is "$(grep -c 'received all' "$T/out")" 8 'eight threads: each received all'
err_empty 'eight threads: no call failed'
stop_peer

# --- the program

"$OPENSSL" rand 4000000 >"$T/page" || bail_out 'no random bytes'
mkfifo "$T/slow"
: >"$T/got"
begun() { has "$peer_log" request:; }
has_got() { [ "$(wc -c <"$T/got")" -eq "$1" ]; }
read_until() { # read_until TOTAL: so many bytes of the FIFO, in all
    got=$(wc -c <"$T/got")
    head -c "$(($1 - got))" <&3 >>"$T/got" &
    reader=$!
    remember "$reader"
    wait_until 60 has_got "$1"
    ok $? "stopped and continued: it goes on to byte $1"
    end_process "$reader"
}
stop_and_continue() {
    kill -STOP "$pid"
    nap
    kill -CONT "$pid"
}

# What nobody has read from the FIFO yet holds the program in mid-transfer.
start_peer serve --file "$T/page"
exec 3<>"$T/slow"
launch tlsdial --cacert "$T/ca.pem" -o "$T/slow" 127.0.0.1 "$port"
wait_until 30 begun || bail_out 'no request'
stop_and_continue
read_until 1000000
stop_and_continue
read_until 4000000
collect 60
exec 3<&-
status_is 0 'stopped and continued in mid-transfer'
same_bytes "$T/got" "$T/page" 'stopped and continued: all arrived'
stop_peer

start_peer drip-body
is_ignored() { # is_ignored SIGNAL: by whoever started the tests, as nohup does
    "$PYTHON" -c "import signal, sys
sys.exit(signal.getsignal(signal.SIG$1) != signal.SIG_IGN)"
}
for signal in TERM:143 INT:130 HUP:129; do
    if is_ignored "${signal%:*}"; then
        skip "SIG${signal%:*} ends it as it ends programs" 'the tests were started with it ignored'
        continue
    fi
    : >"$peer_log"
    launch tlsdial --cacert "$T/ca.pem" 127.0.0.1 "$port"
    wait_until 30 begun || bail_out 'no request'
    kill -"${signal%:*}" "$pid"
    collect 30
    status_is "${signal#*:}" "SIG${signal%:*} ends it as it ends programs"
done

done_testing 19
