# shellcheck shell=sh
# Pinned keys and TLSA records: the server must have them, whoever vouches for it.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires openssl
cd "$T" || bail_out "no scratch folder"

PAST=20200101000000Z EXPIRY=20210203040506Z
make_usual
make_intermediate issuing ca
make_cert below issuing DNS:localhost
make_cert old ca DNS:localhost "$PAST" "$EXPIRY"
make_self_signed own DNS:localhost
make_cert elsewhere ca DNS:other.example

spki() { "$OPENSSL" x509 -in "$1.pem" -noout -pubkey | "$OPENSSL" pkey -pubin -outform DER; }
pin_of() { printf 'sha256//%s' "$(spki "$1" | "$OPENSSL" dgst -sha256 -binary | "$OPENSSL" base64)"; }
hex() { od -An -v -tx1 | tr -d ' \n'; }
key_hash() { spki "$1" | "$OPENSSL" dgst -"${2:-sha256}" -binary | hex; }
certificate_hash() {
    "$OPENSSL" x509 -in "$1.pem" -outform DER | "$OPENSSL" dgst -sha256 -binary | hex
}
ours=$(pin_of below) above=$(pin_of issuing) root=$(pin_of ca) other=$(pin_of own)


# --- pins -----------------------------------------------------------------------------------

"$OPENSSL" x509 -in below.pem -noout -pubkey >key.pem
spki below >key.der
offer below issuing
accepted "the server's key" --pinnedpubkey "$ours"
accepted "an intermediate's" --pinnedpubkey "$above"
accepted "the root's, which is not sent" --pinnedpubkey "$root"
accepted 'one of two' --pinnedpubkey "$other;$ours"
accepted 'one of two options' --pinnedpubkey "$ours" --pinnedpubkey "$other"
accepted 'a file in PEM' --pinnedpubkey key.pem
accepted 'a file in DER' --pinnedpubkey key.der
accepted 'a certificate' --pinnedpubkey issuing.pem
if has_check; then
    check localhost "$port"
    status_is 0 "check: a server with pins to see"
    out_has "$ours" "check tells the server's pin"
else
    skip 'check: the pin' "this tlsdial was built without 'check'" 2
fi
stop_peer

for tls in tls1_2 tls1_3; do
    serve below issuing -$tls
    refused_unheard 52 pin-mismatch "has the pin $ours; neither that nor another" \
        "$tls: another key" --pinnedpubkey "$other"
    peer_log_has 'SSL alert number' "$tls: the server is told"
    stop_peer
done
serve old
refused_unheard 52 pin-mismatch 'also expired: "CN=old" expired' 'another key, and expired' \
    --pinnedpubkey "$other"
dial --pinnedpubkey "$(pin_of old)" localhost "$port"
failed_as 41 expired 'expired on' 'the right key is not enough'
stop_peer

for text in '' sha256// "sha256//short=" "${ours%?}" "$ours;" ";$ours" "$ours $other" \
    "$(printf %s "$ours" | tr '[:lower:]' '!')" none . /dev/null own.key; do
    run tlsdial --pinnedpubkey "$text" localhost 1
    failed_as 2 usage '' "no pin: '$text'"
done

# --- TLSA -------------------------------------------------------------------------------------

offer below issuing
accepted 'TLSA 3 1 1' trust=none --tlsa "3 1 1 $(key_hash below)"
accepted 'TLSA 3 0 1' trust=none --tlsa "3 0 1 $(certificate_hash below)"
accepted 'TLSA 3 1 2' trust=none --tlsa "3 1 2 $(key_hash below sha512)"
accepted 'TLSA 3 1 0' trust=none --tlsa "3 1 0 $(spki below | hex)"
accepted 'TLSA 2 0 1' trust=none --tlsa "2 0 1 $(certificate_hash issuing)"
accepted 'TLSA 2 1 1' trust=none --tlsa "2 1 1 $(key_hash issuing)"
accepted 'capitals and blanks' trust=none \
    --tlsa "3 1 1 $(key_hash below | tr 'a-f' 'A-F' | sed 's/.\{8\}/& /g')"
