# shellcheck shell=sh
# tlsdial check --fetch-missing: a missing issuer from the address that its child names.
# shellcheck source=tests/lib/check.sh
. "${TOP_SRCDIR:-.}/tests/lib/check.sh"
requires openssl python
make_check_pki
folder=$T/folder
mkdir "$folder"

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

in_vain() { # in_vain URL WORDS DESC [ARGS...]: a fetch from there, and what is said of it
    from "$1"
    make_cert lost lower DNS:localhost
    offer lost
    in_vain_words=$2 in_vain_desc=$3
    shift 3
    check --fetch-missing "$@" localhost "$port"
    verdict 45 incomplete-chain "$in_vain_words" "$in_vain_desc"
    stop_peer
}
not_fetched() { # not_fetched URL WORDS DESC [ARGS...]: the line begins so
    not_fetched_url=$1 not_fetched_words=$2
    shift 2
    in_vain "$not_fetched_url" "-> not fetched: $not_fetched_words" "$@"
}
"$OPENSSL" crl2pkcs7 -nocrl -outform DER -out "$folder/nothing.p7c"
not_fetched "$here/nothing.p7c" "no certificate from $here/nothing.p7c" 'PKCS#7 without a certificate'
not_fetched "$here/garbage.der" "no certificate from $here/garbage.der" 'garbage'
# The beginning of a certificate of 200 kB.
{
    printf '\060\203\003\015\100'
    head -c 200000 /dev/zero
} >"$folder/large.der"
not_fetched "$here/large.der" "no certificate from $here/large.der: the response is longer than 100 KiB" \
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

# --- what may be there ---------------------------------------------------------------------

proven() { # proven URL DESC: what is fetched from there completes the chain
    from "$1"
    make_cert found lower DNS:localhost
    offer found upper
    check --fetch-missing localhost "$port"
    verdict 45 incomplete-chain "the certificate fetched from $1 the chain is complete" "$2"
    stop_peer
}
cp "$T/lower.pem" "$folder/lower.pem"
{
    echo 'a title'
    "$OPENSSL" crl2pkcs7 -nocrl -certfile "$T/lower.pem"
} >"$folder/lower.p7"
{
    cat "$T/lower.pem" "$T/second.pem"
    "$OPENSSL" pkey -in "$T/lower.key" -pubout
} >"$folder/several.pem"
cp "$folder/lower.der" "$folder/my%20CA%20(1).crt"
proven "$here/lower.pem" 'a certificate in PEM'
proven "$here/lower.p7" 'PKCS#7 in PEM'
proven "$here/several.pem" 'several in PEM, and something else'
proven "HTTP://127.0.0.1:$files_port/lower.der" 'the scheme in capitals'
: >"$files_log"
proven "$here/my CA (1).crt" 'blanks in the path'
holds 'they are encoded' 'expected: GET /my%20CA%20(1).crt' \
    has "$files_log" 'request: GET /my%20CA%20(1).crt HTTP/1.0'
holds 'the name of the server is sent' 'expected: Host' has "$files_log" "header: Host: 127.0.0.1:$files_port"

raw() { # raw NAME HEAD [BODY]: an answer as it is
    # shellcheck disable=SC2059 # it has escapes
    printf "$2\r\n\r\n" >"$folder/$1.raw"
    [ -z "${3:-}" ] || cat "$3" >>"$folder/$1.raw"
}
raw lengthless 'HTTP/1.1 200 OK' "$folder/lower.der"
proven "$here/lengthless" 'a body that ends with the connection'
raw folded 'HTTP/1.0 200\nServer: x' "$folder/lower.der"
proven "$here/folded" 'lines that end with LF'

raw absolute "HTTP/1.1 301 Moved\r\nLocation: $here/lower.der"
proven "$here/absolute" 'a redirect to a URL'
raw path 'HTTP/1.1 302 Found\r\nlocation: /lower.der'
proven "$here/path" 'a redirect to a path'
raw net "HTTP/1.1 307 Found\r\nLocation:  //127.0.0.1:$files_port/path \r\nLocation: ftp://x/"
proven "$here/net" 'a redirect to a host of the same scheme, twice'
raw third 'HTTP/1.1 303 Found\r\nLocation: /net'
proven "$here/third" 'three redirects'

