# shellcheck shell=sh
# Tinyproxy: CONNECT.
# shellcheck source=tests/lib/real.sh
. "${TOP_SRCDIR:-.}/tests/lib/real.sh"
requires openssl
find_server tinyproxy
own_network

offer
good=$port
offer elsewhere
bad=$port
offer
forbidden=$port
cat >"$T/conf" <<END
Port 8888
Listen 127.0.0.1
Timeout 60
LogFile "$log"
LogLevel Info
MaxClients 10
Allow 127.0.0.1
ConnectPort $good
ConnectPort $bad
END
sed 's/8888/8889/' "$T/conf" >"$T/conf-auth"
echo 'BasicAuth me sesame' >>"$T/conf-auth"
start_server "$server" -d -c "$T/conf"
start_server "$server" -d -c "$T/conf-auth"
wait_for 8888 8889

proxy=http://127.0.0.1:8888
dial --proxy "$proxy" localhost "$good"
status_is 0 'through it'
out_has '</HTML>' 'the response'
run with_env https_proxy="$proxy" tlsdial --cacert "$T/ca.pem" localhost "$good"
status_is 0 'by the environment'
dial --proxy "$proxy" localhost "$bad"
failed_as 46 name-mismatch 'is for other.example' 'a certificate for another name'
dial --proxy "$proxy" localhost "$forbidden"
failed_as 25 proxy '403' 'a port that it does not allow'
dial --proxy http://127.0.0.1:8889 localhost "$good"
failed_as 25 proxy '407' 'credentials are wanted'
echo me:sesame >"$T/credentials"
dial --proxy http://127.0.0.1:8889 --proxy-pass "file:$T/credentials" localhost "$good"
status_is 0 'and given'
echo me:wrong >"$T/credentials"
dial --proxy http://127.0.0.1:8889 --proxy-pass "file:$T/credentials" localhost "$good"
failed_as 25 proxy '401' 'or wrong ones: Tinyproxy says 401 then'
log_has 'CONNECT localhost:' 'its log has the request'
log_lacks 'Bad Request|bad request|Could not read' 'no error of ours'

done_testing 10
