# shellcheck shell=sh
# Certificate revocation lists: what they say of the server's certificate, and of its CAs.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires openssl
cd "$T" || bail_out "no scratch folder"

START=20200101000000Z
make_ca ca 'tlsdial test CA'
START=20200101000000Z
make_cert server ca DNS:localhost
make_ca stranger
SUBJECT='/CN=Issuing CA'
make_intermediate issuing ca
SUBJECT='/CN=Revoked CA'
make_intermediate revoked-ca ca
make_cert below issuing DNS:localhost
make_cert below-revoked revoked-ca DNS:localhost
make_cert gone ca DNS:localhost
make_cert stolen ca DNS:localhost
make_crl before ca
issuer_command ca -revoke "$T/stolen.pem" -crl_reason keyCompromise
revoke gone ca
revoke revoked-ca ca
make_crl ca ca
make_crl issuing issuing
make_crl revoked-ca revoked-ca
make_crl stranger stranger
today=$(date -u +%Y-%m-%d)

# --- the server's certificate -----------------------------------------------------------

for tls in tls1_2 tls1_3; do
    serve stolen -$tls
    refused_unheard 47 revoked \
        "\"CN=stolen\" was revoked on $today" "$tls: revoked" --crlfile ca.crl
    err_has '(keyCompromise), says the CRL of "CN=tlsdial test CA"' "$tls: the reason and who says it"
    peer_log_has 'SSL alert number 44' "$tls: the server is told that it is revoked"
    stop_peer
done
serve gone
refused_unheard 47 revoked '(no reason given)' 'revoked without a reason' --crlfile ca.crl
refused_unheard 47 revoked 'was revoked' 'the order of the options is of no account' \
    --crlfile ca.crl --cacert stranger.pem
"$OPENSSL" crl -in ca.crl -outform DER -out ca.der
refused_unheard 47 revoked 'was revoked' 'a CRL in DER' --crlfile ca.der
cat stranger.crl ca.crl >both.crl
refused_unheard 47 revoked 'was revoked' 'two CRLs in one file' --crlfile both.crl
refused_unheard 47 revoked 'was revoked' 'two files' --crlfile stranger.crl --crlfile ca.crl
cat ca.pem ca.crl >with-crl.pem
dial trust=with-crl.pem --crl-check-all localhost "$port"
failed_as 47 revoked 'was revoked' 'a CRL beside the CA certificate'
if has_check; then
    check --crlfile ca.crl localhost "$port"
    status_is 47 'check: the status'
    out_has 'revoked: localhost' 'check: the verdict'
else
    skip 'check: revoked' "this tlsdial was built without 'check'" 2
fi
stop_peer

offer gone
accepted 'a CRL of before' --crlfile before.crl
accepted 'without --crlfile nothing is asked'
stop_peer
offer
accepted 'not revoked' --crlfile ca.crl
accepted 'not revoked, with another file' --crlfile stranger.crl --crlfile ca.crl
stop_peer

# --- what a CRL does not tell --------------------------------------------------------------

serve server
refused_unheard 48 revocation-unknown 'there is no CRL of "CN=tlsdial test CA" for it' \
    'a CRL of another CA' --crlfile stranger.crl
refused_unheard 48 revocation-unknown 'the CRL of "CN=tlsdial test CA" expired on' \
    'a CRL that has expired' --crlfile ca.crl --attime "$(($(date +%s) + 40 * 86400))"
refused_unheard 48 revocation-unknown 'is not valid before' 'a CRL of the future' \
    --crlfile ca.crl --attime "$(($(date +%s) - 7200))"
KEY=same
cp stranger.key impostor.key
make_ca impostor 'tlsdial test CA'
make_crl impostor impostor
refused_unheard 48 revocation-unknown 'the CRL of "CN=tlsdial test CA"' 'a CRL of a namesake' \
    --crlfile impostor.crl
stop_peer

# --- the chain -------------------------------------------------------------------------------

offer below-revoked revoked-ca
accepted "the leaf's CRL alone" --crlfile revoked-ca.crl
stop_peer
serve below-revoked revoked-ca
refused_unheard 47 revoked '"CN=Revoked CA" was revoked' 'an intermediate that is revoked' \
    --crlfile ca.crl --crlfile revoked-ca.crl --crl-check-all
refused_unheard 48 revocation-unknown 'no CRL of "CN=tlsdial test CA"' 'no CRL of the root' \
    --crlfile revoked-ca.crl --crl-check-all
