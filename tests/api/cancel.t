# shellcheck shell=sh
# A cancellation ends whatever waits, from another thread and from a signal handler.
# shellcheck source=tests/lib/api.sh
. "${TOP_SRCDIR:-.}/tests/lib/api.sh"

requires_api
make_usual

cancel() { # cancel WAIT DESC [HOST]: in both ways
    for by in thread signal; do
        note "$2, cancelled by a $by"
        api cancel "$1" "$by" "${3:-127.0.0.1}" "$port" "$T/ca.pem"
    done
}

start_peer silent
cancel dial 'a handshake'
cancel fetch 'the fetch of an issuer'
start_peer blackhole
cancel dial 'a connection attempt'
start_peer record --delay 100 --out "$T/got" # it reads once, and answers nothing
cancel read 'a read'
cancel write 'a write'

if find_system_shim; then
    note 'a name lookup'
    port=443
    for by in thread signal; do
        with_resolver hang built tests/api/cancel dial "$by" name.example 443 "$T/ca.pem"
        count_results "cancel of a lookup by a $by"
    done
else
    # shellcheck disable=SC2154 # why_no_shim is tap.sh's
    skip 'a name lookup is cancelled' "$why_no_shim" some
fi

done_testing 50
