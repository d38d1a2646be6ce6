# shellcheck shell=sh
# ngIRCd, which has no STARTTLS: the offer is asked for and is not there.
# shellcheck source=tests/lib/real.sh
. "${TOP_SRCDIR:-.}/tests/lib/real.sh"
requires openssl
find_server ngircd
own_network

cat >"$T/conf" <<END
[Global]
Name = irc.example
Info = test
Ports = 6667
Listen = 127.0.0.1
ServerUID = nobody
ServerGID = nogroup
[Limits]
ConnectRetry = 0
[Options]
DNS = no
Ident = no
PAM = no
[SSL]
CertFile = $T/server.pem
KeyFile = $T/server.key
Ports = 6697
END
chmod 644 "$T/server.pem" "$T/server.key"
"$server" -n -f "$T/conf" >>"$log" 2>&1 &
remember $!
wait_for 6667 6697

dial --starttls irc localhost 6667
failed_as 26 starttls-refused 'the server does not offer TLS in IRC' 'not offered'
check ircs://localhost
status_is 0 'TLS from the start'
log_has 'Client unregistered|disconnected|Shutting down connection' 'it logs connections'
log_lacks 'Unknown command|Invalid|Malformed' 'no error of ours'

done_testing 4
