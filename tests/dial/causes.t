# shellcheck shell=sh
# The table of causes, one row each: a peer or a command line that brings it about. A cause that
# the table says is told, and that has no row here, fails the test.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires python openssl

seen=$T/seen
row() { # row STATUS TOKEN CMD...: must end so and, but for 0 and 1, say so
    row_status=$1 row_token=$2
    shift 2
    case $1 in
    tlsdial) within 60 "$@" ;;
    *) "$@" ;;
    esac
    status_is "$row_status" "$row_token"
    case $row_status in
    0 | 1) ;;
    *) err_matches "^tlsdial: (.*: )?$row_token: ." "$row_token: the message" ;;
    esac
    echo "$row_status $row_token" >>"$seen"
}
# A row that this run cannot have is not missing: it is skipped, with the reason.
no_row() { # no_row STATUS TOKEN REASON
    rows_results=2
    [ "$1" -gt 1 ] || rows_results=1
    skip "$2" "$3" "$rows_results"
    echo "$1 $2" >>"$seen"
}
dials() { # dials STATUS TOKEN ARGS...: the peer that runs; then it is stopped
    dials_status=$1 dials_token=$2
    shift 2
    row "$dials_status" "$dials_token" tlsdial --cacert "$T/ca.pem" "$@" localhost "$port"
    stop_peer
}

make_usual
PAST=20200101000000Z EXPIRY=20210203040506Z
make_ca stranger
make_intermediate middle ca
make_client_cert client ca
make_client_cert bad-client stranger
"$OPENSSL" ec -in "$T/client.key" -aes256 -passout pass:x -out "$T/locked.key" 2>"$T/ec.log"

# Those of make's job server, for instance.
close_others='exec 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-'

# --- before the network

offer && dials 0 ok
printf '%s\n' 'openssl_conf = main' '[main]' 'alg_section = all' '[all]' \
    'default_properties = provider=none' >"$T/none.cnf"
export OPENSSL_CONF="$T/none.cnf"
row 19 configuration tlsdial localhost 1
unset OPENSSL_CONF
# Streams that are closed are to be replaced, and there is no descriptor for it. For a socket
# there is none where the request's file has the last.
if [ -z "$EMULATOR" ] && ! sanitized; then
    # shellcheck disable=SC2016 # expanded by the inner shell
    row 1 internal in_shell 'exec <&- >&-; ulimit -n 1; exec "$@"' tlsdial localhost 1
    few_descriptors() {
        # shellcheck disable=SC2016 # expanded by the inner shell
        in_shell "$close_others; ulimit -n 4; exec \"\$@\"" \
            tlsdial --cacert "$T/ca.pem" --send "$T/ca.pem" 127.0.0.1 1
    }
    few_descriptors
    any_status 'it only shows which row there is'
    if has "$T/err" 'looked up: No file descriptors'; then
        no_row 24 connect-failed 'this C library wants a descriptor to look up a literal'
    else
        row 24 connect-failed few_descriptors
    fi
else
    opens='an emulator, or a sanitizer, opens files itself'
    no_row 1 internal "$opens"
    no_row 24 connect-failed "$opens"
fi
row 2 usage tlsdial --no-such-option
row 10 ca-store tlsdial --cacert "$T/none" localhost 1
row 11 crl-file tlsdial --crlfile "$T/none" localhost 1
row 12 certificate-file tlsdial --cert "$T/none" localhost 1
row 13 key-file tlsdial --cert "$T/client.pem" --key "$T/server.key" localhost 1
row 14 passphrase tlsdial --cert "$T/client.pem" --key "$T/locked.key" localhost 1
offer && dials 15 output -o "$T/no/such/folder"
row 16 input tlsdial --send "$T/none" localhost 1

# --- the way to the server

if find_system_shim; then
    row 20 name-not-found with_resolver no-name tlsdial there.example 1
    row 21 name-lookup-failed with_resolver again tlsdial there.example 1
    row 70 deadline-resolve with_resolver hang tlsdial --connect-timeout 0.3 there.example 1
else
    no_row 20 name-not-found "$why_no_shim"
    no_row 21 name-lookup-failed "$why_no_shim"
    no_row 70 deadline-resolve "$why_no_shim"
fi
closed_port && dials 22 refused
row 23 unreachable tlsdial -6 127.0.0.1 1
start_peer blackhole && dials 71 deadline-connect --connect-timeout 1

start_way http-proxy --status '403 Forbidden'
dials 25 proxy --proxy "http://127.0.0.1:$port"
start_way smtp --how not-offered && dials 26 starttls-refused --starttls smtp
start_way smtp --how inject --text x && dials 27 starttls-injection --starttls smtp
start_way smtp --how silent && dials 72 deadline-preamble --starttls smtp --connect-timeout 1

# --- the handshake

