# shellcheck shell=sh
# Memory: each allocation of the library may fail, and nothing is lost or misused.
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires python openssl

make_usual
make_ca other

# Each allocation in turn: the exchange ends in "internal" or as it would have, never better.
survives() { # survives DESC HOST CAFILE STATUS [CERTIFICATE KEY]
    survivor=$1 survivor_host=$2
    shift 2
    within 300 built tests/tools/allocation "$survivor_host" "$port" "$@"
    status_is 0 "allocations fail: $survivor"
    err_empty "allocations fail: $survivor: nothing is wrong"
    out_matches '^[1-9][0-9]+ allocations failed in turn' \
        "allocations fail: $survivor: they did"
}

start_peer serve --body 100000
survives 'an IP literal' 127.0.0.1 "$T/ca.pem" 0
if resolves_localhost; then
    survives 'a name that is looked up' localhost "$T/ca.pem" 0
else
    skip 'a name that is looked up' "$why_no_localhost" 3
fi
survives 'addresses that were given' given.example "$T/ca.pem" 0
survives 'a certificate that is refused' 127.0.0.1 "$T/other.pem" 45
stop_peer
# A bad path, and a search for another.
make_intermediate middle ca
START=20200101000000Z END=20210203040506Z SUBJECT=/CN=middle KEY=same
cp "$T/middle.key" "$T/old.key"
make_intermediate old ca
make_cert_dated late middle DNS:localhost 20200101000000Z 20210203040506Z
offer late old middle -alpn http/1.0
survives 'paths and problems' 127.0.0.1 "$T/ca.pem" 41
stop_peer
make_client_cert client ca
offer -alpn http/1.0 -Verify 1 -verify_return_error -CAfile "$T/ca.pem"
survives 'a client certificate' 127.0.0.1 "$T/ca.pem" 0 "$T/client.pem" "$T/client.key"
make_crl ca ca
survives 'a CRL and pins' 127.0.0.1 "$T/ca.pem" 0 "$T/client.pem" "$T/client.key" "$T/ca.crl"
stop_peer
closed_port
survives 'a closed port' given.example "$T/ca.pem" 22
stop_peer

start_peer fin --body 100
survives 'a response that is cut off' 127.0.0.1 "$T/ca.pem" 60
stop_peer

# --- valgrind

why_not=
[ -z "$EMULATOR" ] || why_not='the programs run in an emulator'
[ -n "$why_not" ] || ! sanitized || why_not='a sanitizer is at work'
[ -n "$why_not" ] || command -v valgrind >/dev/null || why_not='valgrind is not here'
# Valgrind 3.19 does not know all of the debug information that clang 14 writes.
quiet_valgrind() { valgrind -q "$@"; }
cannot_read() {
    run expand quiet_valgrind tlsdial --version
    any_status 'what it says is looked at'
    has "$T/err" 'unhandled dwarf'
}
[ -n "$why_not" ] || ! cannot_read || why_not="valgrind cannot read this compiler's output"
if [ -n "$why_not" ]; then
    skip 'valgrind' "$why_not" 22
    done_testing 49
    exit
fi

under_valgrind() {
    within 240 valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite \
        --errors-for-leak-kinds=definite "$@"
}
clean_under_valgrind() { # clean_under_valgrind STATUS DESC ARGS...
    wanted_status=$1 what=$2
    shift 2
    expand under_valgrind tlsdial "$@"
    status_is "$wanted_status" "valgrind: $what"
    err_lacks '==' "valgrind: $what: it has nothing to say"
}

for tls in 1.2 1.3; do
    start_peer serve --tls "$tls" --body 100000
    clean_under_valgrind 0 "TLS $tls: an exchange" -v --cacert "$T/ca.pem" localhost "$port"
    clean_under_valgrind 0 "TLS $tls: an exchange, -o" -o "$T/file" --cacert "$T/ca.pem" localhost "$port"
    clean_under_valgrind 45 "TLS $tls: a certificate that is refused" -v --cacert "$T/other.pem" \
        localhost "$port"
    stop_peer
done
start_peer reset --body 10000
clean_under_valgrind 63 'a reset' --cacert "$T/ca.pem" 127.0.0.1 "$port"
stop_peer
start_peer plain --text 'hello\n'
clean_under_valgrind 31 'a peer that does not speak TLS' --cacert "$T/ca.pem" 127.0.0.1 "$port"
stop_peer
start_peer silent
clean_under_valgrind 73 'a deadline' --cacert "$T/ca.pem" --connect-timeout 1 127.0.0.1 "$port"
stop_peer
clean_under_valgrind 2 'a bad option' --no-such-option
clean_under_valgrind 0 '--help' --help

done_testing 49
