# shellcheck shell=sh
# Names: what is asked for by SNI, and what a certificate must be for.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires openssl python
make_ca ca 'tlsdial test CA'


named() { # named SAN: a server with a certificate for these names
    make_cert server ca "$1"
    start_peer sni --out "$T/request"
}

dial_name() { # dial_name NAME [ARGS...]: whatever the name, the server is here
    dialled=$1
    shift
    fresh_log
    dial --resolve "$dialled:$port:127.0.0.1" "$@" "$dialled" "$port"
}

mismatch() { failed_as 46 name-mismatch '' "$1"; }
asked_for() { peer_log_has "sni: $1" "$2"; }

# --- SNI ------------------------------------------------------------------------------

named DNS:www.example,DNS:other.example,IP:127.0.0.1,IP:::1

dial_name www.example
status_is 0 'a name of the certificate'
asked_for www.example 'SNI carries the name'

dial_name other.example --servername www.example
status_is 0 '--servername: the certificate must still be for the host'
asked_for www.example '--servername is what SNI carries'
dial_name wrong.example --servername www.example
mismatch '--servername does not change the name that is checked'

dial_name WWW.Example
status_is 0 'a name in upper case'
asked_for www.example 'SNI has it in lower case'

dial_name www.example.
status_is 0 'a trailing dot does not count in the check'
asked_for www.example 'SNI has no trailing dot'
peer_log_lacks 'sni: www.example.' 'none at all'
holds 'Host has no trailing dot' "expected: Host: www.example:$port" \
    has "$T/request" "Host: www.example:$port"

fresh_log
dial 127.0.0.1 "$port"
status_is 0 'an IPv4 address of the certificate'
asked_for none 'no SNI for an IPv4 literal'

# --- the name that is checked ---------------------------------------------------------

dial_name wrong.example
mismatch 'another name'
dial_name example
mismatch 'a parent of the name'
dial_name www.example.example
mismatch 'the name with more behind it'

dial_name wrong.example --verify-hostname www.example
status_is 0 '--verify-hostname: a name'
asked_for wrong.example '--verify-hostname does not change SNI'
dial_name www.example --verify-hostname wrong.example
mismatch '--verify-hostname: another name'
err_has 'not for wrong.example' '--verify-hostname: the name it says is told'
dial_name wrong.example --verify-hostname 127.0.0.1
status_is 0 '--verify-hostname: an IPv4 address'
dial_name wrong.example --verify-hostname ::1
status_is 0 '--verify-hostname: an IPv6 address'
dial_name www.example --verify-hostname 127.0.0.2
mismatch '--verify-hostname: another address'
dial --verify-hostname www.example 127.0.0.1 "$port"
status_is 0 '--verify-hostname: a name for an address that was dialled'
stop_peer

# --- IP literals ----------------------------------------------------------------------

named DNS:127.0.0.1,DNS:localhost
dial 127.0.0.1 "$port"
mismatch 'an address that stands as a DNS name does not count'
dial_name localhost
status_is 0 'the same certificate for its other name'
stop_peer

if has_ipv6; then
    make_cert server ca IP:::1
    start_peer sni --host ::1
    dial "[::1]:$port"
    status_is 0 'an IPv6 address of the certificate'
    asked_for none 'no SNI for an IPv6 literal'
    dial "[0:0:0:0:0:0:0:1]:$port"
    status_is 0 'the same address, written out'
    stop_peer
else
    skip 'IPv6 literals' 'this machine has no ::1' 3
fi

# --- wildcards ------------------------------------------------------------------------

named 'DNS:*.example.org,DNS:w*.example.net,DNS:*w.example.net,DNS:a.*.example.net'
dial_name one.example.org
status_is 0 'a wildcard stands for one label'
dial_name two.one.example.org
mismatch 'not for two'
dial_name example.org
mismatch 'and not for none'
dial_name www.example.net
mismatch 'a wildcard is a whole label'
dial_name a.b.example.net
mismatch 'and the first one'
stop_peer

# --- internationalised names ----------------------------------------------------------

unicode=$(printf 'b\303\274cher.example') upper=$(printf 'B\303\234CHER.example')
named DNS:xn--bcher-kva.example
dial_name xn--bcher-kva.example
status_is 0 'a name in its A-label form'
if [ "$HAVE_LIBIDN2" = yes ]; then
    dial_name "$unicode"
    status_is 0 'a name with an umlaut'
    asked_for xn--bcher-kva.example 'SNI carries its A-label form'
    holds 'and so does Host' "expected: Host: xn--bcher-kva.example:$port" \
        has "$T/request" "Host: xn--bcher-kva.example:$port"
    dial_name "$upper"
    status_is 0 'with an umlaut in upper case'
    dial_name xn--bcher-kva.example --servername "$unicode" --verify-hostname "$unicode"
    status_is 0 'in the options that take names, too'
else
    dial_name "$unicode"
    failed_as 2 usage xn-- 'a name with an umlaut, without libidn2'
    skip 'a name with an umlaut' 'this tlsdial was built without libidn2' 4
fi

done_testing 40
