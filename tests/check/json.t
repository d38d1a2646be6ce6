# shellcheck shell=sh
# tlsdial check --format json: one object, the same on success and failure, as its schema has
# it, with what the evidence has.
# shellcheck source=tests/lib/check.sh
. "${TOP_SRCDIR:-.}/tests/lib/check.sh"
requires openssl python

if [ "$HAVE_JANSSON" != yes ]; then
    run tlsdial check --format json localhost 1
    failed_as 2 usage 'built without jansson' '--format json is refused without jansson'
    skip 'the report as JSON' 'this tlsdial was built without jansson' some
    done_testing 1
    exit 0
fi

"$PYTHON" -c 'import jsonschema' 2>"$T/import.log"
has_validator=$?

# Checks the report in $T/out: one line, UTF-8, of the schema's form. Prints the value of an
# expression about the object r.
cat >"$T/look.py" <<'END'
import json, re, sys
raw = open(sys.argv[1], "rb").read()
assert raw.endswith(b"\n") and raw.count(b"\n") == 1, "not one line"
assert not any(c < 32 for c in raw[:-1]), "a control character"
def unique(pairs):
    assert len(dict(pairs)) == len(pairs), "a key comes twice"
    return dict(pairs)
def no_constant(name):
    raise ValueError(name)
r = json.loads(raw.decode("utf-8"), object_pairs_hook=unique, parse_constant=no_constant)
always = "target", "verdict", "addresses", "microseconds", "parameters"
keys = [sorted(r)] + [sorted(r[key]) for key in always]
leaf = (r["chain_sent"] or [None])[0]
types = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None),
         "integer": int, "number": (int, float)}
known = {"$ref", "$schema", "$id", "title", "description", "format", "definitions", "type",
         "properties", "required", "additionalProperties", "items", "maxItems", "enum", "const",
         "pattern", "minimum", "maximum", "allOf", "anyOf"}
def is_of(name, value):
    return isinstance(value, types[name]) and (name == "boolean" or not isinstance(value, bool))
def follow(form, top):
    return top["definitions"][form["$ref"].rsplit("/", 1)[1]] if "$ref" in form else form
def complaints(form, value, top, at="r"):
    """What of a JSON schema, as far as ours goes, a value does not keep."""
    form = follow(form, top)
    assert not set(form) - known, "a word that is not known here: %s" % (set(form) - known)
    names = form.get("type", [])
    names = names if isinstance(names, list) else [names]
    if names and not any(is_of(name, value) for name in names):
        yield "%s is not of type %s" % (at, names)
        return
    if "const" in form and value != form["const"] or value not in form.get("enum", [value]):
        yield "%s has a value of its own: %r" % (at, value)
    for part in form.get("allOf", []):
        yield from complaints(part, value, top, at)
    if "anyOf" in form and all(list(complaints(part, value, top, at)) for part in form["anyOf"]):
        yield "%s has none of its forms" % at
    if isinstance(value, dict):
        properties = form.get("properties", {})
        for key in set(form.get("required", [])) - set(value):
            yield "%s lacks %s" % (at, key)
        for key, part in value.items():
            if key in properties:
                yield from complaints(properties[key], part, top, "%s.%s" % (at, key))
            elif form.get("additionalProperties") is False:
                yield "%s has %s, too" % (at, key)
    if isinstance(value, list):
        if len(value) > form.get("maxItems", len(value)):
            yield "%s is too long" % at
        for place, part in enumerate(value):
            yield from complaints(form.get("items", {}), part, top, "%s[%d]" % (at, place))
    if isinstance(value, str) and not re.search(form.get("pattern", ""), value):
        yield "%s does not match" % at
    if is_of("number", value):
        if not form.get("minimum", value) <= value <= form.get("maximum", value):
            yield "%s is out of its range" % at
if sys.argv[2] == "compare":
    schema = json.load(open(sys.argv[3]))
    top = schema["properties"]
    wanted = [sorted(top)] + [sorted(follow(top[key].get("allOf", [top[key]])[0], schema)["properties"])
                              for key in always]
    assert keys == wanted, "other keys than the schema's"
    wrong = list(complaints(schema, r, schema))
    assert not wrong, wrong
elif sys.argv[2] == "validate":
    import jsonschema
    schema = json.load(open(sys.argv[3]))
    jsonschema.Draft7Validator.check_schema(schema)
    checker = jsonschema.FormatChecker()
    jsonschema.Draft7Validator(schema, format_checker=checker).validate(r)
else:
    value = eval(sys.argv[2])
    print(value if isinstance(value, str) else json.dumps(value))
