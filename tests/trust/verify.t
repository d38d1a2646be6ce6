# shellcheck shell=sh
# Each way for a certificate to be wrong: its status, its words and its alert.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires openssl

PAST=20200101000000Z EXPIRY=20210203040506Z FUTURE=20400101000000Z

alert_was() { # alert_was NUMBER DESC: what the server was told
    peer_log_has "SSL alert number $1" "the server is told why: $2"
}

# --- trust --------------------------------------------------------------------------

make_ca ca 'tlsdial test CA'
make_ca stranger 'A stranger'
make_intermediate upper ca
make_intermediate lower upper

make_cert stranger-whole stranger DNS:localhost
offer stranger-whole stranger
refused 44 unknown-ca 'root "CN=A stranger"' 'the root is sent and not trusted'
alert_was 48 unknown-ca
err_has "$T/ca.pem" 'the message says where trust was looked for'

# A trust store that is not set up is no fault of the server's.
mkdir "$T/empty" "$T/unhashed"
cp "$T/ca.pem" "$T/unhashed/ca.pem"
for store in none empty unhashed; do
    run with_env SSL_CERT_FILE="$T/none" SSL_CERT_DIR="$T/$store" tlsdial localhost "$port"
    failed_as 10 ca-store "there is no CA certificate in $T/none or $T/$store" \
        "the default trust store is not set up: $store"
done
run with_env SSL_CERT_FILE="$T/ca.pem" SSL_CERT_DIR="$T/none" tlsdial localhost "$port"
failed_as 44 unknown-ca 'root "CN=A stranger"' 'a default trust store of one file is one'

make_cert stranger-leaf stranger DNS:localhost
offer stranger-leaf
refused 45 incomplete-chain 'the server sent 1 certificate; the issuer "CN=A stranger"' \
    'only the leaf of an unknown CA'
alert_was 48 incomplete-chain

make_self_signed own DNS:localhost
offer own
refused 43 self-signed 'CN=own' 'self-signed'
alert_was 48 self-signed
dial trust="$T/own.pem" localhost "$port"
status_is 0 'self-signed, and trusted by --cacert'

make_cert partial lower DNS:localhost
offer partial upper
refused 45 incomplete-chain 'the issuer "CN=lower" of "CN=partial"' \
    'one of two intermediates is missing'

make_cert no-upper lower DNS:localhost
offer no-upper lower
refused 44 unknown-ca 'the issuer "CN=upper" of "CN=lower"' \
    'the chain ends at a CA whose issuer is not known'

make_cert complete lower DNS:localhost
offer complete lower upper
dial localhost "$port"
status_is 0 'a complete chain'
out_has '</HTML>' 'a complete chain: the response'

# --- dates --------------------------------------------------------------------------

make_cert_dated old ca DNS:localhost "$PAST" "$EXPIRY"
offer old
refused 41 expired 'CN=old" expired on 2021-02-03 04:05:06 UTC' 'expired'
alert_was 45 expired
dial -q localhost "$port"
status_is 41 '-q: the status stays'
err_empty '-q: nothing is told'

make_cert_dated early ca DNS:localhost "$FUTURE" 20410101000000Z
offer early
refused 42 not-yet-valid 'is not valid before 2040-01-01 00:00:00 UTC' 'not yet valid'
alert_was 42 not-yet-valid

START=$PAST END=$EXPIRY
make_intermediate old-ca ca
make_cert under-old old-ca DNS:localhost
offer under-old old-ca
refused 41 expired 'CN=old-ca" expired on 2021-02-03' 'an expired intermediate is named'

# --- names --------------------------------------------------------------------------

make_cert elsewhere ca DNS:one.example,DNS:two.example,IP:192.0.2.7,IP:2001:db8::7
offer elsewhere
refused 46 name-mismatch 'one.example, two.example, 192.0.2.7, 2001:db8:0:0:0:0:0:7' \
    'another name: the names of the certificate are listed'
err_has 'not for localhost' 'another name: and the one that was asked'
alert_was 42 name-mismatch

dial 127.0.0.1 "$port"
failed_as 46 name-mismatch '192.0.2.7, 2001:db8:0:0:0:0:0:7, not for 127.0.0.1' \
    'another address: it is told like a name'