accepted 'one of two' trust=none --tlsa "3 1 1 $(key_hash own)" --tlsa "3 1 1 $(key_hash below)"
run with_env SSL_CERT_FILE=none SSL_CERT_DIR=none tlsdial --tlsa "3 1 1 $(key_hash below)" \
    localhost "$port"
status_is 0 'no trust store is needed'
stop_peer
offer own
accepted 'a self-signed certificate' trust=none --tlsa "3 1 1 $(key_hash own)"
accepted 'an address instead of a name' trust=none --verify-hostname localhost \
    --resolve "a.example:$port:127.0.0.1" --tlsa "3 1 1 $(key_hash own)"
stop_peer
offer old
accepted 'TLSA 3 1 1 does not look at dates' trust=none --tlsa "3 1 1 $(key_hash old)"
if has_check; then
    check trust=none --tlsa "3 1 1 $(key_hash old)" localhost "$port"
    status_is 0 'check: nor does it'
    out_has 'ok: localhost' 'check: the verdict'
    out_has 'a TLSA record' 'check: and why'
    out_matches 'expired on +20[0-9][0-9]-' 'check: and the date'
    out_lacks 'valid for' 'check: it is not valid for some days'
else
    skip 'check: TLSA 3 1 1' "this tlsdial was built without 'check'" 5
fi
stop_peer
serve elsewhere
dial trust=none --tlsa "3 1 1 $(key_hash elsewhere)" localhost "$port"
failed_as 46 name-mismatch 'is for other.example' 'but at names'
stop_peer

# The CA of the record stands above by its name alone; another path ends in a CA that the trust store
# has, which no record names.
nameless='authorityKeyIdentifier = none' # the issuer is found by its name
make_ca public
make_intermediate real public
make_cert victim real DNS:localhost
make_ca anchor 'the anchor'
make_ca false-anchor 'the anchor'
cp real.key forged.key
KEY=same SUBJECT='/CN=real' EXTRA=$nameless
issue forged false-anchor "$(ca_extensions)"
cat forged.pem real.pem anchor.pem >astray.pem
offer victim astray
run with_env SSL_CERT_FILE="$T/public.pem" SSL_CERT_DIR=none tlsdial \
    --tlsa "2 1 1 $(key_hash anchor)" localhost "$port"
failed_as 40 certificate '"CN=real"' 'a forged path to the CA of a TLSA record'
run with_env SSL_CERT_FILE="$T/public.pem" SSL_CERT_DIR=none tlsdial --insecure \
    --tlsa "2 1 1 $(key_hash anchor)" localhost "$port"
status_is 52 'such a path with --insecure'
stop_peer

serve below issuing
for record in "3 1 1 $(key_hash own)" "3 0 1 $(certificate_hash own)" "2 1 1 $(key_hash own)" \
    "2 0 1 $(certificate_hash own)" "3 1 1 $(key_hash issuing)"; do
    refused_unheard 52 pin-mismatch "its own would be \"3 1 1 $(key_hash below)\"" \
        "TLSA ${record%" "*} of another" trust=none --tlsa "$record"
done
refused_unheard 52 pin-mismatch 'matches no TLSA record' 'a trust store does not help' \
    --tlsa "3 1 1 $(key_hash own)"
stop_peer

for record in '' '3 1 1' "1 1 1 $(key_hash own)" "0 0 1 $(key_hash own)" "4 1 1 $(key_hash own)" \
    "3 2 1 $(key_hash own)" "3 1 3 $(key_hash own)" "3 1 1 $(key_hash own)00" '3 1 1 abc' \
    "3 1 1 $(key_hash own)g0" '3 1 0 0000' "3 1 2 $(key_hash own)"; do
    run tlsdial --tlsa "$record" localhost 1
    failed_as 2 usage "TLSA record '" "no TLSA record: '$record'"
done
done_testing 94