END
schema=$TOP_SRCDIR/doc/tlsdial-check.schema.json

look() { "$PYTHON" -S "$T/look.py" "$T/out" "$@" 2>"$T/look.log"; }
json_is() { # json_is EXPRESSION VALUE DESC: about the object r
    json_value=$(look "$1")
    is "$json_value" "$2" "$3" || show 'Python says' "$T/look.log"
}
json_holds() { json_is "bool($1)" true "$2"; } # json_holds EXPRESSION DESC

json() { check --format json "$@"; }
is_valid() { # is_valid DESC: the report that was just made
    look compare "$schema"
    ok $? "as the schema has it: $1" || show 'Python says' "$T/look.log"
    if [ "$has_validator" -eq 0 ]; then
        "$PYTHON" "$T/look.py" "$T/out" validate "$schema" 2>"$T/look.log"
        ok $? "valid: $1" || show 'the validator says' "$T/look.log"
    else
        skip "valid: $1" 'the jsonschema module of Python is not here'
    fi
}

json_verdict() { # json_verdict STATUS TOKEN DESC: of the report that was just made
    status_is "$1" "$3: status"
    json_is '[r["verdict"]["status"], r["verdict"]["token"]]' "[$1, \"$2\"]" "$3: verdict"
    is_valid "$3"
}

# --- success ----------------------------------------------------------------------------

make_usual
make_intermediate lower ca
EXTRA='authorityInfoAccess = caIssuers;URI:http://ca.example/lower.der'
KEY=rsa:2048
make_cert leaf lower DNS:localhost,IP:192.0.2.1 20200102030405Z 20491231235959Z
offer leaf lower
json localhost "$port"
err_empty 'success: nothing on standard error'
json_verdict 0 ok success
json_is 'r["target"]' "{\"host\": \"localhost\", \"name\": \"localhost\", \"port\": \"$port\"}" \
    'the target'
json_is 'r["verdict"]["message"]' success 'the message of success'
json_is 'r["verdict"]["hint"]' null 'no hint'
json_is 'r["trust"]' "[{\"path\": \"$T/ca.pem\", \"kind\": \"file\", \"certificates\": 1, \"unread\": null}]" \
    'where trust comes from'
# The last, for localhost may be ::1, too, and that comes first.
json_is 'r["addresses"]["tried"][-1]["address"]' 127.0.0.1 'the address'
json_is 'r["addresses"]["tried"][-1]["token"]' ok 'and that it worked'
json_holds '0 <= r["microseconds"]["resolve"] <= r["microseconds"]["connect"]
    <= r["microseconds"]["handshake"] <= r["microseconds"]["closed"]' 'times in their order'
json_holds 'r["microseconds"]["total"] == max(r["microseconds"]["closed"],
    r["microseconds"]["peer_closed"])' 'the total is that of the last step'
json_is 'r["microseconds"]["first_byte"]' null 'what did not happen is null'
json_is 'r["parameters"]["protocol"]' TLSv1.3 'the protocol'
json_is 'r["parameters"]["signature"]' rsa_pss_rsae_sha256 'the signature'
json_is 'r["parameters"]["resumed"]' false 'not resumed'
json_is '[c["subject"] for c in r["chain_built"]]' \
    '["CN=leaf", "CN=lower", "CN=tlsdial test CA"]' 'the chain as built'
json_is '[c["sent"] for c in r["chain_built"]]' '[true, true, false]' 'what of it was sent'
json_is '[c["subject"] for c in r["chain_sent"]]' '["CN=leaf", "CN=lower"]' 'the chain as sent'
json_is 'r["anchored"]' true 'it is anchored'
json_is 'r["problems"]' '[]' 'no problem'
json_is 'r["end"]' close-notify 'the end'
json_holds 'r["bytes"]["received"] > 1000 and r["bytes"]["sent"] > 100' 'the bytes'

# The leaf's fields against what the openssl command says.
x509() { "$OPENSSL" x509 -in "$T/leaf.pem" -noout "$@"; }
json_is 'leaf["pem"]' "$(cat "$T/leaf.pem")" 'the certificate itself'
json_is 'leaf["serial"].upper()' "$(x509 -serial | sed 's/.*=//')" 'its serial number'
json_is 'leaf["fingerprint_sha256"].upper()' \
    "$(x509 -fingerprint -sha256 | sed 's/.*=//' | tr -d :)" 'its fingerprint'
