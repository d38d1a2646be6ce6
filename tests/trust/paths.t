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
    accepted "an intermediate and its expired twin: $order" trust="$T/root.pem"
    stop_peer
done
offer server expired-leg
refused 41 expired '"CN=Issuing CA" expired on 2021-02-03' \
    'the expired one alone is told as expired' trust="$T/root.pem"
stop_peer

# Root signed by an old root that has expired, and sent; Root itself is trusted, or the old one.
SUBJECT='/CN=Root' START=$PAST END=$EXPIRY
same_key crossed root
make_intermediate crossed old-root
bundle both root old-root
offer server issuing crossed
accepted 'a cross-signed root whose other leg expired: the root is trusted' trust="$T/root.pem"
accepted 'a cross-signed root whose other leg expired: both are trusted' trust="$T/both.bundle"
refused 41 expired '"CN=Root" expired on 2021-02-03' \
    'a cross-signed root whose only leg to what is trusted expired' trust="$T/old-root.pem"
stop_peer

# The trusted root itself expired, and was renewed with the same key.
SUBJECT='/CN=Root' START=$PAST END=$EXPIRY
same_key stale-root root
issue stale-root stale-root "$(ca_extensions)"
bundle renewed stale-root root
offer server issuing
accepted 'an expired root beside its renewed twin' trust="$T/renewed.bundle"
refused 41 expired '"CN=Root" expired on' 'an expired root alone' trust="$T/stale-root.pem"
stop_peer

# A constrained intermediate beside one that is not.
SUBJECT='/CN=Issuing CA' EXTRA='nameConstraints = critical,permitted;DNS:other.example'
same_key constrained issuing
make_intermediate constrained root
offer server constrained issuing
accepted 'an intermediate with name constraints beside one without' trust="$T/root.pem"
stop_peer
offer server constrained
refused 51 constraint 'do not permit' 'the constrained one alone' trust="$T/root.pem"
stop_peer

# --- the same name and another key --------------------------------------------------

make_ca impostor 'Root'
bundle mixed impostor root
offer server issuing
accepted 'two roots of one name in the trust store' trust="$T/mixed.bundle"
refused 44 unknown-ca 'the issuer "CN=Root" of "CN=Issuing CA" was neither sent nor found' \
    'a root of the right name and another key' trust="$T/impostor.pem"
err_has "; the one of that name has another key, in $T/impostor.pem" \
    'a root of the right name and another key: the message says so'
stop_peer
SUBJECT='/CN=Issuing CA'
make_intermediate other-issuing root
offer server other-issuing
refused 45 incomplete-chain 'the issuer "CN=Issuing CA" of "CN=server"' \
    'an intermediate of the right name and another key' trust="$T/root.pem"
err_has '; the one of that name has another key, in what was sent' \
    'an intermediate of the right name and another key: the message says so'
stop_peer

# The same, where it is trusted that it is not.
bundle astray root other-issuing
offer server issuing
accepted 'a trusted intermediate of the right name and another key' trust="$T/astray.bundle"
stop_peer
offer
refused 45 incomplete-chain "; the one of that name has another key, in $T/astray.bundle" \
    'a trusted intermediate of another key, and none is sent' trust="$T/astray.bundle"
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
    'a CA that the trust store rejects: no way around it is looked for' trust="$T/rejecting.bundle"
stop_peer

# --- several faults on the way: the server's own do not hide behind a bad path ------

make_cert_dated late issuing DNS:localhost "$PAST" "$EXPIRY"
offer late expired-leg issuing
refused 41 expired '"CN=late" expired' "the server's own fault is told where a path is good" \
    trust="$T/root.pem"
err_lacks 'Issuing CA' "the server's own fault: nothing is said of the path not taken"
stop_peer

# --- what the user has and the server does not send ---------------------------------

offer
refused 45 incomplete-chain 'was neither sent nor found' 'the intermediate is not sent' \
    trust="$T/root.pem"
