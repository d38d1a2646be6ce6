# shellcheck shell=sh
# MicroSocks: SOCKS5.
# shellcheck source=tests/lib/real.sh
. "${TOP_SRCDIR:-.}/tests/lib/real.sh"
requires openssl
find_server microsocks
own_network

offer
good=$port
offer elsewhere
bad=$port
closed_port
closed=$port
"$server" -i 127.0.0.1 -p 1080 >>"$log" 2>&1 &
remember $!
"$server" -i 127.0.0.1 -p 1081 -u me -P sesame >>"$log" 2>&1 &
remember $!
wait_for 1080 1081

dial --proxy socks5h://127.0.0.1 localhost "$good"
status_is 0 'a name, at the usual port of SOCKS'
out_has '</HTML>' 'the response'
dial --proxy socks5://127.0.0.1 127.0.0.1 "$good"
status_is 0 'an address'
dial --proxy socks5h://127.0.0.1 localhost "$bad"
failed_as 46 name-mismatch 'is for other.example' 'a certificate for another name'
dial --proxy socks5h://127.0.0.1 localhost "$closed"
failed_as 25 proxy 'Connection refused' 'nobody there'
dial --proxy socks5h://127.0.0.1:1081 localhost "$good"
failed_as 25 proxy 'no acceptable authentication method' 'a password is wanted'
echo me:sesame >"$T/credentials"
dial --proxy socks5h://127.0.0.1:1081 --proxy-pass "file:$T/credentials" localhost "$good"
status_is 0 'and given'
echo me:wrong >"$T/credentials"
dial --proxy socks5h://127.0.0.1:1081 --proxy-pass "file:$T/credentials" localhost "$good"
failed_as 25 proxy 'user name or password not accepted' 'or a wrong one'
log_has 'connected to localhost:' 'its log has the connection'

done_testing 9
