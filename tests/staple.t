# shellcheck shell=sh
# The OCSP response that a server staples: what it says is told, where it can be believed.
# shellcheck source=tests/lib/check.sh
. "${TOP_SRCDIR:-.}/tests/lib/check.sh"
requires openssl

make_usual
make_ca stranger
make_cert gone ca DNS:localhost
make_cert other ca DNS:localhost
revoke gone ca
USAGE=OCSPSigning
make_cert responder ca ''
USAGE=OCSPSigning
make_cert false-responder stranger ''

: >"$T/empty.index"

respond() { # respond NAME CERT INDEX SIGNER ARGS...: $T/NAME.ocsp about CERT
    response=$T/$1.ocsp about=$T/$2.pem index=$T/$3 signer=$4
    shift 4
    quietly "$T/ocsp.log" "$OPENSSL" ocsp -issuer "$T/ca.pem" -cert "$about" \
        -reqout "$T/request.der"
    quietly "$T/ocsp.log" "$OPENSSL" ocsp -index "$index" -CA "$T/ca.pem" \
        -rsigner "$T/$signer.pem" -rkey "$T/$signer.key" -reqin "$T/request.der" \
        -respout "$response" "$@"
}
stapled() { # stapled CERT RESPONSE WORDS DESC
    for tls in tls1_2 tls1_3; do
        start_s_server -www -$tls -cert "$T/$1.pem" -key "$T/$1.key" \
            -status_file "$T/$2.ocsp"
        run tlsdial check --cacert "$T/ca.pem" localhost "$port"
        status_is 0 "$tls: $4: no fault by itself"
        report_has "OCSP stapled: $3" "$tls: $4"
        stop_peer
    done
}

respond good other ca.index ca -ndays 7
stapled other good good 'signed by the CA'
respond delegated other ca.index responder -ndays 7
stapled other delegated good 'signed by a responder of the CA'
respond revoked gone ca.index ca -ndays 7
stapled gone revoked revoked 'revoked'
respond unknown server empty.index ca -ndays 7
stapled server unknown unknown 'unknown to the responder'
stapled gone good 'for another certificate' 'about another certificate'
respond self other ca.index other -ndays 7
stapled other self 'not signed by the issuer' "signed with the server's own key"
respond false other ca.index false-responder -ndays 7
stapled other false 'not signed by the issuer' 'signed by a responder of another CA'
printf 'no response' >"$T/malformed.ocsp"

# Times: the response is of now, and for a week.
start_s_server -www -cert "$T/other.pem" -key "$T/other.key" -status_file "$T/good.ocsp"
later=$(($(date +%s) + 8 * 86400))
run tlsdial check --cacert "$T/ca.pem" --attime "$later" localhost "$port"
status_is 0 'after its week: the certificate is still valid'
report_has 'OCSP stapled: expired' 'after its week'
start_peer sni
run tlsdial check --cacert "$T/ca.pem" localhost "$port"
status_is 0 'a server that staples nothing'
report_lacks OCSP 'a server that staples nothing: nothing is said'
stop_peer

done_testing
