# shellcheck shell=sh
# What tlsdial check does besides: --warn-days, --save-chain and --fetch-missing.
# shellcheck source=tests/lib/check.sh
. "${TOP_SRCDIR:-.}/tests/lib/check.sh"
requires openssl python
make_check_pki

asn1_time() { # asn1_time SECONDS: so long from now
    "$PYTHON" -c 'import sys, time
print(time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + int(sys.argv[1]))))' "$1"
}
day=86400

# --- --warn-days ------------------------------------------------------------------------

make_cert_dated ten ca DNS:localhost "$(asn1_time -$day)" "$(asn1_time $((10 * day + 3600)))"
offer ten
check --warn-days 10 localhost "$port"
verdict 0 ok 'valid for 10 days' 'it expires after the days to be warned of'
check --warn-days 11 localhost "$port"
verdict 54 expires-soon '"CN=ten" expires on 20' 'it expires within them'
report_has 'UTC, in 10 days -> renew it' 'when, and what to do'
out_has '|  ! expires-soon' 'it is marked'
is "$(grep -c '! expires-soon' "$T/out")" 1 'and the root, which lasts, is not'
check --attime $(($(date +%s) + 9 * day)) --warn-days 2 localhost "$port"
verdict 54 expires-soon 'in 1 day ' 'days count from --attime'
check --attime $(($(date +%s) + 9 * day)) --warn-days 1 localhost "$port"
verdict 0 ok 'valid for 1 day ' 'a day later is later'
check --warn-days 0 localhost "$port"
status_is 0 '--warn-days 0 warns of nothing'
check --warn-days 400 --verify-hostname other.example localhost "$port"
verdict 46 name-mismatch other.example 'what is wrong already comes first'
check -q --warn-days 11 localhost "$port"
status_is 54 '-q: the status stays'
out_empty '-q: no report'
err_empty '-q: nothing is told'
stop_peer

END=$(asn1_time $((5 * day + 3600))) START=$(asn1_time -$day)
make_intermediate brief ca
make_cert under-brief brief DNS:localhost
offer under-brief brief
check --warn-days 30 localhost "$port"
verdict 54 expires-soon '"CN=brief" expires on' 'the intermediate is what expires'
check localhost "$port"
verdict 0 ok 'valid for 5 days' 'the chain is valid for as long as its weakest'
stop_peer

# --- --save-chain -----------------------------------------------------------------------

folder=$T/folder
mkdir "$folder"
offer whole lower upper
cat "$T/whole.pem" "$T/lower.pem" "$T/upper.pem" >"$T/wanted"
check --save-chain "$folder/chain" localhost "$port"
status_is 0 '--save-chain'
same_bytes "$folder/chain" "$T/wanted" '--save-chain: what was sent, in its order'
rm "$folder/chain"
check -q --save-chain "$folder/chain" --verify-hostname other.example localhost "$port"
status_is 46 '--save-chain, a bad certificate'
same_bytes "$folder/chain" "$T/wanted" 'a bad certificate is saved too'
if [ -c /dev/full ]; then
    check --save-chain /dev/full localhost "$port"
    status_is 15 '--save-chain to a full device'
    told output /dev/full
    judge $? 'a full device: the message' 'expected: output: /dev/full'
    out_has 'ok: ' 'a full device: the report is there'
    check redirect='>/dev/full' localhost "$port"
    status_is 15 'a report to a full device'
else
    skip '--save-chain to a full device' 'there is no /dev/full' 4
fi
check redirect='>&-' localhost "$port"
status_is 15 'a report to a closed standard output'
check redirect='>&-' -q localhost "$port"
status_is 0 'without a report it does not matter'
stop_peer

echo old >"$folder/chain"
closed_port
check --save-chain "$folder/chain" 127.0.0.1 "$port"
verdict 22 refused '' '--save-chain, and nothing was sent: told as what it is'
is "$(cat "$folder/chain")" old 'nothing was sent: what was there stays'
is "$(ls -A "$folder")" chain 'nothing was sent: nothing is left'
rm "$folder/chain"
check --save-chain "$folder/chain" 127.0.0.1 "$port"
status_is 22 'nothing was sent, and there was no file'
file_absent "$folder/chain" 'nothing was sent: there is no file'
stop_peer
start_peer silent
check --save-chain "$T/no-such-folder/chain" 127.0.0.1 "$port"
failed_as 15 output "$T/no-such-folder/chain" '--save-chain to where nothing can be'
never_connected 'that is reported before connecting'

# --- --fetch-missing --------------------------------------------------------------------

has_http || {
    skip '--fetch-missing' 'this OpenSSL was built without HTTP' some
    done_testing 0
    exit
}
"$OPENSSL" x509 -in "$T/lower.pem" -outform DER -out "$folder/lower.der"
echo 'no certificate' >"$folder/garbage.der"
start_peer files --folder "$folder"
files_log=$peer_log files_port=$port
from() { # from URL: for the next certificate
    EXTRA="authorityInfoAccess = caIssuers;URI:$1"
}
here=http://127.0.0.1:$files_port

