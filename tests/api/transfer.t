# shellcheck shell=sh
# What a transfer promises, and what was wrong with it once.
# shellcheck source=tests/lib/api.sh
. "${TOP_SRCDIR:-.}/tests/lib/api.sh"

requires_api
make_usual

transfer() { # transfer HOW
    : >"$T/expected"
    note "$1"
    api transfer "$1" 127.0.0.1 "$port" "$T/ca.pem" "$T/expected"
}

peer_got() { # peer_got DESC: bit for bit what was sent
    wait_until 30 has "$peer_log" received
    same_bytes "$T/got" "$T/expected" "$1"
}

start_peer close-first --delay 1 --linger 1 --out "$T/got" --buffer 65536
transfer half-sent
peer_got 'a record half sent at the time of close_notify: nothing doubled, mixed or lost'


start_peer echo
transfer sink-fails

start_peer echo
transfer idle
transfer pending
transfer stepped

start_peer record --out "$T/got"
transfer half-close
peer_got 'what was sent before the half close has arrived'

start_peer record --out "$T/got" --delay 0.002
transfer owned
peer_got 'what was taken belongs to the connection, whatever becomes of the buffer'

start_peer write-first --bytes 67108864 --out "$T/got"
transfer both
peer_got '64 MiB arrive at a peer that writes as much before it reads'

done_testing 52
