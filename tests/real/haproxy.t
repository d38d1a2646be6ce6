# shellcheck shell=sh
# HAProxy with accept-proxy: the PROXY protocol.
# shellcheck source=tests/lib/real.sh
. "${TOP_SRCDIR:-.}/tests/lib/real.sh"
requires openssl
find_server haproxy
own_network

cat "$T/server.pem" "$T/server.key" >"$T/both.pem"
cat "$T/elsewhere.pem" "$T/elsewhere.key" >"$T/elsewhere-both.pem"
cat >"$T/conf" <<END
global
    log stdout format raw local0
defaults
    mode http
    log global
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend good
    bind 127.0.0.1:4430 accept-proxy ssl crt $T/both.pem
    bind 127.0.0.1:4431 accept-proxy ssl crt $T/elsewhere-both.pem
    bind 127.0.0.1:4432 ssl crt $T/both.pem
    option httplog
    http-request return status 200 content-type text/plain string "hello"
END
"$server" -db -f "$T/conf" >>"$log" 2>&1 &
remember $!
wait_for 4430 4431 4432

for version in 1 2; do
    dial --haproxy-protocol "$version" localhost 4430
    status_is 0 "version $version"
    out_has hello "version $version: the response"
    check --haproxy-protocol "$version" localhost 4430
    status_is 0 "version $version: check"
    dial --haproxy-protocol "$version" localhost 4431
    failed_as 46 name-mismatch 'is for other.example' "version $version: another certificate"
done
log_has '"GET / HTTP/1.0"' 'its log has the request'
log_lacks 'PROXY header|proxy header|PROXY signature' 'no error of ours'
dial localhost 4430
failed_as 34 closed-in-handshake '' 'without the header'
log_has 'PROXY' 'which its log says'
dial --haproxy-protocol 1 localhost 4432
status_between 30 34 'a server that expects none'

done_testing 13