start_peer alert --number 80 && dials 30 handshake
start_peer plain-http && dials 31 not-tls
start_peer alert --number 70 && dials 32 tls-version
offer -tls1_2 -cipher AES128-SHA && dials 33 no-shared-parameters
start_peer close-handshake && dials 34 closed-in-handshake
offer -Verify 1 -verify_return_error -CAfile "$T/ca.pem"
dials 35 client-certificate-required
offer -Verify 1 -verify_return_error -CAfile "$T/ca.pem"
dials 36 client-certificate-rejected --cert "$T/bad-client.pem" --key "$T/bad-client.key"
offer -servername other.example -servername_fatal -cert2 "$T/server.pem" -key2 "$T/server.key"
dials 37 unrecognized-name
offer -alpn http/1.0 && dials 38 alpn --alpn h2
start_peer silent && dials 73 deadline-handshake --connect-timeout 1

# --- the certificate

EXTRA='1.2.3.4.5 = critical,ASN1:NULL'
make_cert odd ca DNS:localhost
offer odd -cipher DEFAULT:@SECLEVEL=0 && dials 40 certificate
make_cert_dated old ca DNS:localhost "$PAST" "$EXPIRY"
offer old -cipher DEFAULT:@SECLEVEL=0 && dials 41 expired
make_cert_dated early ca DNS:localhost 20400101000000Z 20410101000000Z
offer early -cipher DEFAULT:@SECLEVEL=0 && dials 42 not-yet-valid
make_self_signed own DNS:localhost
offer own -cipher DEFAULT:@SECLEVEL=0 && dials 43 self-signed
make_cert strange stranger DNS:localhost
offer strange stranger -cipher DEFAULT:@SECLEVEL=0 && dials 44 unknown-ca
make_cert apart middle DNS:localhost
offer apart -cipher DEFAULT:@SECLEVEL=0 && dials 45 incomplete-chain
make_cert elsewhere ca DNS:other.example
offer elsewhere -cipher DEFAULT:@SECLEVEL=0 && dials 46 name-mismatch
make_cert gone ca DNS:localhost
revoke gone ca
make_crl ca ca
make_crl stranger stranger
offer gone -cipher DEFAULT:@SECLEVEL=0 && dials 47 revoked --crlfile "$T/ca.crl"
offer && dials 48 revocation-unknown --crlfile "$T/stranger.crl"
KEY=rsa:1024
make_cert weak ca DNS:localhost
offer weak -cipher DEFAULT:@SECLEVEL=0 && dials 49 weak
USAGE=clientAuth
make_cert for-clients ca DNS:localhost
offer for-clients -cipher DEFAULT:@SECLEVEL=0 && dials 50 purpose
BASIC=critical,CA:FALSE
make_intermediate no-ca ca
make_cert below no-ca DNS:localhost
offer below no-ca -cipher DEFAULT:@SECLEVEL=0 && dials 51 constraint
offer && dials 52 pin-mismatch --pinnedpubkey "$T/stranger.pem"
EXTRA='tlsfeature = status_request'
make_cert must-staple ca DNS:localhost
offer must-staple -cipher DEFAULT:@SECLEVEL=0 && dials 53 staple
has_ocsp || err_has '(must-staple) and this OpenSSL was built without OCSP' 'whose fault it is'
offer
if has_check; then
    row 54 expires-soon tlsdial check --cacert "$T/ca.pem" --warn-days 10000 localhost "$port"
else
    no_row 54 expires-soon "this tlsdial was built without 'check'"
fi
stop_peer

# --- the data

start_peer fin --body 10 && dials 60 truncated
start_peer empty && dials 62 empty-reply
start_peer reset --body 100000 --after 50000 && dials 63 reset
start_peer bad-record --body 1000 && dials 67 tls-error
start_peer serve --delay 30 && dials 74 deadline-transfer --idle-timeout 0.5

start_way smtp --greeting '220-one\r\n354 two\r\n'
dials 65 malformed-response --starttls smtp
start_way smtp --how wrong --text "220 $(printf '%9000s' x)"
dials 66 too-large --starttls smtp

# --- all of them

# Only a program on the library can provoke these: tests/api has them.
printf '%s\n' '18 misuse' '28 cancelled' >>"$seen"
# shellcheck disable=SC2016 # a program of awk
"$AWK" -f "$TOP_SRCDIR/lib/base/causes.awk" -v form=tsv "$TOP_SRCDIR/lib/base/causes.def" |
    "$AWK" -F '\t' '$3 == "told" { print $1, $2 }' | sort >"$T/told"
sort "$seen" >"$T/rows"
diff "$T/rows" "$T/told" >"$T/diff"
ok $? 'every cause that is told has a row, and no other' ||
    show 'differences, > has no row' "$T/diff"

done_testing 107
