# shellcheck shell=sh
# Several ways from the server's certificate to a trusted one: a good one is found, and of bad
# ones the right thing is said.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires openssl

PAST=20200101000000Z EXPIRY=20210203040506Z

bundle() { # bundle NAME CERT...: $T/NAME.bundle
    bundle_file=$T/$1.bundle
    shift
    : >"$bundle_file"
    for bundled; do
        cat "$T/$bundled.pem" >>"$bundle_file"
    done
}

same_key() { # same_key NAME OF: the next certificate of that NAME has the key of OF
    cp "$T/$2.key" "$T/$1.key"
    KEY=same
}

offer() { # offer NAME CERT...: its certificate and these
    offered=$1
    shift
    bundle chain "$@"
    start_s_server -www -cert "$T/$offered.pem" -key "$T/$offered.key" \
        -cert_chain "$T/chain.bundle"
}

accepted() { # accepted TRUST DESC [ARGS...]
    accepted_trust=$1 accepted_desc=$2
    shift 2
    within 30 tlsdial --cacert "$accepted_trust" "$@" localhost "$port"
    status_is 0 "$accepted_desc"
    out_has '</HTML>' "$accepted_desc: the response"
}

refused() { # refused STATUS TOKEN WORDS TRUST DESC [ARGS...]
    refused_as="$1 $2" refused_words=$3 refused_trust=$4 refused_desc=$5
    shift 5
    within 30 tlsdial --cacert "$refused_trust" "$@" localhost "$port"
    failed_as "${refused_as% *}" "${refused_as#* }" "$refused_words" "$refused_desc"
}

make_ca root 'Root'
make_ca old-root 'Old root'

# --- a certificate renewed or cross-signed, one of its legs expired -----------------

SUBJECT='/CN=Issuing CA'
make_intermediate issuing root
make_cert server issuing DNS:localhost
SUBJECT='/CN=Issuing CA' START=$PAST END=$EXPIRY
same_key expired-leg issuing
make_intermediate expired-leg root
for order in 'expired-leg issuing' 'issuing expired-leg'; do
    # shellcheck disable=SC2086 # two certificates
    offer server $order
    accepted "$T/root.pem" "an intermediate and its expired twin: $order"
    stop_peer
done
offer server expired-leg
refused 41 expired '"CN=Issuing CA" expired on 2021-02-03' "$T/root.pem" \
    'the expired one alone is told as expired'
stop_peer

# Root signed by an old root that has expired, and sent; Root itself is trusted, or the old one.
SUBJECT='/CN=Root' START=$PAST END=$EXPIRY
same_key crossed root
make_intermediate crossed old-root
bundle both root old-root
offer server issuing crossed
accepted "$T/root.pem" 'a cross-signed root whose other leg expired: the root is trusted'
accepted "$T/both.bundle" 'a cross-signed root whose other leg expired: both are trusted'
refused 41 expired '"CN=Root" expired on 2021-02-03' "$T/old-root.pem" \
    'a cross-signed root whose only leg to what is trusted expired'
stop_peer

# The trusted root itself expired, and was renewed with the same key.
SUBJECT='/CN=Root' START=$PAST END=$EXPIRY
same_key stale-root root
issue stale-root stale-root "$(ca_extensions)"
bundle renewed stale-root root
offer server issuing
accepted "$T/renewed.bundle" 'an expired root beside its renewed twin'
refused 41 expired '"CN=Root" expired on' "$T/stale-root.pem" 'an expired root alone'
stop_peer

# A constrained intermediate beside one that is not.
SUBJECT='/CN=Issuing CA' EXTRA='nameConstraints = critical,permitted;DNS:other.example'
same_key constrained issuing
make_intermediate constrained root
offer server constrained issuing
accepted "$T/root.pem" 'an intermediate with name constraints beside one without'
stop_peer
offer server constrained
refused 51 constraint 'do not permit' "$T/root.pem" 'the constrained one alone'
stop_peer

# --- the same name and another key --------------------------------------------------

make_ca impostor 'Root'
bundle mixed impostor root
offer server issuing
accepted "$T/mixed.bundle" 'two roots of one name in the trust store'
refused 44 unknown-ca 'the issuer "CN=Root" of "CN=Issuing CA" was neither sent nor found' \
    "$T/impostor.pem" 'a root of the right name and another key'
err_has "; the one of that name has another key, in $T/impostor.pem" \
    'a root of the right name and another key: the message says so'
stop_peer
SUBJECT='/CN=Issuing CA'
make_intermediate other-issuing root
offer server other-issuing
refused 45 incomplete-chain 'the issuer "CN=Issuing CA" of "CN=server"' "$T/root.pem" \
    'an intermediate of the right name and another key'
err_has '; the one of that name has another key, in what was sent' \
    'an intermediate of the right name and another key: the message says so'
stop_peer

# The same, where it is trusted that it is not.
bundle astray root other-issuing
offer server issuing
accepted "$T/astray.bundle" 'a trusted intermediate of the right name and another key'
stop_peer
start_s_server -www
refused 45 incomplete-chain "; the one of that name has another key, in $T/astray.bundle" \
    "$T/astray.bundle" 'a trusted intermediate of another key, and none is sent'
