# shellcheck shell=sh
# --insecure: goes on, says so each time, and tells what is wrong all the same.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires openssl
cd "$T" || bail_out "no scratch folder"

PAST=20200101000000Z EXPIRY=20210203040506Z
make_usual
make_ca stranger
make_cert old ca DNS:other.example "$PAST" "$EXPIRY"
make_cert gone ca DNS:localhost
revoke gone ca
make_crl ca ca
make_self_signed own DNS:localhost

WARNING='tlsdial: warning: --insecure: '

offer
run tlsdial --insecure --cacert ca.pem localhost "$port"
status_is 0 'nothing is wrong'
err_has "$WARNING" 'it warns even so'
err_lacks ignored 'and nothing was ignored'
run tlsdial --insecure -q --cacert ca.pem localhost "$port"
status_is 0 '-q: status'
err_empty '-q silences the warning'
stop_peer

ignores() { # ignores WORDS DESC [ARGS...]: the certificate of the -www server that runs
    ignores_words=$1 ignores_desc=$2
    shift 2
    for tls in TLSv1.2 TLSv1.3; do
        dial trust=none --insecure --max-protocol $tls "$@" localhost "$port"
        status_is 0 "$tls: $ignores_desc"
        out_has '</HTML>' "$tls: $ignores_desc: the response"
        err_has "${WARNING}ignored: localhost:$port [127.0.0.1]: $ignores_words" \
            "$tls: $ignores_desc: told"
    done
}

offer old
ignores 'name-mismatch: ' 'expired, and for another name' --cacert ca.pem
err_has 'also expired' 'the second problem is told too'
if has_check; then
    check --insecure localhost "$port"
    status_is 46 'check: the status is the verdict'
    out_has 'name-mismatch: localhost' 'check: the verdict'
    out_has 'expired: "CN=old" expired' 'check: the other problem'
    out_has TLSv1.3 'check: the parameters of the connection'
    err_has "$WARNING" 'check warns too'
else
    skip 'check --insecure' "this tlsdial was built without 'check'" 5
fi
dial --insecure -v localhost "$port"
status_is 0 '-v: status'
err_has 'problem: expired' '-v: all problems'
err_has 'not verified; TLSv1.3' '-v: not called verified'
dial localhost "$port"
failed_as 46 name-mismatch 'other.example' 'without it all is as ever'
stop_peer
offer own
ignores 'self-signed: ' 'self-signed' --cacert ca.pem
run with_env SSL_CERT_FILE=none SSL_CERT_DIR=none tlsdial --insecure localhost "$port"
status_is 0 'no trust store'
err_has 'ca-store: the default trust store is not set up' 'no trust store: told'
dial --insecure --pinnedpubkey ca.pem localhost "$port"
status_is 52 'a pin holds'
err_has 'pin-mismatch: the certificate "CN=own" has the pin' 'a pin holds: told as that'
dial --insecure --pinnedpubkey own.pem localhost "$port"
status_is 0 'a pin that is right, and nobody who vouches for it'
dial trust=none --insecure --tlsa "3 1 1 $(printf '%064d' 0)" localhost "$port"
status_is 52 'a TLSA record holds'
err_has 'pin-mismatch: the certificate "CN=own" matches no TLSA record' 'told as that'
stop_peer
# The namesake of a CA, and above its certificate the CA whose key is pinned.
make_ca impostor 'tlsdial test CA'
EXTRA='authorityKeyIdentifier = none'
issue false impostor "$(leaf_extensions DNS:localhost)"
offer false ca
dial --insecure --pinnedpubkey ca.pem localhost "$port"
status_is 52 'a pinned CA that has not signed the certificate'
out_empty 'such a pinned CA: no response'
err_has 'no other counts where the chain is not verified' 'such a pinned CA: told'
dial --insecure --pinnedpubkey false.pem localhost "$port"
status_is 0 "the server's own key is pinned"
stop_peer
offer gone
ignores 'revoked: ' 'revoked' --cacert ca.pem --crlfile ca.crl
if has_ocsp; then
    ignores 'staple: ' 'no staple' --cacert ca.pem --require-staple
else
    skip 'no staple' 'this OpenSSL was built without OCSP' 6
fi
stop_peer
closed_port
dial trust=none --insecure localhost "$port"
status_is 22 'other failures stay what they are'
done_testing 51