dial --verify-hostname 192.0.2.7 127.0.0.1 "$port"
status_is 0 'the address of the certificate'

many_names=$("$AWK" 'BEGIN { while (n++ < 200) printf "%sDNS:n%d.example", (n > 1 ? "," : ""), n }')
make_cert crowd ca "$many_names"
offer crowd
refused 46 name-mismatch 'n8.example and 192 more, not for localhost' \
    'many names: they are listed up to a bound'

make_cn_only named ca localhost
offer named
refused 46 name-mismatch 'no name at all' 'a common name is no name'

# --- several at once ----------------------------------------------------------------

make_cert_dated many ca DNS:other.example "$PAST" "$EXPIRY"
offer many
refused 46 name-mismatch 'other.example' 'expired and another name: the name comes first'
err_has '; also expired: "CN=many" expired on 2021-02-03' 'the message tells the date too'
dial -v localhost "$port"
status_is 46 '-v: the status stays'
err_has 'problem: name-mismatch: certificate 0' '-v tells the name'
err_has 'problem: expired: certificate 0, "CN=many"' '-v tells the date too'

make_cert_dated worst stranger DNS:other.example "$PAST" "$EXPIRY"
offer worst stranger
refused 44 unknown-ca 'A stranger' 'the unknown CA comes before all others'
dial -v localhost "$port"
status_is 44 '-v, three problems: the status stays'
for problem in unknown-ca name-mismatch expired; do
    err_has "problem: $problem: " "-v tells all of them: $problem"
done
err_has 'certificate 1, "CN=A stranger": is a root that is not in' '-v says it of the right one'

# --- what a certificate may be used for ---------------------------------------------

USAGE=clientAuth
make_cert client ca DNS:localhost
offer client
refused 50 purpose CN=client 'a certificate for clients'
err_has 'it is for TLS Web Client Authentication' 'a certificate for clients: what it is for'
alert_was 43 purpose
EXTRA='keyUsage = critical,cRLSign,nonRepudiation'
make_cert signer ca DNS:localhost
offer signer
refused 50 purpose \
    'is for TLS Web Server Authentication; its key usage is Non Repudiation, CRL Sign' \
    'a key that may not be used for TLS: what it may be used for'

KEY=rsa:1024
make_cert weak ca DNS:localhost
offer weak -cipher DEFAULT:@SECLEVEL=0
refused 49 weak '"CN=weak" has a key of 1024 bits (RSA), which is below security level 2' \
    'a key of 1024 bits'
alert_was 42 weak

KEY=rsa:1024
make_intermediate weak-ca ca
make_cert under-weak weak-ca DNS:localhost
offer under-weak weak-ca -cipher DEFAULT:@SECLEVEL=0
refused 49 weak '"CN=weak-ca" has a key of 1024 bits' 'an intermediate of 1024 bits is named'

DIGEST=sha1
make_cert sha1 ca DNS:localhost
offer sha1 -cipher DEFAULT:@SECLEVEL=0
refused 49 weak '"CN=sha1" is signed with ecdsa-with-SHA1, which is below security level 2' \
    'a signature with SHA-1'

DIGEST=sha1
make_intermediate sha1-ca ca
make_cert under-sha1 sha1-ca DNS:localhost
offer under-sha1 sha1-ca -cipher DEFAULT:@SECLEVEL=0
refused 49 weak '"CN=sha1-ca" is signed with ecdsa-with-SHA1' \
    'a signature with SHA-1 further up is said of the right certificate'

BASIC=critical,CA:FALSE
make_intermediate no-ca ca
make_cert under-no-ca no-ca DNS:localhost
offer under-no-ca no-ca
refused 51 constraint '"CN=no-ca" issued a certificate and is not a CA' \
    'an issuer that is not a CA'

BASIC=critical,CA:TRUE,pathlen:0
make_intermediate short ca
make_intermediate below-short short
make_cert under-short below-short DNS:localhost
offer under-short below-short short
refused 51 constraint \
    '"CN=short" has more CAs below it than its path length constraint (0) allows' \
    'a chain that is longer than its CA allows'

EXTRA='nameConstraints = critical,permitted;DNS:other.example'
make_intermediate narrow ca
make_cert under-narrow narrow DNS:localhost
offer under-narrow narrow
refused 51 constraint \
    '"CN=under-narrow" has the DNS name "localhost", which the name constraints of "CN=narrow" do not' \
    'a name outside the constraints'

