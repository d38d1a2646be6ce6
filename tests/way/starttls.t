# shellcheck shell=sh
# STARTTLS of every protocol, played by a server as it should be and as it should not.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires python openssl

make_usual
all='smtp lmtp imap pop3 nntp ftp sieve irc ldap xmpp postgres mysql rdp'

starts() { dial --starttls "$protocol" "$@" localhost "$port"; }
inspects() { check --starttls "$protocol" "$@" localhost "$port"; }

# --- as it should be

for protocol in $all; do
    start_way "$protocol"
    starts
    status_is 0 "$protocol: TLS after the go-ahead"
    out_has 'xxxxxxxxxx' "$protocol: the response"
    if has_check; then
        inspects
        status_is 0 "$protocol: check"
    else
        skip "$protocol: check" "this tlsdial was built without 'check'"
    fi
    peer_log_has 'client close_notify: yes' "$protocol: a proper end"
    stop_peer
done

start_way smtp
dial -v --starttls smtp --starttls-name client.example localhost "$port"
status_is 0 '--starttls-name'
peer_log_has 'heard: EHLO client.example' 'it is the name of EHLO'
dial --starttls submission localhost "$port"
status_is 0 'submission is SMTP'
dial "smtp://localhost:$port"
status_is 0 "a URL's scheme says STARTTLS"
out_has 'xxxxxxxxxx' 'and its response'
dial --starttls smtp "SMTP://localhost:$port/"
status_is 0 'the same, said twice'
dial --starttls imap "smtp://localhost:$port"
failed_as 2 usage 'the target says smtp and --starttls imap' 'two that differ'
stop_peer
start_way xmpp
dial --starttls xmpp-server --starttls-name domain.example localhost "$port"
status_is 0 'xmpp-server'
peer_log_has 'jabber:server' 'its namespace'
peer_log_has "to='domain.example'" "the name is XMPP's to"
stop_peer
start_way postgres
dial "postgresql://localhost:$port"
status_is 0 'postgresql:// is postgres'
stop_peer
offer server
dial "imaps://localhost:$port"
status_is 0 'imaps:// is TLS from the start'
stop_peer

# --- the port that a protocol has. Nothing should listen at these; the message has them in any case

names_port() { # names_port PORT ARGS...: of an address that answers to nobody
    names_wanted=$1
    shift
    dial --connect-timeout 0.3 "$@"
    status_between 20 72 "a default port: $*"
    err_matches "^tlsdial: 127\\.0\\.0\\.66:$names_wanted( |:)" "it is $names_wanted"
}
for pair in smtp:25 submission:587 lmtp:24 imap:143 pop3:110 nntp:119 ftp:21 sieve:4190 ldap:389 \
    xmpp:5222 xmpp-server:5269 postgres:5432 mysql:3306 irc:6667 rdp:3389; do
    names_port "${pair#*:}" --starttls "${pair%:*}" 127.0.0.66
    names_port "${pair#*:}" "${pair%:*}://127.0.0.66"
done
for pair in smtps:465 submissions:465 imaps:993 pop3s:995 nntps:563 ftps:990 ldaps:636 xmpps:5223 \
    ircs:6697; do
    names_port "${pair#*:}" "${pair%:*}://127.0.0.66"
done

# --- as it should not be

usage() { # usage WORDS DESC ARGS...
    usage_words=$1 usage_desc=$2
    shift 2
    dial "$@"
    failed_as 2 usage "$usage_words" "$usage_desc"
}
usage "'telnet' is no protocol" 'an unknown protocol' --starttls telnet localhost 1
usage '--starttls-name goes with --starttls' 'a name without STARTTLS' --starttls-name a localhost 1
usage 'the name for EHLO' 'a name that would be a command' --starttls smtp \
    --starttls-name 'a
RCPT TO:<b>' localhost 1
usage 'a path has no meaning' 'a path in smtp://' smtp://localhost/inbox
usage 'a user name or password' 'a user name in imap://' imap://me@localhost

