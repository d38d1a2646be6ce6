# shellcheck shell=sh
# tlsdial check: the answer first, what to do next, then the facts; no harm in how it ends.
# shellcheck source=tests/lib/check.sh
. "${TOP_SRCDIR:-.}/tests/lib/check.sh"
requires openssl python
make_check_pki
PAST=20200101000000Z EXPIRY=20210203040506Z

# --- a server as it should be ---------------------------------------------------------

offer whole lower upper
check localhost "$port"
verdict 0 ok "localhost:$port [127.0.0.1]: verified, and valid for 36" 'a good server'
out_matches '^chain     CN=whole$' 'the chain begins with the leaf'
out_matches '^          \|  sent; 20[0-9-]{8} to 20[0-9-]{8}, 36[0-9] days left$' \
    'where it came from, and its validity'
out_has '|  key EC, 256 bits (prime256v1); signed with ecdsa-with-SHA256' 'its key'
out_has '|  for localhost, www.example.org, 192.0.2.1' 'its names'
out_matches '^          `- CN=lower$' 'the tree: the first intermediate'
out_matches '^             `- CN=upper$' 'the tree: the second one, further in'
out_matches '^                `- CN=tlsdial test CA$' 'the tree: the root'
out_matches '^                   trust anchor; ' 'the root was not sent'
out_lacks '!' 'nothing is marked'
report_matches ' TLS TLSv1.3, TLS_[A-Z0-9_]+, [A-Za-z0-9]+, ecdsa_secp256r1_sha256 ' 'the parameters'
# Behind ::1 where localhost is that, too.
out_matches "^(tried)? +127.0.0.1 port $port: connected \\([0-9.]+ ms\\)" 'the address'
out_matches '^time      lookup  +[0-9.]+ ms  #+$' 'the time line begins with the lookup'
out_matches '^          connect  +[0-9.]+ ms +#+$' 'then the connection'
out_matches '^          handshake  +[0-9.]+ ms +#+$' 'then the handshake'
out_matches '^          total  +[0-9.]+ ms$' 'and the total'
out_matches '^bytes     [1-9][0-9]* received, [1-9][0-9]* sent$' 'bytes'
out_matches '^closed    by the server, with close_notify$' 'the end'
out_matches '^checked   20[0-9-]{8}T[0-9:]{8}Z$' 'when it was looked at'
for absent in ALPN OCSP client unused 'first byte' resumed; do
    out_lacks "$absent" "what there was not is absent: $absent"
done

check "localhost:$port"
status_is 0 'HOST:PORT'
check "https://localhost:$port/path"
status_is 0 'a URL'
dial localhost check "$port"
failed_as 2 usage "'$port' is one argument too many" 'the word must be the first argument'
dial -- check localhost "$port"
status_is 0 'the word after --'
out_has 'ok: ' 'the word after --: a report'
dial --resolve "check:$port:127.0.0.1" --verify-hostname localhost "check:$port"
status_is 0 'a host that is called check'
out_has 'HTTP/1.0 200' 'a host that is called check is dialled'
check --resolve "check:$port:127.0.0.1" --verify-hostname localhost check "$port"
verdict 0 ok "check:$port [127.0.0.1]" 'and checked'
stop_peer

offer whole lower upper ca server
check localhost "$port"
status_is 0 'more was sent than is needed'
out_has 'trust anchor, sent too' 'a root that was sent, too'
out_has 'unused    sent, too: CN=server' 'what was sent and is of no use'
stop_peer

# --- what is wrong ----------------------------------------------------------------------

make_cert_dated old elder DNS:localhost "$PAST" "$EXPIRY"
offer old
elder=$T/elder.pem
check trust="$elder" localhost "$port"
verdict 41 expired '"CN=old" expired on 2021-02-03 04:05:06 UTC -> the server needs a renewed' \
    'expired: the answer, and what to do'