EXTRA='nameConstraints = critical,excluded;DNS:localhost'
make_intermediate barred ca
make_cert under-barred barred DNS:localhost
offer under-barred barred
refused 51 constraint '"localhost", which the name constraints of "CN=barred" exclude' \
    'a name that is excluded'

# Each name has its constraint, and its CA.
EXTRA='nameConstraints = critical,permitted;DNS:localhost,permitted;dirName:corp
[corp]
O = Corp' SUBJECT='/O=Corp/CN=corp-ca'
make_intermediate corp-ca ca
SUBJECT='/O=Other/CN=stranger'
make_cert stranger corp-ca DNS:localhost
offer stranger corp-ca
refused 51 constraint \
    'has the subject "CN=stranger, O=Other", which the name constraints of "CN=corp-ca, O=Corp" do not' \
    'a subject outside the constraints'
EXTRA='nameConstraints = critical,excluded;email:admin@example.org'
make_intermediate no-mail ca
make_cert mail no-mail DNS:localhost,email:admin@example.org
offer mail no-mail
refused 51 constraint \
    'the e-mail address "admin@example.org", which the name constraints of "CN=no-mail" exclude' \
    'an e-mail address that is excluded'

# --- names that do not count -----------------------------------------------------------

make_cert as-name ca DNS:127.0.0.1,DNS:localhost
offer as-name
dial 127.0.0.1 "$port"
failed_as 46 name-mismatch 'it has that address as a DNS name, which does not count' \
    'an address as a DNS name'
err_has 'hint: the server needs a certificate that has the address' 'an address as a DNS name: the hint'
make_cn_only legacy ca localhost
offer legacy
refused 46 name-mismatch \
    'is for no name at all (a common name, "localhost", does not count without a subjectAltName)' \
    'a common name and no other'
err_has 'hint: the server needs a certificate that has its name as a subjectAltName' \
    'a common name: the hint'
make_cert starred ca 'DNS:*.example.org'
offer starred
dial --resolve "a_b.Example.org:$port:127.0.0.1" a_b.Example.org "$port"
failed_as 46 name-mismatch 'OpenSSL lets no wildcard stand for a name with an underscore' \
    'an underscore below a wildcard'

# --- an issuer of the right key that is not taken for it -----------------------------------

SUBJECT='/CN=renewed CA'
make_ca renewed
issue by-serial renewed "$(leaf_extensions DNS:localhost)
authorityKeyIdentifier = keyid,issuer:always"
wanted=$("$OPENSSL" x509 -in "$T/renewed.pem" -noout -serial | sed 's/.*=//' | tr A-F a-f)
issue by-key renewed "$(leaf_extensions DNS:localhost)
authorityKeyIdentifier = keyid"
SUBJECT='/CN=renewed CA' KEY=same
make_ca renewed
found=$("$OPENSSL" x509 -in "$T/renewed.pem" -noout -serial | sed 's/.*=//' | tr A-F a-f)
offer by-serial
dial trust="$T/renewed.pem" localhost "$port"
failed_as 45 incomplete-chain "asks for the serial number $wanted, and its own is $found" \
    'another serial number'
err_lacks 'another key' 'another serial number: it is not called another key'
SUBJECT='/CN=renewed CA' KEY=same
issue renewed renewed 'subjectKeyIdentifier = 0123456789ABCDEF
basicConstraints = critical,CA:TRUE'
offer by-key
dial trust="$T/renewed.pem" localhost "$port"
failed_as 45 incomplete-chain 'its subject key identifier is 0123456789abcdef' 'another key identifier'
SUBJECT='/CN=renewed CA'
make_ca namesake
dial trust="$T/namesake.pem" localhost "$port"
failed_as 45 incomplete-chain 'the one of that name has another key' 'another key, which was compared'

# --- what fits nowhere else ---------------------------------------------------------

EXTRA='1.2.3.4.5 = critical,ASN1:NULL'
make_cert odd ca DNS:localhost
offer odd
refused 40 certificate 'has a critical extension that OpenSSL does not know: 1.2.3.4.5' \
    'an unknown critical extension'