# --- what is no certificate, and why ---------------------------------------------------------

raw fourth 'HTTP/1.1 308 Found\r\nLocation: /third'
in_vain "$here/fourth" "no certificate from $here/fourth: it redirects more than 3 times" 'four redirects'
raw loop 'HTTP/1.1 302 Found\r\nLocation: /loop'
: >"$files_log"
in_vain "$here/loop" 'it redirects more than 3 times' 'a redirect to itself'
is "$(grep -c '^request: ' "$files_log")" 4 'that is not followed for ever'
raw secure 'HTTP/1.1 301 Moved\r\nLocation: https://ca.example/lower.der'
in_vain "$here/secure" "it redirects: 'https://ca.example/lower.der' is an https URL" 'a redirect to https'
raw transfer 'HTTP/1.1 301 Moved\r\nLocation: ftp://ca.example/lower.der'
in_vain "$here/transfer" "it redirects: 'ftp://ca.example/lower.der' is no http URL" 'a redirect to FTP'
raw hostile 'HTTP/1.1 301 Moved\r\nLocation: http://ca.example/\033[31m'
in_vain "$here/hostile" 'it redirects: '"'"'http://ca.example/\x1B[31m'"'"' has characters' 'a redirect with control characters'
raw nowhere 'HTTP/1.1 301 Moved'
in_vain "$here/nowhere" 'it redirects (HTTP status 301) to nowhere' 'a redirect without an address'
raw metadata 'HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/meta-data'
in_vain "$here/metadata" "no certificate from $here/metadata: it redirects: 169.254.169.254 is a link-local address" 'a redirect to another network'
in_vain "$here/absent.der" 'the server answered with HTTP status 404' 'not there: the status'
raw failing 'HTTP/1.1 503 x' "$folder/lower.der"
in_vain "$here/failing" 'the server answered with HTTP status 503' 'an error with a certificate as its body'
printf '\n <!DOCTYPE html><title>Sign in</title>' >"$folder/page"
in_vain "$here/page" 'it is a page of HTML or XML' 'a page'
: >"$folder/nothing"
in_vain "$here/nothing" 'the body of the response is empty' 'an empty body'
head -c 300 "$folder/lower.der" >"$folder/short.der"
in_vain "$here/short.der" 'it is neither a certificate nor PKCS#7, or damaged' 'half a certificate'
raw cut 'HTTP/1.1 200 OK\r\nContent-Length: 5000' "$folder/lower.der"
in_vain "$here/cut" 'the response was cut off' 'fewer octets than were announced'
head -n 5 "$T/lower.pem" >"$folder/short.pem"
in_vain "$here/short.pem" 'its PEM is damaged' 'half a certificate in PEM'
"$OPENSSL" pkey -in "$T/lower.key" -pubout -out "$folder/key.pem"
in_vain "$here/key.pem" 'PEM without a certificate' 'a key in PEM'
raw announced 'HTTP/1.1 200 OK\r\nContent-Length: 102401'
in_vain "$here/announced" 'the response is longer than 100 KiB' 'more than 100 KiB announced'
raw endless 'HTTP/1.1 200 OK' "$folder/large.der"
in_vain "$here/endless" 'the response is longer than 100 KiB' 'more than 100 KiB without a length'
head -c 20000 /dev/zero | tr '\0' x >"$folder/filler"
{
    printf 'HTTP/1.1 200 OK\r\nX: '
    cat "$folder/filler"
} >"$folder/heady.raw"
in_vain "$here/heady" 'the header of the response is longer than 16 KiB' 'a long header'
raw chunked 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked' "$folder/lower.der"
in_vain "$here/chunked" 'the response has a transfer coding' 'chunks'
raw twofold 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6' "$folder/lower.der"
in_vain "$here/twofold" 'the response is not HTTP' 'two lengths'
printf '220 mail.example ESMTP\r\n' >"$folder/mail.raw"
in_vain "$here/mail" 'the response is not HTTP' 'another protocol'
: >"$folder/mute.raw"
in_vain "$here/mute" 'the server ended the connection without a response' 'no response'

# --- which addresses are asked ------------------------------------------------------------------