json_is 'leaf["pin"]' "sha256//$(x509 -pubkey | "$OPENSSL" pkey -pubin -outform DER |
    "$OPENSSL" dgst -sha256 -binary | "$OPENSSL" base64)" 'its pin'
json_is 'leaf["not_before"]' 2020-01-02T03:04:05Z 'when it begins'
json_is 'leaf["not_after"]' 2049-12-31T23:59:59Z 'when it ends'
json_is 'leaf["names"]' '["localhost", "192.0.2.1"]' 'its names'
json_is 'leaf["key"]' '{"type": "RSA", "group": null, "bits": 2048}' 'its key'
json_is 'r["chain_sent"][1]["key"]' '{"type": "EC", "group": "prime256v1", "bits": 256}' \
    'an EC key'
json_is 'leaf["signature_algorithm"]' ecdsa-with-SHA256 'its signature'
json_is 'leaf["issuer"]' CN=lower 'its issuer'
json_is 'leaf["issuer_url"]' http://ca.example/lower.der 'where its issuer is'
json_is '[c["self_issued"] for c in r["chain_built"]]' '[false, false, true]' 'the root is one'

# Dates, against Python's; they also show how days are counted.
now=$(date +%s)
for moment in 0 951782399 951782400 951868800 1580000000 1582934399 1582934400 1583020799 1609459199 1709164800 1709251200 \
    4102444799 4107542400 16725225600 253402300799; do
    json --attime "$moment" localhost "$port"
    if [ "$status" -eq 2 ] && [ "$moment" -gt 2147483647 ]; then
        failed_as 2 usage '' "a date beyond a time_t of 32 bits: $moment"
        skip "such a date in the report: $moment" 'a time_t of 32 bits' 2
        continue
    fi
    # Its CA was made just now, and lasts for a year.
    wanted_status=42
    [ "$moment" -lt "$now" ] || wanted_status=41
    status_is "$wanted_status" "the verdict at $moment"
    json_is 'r["verify_time"]' "$("$PYTHON" -c 'import datetime, sys
print((datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=int(sys.argv[1])))
    .strftime("%Y-%m-%dT%H:%M:%SZ"))' "$moment")" "a date: $moment"
    json_is 'leaf["days_left"]' "$(((2524607999 - moment) / 86400 -
        (moment > 2524607999 && (moment - 2524607999) % 86400 > 0)))" "days left at $moment"
done
json --warn-days 36525 localhost "$port"
json_verdict 54 expires-soon 'it expires soon'
make_cert elsewhere ca DNS:other.example
stop_peer
offer elsewhere
json --warn-days 36525 localhost "$port"
json_verdict 46 name-mismatch 'it expires soon, and is for another name'
json_is 'sorted(set(p["token"] for p in r["problems"]))' '["expires-soon", "name-mismatch"]' \
    'both are problems'
json_holds 'all(p["hint"] for p in r["problems"])' 'each with its hint'
stop_peer
offer leaf lower
json -q localhost "$port"
status_is 0 '-q'
out_empty '-q: no report'
stop_peer

octet=$(printf '\377')
serve -alpn "h$octet"
json --alpn "h$octet" localhost "$port"
json_verdict 0 ok 'a protocol that is no UTF-8'
json_is 'r["parameters"]["alpn"]' 'h\xFF' 'has its byte as a number'
stop_peer

# --- failures ---------------------------------------------------------------------------

make_cert_dated many ca DNS:other.example 20200101000000Z 20210203040506Z
offer many
json localhost "$port"
json_verdict 46 name-mismatch 'two problems'
json_is '[p["token"] for p in r["problems"]]' '["name-mismatch", "expired"]' 'both are there'
json_is 'r["problems"][1]["reason"]' 'expired on 2021-02-03 04:05:06 UTC' 'with the facts'
json_is 'r["problems"][1]["subject"], r["problems"][1]["depth"]' '["CN=many", 0]' 'and of what'
json_holds 'r["problems"][1]["hint"]' 'and the hint'
json_holds 'r["chain_built"][0]["days_left"] < -2000' 'days since it expired'
json_is 'r["verdict"]["message"]' "$(sed -n 's/^tlsdial: //p' "$T/err" | head -n 1)" \
    'the message is that of standard error'
json_is 'r["verdict"]["hint"]' "$(sed -n 's/^tlsdial: hint: //p' "$T/err")" 'so is the hint'
json_is 'r["parameters"]["protocol"]' null 'no parameters without a handshake'
json_is 'r["end"]' null 'and no end'
stop_peer