stop_peer

# --- what the user rejects ----------------------------------------------------------

SUBJECT='/CN=Issuing CA'
same_key twin issuing
make_intermediate twin root
quietly "$T/reject.log" "$OPENSSL" x509 -in "$T/twin.pem" -addreject serverAuth -trustout \
    -out "$T/rejected.pem"
bundle rejecting root rejected
offer server issuing
refused 40 certificate '"CN=Issuing CA" is not trusted for this use by its trust settings' \
    "$T/rejecting.bundle" 'a CA that the trust store rejects: no way around it is looked for'
stop_peer

# --- several faults on the way: the server's own do not hide behind a bad path ------

make_cert_dated late issuing DNS:localhost "$PAST" "$EXPIRY"
offer late expired-leg issuing
refused 41 expired '"CN=late" expired' "$T/root.pem" \
    "the server's own fault is told where a path is good"
err_lacks 'Issuing CA' "the server's own fault: nothing is said of the path not taken"
stop_peer

# --- what the user has and the server does not send ---------------------------------

start_s_server -www
refused 45 incomplete-chain 'was neither sent nor found' "$T/root.pem" \
    'the intermediate is not sent'
err_lacks 'AIA' 'the intermediate is not sent: no address is invented'
accepted "$T/root.pem" '--untrusted gives it' --untrusted "$T/issuing.pem"
bundle several other-issuing expired-leg issuing
accepted "$T/root.pem" '--untrusted: the right one of several' --untrusted "$T/several.bundle"
accepted "$T/root.pem" '--untrusted, twice' --untrusted "$T/other-issuing.pem" \
    --untrusted "$T/issuing.pem"
refused 44 unknown-ca '"CN=Root"' "$T/old-root.pem" '--untrusted is not trusted' \
    --untrusted "$T/issuing.pem" --untrusted "$T/root.pem"
stop_peer
: >"$T/nothing"
printf '%s\n' '-----BEGIN CERTIFICATE-----' 'AAAA' '-----END CERTIFICATE-----' >"$T/broken"
for bad in none:'No such file' nothing:'it has no certificate' \
    broken:'a certificate cannot be read'; do
    run tlsdial --untrusted "$T/${bad%%:*}" localhost 1
    failed_as 10 ca-store "${bad#*:}" "--untrusted: ${bad%%:*}"
done

EXTRA='authorityInfoAccess = OCSP;URI:http://ocsp.example/,caIssuers;URI:http://ca.example/i.der'
make_cert told issuing DNS:localhost
start_s_server -www -cert "$T/told.pem" -key "$T/told.key"
refused 45 incomplete-chain '; its AIA address is http://ca.example/i.der' "$T/root.pem" \
    'the address of the missing issuer is told'
stop_peer
escape=$(printf '\033')
EXTRA="authorityInfoAccess = caIssuers;URI:http://x/${escape}[31m"
make_cert painted issuing DNS:localhost
start_s_server -www -cert "$T/painted.pem" -key "$T/painted.key"
refused 45 incomplete-chain 'AIA address is http://x/\x1B[31m' "$T/root.pem" \
    'an address with an escape sequence is told escaped'
stop_peer

# --- bounds -------------------------------------------------------------------------

# Twelve twins of one intermediate, all expired: the search ends, and says what is wrong.
twins=
for twin in 1 2 3 4 5 6 7 8 9 10 11 12; do
    SUBJECT='/CN=Issuing CA' START=$PAST END=$EXPIRY
    same_key "twin$twin" issuing
    make_intermediate "twin$twin" root
    twins="$twins twin$twin"
done
# shellcheck disable=SC2086 # several certificates
offer server $twins
refused 41 expired '"CN=Issuing CA" expired' "$T/root.pem" 'twelve expired twins'

# --- of several trusted paths the one that is valid for longest ---------------------------

soon=$(($(date +%s) + 10 * 86400))
date_of() { date -u -d "@$1" +%Y%m%d%H%M%SZ 2>/dev/null || date -u -r "$1" +%Y%m%d%H%M%SZ; }
SUBJECT='/CN=Twin root' END=$(date_of "$soon") START=$PAST
make_ca twin-old
same_key twin-new twin-old
SUBJECT='/CN=Twin root'
make_ca twin-new
cp "$T/twin-new.key" "$T/twin.key"
cp "$T/twin-new.pem" "$T/twin.pem"
make_cert twinned twin DNS:localhost
for order in 'twin-old twin-new' 'twin-new twin-old'; do
    # shellcheck disable=SC2086 # two certificates
    bundle both $order
    start_s_server -www -cert "$T/twinned.pem" -key "$T/twinned.key"
    if has_check; then
        within 30 tlsdial check --warn-days 21 --cacert "$T/both.bundle" localhost "$port"
        status_is 0 "$order: one root outlives the threshold"
        out_lacks expires-soon "$order: no alarm"
        within 30 tlsdial check --warn-days 21 --cacert "$T/twin-old.pem" localhost "$port"
        status_is 54 'the other root alone: it expires soon'
        out_has 'expires-soon' 'the other root alone: the alarm'
    fi
    stop_peer
done

done_testing