stop_peer
offer below issuing
accepted 'a whole chain, too' --crlfile issuing.crl
stop_peer
# The first path that is found has the namesake's key.
SUBJECT='/CN=Issuing CA'
make_intermediate namesake ca
EXTRA='authorityKeyIdentifier = none'
issue unsure issuing "$(leaf_extensions DNS:localhost)"
cat namesake.pem issuing.pem >both.pem
offer unsure both
accepted 'a CRL for the second path' --crlfile issuing.crl
stop_peer
offer below issuing
accepted 'a whole chain' --crlfile ca.crl --crlfile issuing.crl --crl-check-all
stop_peer

# --- CAs of one name, and what a CRL is for ------------------------------------------------------

SUBJECT='/CN=Corp CA'
make_ca rekeyed-new
SUBJECT='/CN=Corp CA'
make_ca rekeyed-old
make_cert rekeyed rekeyed-new DNS:localhost
# The old CA's CRL is the fresher one: OpenSSL would take it.
issuer_command rekeyed-new -gencrl -crl_lastupdate 20250101000000Z -crl_nextupdate 20500101000000Z \
    -out rekeyed-new.crl
make_crl rekeyed-old rekeyed-old
cat rekeyed-old.pem rekeyed-new.pem >rekeyed-both.pem
cat rekeyed-old.crl rekeyed-new.crl >rekeyed-both.crl
offer rekeyed
accepted 'the CRL that the issuer signed, of two' trust=rekeyed-both.pem --crlfile rekeyed-both.crl
dial trust=rekeyed-both.pem --crlfile rekeyed-old.crl localhost "$port"
failed_as 48 revocation-unknown 'with the CRL of "CN=Corp CA": CRL signature failure' \
    'the CRL of its namesake alone'
stop_peer

scoped_crl() { # scoped_crl NAME SCOPE: a CRL of the CA with this issuing distribution point
    issuer_config ca >"$1.cnf"
    printf '[scope]\nissuingDistributionPoint = critical,@point\n[point]\n%s\n' "$2" >>"$1.cnf"
    quietly "$1.log" env OPENSSL_CONF="$1.cnf" "$OPENSSL" ca -gencrl -crldays 30 -crlexts scope \
        -out "$1.crl"
}
scoped_crl of-point 'fullname = URI:http://pki.example/ca.crl'
scoped_crl of-cas 'onlyCA = TRUE'
make_cert plain ca DNS:localhost
EXTRA='crlDistributionPoints = URI:http://pki.example/own.crl'
make_cert pointed ca DNS:localhost
offer plain
dial trust=ca.pem --crlfile of-point.crl localhost "$port"
failed_as 48 revocation-unknown 'for the distribution point http://pki.example/ca.crl, which the' \
    "another distribution point's CRL"
err_lacks 'also ' 'one sentence a certificate'
dial trust=ca.pem --crlfile of-cas.crl localhost "$port"
failed_as 48 revocation-unknown 'it is for CA certificates only' 'a CRL of CA certificates'
stop_peer
offer pointed
dial trust=ca.pem --crlfile rekeyed-new.crl localhost "$port"
failed_as 48 revocation-unknown 'there is no CRL of "CN=tlsdial test CA" for it; its distribution point is http://pki.example/own.crl' \
    'where the missing CRL is to be had'
dial trust=ca.pem --crlfile ca.crl --crl-check-all localhost "$port"
status_is 0 'all are checked'
stop_peer
# Nobody revokes an anchor, or says that it is not revoked.
offer below issuing
dial trust=ca.pem --crlfile issuing.crl --crl-check-all localhost "$port"
failed_as 48 revocation-unknown 'no CRL of "CN=tlsdial test CA" for it' 'an intermediate without a CRL'
err_lacks 'also ' 'the anchor needs none'
stop_peer

# --- files that cannot be used ----------------------------------------------------------------

: >empty.crl
sed '3s/./!/' ca.crl >broken.crl
cat ca.crl broken.crl >half.crl
for file in none empty.crl broken.crl half.crl ca.pem .; do
    run tlsdial --crlfile "$file" localhost 1
    failed_as 11 crl-file "CRL file '$file'" "--crlfile that cannot be used: $file"
    err_lacks delta "it is not called a delta CRL: $file"
done
issuer_config ca >delta.cnf
printf '[delta]\n2.5.29.27 = critical, DER:020101\n' >>delta.cnf
quietly delta.log env OPENSSL_CONF=delta.cnf "$OPENSSL" ca -gencrl -crldays 30 -crlexts delta \
    -out delta.crl
cat ca.crl delta.crl >both.crl
quietly delta.log "$OPENSSL" crl -in delta.crl -outform DER -out delta.der
for file in delta.crl both.crl delta.der; do
    run tlsdial --crlfile "$file" localhost 1
    failed_as 11 crl-file "CRL file '$file': it is a delta CRL" "a delta CRL: $file"
done
done_testing 74