for protocol in $all; do
    start_way "$protocol" --how not-offered
    starts
    failed_as 26 starttls-refused 'does not offer TLS' "$protocol: not offered"
    case $protocol in
    smtp | lmtp | pop3 | nntp | ftp | irc) peer_log_has 'heard: QUIT\r\n' "$protocol: a polite end" ;;
    imap) peer_log_has 'heard: A3 LOGOUT\r\n' "$protocol: a polite end" ;;
    sieve) peer_log_has 'heard: LOGOUT\r\n' "$protocol: a polite end" ;;
    xmpp) peer_log_has 'heard: </stream:stream>' "$protocol: a polite end" ;;
    ldap) peer_log_has 'heard: 0\x05\x02\x01\x02B\x00' "$protocol: a polite end" ;;
    *) peer_log_lacks 'heard: \x16' "$protocol: no ClientHello" ;;
    esac
    stop_peer

    start_way "$protocol" --how refused
    starts
    failed_as 26 starttls-refused '' "$protocol: refused"
    case $protocol in
    rdp) err_has 'SSL_CERT_NOT_ON_SERVER' "$protocol: the reason" ;;
    xmpp) err_has 'is a refusal' "$protocol: the reason" ;;
    *) err_has 'no \x1B[31mred\x1B[0m today' "$protocol: the server's words, escaped" ;;
    esac
    peer_log_lacks 'heard: \x16' "$protocol: no ClientHello after it"
    stop_peer

    start_way "$protocol" --how inject --text x
    starts
    failed_as 27 starttls-injection "sent more after its go-ahead, before TLS" \
        "$protocol: a byte in the segment of the go-ahead"
    stop_peer

    start_way "$protocol" --how silent
    starts --connect-timeout 0.5
    case $protocol in
    irc | ldap | xmpp | postgres | rdp) awaited='did not come in time' ;;
    *) awaited='the greeting did not come in time' ;;
    esac
    failed_as 72 deadline-preamble "$awaited" "$protocol: silence"
    stop_peer

    start_way "$protocol" --how close
    starts
    failed_as 62 empty-reply "closed the connection before" "$protocol: closed at once"
    stop_peer

    start_way "$protocol" --how wrong --text 'HTTP/1.1 400 Bad Request\r\n'
    starts
    failed_as 31 not-tls 'but HTTP' "$protocol: another protocol"
    stop_peer
done

# The go-ahead and TLS are in two segments: what comes between them is no TLS, and nobody's.
for protocol in smtp imap pop3 ftp ldap postgres xmpp; do
    start_way "$protocol" --how inject-later --text '* injected\r\n'
    starts
    failed_as 27 starttls-injection 'injected' "$protocol: a line in a segment of its own"
    stop_peer
    start_way "$protocol" --how stall
    starts --connect-timeout 0.5
    failed_as 72 deadline-preamble 'did not come in time' "$protocol: no answer to the request"
    stop_peer
done

start_way imap --how stall
protocol=imap
starts --connect-timeout 0.5
failed_as 72 deadline-preamble 'IMAP: the reply to STARTTLS did not come in time' \
    'the hop and what was awaited'
stop_peer

start_way imap --greeting '* PREAUTH welcome\r\n'
starts
failed_as 26 starttls-refused 'has authenticated the client already' 'IMAP: PREAUTH'
peer_log_has 'heard: A3 LOGOUT' 'and a polite end'
stop_peer
start_way imap --greeting '* OK [CAPABILITY IMAP4rev1 STARTTLS] hello\r\n'
starts
status_between 60 62 'IMAP: capabilities in the greeting are not asked for again'
peer_log_lacks 'heard: A1' 'STARTTLS is the first command'
stop_peer
protocol=smtp
start_way smtp --greeting '554 no mail here\r\n'
starts
failed_as 26 starttls-refused '554: "no mail here"' 'SMTP: a greeting that refuses'
stop_peer
start_way smtp --how wrong --text "220-$("$PYTHON" -c 'print("x" * 9000)')"
starts
failed_as 66 too-large 'SMTP: the greeting passes a limit' 'SMTP: a line without end'
stop_peer
start_way smtp --greeting '220-one\r\n354 two\r\n'
starts
failed_as 65 malformed-response 'SMTP: the greeting is malformed' 'SMTP: two codes in one reply'
stop_peer
start_way smtp --how wrong --text '220 mail ESMTP\r\n'
starts
failed_as 60 truncated 'closed the connection before the reply to EHLO came' 'SMTP: closed after it'
stop_peer

# --- check says the same

if has_check; then
    for row in not-offered:26:starttls-refused refused:26:starttls-refused \
        inject:27:starttls-injection silent:72:deadline-preamble; do
        start_way imap --how "${row%%:*}" --text x
        token=${row##*:} number=${row#*:}
        protocol=imap
        inspects --connect-timeout 1
        status_is "${number%:*}" "check: ${row%%:*}"
        err_has "$token: " "check: ${row%%:*}: the token"
        stop_peer
    done
else
    skip 'check says the same' "this tlsdial was built without 'check'" 8
fi

# --- the certificate is verified as everywhere

make_cert elsewhere ca DNS:other.example
start_way smtp --cert "$T/elsewhere.pem" --key "$T/elsewhere.key"
protocol=smtp
starts
failed_as 46 name-mismatch 'is for other.example' 'a certificate for another name'
stop_peer

done_testing 296
