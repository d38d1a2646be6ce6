# shellcheck shell=sh
# Certificates that are not as RFC 5280 has them: the part at fault is named, and what cannot be read
# is not guessed.
# shellcheck source=tests/lib/check.sh
. "${TOP_SRCDIR:-.}/tests/lib/check.sh"
requires python openssl

make_ca ca 'tlsdial test CA'

spoil() { # spoil NAME CHANGE [VALUE]: a certificate of the CA, changed and signed again
    spoilt=$1
    shift
    make_cert "$spoilt" ca DNS:localhost
    quietly "$T/spoil.log" env OPENSSL="$OPENSSL" "$PYTHON" -S "$TOP_SRCDIR/tests/tools/der.py" \
        "$T/$spoilt" "$T/ca" "$@"
}

is_malformed() { # is_malformed NAME WORDS DESC: in the message, the report and JSON
    offer "$1"
    dial localhost "$port"
    failed_as 40 certificate "\"CN=$1\" is malformed: $2" "$3"
    err_lacks incomplete-chain "$3: no word of an issuer that is missing"
    err_lacks name-mismatch "$3: nor of names"
    err_has 'hint: the server needs another certificate' "$3: the hint"
    dial command=check localhost "$port"
    status_is 40 "$3: the status of check"
    report_has "! certificate" "$3: marked in the tree"
    report_lacks 'missing:' "$3: no issuer is called missing"
    report_lacks 1970 "$3: no time is made up"
}

json_says() { # json_says EXPRESSION WANT DESC STATUS: of the last peer
    if [ "$HAVE_JANSSON" != yes ]; then
        skip "$3" 'built without jansson' 3
        return
    fi
    dial command=check --format json localhost "$port"
    status_is "$4" "$3: the status"
    cp "$T/out" "$T/report.json"
    run "$PYTHON" -S -c 'import json, sys
r = json.load(open(sys.argv[1], encoding="utf-8"))
print(json.dumps(eval(sys.argv[2])))' "$T/report.json" "$1"
    status_is 0 "$3: the expression"
    out_is "$2" "$3"
}

# --- times --------------------------------------------------------------------------

for time in utc:2711010000Z generalized:20271101000000 utc:271101000000+0000 \
    generalized:20271101000000.5Z; do
    spoil late not-after "$time"
    is_malformed late "its notAfter is \"${time#*:}\"" "notAfter $time"
    report_has 'to unreadable' "notAfter $time: in the tree"
    json_says '[r["chain_sent"][0]["not_after"], r["chain_sent"][0]["days_left"]]' '[null, null]' \
        "notAfter $time: unknown in JSON" 40
    stop_peer
done
spoil endless not-after generalized:99991231235959Z
offer endless
dial localhost "$port"
status_is 0 'no well-defined end (RFC 5280, 4.1.2.5)'
stop_peer

# --- extensions -----------------------------------------------------------------------

spoil bare bare-key-id
is_malformed bare 'its extension "X509v3 Subject Key Identifier" cannot be read' 'a key identifier'
json_says '[p["token"] for p in r["problems"]]' '["certificate"]' 'one finding, in JSON too' 40
stop_peer
spoil twice two-alt-names
is_malformed twice 'its extension "X509v3 Subject Alternative Name" is there twice' 'names twice'
stop_peer

# An intermediate that cannot be read has not "another key".
make_intermediate middle ca
make_cert below middle DNS:localhost
quietly "$T/spoil.log" env OPENSSL="$OPENSSL" "$PYTHON" -S "$TOP_SRCDIR/tests/tools/der.py" \
    "$T/middle" "$T/ca" bare-key-id
offer below middle
dial localhost "$port"
failed_as 45 incomplete-chain 'the one of that name in what was sent is malformed: its extension' \
    'a malformed intermediate'
err_lacks 'another key' 'a malformed intermediate: keys were not compared'
stop_peer

# --- what OpenSSL does not parse at all -------------------------------------------------

SUBJECT=/O=Rhone/CN=localhost
make_cert latin ca DNS:localhost
quietly "$T/spoil.log" env OPENSSL="$OPENSSL" "$PYTHON" -S "$TOP_SRCDIR/tests/tools/der.py" \
    "$T/latin" "$T/ca" subject-text Rhone
start_peer certificate-message --file "$T/latin.pem"
dial localhost "$port"
failed_as 40 certificate 'a certificate that the server sent cannot be parsed: ' \
    'text that is no UTF-8 in the subject'
dial --insecure localhost "$port"
status_is 40 'nor does --insecure go on: there is no key to go on with'
json_says '[[p["token"], p["depth"]] for p in r["problems"]]' '[["certificate", null]]' \
    'a finding of no certificate' 40
stop_peer

# --- values as they are -----------------------------------------------------------------

spoil negative negative-serial 300
offer negative
json_says 'r["chain_sent"][0]["serial"]' '"-012c"' 'a negative serial number' 0
stop_peer

done_testing 78
