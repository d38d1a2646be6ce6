# shellcheck shell=sh
# Proxies, headers and Unix sockets on the way to the server.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires python openssl

make_usual

start_peer serve
server_port=$port server_log=$peer_log
start_way smtp
mail_port=$port
start_way smtp --how inject --text x
bad_mail_port=$port

through() { # through URLS ARGS...: the server, through proxies
    through_urls=$1
    shift
    dial --proxy "$through_urls" "$@" localhost "$server_port"
}

# --- HTTP

start_way http-proxy
http_port=$port http=http://127.0.0.1:$port
through "$http"
status_is 0 'CONNECT'
out_has 'xxxxxxxxxx' 'the response'
peer_log_has "heard: CONNECT localhost:$server_port HTTP/1.1" 'its request'
through "127.0.0.1:$http_port"
status_is 0 'without a scheme it is HTTP'
through "$http/"
status_is 0 'a slash at the end'
dial -v --proxy "$http" localhost "$server_port"
status_is 0 '-v'
err_has "127.0.0.1 port $http_port: connected" '-v has the proxy'
through "$http" --proxy-header 'X-Token: 7' --proxy-header 'X-Other: 8'
status_is 0 '--proxy-header'
peer_log_has 'heard: X-Token: 7' 'the first'
peer_log_has 'heard: X-Other: 8' 'the second'
dial --proxy "$http" "[::1]:$server_port"
status_between 25 25 'an IPv6 address that the proxy cannot reach'
peer_log_has "heard: CONNECT [::1]:$server_port HTTP/1.1" 'it is in brackets'
if has_check; then
    check --proxy "$http" localhost "$server_port"
    status_is 0 'check'
else
    skip 'check' "this tlsdial was built without 'check'"
fi
dial --proxy "$http" --starttls smtp localhost "$mail_port"
status_is 0 'STARTTLS after a proxy'
dial --proxy "$http" --starttls smtp localhost "$bad_mail_port"
failed_as 27 starttls-injection 'SMTP: the server sent more' 'a server that injects, behind a proxy'

# What the proxy says.
start_way http-proxy --status '403 no \x1b[31mway'
through "http://127.0.0.1:$port"
failed_as 25 proxy '403: "no \x1B[31mway"' 'the reason, escaped'
err_has "[via 127.0.0.1]" 'the message has its address'
stop_peer
start_way http-proxy --status '302 Found'
through "http://127.0.0.1:$port"
failed_as 25 proxy '302: "Found"' 'a redirection is a refusal'
stop_peer
start_way http-proxy --how wrong --text 'SSH-2.0-x\r\n'
through "http://127.0.0.1:$port"
failed_as 25 proxy 'but SSH' 'no proxy'
stop_peer
start_way http-proxy --how close
through "http://127.0.0.1:$port"
failed_as 25 proxy 'the proxy closed the connection' 'it closes'
stop_peer
start_way http-proxy --how silent
through "http://127.0.0.1:$port" --connect-timeout 0.5
failed_as 72 deadline-preamble 'HTTP: ' 'it is silent'
stop_peer
for kind in http-proxy:http socks5:socks5h socks4a:socks4a; do
    start_way "${kind%:*}" --how inject --text x
    through "${kind#*:}://127.0.0.1:$port"
    failed_as 27 starttls-injection 'the proxy sent more after its go-ahead' \
        "${kind%:*}: a byte behind the go-ahead"
    stop_peer
done
# The target speaks first: what it says may come with the go-ahead, or after our ClientHello.
dial --proxy "$http" localhost "$mail_port"
failed_as 31 not-tls 'does not speak TLS but' 'a mail server behind a proxy, without STARTTLS'
err_has '--starttls smtp' 'the hint'
for how in inject inject-later; do
    start_way http-proxy --how $how --text '220 mail ESMTP\r\n'
    through "http://127.0.0.1:$port"
    failed_as 31 not-tls 'but SMTP: its answer begins with "220 mail ESMTP"' "a greeting: $how"
    stop_peer
    start_way http-proxy --how $how --text 'x'
    through "http://127.0.0.1:$port"
    failed_as 27 starttls-injection 'HTTP: the proxy sent more after its go-ahead, before TLS: "x' \
        "a byte: $how"
    stop_peer
done
closed_port
through "http://127.0.0.1:$port"
failed_as 22 refused '' 'nobody there'
stop_peer

# --- credentials

start_way http-proxy --credentials 'me:open:sesame'
auth=http://127.0.0.1:$port
through "$auth"
failed_as 25 proxy '407: "Proxy Authentication Required"' 'none given'
printf 'me:open:sesame\n' >"$T/credentials"
through "$auth" --proxy-pass "file:$T/credentials"
status_is 0 'from a file'
PROXY_SECRET=me:open:sesame
export PROXY_SECRET
through "$auth" --proxy-pass env:PROXY_SECRET
status_is 0 'from the environment'
unset PROXY_SECRET
if [ "$EXEEXT" = .exe ]; then
    skip 'from a descriptor' 'wine does not hand it on'
else
    dial redirect="3<$T/credentials" --proxy "$auth" --proxy-pass fd:3 localhost "$server_port"
    status_is 0 'from a descriptor'
