# shellcheck shell=sh
# The OCSP response that a server staples: what it says is told, where it can be believed.
# shellcheck source=tests/lib/check.sh
. "${TOP_SRCDIR:-.}/tests/lib/check.sh"
requires openssl
has_ocsp || skip_all 'this OpenSSL was built without OCSP'

START=20200101000000Z
make_ca ca 'tlsdial test CA'
START=20200101000000Z
make_cert server ca DNS:localhost
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
        offer "$1" -$tls -status_file "$T/$2.ocsp"
        run tlsdial check --cacert "$T/ca.pem" localhost "$port"
        status_is 0 "$tls: $4: no fault by itself"
        report_has "OCSP stapled: $3" "$tls: $4"
        case $2:$1 in
        good:other | delegated:other)
            run tlsdial --cacert "$T/ca.pem" --require-staple localhost "$port"
            status_is 0 "$tls: $4: as required"
            ;;
        esac
        stop_peer
        case $2:$1 in
        good:other | delegated:other) continue ;; # it is one
        esac
        refused_with "$tls" "$1" "$2" 53 staple "one that is no proof: $3" \
            "$4, and one is required" --require-staple
    done
}

# The server says nothing but what it hears, and it hears no request.
refused_with() { # refused_with TLS CERT RESPONSE STATUS TOKEN WORDS DESC [ARGS...]
    refused_status=$4 refused_token=$5 refused_words=$6 refused_desc="$1: $7"
    serve "$2" "-$1" ${3:+-status_file "$T/$3.ocsp"}
    shift 7
    dial "$@" localhost "$port"
    failed_as "$refused_status" "$refused_token" "$refused_words" "$refused_desc"
    peer_log_has 'SSL alert number 113' "$refused_desc: the server is told"
    peer_log_lacks GET "$refused_desc: no request was sent"
    stop_peer
}

respond good other ca.index ca -ndays 7
stapled other good good 'signed by the CA'
respond delegated other ca.index responder -ndays 7
stapled other delegated good 'signed by a responder of the CA'
respond revoked gone ca.index ca -ndays 7
respond unknown server empty.index ca -ndays 7
stapled server unknown unknown 'unknown to the responder'
# The openssl command of 4.0 looks into what it is to staple.
sends_any_staple() {
    offer gone -status_file "$T/good.ocsp"
    "$OPENSSL" s_client -connect "127.0.0.1:$port" -servername localhost -status </dev/null >"$T/status" 2>&1
    stop_peer
    has "$T/status" 'OCSP Response Data'
}
any_staple=yes
sends_any_staple || any_staple=no
if [ $any_staple = yes ]; then
    stapled gone good 'for another certificate' 'about another certificate'
else
    skip 'about another certificate' 'this openssl command does not send that' 10
fi
respond self other ca.index other -ndays 7
stapled other self 'not signed by the issuer' "signed with the server's own key"
respond false other ca.index false-responder -ndays 7
stapled other false 'not signed by the issuer' 'signed by a responder of another CA'

# An answer that is none: tryLater (RFC 6960, 4.2.1), and a success whose content is garbage.
printf '\060\003\012\001\003' >"$T/later.ocsp"
printf '\060\037\012\001\000\240\032\060\030\006\011\053\006\001\005\005\007\060\001\001\004\013no response' \
    >"$T/malformed.ocsp"
if [ $any_staple = yes ]; then
    stapled other later 'an error of the responder' 'the responder says: later'
    stapled other malformed malformed 'one that is malformed'
else
    skip 'a response that is none' 'this openssl command does not send that' 20
fi

# --- what is fatal

revoked_on=$(date -u +%Y-%m-%d)
for tls in tls1_2 tls1_3; do
    refused_with $tls gone revoked 47 revoked "\"CN=gone\" was revoked on $revoked_on" 'revoked'
    refused_with $tls other '' 53 staple 'the server sent none' 'none came, and one is required' \
        --require-staple
