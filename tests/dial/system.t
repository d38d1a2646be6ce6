# shellcheck shell=sh
# What only a stand-in for the system can bring about (tests/tools/system_shim.c): answers of the
# resolver, a clock that is wrong, a library that is not installed, another OpenSSL's defaults.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires python openssl
find_system_shim || skip_all "$why_no_shim"

make_usual

# --- what the resolver says

fails_to_look_up() { # fails_to_look_up HOW STATUS TOKEN [OPTION]
    resolver_word=$1 wanted_status=$2 token=$3
    shift 3
    with_resolver "$resolver_word" tlsdial "$@" no.example 443
    status_is "$wanted_status" "the resolver says $resolver_word $*"
    err_has "tlsdial: no.example:443: $token: " "$resolver_word $*: the message"
}

fails_to_look_up no-name 20 name-not-found
err_has 'hint: check the spelling' 'no-name: the hint'
fails_to_look_up no-name 20 name-not-found -4
fails_to_look_up no-data 20 name-not-found
fails_to_look_up again 21 name-lookup-failed
err_has 'it may work later' 'again: the hint'
fails_to_look_up fail 21 name-lookup-failed
fails_to_look_up system 21 name-lookup-failed
err_has 'No such file or directory' "system: the system's own reason"
fails_to_look_up service 2 usage
if "$PYTHON" -c 'import socket; socket.EAI_NODATA' 2>/dev/null; then
    fails_to_look_up no-data 23 unreachable -6
    err_has 'there is no IPv6 address' 'no-data -6: the message says which family'
else
    skip 'no address of the asked family' 'this resolver does not tell it from no name' 3
fi
fails_to_look_up only-4 23 unreachable -6
err_has 'there is no IPv6 address' 'only-4 -6: a name that is there is not called missing'
start_peer serve
if resolves_localhost; then
    with_resolver only-4 tlsdial --cacert "$T/ca.pem" -4 localhost "$port"
    status_is 0 'only-4 -4: the name is there'
else
    skip 'only-4 -4: the name is there' "$why_no_localhost"
fi
with_resolver again tlsdial --cacert "$T/ca.pem" 127.0.0.1 "$port"
status_is 0 'an IP literal needs no resolver'
with_resolver again tlsdial --cacert "$T/ca.pem" --resolve "dial.example:$port:127.0.0.1" \
    --verify-hostname localhost dial.example "$port"
status_is 0 '--resolve needs no resolver'
stop_peer

for limit in --connect-timeout --max-time; do
    with_resolver hang tlsdial "$limit" 0.5 no.example 443
    status_is 70 "a resolver that hangs, $limit"
    err_has 'no.example:443: deadline-resolve: ' "resolver, $limit: the message"
done

if has_check; then
    with_resolver noname tlsdial check nowhere.example
    status_is 20 'check: no such name'
    out_matches '-> check the spelling' 'check: what to do'
    out_lacks total 'no such name: one step needs no total'
    out_lacks tried 'no such name: no address'
    if [ "$HAVE_JANSSON" = yes ]; then
        with_resolver noname tlsdial check --format json nowhere.example
        status_is 20 'no such name, as JSON'
        is "$("$PYTHON" -c 'import json, sys
addresses = json.load(sys.stdin)["addresses"]
print(addresses["found"], addresses["tried"])' <"$T/out")" 'None []' 'no address, as JSON'
    else
        skip 'no such name, as JSON' 'this tlsdial was built without jansson' 2
    fi
else
    skip 'check: no such name' "this tlsdial was built without 'check'" 6
fi

# --- a port that has a name

start_peer record --out "$T/received" --bytes 10
service_host=localhost
resolves_localhost || service_host=127.0.0.1
with_service "demo-service=$port" tlsdial --cacert "$T/ca.pem" "$service_host" demo-service
status_is 0 'a port that has a name'
has "$T/received" "Host: $service_host:$port"
ok $? 'the Host field has the number of the port' || show 'the request' "$T/received"
stop_peer

# --- a server that chooses what was not offered

for chosen in h3 h h2x; do
    new_openssl=$OPENSSL
    cat >"$T/openssl" <<END
exec env LD_PRELOAD='$shim' TLSDIAL_TEST_ALPN='$chosen' '$OPENSSL' "\$@"
END
    chmod +x "$T/openssl"
    OPENSSL="$T/openssl"
    offer -alpn h2
    OPENSSL=$new_openssl
    dial --alpn http/1.1,h2 127.0.0.1 "$port"
    any_status 'newer OpenSSL refuses it by itself, with another'
    has_failed_as 38 alpn "the server chose '$chosen', which was not offered (http/1.1,h2)" ||
        has_failed_as 30 handshake 'bad extension'
    judge $? "ALPN: $chosen was not offered" 'expected status 38, or OpenSSL to refuse'
    dial --alpn "http/1.1,$chosen" 127.0.0.1 "$port"
    status_is 0 "ALPN: $chosen was"
    stop_peer
done

# --- a library that is not installed

# It is linked where configure did not find its file name.
if grep -q '^#define LIBIDN2_SONAME' "$TOP_BUILDDIR/config.h"; then
    without_library libidn2 tlsdial "$(printf 'b\303\274cher.example')" 443
    failed_as 2 usage 'libidn2, for internationalised names, is not installed' \
        'libidn2 is loaded only when a name needs it'
else
    skip 'libidn2 is loaded only when a name needs it' 'it is linked, or there is none'
fi

# --- a clock that is wrong

make_ca aged
make_cert_dated of-2020 aged DNS:localhost 20200101000000Z 20210203040506Z
offer of-2020
with_clock 1000000000 tlsdial --cacert "$T/aged.pem" localhost "$port"
failed_as 42 not-yet-valid '' 'a clock of 2001'
err_has "hint: this system's clock is wrong: it says 2001-09-09 01:46:40 UTC, and tlsdial was built on 20" \
    'a clock of 2001: the hint has both dates'

# --- limits of the system's own

with_connect_timed_out tlsdial --connect-timeout 0 --resolve 'a.example:1:127.0.0.1,127.0.0.2' \
    a.example 1
failed_as 71 deadline-connect 'no connection in time: 127.0.0.1: Connection timed out; 127.0.0.2' \
    'the system gives up before a limit of ours'
err_has 'hint: a firewall may drop the packets' 'the system gives up: the hint'

# --- a peer that resets the connection before anything is sent

with_reset_at_send tlsdial --cacert "$T/aged.pem" localhost "$port"
failed_as 34 closed-in-handshake 'Connection reset by peer, before the ClientHello was sent' \
    'a reset before the ClientHello'

# --- an OpenSSL that was built for another place

if ! grep -q '^#define TLSDIAL_CA_BUNDLE "' "$TOP_BUILDDIR/config.h" &&
    [ -s /etc/ssl/certs/ca-certificates.crt ]; then
    with_default_trust "$T/none" tlsdial -v localhost "$port"
    status_is 45 'a certificate of none of the CAs of a distribution'
    err_has 'trusted: /etc/ssl/certs/ca-certificates.crt' 'the bundle of the distribution'
else
    skip 'the bundles of distributions' 'there is none here, or this build has one of its own' 2
fi

done_testing 52