fi
echo me:wrong >"$T/wrong"
through "$auth" --proxy-pass "file:$T/wrong"
failed_as 25 proxy 407 'wrong ones'
echo nobody >"$T/wrong"
through "$auth" --proxy-pass "file:$T/wrong"
failed_as 14 passphrase 'there is no USER:PASSWORD' 'without a colon'
through "http://me:open@127.0.0.1:1"
failed_as 2 usage 'a user name or password in a proxy' 'not on the command line'
through "$auth" --proxy-pass me:open:sesame
failed_as 2 usage '--proxy-pass' 'not as an argument'
stop_peer

# --- SOCKS

start_way socks5
socks=127.0.0.1:$port
through "socks5h://$socks"
status_is 0 'socks5h'
peer_log_has 'heard: address type 3' 'the name is left to the proxy'
dial --proxy "socks5://$socks" 127.0.0.1 "$server_port"
status_is 0 'socks5 with an address'
peer_log_has 'heard: address type 1' 'it is sent as such'
through "socks5://$socks"
failed_as 2 usage 'socks5h has the proxy look up a name' 'socks5 with a name'
dial --proxy "socks5h://$socks" --starttls smtp localhost "$mail_port"
status_is 0 'STARTTLS after SOCKS5'
start_way socks5 --credentials me:open
through "socks5h://127.0.0.1:$port" --proxy-pass "file:$T/credentials"
failed_as 25 proxy 'user name or password not accepted' 'SOCKS5: a wrong password'
through "socks5h://127.0.0.1:$port"
failed_as 25 proxy 'no acceptable authentication method' 'SOCKS5: no password'
echo me:open >"$T/credentials"
through "socks5h://127.0.0.1:$port" --proxy-pass "file:$T/credentials"
status_is 0 'SOCKS5: with a password'
stop_peer
start_way socks5 --how refused
through "socks5h://127.0.0.1:$port"
failed_as 25 proxy 'connection not allowed by ruleset' 'SOCKS5: refused'
stop_peer
start_way socks4a
through "socks4a://127.0.0.1:$port"
status_is 0 'socks4a'
dial --proxy "socks4a://127.0.0.1:$port" 127.0.0.1 "$server_port"
status_is 0 'socks4a with an address'
dial --proxy "socks4a://127.0.0.1:$port" ::1 "$server_port"
failed_as 2 usage 'SOCKS4 knows no IPv6' 'socks4a with an IPv6 address'
through "socks4a://127.0.0.1:$port" --proxy-pass "file:$T/credentials"
status_is 0 'socks4a with a user'
peer_log_has 'heard: user me' 'it is sent'
peer_log_lacks open 'and the password is not'
socks4=socks4a://127.0.0.1:$port
start_way socks4a --how refused
through "socks4a://127.0.0.1:$port"
failed_as 25 proxy 'request rejected or failed' 'SOCKS4: refused'
stop_peer

# --- several

through "$http,socks5h://$socks,$socks4"
status_is 0 'three in a row'
out_has 'xxxxxxxxxx' 'the response'
dial --proxy "$http,socks5h://$socks" --starttls smtp localhost "$mail_port"
status_is 0 'two in a row, then STARTTLS'
start_way http-proxy --status '403 Forbidden'
through "socks5h://$socks,http://127.0.0.1:$port"
failed_as 25 proxy '403: "Forbidden"' 'the second refuses'
stop_peer
through "$http,$http,$http,$http,$http,$http,$http,$http,$http"
failed_as 2 usage 'more than 8 proxies' 'nine of them'

# --- what is no proxy

for bad in ftp://a: https://proxy.example: http://:1 'socks5h://a b' ','; do
    through "$bad"
    failed_as 2 usage '' "no proxy: '$bad'"
done
through https://proxy.example
failed_as 2 usage 'TLS to the proxy itself is not supported' 'https:// proxies'
dial --proxy "$http" --proxy-header 'X: 1
Y: 2' localhost "$server_port"
failed_as 2 usage 'a header is' 'two lines in one header'

# --- the PROXY protocol

start_way haproxy
dial --haproxy-protocol 1 localhost "$port"
status_is 0 'version 1'
peer_log_has 'heard: PROXY UNKNOWN' 'its header'
dial --haproxy-protocol 2 localhost "$port"
status_is 0 'version 2'
peer_log_has 'heard: version 2, command 20, 0 more' 'its header'
dial --proxy "$http" --haproxy-protocol 2 localhost "$port"
status_is 0 'after a proxy it is for the server'
dial --haproxy-protocol 3 localhost "$port"
failed_as 2 usage "'3' is not 1 or 2" 'version 3'
stop_peer

# --- Unix sockets

if [ "$EXEEXT" != .exe ]; then
    start_way serve --socket "$T/socket"
    dial --unix "$T/socket" localhost
    status_is 0 '--unix'
    out_has 'xxxxxxxxxx' 'the response'
    dial --unix "$T/socket" other.example
    failed_as 46 name-mismatch 'not for other.example' 'the certificate must be for the host'
    dial --unix "$T/none" localhost
    status_between 22 24 'no such socket'
    err_has 'No such file or directory' 'its reason'
    dial --unix "$T/socket" --proxy "$http" localhost
    failed_as 2 usage '--unix or --proxy, not both' 'with a proxy'
    stop_peer
    start_way imap --socket "$T/mail"
    dial --unix "$T/mail" --starttls imap localhost
    status_is 0 'STARTTLS over one'
    stop_peer
else
    skip 'Unix sockets' 'this system has none' 8
fi

grep -q '^client close_notify: yes' "$server_log"
ok $? 'the server behind the proxies saw proper ends'

done_testing 82