done
for response in good revoked; do
    offer other -status_file "$T/$response.ocsp"
    dial trust="$T/stranger.pem" localhost "$port"
    status_is 45 "a staple \"$response\" for a chain that is not trusted"
    stop_peer
done
quietly "$T/ocsp.log" "$OPENSSL" ocsp -issuer "$T/ca.pem" -sha256 -cert "$T/gone.pem" \
    -reqout "$T/request.der"
quietly "$T/ocsp.log" "$OPENSSL" ocsp -index "$T/ca.index" -CA "$T/ca.pem" -rsigner "$T/ca.pem" \
    -rkey "$T/ca.key" -reqin "$T/request.der" -respout "$T/sha256.ocsp" -ndays 7
refused_with tls1_3 gone sha256 47 revoked 'says its OCSP staple' 'revoked: named by SHA-256'
# Whatever the trust in the certificate rests on.
pin_record=$("$OPENSSL" x509 -in "$T/gone.pem" -pubkey -noout |
    "$OPENSSL" pkey -pubin -outform DER | "$OPENSSL" dgst -sha256 -r | cut -d ' ' -f 1)
offer gone ca -status_file "$T/revoked.ocsp"
dial trust="$T/gone.pem" --partial-chain localhost "$port"
failed_as 47 revoked 'says its OCSP staple' 'revoked: the certificate itself is trusted'
dial trust=none --tlsa "3 1 1 $pin_record" localhost "$port"
failed_as 47 revoked 'says its OCSP staple' 'revoked: a TLSA record has the certificate'
stop_peer
SUBJECT='/CN=Issuing CA' START=20200101000000Z
make_intermediate issuing ca
make_cert below issuing DNS:localhost
quietly "$T/ocsp.log" "$OPENSSL" ocsp -issuer "$T/issuing.pem" -cert "$T/below.pem" \
    -reqout "$T/request.der"
issuer_command issuing -revoke "$T/below.pem"
quietly "$T/ocsp.log" "$OPENSSL" ocsp -index "$T/issuing.index" -CA "$T/issuing.pem" \
    -rsigner "$T/issuing.pem" -rkey "$T/issuing.key" -reqin "$T/request.der" \
    -respout "$T/below.ocsp" -ndays 7
offer below issuing -status_file "$T/below.ocsp"
dial trust="$T/issuing.pem" --partial-chain localhost "$port"
failed_as 47 revoked 'says its OCSP staple' 'revoked: an intermediate is trusted'
stop_peer
make_ca namesake 'tlsdial test CA'
EXTRA='authorityKeyIdentifier = none'
issue unsure ca "$(leaf_extensions DNS:localhost)"
quietly "$T/ocsp.log" "$OPENSSL" ocsp -issuer "$T/namesake.pem" -cert "$T/unsure.pem" \
    -reqout "$T/request.der"
quietly "$T/ocsp.log" "$OPENSSL" ocsp -index "$T/ca.index" -CA "$T/namesake.pem" \
    -rsigner "$T/namesake.pem" -rkey "$T/namesake.key" -reqin "$T/request.der" \
    -respout "$T/namesake.ocsp" -ndays 7
offer unsure namesake -status_file "$T/namesake.ocsp"
dial trust="$T/unsure.pem" --partial-chain --require-staple localhost "$port"
failed_as 53 staple 'one that is no proof' 'by a CA of that name that did not sign the certificate'
stop_peer

revoke_for() { # revoke_for NAME REASON: another certificate
    make_cert "$1" ca DNS:localhost
    issuer_command ca -revoke "$T/$1.pem" -crl_reason "$2"
    respond "$1" "$1" ca.index ca -ndays 7
}
revoke_for stolen keyCompromise
refused_with tls1_3 stolen stolen 47 revoked '(keyCompromise), says its OCSP staple' 'the reason'