out_has '|  ! expired' 'the certificate is marked'
out_matches 'sent; 2020-01-01 to 2021-02-03, expired [0-9]{4} days ago' 'its days'
out_has 'trust anchor' 'the root is trusted all the same'
out_lacks 'also' 'nothing is told twice'
check trust="$elder" --attime 1612325105 localhost "$port"
verdict 0 ok 'valid for less than a day' 'an earlier time'
report_has ', for the time 2021-02-03T04:05:05Z' 'the time that was asked for'
report_has 'less than a day left' 'the days for that time'
check trust="$elder" --attime 1612152305 localhost "$port"
status_is 0 'two days earlier: status'
report_has 'valid for 2 days' 'two days earlier'
stop_peer

make_cert_dated early ca DNS:localhost 20400101000000Z 20410101000000Z
offer early
check localhost "$port"
verdict 42 not-yet-valid 'not valid before 2040-01-01' 'not valid yet'
out_matches '2040-01-01 to 2041-01-01, begins in [0-9]{4} days' 'not valid yet: its days'
stop_peer

SUBJECT='/CN=odd; also fine: x' EXTRA='[names]
DNS.1 = one, localhost; also two'
make_cert_dated odd ca @names "$PAST" "$EXPIRY"
offer odd
check localhost "$port"
verdict 46 name-mismatch 'is for one\x2C\x20localhost\x3B\x20also\x20two, not for localhost -> ' \
    'a name that looks like several, and like the end of a sentence'
stop_peer

make_cert_dated many ca DNS:other.example "$PAST" "$EXPIRY"
offer many
check localhost "$port"
verdict 46 name-mismatch 'is for other.example, not for localhost -> ' 'two problems: the worse'
report_has 'also expired: "CN=many" expired on 2021-02-03' 'the other one is told too'
report_has '-> the server needs a renewed certificate' 'with its hint'
out_has '|  ! name-mismatch, expired' 'the mark names both'
is "$(grep -c 'expired on' "$T/out")" 1 'and it is told once'
stop_peer

# Of two certificates with one kind of fault the hint is the same.
SUBJECT='/CN=Old CA' START=$PAST END=$EXPIRY
make_intermediate old-ca ca
make_cert_dated old-leaf old-ca DNS:localhost "$PAST" "$EXPIRY"
offer old-leaf old-ca
check localhost "$port"
verdict 41 expired '"CN=Old CA" expired on 2021-02-03' 'two expired certificates'
report_has 'also expired: "CN=old-leaf" expired on 2021-02-03' 'both are reported'
is "$(tr '\n' ' ' <"$T/out" | grep -o 'needs a renewed' | wc -l | tr -d ' ')" 1 'the hint is given once'
stop_peer

offer server
check trust="$T/upper.pem" localhost "$port"
verdict 45 incomplete-chain 'the issuer "CN=tlsdial test CA"' 'the issuer is missing'
out_matches '^          `- missing: CN=tlsdial test CA$' 'the tree shows what is missing'
out_lacks 'TLSv' 'no parameters without a handshake'
stop_peer

offer whole lower
check trust="$T/upper.pem" --untrusted "$T/upper.pem" localhost "$port"
verdict 44 unknown-ca 'CN=tlsdial test CA' 'the root is not trusted'
out_matches ' \|  not sent; ' 'what came from --untrusted was not sent'
out_has '! unknown-ca' 'the last certificate is marked'
stop_peer

offer whole lower upper ca
check trust="$T/server.pem" localhost "$port"
verdict 44 unknown-ca 'the root "CN=tlsdial test CA" that was sent' 'a root that is not trusted'
out_lacks 'trust anchor' 'it is no trust anchor'
out_lacks 'missing' 'and nothing is missing'
run with_env SSL_CERT_FILE="$T/none" SSL_CERT_DIR="$T/none" tlsdial check localhost "$port"
verdict 10 ca-store 'there is no CA certificate in' 'no trust store'
report_lacks 'the chain ends at a CA' 'no trust store: no other blame'
report_lacks also 'no trust store explains the rest'
stop_peer

