# shellcheck shell=sh
# The flow of OpenSSL's guide, whole: against `openssl s_server`, and as a server sees it.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires openssl
make_usual
cd "$T" || bail_out 'no folder'

# --- s_server, with each version ------------------------------------------------------

dd if=/dev/urandom of=file.bin bs=1000 count=300 2>dd.log || bail_out 'no random file'
{
    printf 'HTTP/1.0 200 ok\r\nContent-type: text/plain\r\n\r\n'
    cat file.bin
} >whole-response
printf 'reverse me\nCLOSE\n' >lines

for version in 1.2 1.3; do
    flag=-tls$(echo "$version" | tr . _)

    offer "$flag"
    dial localhost "$port"
    status_is 0 "TLS $version, -www: status"
    err_empty "TLS $version, -www: nothing on standard error"
    out_has 'HTTP/1.0 200 ok' "TLS $version, -www: the head"
    out_has "New, TLSv$version, Cipher is" "TLS $version, -www: the page"
    out_has '</HTML>' "TLS $version, -www: to its end"
    stop_peer

    serve -WWW "$flag"
    dial "https://localhost:$port/file.bin"
    status_is 0 "TLS $version, -WWW: status"
    same_bytes out whole-response "TLS $version, -WWW: the file byte for byte"
    stop_peer

    serve -rev "$flag"
    dial --send lines localhost "$port"
    status_is 0 "TLS $version, -rev: status"
    out_is 'em esrever' "TLS $version, -rev with --send: the line comes back reversed"
    stop_peer
done

# --- the forms of a target -----------------------------------------------------------

offer
for target in "localhost $port" "localhost:$port" "127.0.0.1 $port" "127.0.0.1:$port" \
    "https://localhost:$port" "HTTPS://localhost:$port/" "-4 localhost $port"; do
    # shellcheck disable=SC2086 # a host and its port
    dial $target
    status_is 0 "target: $(echo "$target" | sed "s/$port/PORT/")"
done

dial -v localhost "$port"
status_is 0 '-v: status'
out_has '</HTML>' '-v: standard output is the response'
out_lacks 'certificate subject' '-v: standard output is nothing else'
err_has "localhost, port $port" '-v tells what is looked up'
err_matches "^\\* 127\\.0\\.0\\.1 port $port: connected" '-v tells the address'
err_has 'certificate subject: CN=server' '-v tells the subject'
err_has 'certificate issuer: CN=tlsdial test CA' '-v tells the issuer'
err_matches 'verified; TLSv1\.3, TLS_[A-Z0-9_]+' '-v tells protocol and cipher'
err_has 'the peer ended the connection: close_notify' "-v tells the peer's end"
err_has 'close_notify sent' '-v tells our end'

dial -o answer localhost "$port"
status_is 0 '-o: status'
out_empty '-o: nothing on standard output'
holds '-o: the response is in the file' 'expected: </HTML>' has answer '</HTML>'

# --- which versions are spoken --------------------------------------------------------

dial -v --max-protocol TLSv1.2 localhost "$port"
status_is 0 '--max-protocol: status'
err_has 'verified; TLSv1.2' '--max-protocol is obeyed'
dial -v --min-protocol TLSv1.3 localhost "$port"
status_is 0 '--min-protocol: status'
err_has 'verified; TLSv1.3' '--min-protocol: nothing lower is needed'
dial -v --min-protocol TLSv1.2 --max-protocol TLSv1.2 localhost "$port"
status_is 0 'both bounds: status'
err_has 'verified; TLSv1.2' 'both bounds'

offer -tls1_2
dial --min-protocol TLSv1.3 localhost "$port"
failed_as 32 tls-version '' '--min-protocol is obeyed'
offer -tls1_3
dial --max-protocol TLSv1.2 localhost "$port"
failed_as 32 tls-version '' '--max-protocol: a server that wants more'

# --- where trust comes from -----------------------------------------------------------

make_ca other
mkdir hashed default
cp ca.pem hashed
quietly rehash.log "$OPENSSL" rehash hashed

offer
with_trust() { # with_trust STATUS DESC ARGS...
    trust_status=$1 trust_desc=$2
    shift 2
    run tlsdial "$@" localhost "$port"
    status_is "$trust_status" "trust: $trust_desc"
}
with_trust 0 'a hashed directory' --capath hashed
with_trust 0 'two files, the second is the right one' --cacert other.pem --cacert ca.pem
with_trust 0 'two files, the first is the right one' --cacert ca.pem --cacert other.pem
with_trust 0 'a file and a directory' --cacert other.pem --capath hashed
with_trust 45 'another CA only' --cacert other.pem
run with_env SSL_CERT_FILE="$T/ca.pem" tlsdial localhost "$port"
status_is 0 'trust: SSL_CERT_FILE'
run with_env SSL_CERT_DIR="$T/hashed" tlsdial localhost "$port"
status_is 0 'trust: SSL_CERT_DIR'
run with_env SSL_CERT_FILE="$T/ca.pem" tlsdial --cacert other.pem localhost "$port"
status_is 45 '--cacert replaces the default trust'

# --- what the server sees ---------------------------------------------------------------

if [ -z "$PYTHON" ]; then
    skip 'what the server sees' 'Python is not here' some
    done_testing 0
    exit
fi

sees() { # sees REQUEST-TARGET HOST DESC: what was dialled last
    status_is 0 "$3: status"
    printf 'GET %s HTTP/1.0\r\nConnection: close\r\nHost: %s\r\n\r\n' "$1" "$2" >expected
    same_bytes request expected "$3"
}

printf 'HTTP/1.1 200 OK\r\nX: \001\r\n\r\nno newline at the end, a \000 in it' >raw
start_peer serve --file raw --out request
dial localhost "$port"
same_bytes out raw 'any response: byte for byte'
sees / "localhost:$port" 'the request'
peer_log_has 'client close_notify: yes' 'close_notify is sent'
dial "https://localhost:$port/a/b?c=%20d#fragment"
sees '/a/b?c=%20d' "localhost:$port" 'path and query are sent, the fragment is not'
dial "https://localhost:$port?query"
sees '/?query' "localhost:$port" 'a query without a path'
dial --resolve "localhost:$port:127.0.0.1" "LOCALHOST.:$port"
sees / "localhost:$port" 'Host is in lower case and without the trailing dot'
dial 127.0.0.1 "$port"
sees / "127.0.0.1:$port" 'Host of an IPv4 literal'

dial --send raw localhost "$port"
status_is 0 '--send: status'
same_bytes request raw '--send: these bytes and no others'

if has_ipv6; then
    start_peer serve --host ::1 --out request
    for target in "[::1]:$port" "::1 $port" "https://[::1]:$port/" "-6 ::1 $port"; do
        # shellcheck disable=SC2086 # a host and its port
        dial $target
        status_is 0 "target: $(echo "$target" | sed "s/$port/PORT/")"
    done
    sees / "[::1]:$port" 'Host of an IPv6 literal has brackets'
    dial -4 --resolve "localhost:$port:::1" localhost "$port"
    failed_as 23 unreachable '' '-4 leaves out IPv6 addresses'
    dial -6 --resolve "localhost:$port:127.0.0.1,::1" localhost "$port"
    status_is 0 '-6 leaves out IPv4 addresses'
else
    skip 'IPv6' 'this machine has no ::1' 8
fi

done_testing 76