err_lacks 'AIA' 'the intermediate is not sent: no address is invented'
accepted '--untrusted gives it' trust="$T/root.pem" --untrusted "$T/issuing.pem"
bundle several other-issuing expired-leg issuing
accepted '--untrusted: the right one of several' trust="$T/root.pem" --untrusted "$T/several.bundle"
accepted '--untrusted, twice' trust="$T/root.pem" --untrusted "$T/other-issuing.pem" \
    --untrusted "$T/issuing.pem"
refused 44 unknown-ca '"CN=Root"' '--untrusted is not trusted' trust="$T/old-root.pem" \
    --untrusted "$T/issuing.pem" --untrusted "$T/root.pem"
stop_peer
: >"$T/nothing"
printf '%s\n' '-----BEGIN CERTIFICATE-----' 'AAAA' '-----END CERTIFICATE-----' >"$T/broken"
for bad in none:'No such file' nothing:'it is empty' \
    broken:'line 1: the block that begins there cannot be parsed'; do
    run tlsdial --untrusted "$T/${bad%%:*}" localhost 1
    failed_as 10 ca-store "${bad#*:}" "--untrusted: ${bad%%:*}"
done

EXTRA='authorityInfoAccess = OCSP;URI:http://ocsp.example/,caIssuers;URI:http://ca.example/i.der'
make_cert told issuing DNS:localhost
offer told
refused 45 incomplete-chain '; its AIA address is http://ca.example/i.der' \
    'the address of the missing issuer is told' trust="$T/root.pem"
stop_peer
escape=$(printf '\033')
EXTRA="authorityInfoAccess = caIssuers;URI:http://x/${escape}[31m"
make_cert painted issuing DNS:localhost
offer painted
refused 45 incomplete-chain 'AIA address is http://x/\x1B[31m' \
    'an address with an escape sequence is told escaped' trust="$T/root.pem"
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
refused 41 expired '"CN=Issuing CA" expired' 'twelve expired twins' trust="$T/root.pem"

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
    offer twinned
    if has_check; then
        dial command=check trust="$T/both.bundle" --warn-days 21 localhost "$port"
        status_is 0 "$order: one root outlives the threshold"
        out_lacks expires-soon "$order: no alarm"
        dial command=check trust="$T/twin-old.pem" --warn-days 21 localhost "$port"
        status_is 54 'the other root alone: it expires soon'
        out_has 'expires-soon' 'the other root alone: the alarm'
    else
        skip "$order: the threshold" "built without 'check'" 4
    fi
    stop_peer
done

# --- the budget of a search -----------------------------------------------------------------------

# Three issuers exclude the name, the fourth does not. OpenSSL takes them in order and the search tries
# the others, unless it costs too much to hold so many names against so many constraints.
many_names() { # many_names COUNT: DNS names for subjectAltName, and exclusions
    awk -v count="$1" 'BEGIN { for (i = 0; i < count; i++) printf ",DNS:name%d.example", i }'
}
many_exclusions() {
    awk -v count="$1" 'BEGIN { for (i = 0; i < count; i++) printf ",excluded;DNS:not%d.example", i }'
}
make_ca payer 'Paying root'
make_twins() { # make_twins COUNT: four.pem, with its issuers twin-1 to twin-4
    for twin in 1 2 3 4; do
        excluded=localhost
        [ $twin -lt 4 ] || excluded=elsewhere.example
        SUBJECT='/CN=Twin CA'
        EXTRA="nameConstraints = critical,excluded;DNS:$excluded$(many_exclusions "$1")"
        [ $twin = 1 ] || same_key "twin-$twin" twin-1
        make_intermediate "twin-$twin" payer
    done
    make_cert four twin-1 "DNS:localhost$(many_names "$1")"
}
make_twins 1
offer four twin-1 twin-2 twin-3 twin-4
accepted 'the fourth issuer is the good one' trust="$T/payer.pem"
stop_peer
make_twins 700
offer four twin-1 twin-2 twin-3 twin-4
refused 51 constraint 'exclude' 'the same, and the search is given up' trust="$T/payer.pem"
stop_peer

done_testing 54