from "$here/lower.der"
make_cert lacking lower DNS:localhost
offer lacking upper
check --fetch-missing localhost "$port"
verdict 45 incomplete-chain 'the issuer "CN=lower"' '--fetch-missing: the status is the first'
proof="with the certificate fetched from $here/lower.der the chain is complete: the server should send it"
report_has "-> $proof" 'the diagnosis is proven'
err_has "hint: $proof" 'the hint is that, too'
report_lacks '--cacert' 'and no other'
out_has '! incomplete-chain' 'the chain shown is the first'
out_matches '^ +.- missing: CN=lower$' 'with what is missing'
is "$(grep -c '^request: ' "$files_log")" 1 'one request'
check --fetch-missing -v --verify-hostname other.example localhost "$port"
status_is 45 'what is wrong besides: the status is the first'
report_has 'with what was fetched: name-mismatch: ' 'what is wrong besides'
err_has "* $here/lower.der: fetched" '-v tells the fetch'
check --fetch-missing --untrusted "$T/lower.pem" localhost "$port"
verdict 0 ok verified 'nothing is missing'
report_lacks fetched 'nothing is missing: nothing is fetched'
check localhost "$port"
status_is 45 'not asked to fetch'
report_lacks 'chain is complete' 'nothing is fetched unasked'
is "$(grep -c '^request: ' "$files_log")" 2 'nothing is fetched unasked or without need'
stop_peer

from "ldap:///CN=lower?cACertificate,caIssuers;URI:$here/lower.der"
make_cert directory lower DNS:localhost
offer directory upper
check --fetch-missing localhost "$port"
status_is 45 'an address of a directory comes first: status'
report_has "-> with the certificate fetched from $here/lower.der" 'an address of a directory comes first'
stop_peer

from "$here/two.der"
make_intermediate second upper
from "$here/second.der"
make_cert twice second DNS:localhost
"$OPENSSL" x509 -in "$T/second.pem" -outform DER -out "$folder/second.der"
"$OPENSSL" x509 -in "$T/upper.pem" -outform DER -out "$folder/two.der"
offer twice
check --fetch-missing localhost "$port"
verdict 45 incomplete-chain 'CN=second' 'two are missing'
report_has "-> fetched $here/second.der -> fetched $here/two.der" 'both are fetched'
report_has "with the certificates fetched from $here/second.der and on the chain is complete" \
    'two: proven'
stop_peer

"$OPENSSL" crl2pkcs7 -nocrl -certfile "$T/lower.pem" -certfile "$T/second.pem" -outform DER \
    -out "$folder/both.p7c"
from "$here/both.p7c"
make_cert bundled lower DNS:localhost
offer bundled upper
check --fetch-missing localhost "$port"
status_is 45 'several certificates in PKCS#7: status'
report_has "-> with the certificate fetched from $here/both.p7c the chain is complete" \
    'several certificates in PKCS#7'
stop_peer

if has_ipv6; then
    four_log=$files_log
    start_peer files --folder "$folder" --host ::1
    from "http://[::1]:$port/lower.der"
    make_cert six lower DNS:localhost
    offer six upper
    check --fetch-missing localhost "$port"
    status_is 45 'an address of IPv6: status'
    report_has '-> with the certificate fetched from http://[::1]:' 'an address of IPv6'
    stop_peer
    files_log=$four_log
else
    skip 'an address of IPv6' 'this machine has none' 2
fi

issuer=ca
for step in 1 2 3 4 5 6; do
    from "$here/step$((step - 1)).der"
    make_intermediate "step$step" "$issuer"
    "$OPENSSL" x509 -in "$T/step$step.pem" -outform DER -out "$folder/step$step.der"
    issuer=step$step
done
from "$here/step6.der"
make_cert far step6 DNS:localhost
offer far
: >"$files_log"
check --fetch-missing localhost "$port"
verdict 45 incomplete-chain 'CN=step6' 'six are missing'
is "$(grep -c '^request: ' "$files_log")" 4 'not more than four are fetched'
report_has 'with what was fetched: unknown-ca: ' 'what is still missing'
stop_peer

not_fetched() { # not_fetched URL WORDS DESC [ARGS...]
    from "$1"
    make_cert lost lower DNS:localhost
    offer lost
    not_fetched_words=$2 not_fetched_desc=$3
    shift 3
    check --fetch-missing "$@" localhost "$port"
    verdict 45 incomplete-chain "-> not fetched: $not_fetched_words" "$not_fetched_desc"
    stop_peer
}
"$OPENSSL" crl2pkcs7 -nocrl -outform DER -out "$folder/nothing.p7c"
not_fetched "$here/nothing.p7c" "no certificate from $here/nothing.p7c" 'PKCS#7 without a certificate'
not_fetched "$here/garbage.der" "no certificate from $here/garbage.der" 'garbage'
# The beginning of a certificate of 200 kB.
{
    printf '\060\203\003\015\100'
    head -c 200000 /dev/zero
} >"$folder/large.der"
not_fetched "$here/large.der" "no certificate from $here/large.der: max resp len exceeded" \
    'more than 100 KiB'
not_fetched "$here/absent.der" "no certificate from $here/absent.der" 'not there'
not_fetched ftp://127.0.0.1/ca.der "'ftp://127.0.0.1/ca.der' is no http URL" 'another scheme'
start_peer silent
not_fetched "http://127.0.0.1:$port/ca.der" 'no certificate from' 'a server that never answers' \
    --connect-timeout $((2 * slowness))
closed_port
not_fetched "http://127.0.0.1:$port/ca.der" "http://127.0.0.1:$port/ca.der: the connection was refused" \
    'nobody listens'

from "$here/step1.der"
make_cert misled lower DNS:localhost
offer misled
: >"$files_log"
check --fetch-missing localhost "$port"
status_is 45 'the wrong certificate: status'
report_has 'with what was fetched: incomplete-chain: ' 'the wrong certificate'
is "$(grep -c '^request: ' "$files_log")" 1 'the same is not fetched twice'
stop_peer

make_cert silent-about-it lower DNS:localhost
offer silent-about-it
check --fetch-missing localhost "$port"
verdict 45 incomplete-chain 'no certificate says where the missing issuer is' 'no address'
stop_peer

done_testing 69