in_vain https://127.0.0.1/ca.der "'https://127.0.0.1/ca.der' is an https URL" 'an https address'
in_vain "http://user@127.0.0.1:$files_port/lower.der" 'has a user name or password' 'a user name'
in_vain "http://127.0.0.1:http/lower.der" "'http' is no port" 'a port by name'
in_vain "http://127.1:$files_port/lower.der" "'127.1' is no host name" 'an address in short'
in_vain "http://[127.0.0.1]:$files_port/lower.der" 'is no IPv6 address' 'IPv4 in brackets'
in_vain "http:///lower.der" 'has no host' 'no host'
in_vain 'http://127.0.0.1/a\\b' 'has characters that no URL has' 'a backslash'
: >"$files_log"
in_vain "http://0.0.0.0:$files_port/lower.der" '0.0.0.0 is a reserved or multicast address' 'no address at all'
in_vain "http://10.1.2.3/lower.der" '10.1.2.3 is a private address' 'an address of RFC 1918'
in_vain "http://[fd00::1]/lower.der" 'fd00::1 is a private address' 'an address of RFC 4193'
in_vain "http://[::ffff:192.168.1.1]/lower.der" '::ffff:192.168.1.1 is a private address' 'a mapped address'
in_vain "http://ca.example:$files_port/lower.der" '169.254.1.1 is a link-local address' 'a name with such an address' \
    --resolve "ca.example:$files_port:169.254.1.1"
in_vain "http://ca.example/lower.der" '192.168.0.1 is a private address' 'port 80 unless said' \
    --resolve "ca.example:80:192.168.0.1"
is "$(grep -c '^request: ' "$files_log")" 0 'nothing was asked'
from "http://ca.example:$files_port/lower.der"
make_cert mixed lower DNS:localhost
offer mixed upper
check --fetch-missing --resolve "ca.example:$files_port:10.1.1.1,127.0.0.1" localhost "$port"
status_is 45 'a name with an address of either kind: status'
report_has 'the chain is complete' 'a name with an address of either kind: the other is used'
is "$(grep -c '^request: ' "$files_log")" 1 'one request'

stop_peer
from "$here/lower.der"
make_cert distant lower DNS:www.example.org
offer distant upper
start_peer http-proxy --to "$port"
: >"$files_log"
check --fetch-missing --proxy "http://127.0.0.1:$port" www.example.org 443
verdict 45 incomplete-chain '127.0.0.1 is a loopback address' "the proxy's network is not the target's"
is "$(grep -c '^request: ' "$files_log")" 0 'and is not asked'

# --- several addresses -------------------------------------------------------------------------

stop_peer
from "$here/absent.der,caIssuers;URI:https://ca.example/,caIssuers;URI:$here/page,caIssuers;URI:$here/lower.der"
make_cert choice lower DNS:localhost
offer choice upper
check --fetch-missing localhost "$port"
verdict 45 incomplete-chain "the certificate fetched from $here/lower.der the chain is complete" \
    'the next address after a failure'
report_has "-> not fetched: no certificate from $here/absent.der: the server answered with HTTP status 404 -> not fetched: no certificate from $here/page" \
    'why the others failed'
report_has "-> fetched $here/lower.der" 'which did not'
report_lacks 'https URL' 'an address that cannot be fetched from comes last'
stop_peer
from "$here/step1.der,caIssuers;URI:$here/lower.der"
make_cert second-choice lower DNS:localhost
offer second-choice upper
check --fetch-missing localhost "$port"
status_is 45 'the next address after the wrong certificate: status'
report_has 'the chain is complete: the server should send them' 'the next address after the wrong certificate'
stop_peer

# --- time --------------------------------------------------------------------------------------

start_peer silent
from "http://127.0.0.1:$port/1,caIssuers;URI:http://127.0.0.1:$port/2"
silent_log=$peer_log
make_cert patient lower DNS:localhost
offer patient
check limit=15 --fetch-missing --max-time $((3 * slowness)) --connect-timeout $((60 * slowness)) \
    localhost "$port"
verdict 45 incomplete-chain "/1: it did not come in time" '--max-time is the limit of a fetch'
is "$(grep -c '^connection from ' "$silent_log")" 1 'nothing else is fetched then'
stop_peer
start_peer drip-http
in_vain "http://127.0.0.1:$port/ca.der" 'it did not come in time' 'a server that is slow' \
    --connect-timeout $((2 * slowness))

done_testing 102