EXTRA='tlsfeature = status_request' START=20200101000000Z
make_cert must ca DNS:localhost
respond must must ca.index ca -ndays 7
for tls in tls1_2 tls1_3; do
    refused_with $tls must '' 53 staple \
        'demands an OCSP staple (must-staple) and the server sent none' 'must-staple'
    if [ $any_staple = yes ]; then
        refused_with $tls must good 53 staple 'one that is no proof: for another certificate' \
            'must-staple, and one for another certificate'
    else
        skip "$tls: must-staple, another certificate" 'this openssl command does not send that' 3
    fi
done
offer must -status_file "$T/must.ocsp"
run tlsdial --cacert "$T/ca.pem" localhost "$port"
status_is 0 'must-staple, and a good one'
later=$(($(date +%s) + 8 * 86400))
run tlsdial --cacert "$T/ca.pem" --attime "$later" localhost "$port"
failed_as 53 staple 'one that is no proof: expired' 'must-staple, and one that has expired'
earlier=$(($(date +%s) - 86400))
run tlsdial check --cacert "$T/ca.pem" --attime "$earlier" localhost "$port"
status_is 53 'must-staple, and one of the future'
report_has 'OCSP stapled: not valid yet' 'one of the future'
stop_peer

EXTRA='tlsfeature = status_request'
make_intermediate must-below ca
make_cert below must-below DNS:localhost
offer below must-below
run tlsdial --cacert "$T/ca.pem" localhost "$port"
status_is 0 "must-staple of a CA certificate is not the server's"
stop_peer

# Times: the response is of now, and for a week.
offer other -status_file "$T/good.ocsp"
later=$(($(date +%s) + 8 * 86400))
run tlsdial check --cacert "$T/ca.pem" --attime "$later" localhost "$port"
status_is 0 'after its week: the certificate is still valid'
report_has 'OCSP stapled: expired' 'after its week'
start_peer sni
run tlsdial check --cacert "$T/ca.pem" localhost "$port"
status_is 0 'a server that staples nothing'
report_lacks OCSP 'a server that staples nothing: nothing is said'
stop_peer

# --- as strong as the chain, and as old as it may be ------------------------------------

respond weak other ca.index ca -ndays 7 -rmd sha1
stapled other weak 'its signature or key is below the security level' 'signed with SHA-1'
KEY=rsa:1024 USAGE=OCSPSigning
make_cert weak-responder ca ''
respond weak-key other ca.index weak-responder -ndays 7
stapled other weak-key 'not signed by the issuer' "a responder's key of 1024 bits"
# Without nextUpdate: OpenSSL gives it none where neither -ndays nor -nmin is there.
respond endless other ca.index ca
for days in 6 8; do
    offer other -status_file "$T/endless.ocsp"
    dial --require-staple \
        --attime "$(($(date +%s) + days * 86400))" localhost "$port"
    if [ $days = 6 ]; then
        status_is 0 'no nextUpdate: good for six days'
    else
        failed_as 53 staple 'one that is no proof: expired' 'no nextUpdate: not for eight'
    fi
    stop_peer
done
# What is revoked stays so.
offer gone -status_file "$T/revoked.ocsp"
dial --attime "$(($(date +%s) + 30 * 86400))" localhost "$port"
failed_as 47 revoked 'says its OCSP staple' 'revoked, after its nextUpdate'
stop_peer

# --- who the issuer is, the verified chain says -----------------------------------------

good_record=$("$OPENSSL" x509 -in "$T/other.pem" -pubkey -noout |
    "$OPENSSL" pkey -pubin -outform DER | "$OPENSSL" dgst -sha256 -r | cut -d ' ' -f 1)
offer other ca -status_file "$T/good.ocsp"
within 30 tlsdial --tlsa "3 1 1 $good_record" --require-staple localhost "$port"
failed_as 53 staple 'no issuer of the certificate is verified' 'a TLSA record verifies no issuer'
dial trust="$T/other.pem" --partial-chain --require-staple localhost "$port"
failed_as 53 staple 'no issuer of the certificate is verified' 'nor does trust in the certificate itself'
dial --require-staple localhost "$port"
status_is 0 'the same staple, and the issuer is verified'
stop_peer

done_testing 143