# The last byte of the DER is the signature's.
make_cert spoilt ca DNS:localhost
"$OPENSSL" x509 -in "$T/spoilt.pem" -outform DER -out "$T/spoilt.der"
spoilt_size=$(($(wc -c <"$T/spoilt.der")))
head -c "$((spoilt_size - 1))" "$T/spoilt.der" >"$T/spoilt2.der"
last_byte=$(tail -c 1 "$T/spoilt.der" | od -An -tu1)
# shellcheck disable=SC2059 # the format is the byte
printf "\\$(printf %03o "$((last_byte ^ 1))")" >>"$T/spoilt2.der"
"$OPENSSL" x509 -inform DER -in "$T/spoilt2.der" -out "$T/spoilt.pem"
offer spoilt
refused 40 certificate \
    '"CN=spoilt" has a signature that the key of its issuer "CN=tlsdial test CA" did not make' \
    'a bad signature'
alert_was 51 'a bad signature'

# --- wildcards (RFC 9525, 6.3): a whole label, the leftmost, and one only -----------

named_at() { # named_at SAN NAME STATUS
    san_count=$((${san_count:-0} + 1))
    make_cert "san$san_count" ca "$1"
    offer "san$san_count"
    dial --verify-hostname "$2" localhost "$port"
    status_is "$3" "a certificate for $1 and the name $2"
    stop_peer
}
named_at 'DNS:*.example.com' www.example.com 0
named_at 'DNS:*.example.com' WWW.Example.COM 0
named_at 'DNS:*.example.com' example.com 46
named_at 'DNS:*.example.com' a.www.example.com 46
named_at 'DNS:www*.example.com' www1.example.com 46
named_at 'DNS:*w.example.com' www.example.com 46
named_at 'DNS:www.*.com' www.example.com 46
named_at 'DNS:*.*.example.com' a.b.example.com 46
named_at 'DNS:*' localhost 46
named_at 'DNS:*.com' example.com 46
named_at 'DNS:xn--*.example.com' xn--bcher-kva.example.com 46
named_at 'DNS:*.example.com' xn--bcher-kva.example.com 0
named_at 'DNS:.example.com' www.example.com 46
named_at 'DNS:www.example.com.' www.example.com 46
named_at 'DNS:*.0.0.1' 127.0.0.1 46
named_at 'DNS:127.0.0.1' 127.0.0.1 46

# --- a wrong clock ------------------------------------------------------------------

# The time of --attime is the user's word, and no clock.
START=20150101000000Z
make_ca aged
make_cert_dated of-2020 aged DNS:localhost "$PAST" "$EXPIRY"
offer of-2020
at_time() { within 30 tlsdial --cacert "$T/aged.pem" --attime "$1" localhost "$port"; }
at_time 1600000000
status_is 0 '--attime: the year 2020'
at_time 1640000000
failed_as 41 expired 'expired on 2021-02-03' '--attime: the end of 2021'
err_lacks "system's clock is wrong" '--attime: no word of a clock'
at_time 1500000000
failed_as 42 not-yet-valid 'not valid before 2020-01-01' '--attime: the year 2017'
err_lacks "system's clock is wrong" '--attime in the past: no word of a clock'

# --- text that the peer chose -------------------------------------------------------

escape=$(printf '\033')
SUBJECT="/CN=red${escape}[31m" EXTRA=
make_self_signed painted "DNS:x${escape}y"
offer painted
refused 43 self-signed 'CN=red' 'a control character in the subject'
err_lacks "$escape" 'is escaped'
dial trust="$T/painted.pem" -v localhost "$port"
status_is 46 'a control character in a name'
err_has 'x\x1By' 'is shown as its number'
err_lacks "$escape" 'and nowhere as it is'

# --- nothing is sent to a peer that is not who it should be -------------------------

if [ -n "$PYTHON" ]; then
    for version in 1.2 1.3; do
        start_peer record --tls "$version" --cert "$T/elsewhere.pem" \
            --key "$T/elsewhere.key" --out "$T/sent"
        refused 46 name-mismatch '' "TLS $version: refused"
        peer_log_has 'connection over' "TLS $version: the server's side has ended"
        peer_log_lacks 'received' "TLS $version: no data is sent"
        file_absent "$T/sent" "TLS $version: the handshake was never complete"
        stop_peer
    done
else
    skip 'no data is sent' 'Python is not here' 8
fi

done_testing 102