make_ca store 'Trusted for two'
make_intermediate middle store
make_cert under-store middle DNS:localhost
cat "$T/ca.pem" "$T/store.pem" "$T/middle.pem" >"$T/bundle.pem"
offer under-store
check trust="$T/bundle.pem" localhost "$port"
verdict 0 ok 'verified' 'an intermediate that the trust store has'
out_has 'from the trust store; ' 'is told to come from there'
stop_peer

closed_port
check 127.0.0.1 "$port"
verdict 22 refused '-> no server listens' 'nobody listens'
out_has "127.0.0.1 port $port: Connection refused (" 'what became of the address'
for absent in chain TLS bytes handshake closed received; do
    out_lacks "$absent" "refused: what did not happen is absent: $absent"
done
stop_peer

start_peer plain-http
check 127.0.0.1 "$port"
verdict 31 not-tls 'HTTP' 'no TLS'
stop_peer

start_peer silent
check --connect-timeout 0.5 127.0.0.1 "$port"
verdict 73 deadline-handshake 'the peer sent nothing' 'silence'
check --max-time 0.5 127.0.0.1 "$port"
verdict 73 deadline-handshake 'the peer sent nothing' 'silence, --max-time'
out_matches '^          handshake +[0-9.]+ ms +#{30,}$' 'the bar shows where the time went'
stop_peer

# --- the end ----------------------------------------------------------------------------

start_peer drip-body --interval 0.1
check 127.0.0.1 "$port"
verdict 0 ok verified 'a server that goes on for ever'
out_lacks closed 'it did not close'
peer_log_has 'connection over' 'it is left after a while'
stop_peer

start_peer flood
check 127.0.0.1 "$port"
verdict 0 ok verified 'a server that floods for ever'
out_has 'first byte' 'what it sends is dropped, but its time is told'
stop_peer

start_peer echo --bytes 1
check 127.0.0.1 "$port"
verdict 0 ok verified 'a server that answers close_notify'
out_matches '^closed .*with close_notify' 'is told to'
peer_log_has 'client close_notify: yes' 'ours is sent'
stop_peer

start_peer fin
check 127.0.0.1 "$port"
verdict 0 ok verified 'a server that ends without close_notify'
out_matches '^closed .*without close_notify' 'is told to'
stop_peer

start_peer reset
check 127.0.0.1 "$port"
verdict 0 ok verified 'a server that ends by a reset'
if [ "$EXEEXT" = .exe ]; then
    skip 'is told to' 'wine tells a reset without data as an end'
else
    out_matches '^closed .*reset' 'is told to'
fi
stop_peer

start_peer late-alert --number 20
check 127.0.0.1 "$port"
verdict 67 tls-error bad 'a server that ends by an alert'
stop_peer

for version in 1.2 1.3; do
    offer -Verify 1 -CAfile "$T/ca.pem" "-tls${version%.*}_${version#*.}"
    check localhost "$port"
    verdict 35 client-certificate-required 'asked for a client certificate' \
        "TLS $version: a server that wants a certificate"
    out_has 'client    the server asked for a certificate' "TLS $version: the report says so"
    stop_peer
done

serve -alpn http/1.1
check --alpn h2,http/1.1 localhost "$port"
verdict 0 ok verified '--alpn'
out_matches '^ALPN      http/1.1$' '--alpn: what was chosen'
stop_peer
offer server
check --alpn h2 localhost "$port"
verdict 38 alpn h2 '--alpn, and the server chooses none'
stop_peer

# --- and how it is told -------------------------------------------------------------------

offer server
check -v localhost "$port"
status_is 0 '-v: status'
err_has 'connected (' '-v tells the steps'
err_has 'verified; TLSv1.3' '-v tells the handshake'
err_has 'close_notify sent' '-v tells the end'
out_has 'ok: ' '-v: and there is a report'
stop_peer

done_testing 108