fetches() {
    offer server
    check trust="$T/lower.pem" --format json --fetch-missing localhost "$port"
    json_verdict 45 incomplete-chain 'a missing issuer'
    json_is 'r["anchored"]' false 'the chain ends nowhere'
    json_is 'r["fetch_missing"]' '{"fetches": [], "proven": false, "verdict": null}' \
        'nowhere to fetch from'
    stop_peer

    folder=$T/folder
    mkdir "$folder"
    "$OPENSSL" x509 -in "$T/lower.pem" -outform DER -out "$folder/lower.der"
    start_peer files --folder "$folder"
    url=http://127.0.0.1:$port/lower.der
    EXTRA="authorityInfoAccess = caIssuers;URI:$url"
    make_cert lacking lower DNS:localhost
    offer lacking
    json localhost "$port"
    json_verdict 45 incomplete-chain 'not asked to fetch'
    json_is 'r["missing_issuer"]' "$url" 'where it is to be had'
    json_is 'r["fetch_missing"]' null 'and it was not asked for'
    json --fetch-missing localhost "$port"
    json_verdict 45 incomplete-chain 'fetched'
    json_is 'r["fetch_missing"]["fetches"]' "[{\"url\": \"$url\", \"error\": null}]" 'from there'
    json_is 'r["fetch_missing"]["proven"]' true 'the diagnosis is proven'
    json_is 'len(r["chain_built"])' 1 'the chain is the first'
    rm "$folder/lower.der"
    json --fetch-missing localhost "$port"
    json_verdict 45 incomplete-chain 'fetched in vain'
    json_is 'r["fetch_missing"]["fetches"][0]["error"]["token"]' ca-store 'why'
    json_is 'r["fetch_missing"]["verdict"]' null 'and there was no other dial'
    stop_peer
}
fetches

closed_port
json --resolve "host.example:$port:127.0.0.1,127.0.0.2" host.example "$port"
json_verdict 22 refused 'nobody listens'
json_is '[a["address"] for a in r["addresses"]["tried"]]' '["127.0.0.1", "127.0.0.2"]' \
    'all addresses are there'
json_is '[a["token"] for a in r["addresses"]["tried"]]' '["refused", "refused"]' 'and why'
json_is 'r["addresses"]["tried"][1]["reason"]' 'Connection refused' "in the system's words"
json_is '[r["bytes"], r["end"], r["anchored"], r["chain_sent"], r["microseconds"]["handshake"]]' \
    '[null, null, null, [], null]' 'what did not happen is null'
json_is 'r["parameters"]["certificate_requested"]' null 'nor is it false'
stop_peer

start_peer silent
json --connect-timeout 0.5 127.0.0.1 "$port"
json_verdict 73 deadline-handshake silence
stop_peer
start_peer plain-http
json 127.0.0.1 "$port"
json_verdict 31 not-tls 'no TLS'
stop_peer
start_peer fin
json 127.0.0.1 "$port"
json_verdict 0 ok 'an end without close_notify'
json_is 'r["end"]' truncated 'an end without close_notify is told'
json_holds 'r["microseconds"]["first_byte"] > 0' 'the first byte has a time'
stop_peer
offer -Verify 1 -CAfile "$T/ca.pem"
json localhost "$port"
json_verdict 35 client-certificate-required 'a certificate is wanted'
json_is 'r["parameters"]["certificate_requested"]' true 'and was asked for'
json_is 'r["parameters"]["certificate_sent"]' false 'and was not sent'
stop_peer

# --- whatever the peer sends --------------------------------------------------------------

# Quotes, every control character that the openssl command lets through, bytes that are no UTF-8.
SUBJECT=$("$PYTHON" -c 'import sys
odd = "".join(map(chr, range(1, 32))).replace("\n", "") + "\"\u0085\u202e\u2028\u6f22\U0001f512"
sys.stdout.buffer.write(("/CN=" + odd).encode())')
octets=$(printf '\377\033')
EXTRA="authorityInfoAccess = caIssuers;URI:http://ca.example/$octets"
make_cert odd ca "DNS:localhost,DNS:x${octets}y"
offer odd
json localhost "$port"
json_verdict 0 ok 'odd bytes'
json_holds '"\u6f22\U0001f512" in leaf["subject"]' 'letters stay'
json_holds 'all(c not in leaf["subject"] for c in "\x01\x1b\u0085\u202e\u2028")' \
    'controls do not'
json_is 'leaf["names"][1]' 'x\xFF\x1By' 'bytes are shown as numbers'
json_is 'leaf["issuer_url"]' 'http://ca.example/\xFF\x1B' 'in an address, too'
stop_peer

done_testing 173
