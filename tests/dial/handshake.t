# shellcheck shell=sh
# A handshake that fails: which of the causes it was, said with the facts.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires python openssl

make_usual

fails_as() { # fails_as STATUS TOKEN WORDS DESC VERB ARGS...: with that peer
    wanted_status=$1 token=$2 words=$3 what=$4
    shift 4
    start_peer "$@"
    dial 127.0.0.1 "$port"
    failed_as "$wanted_status" "$token" "$words" "$what"
    stop_peer
}

# --- the peer ends it ---------------------------------------------------------------

fails_as 34 closed-in-handshake 'closed the connection' 'FIN after the ClientHello' \
    close-handshake
err_matches 'after a ClientHello of [1-9][0-9][0-9]* bytes$' 'FIN: how large the ClientHello was'
fails_as 34 closed-in-handshake 'broke during the handshake' 'reset after the ClientHello' \
    reset-handshake
err_matches 'after a ClientHello of [1-9][0-9][0-9]* bytes$' \
    'reset: how large the ClientHello was'
fails_as 34 closed-in-handshake close_notify 'close_notify after the ClientHello' \
    alert-close-notify
fails_as 34 closed-in-handshake close_notify 'close_notify in the handshake' \
    close-notify-midway
fails_as 34 closed-in-handshake '' 'FIN at once' plain --text ''

start_peer silent
dial --connect-timeout 1 127.0.0.1 "$port"
failed_as 73 deadline-handshake 'sent nothing, after a ClientHello of' 'silence'
stop_peer

# --- something on the way -------------------------------------------------------------

smaller='--max-protocol TLSv1.2 or fewer --groups, --sigalgs or --ciphers make it smaller'
for verb in silent reset-handshake close-handshake; do
    start_peer "$verb"
    dial --connect-timeout 1 127.0.0.1 "$port"
    any_status 'the hint counts'
    err_matches "hint: .* a ClientHello of [1-9][0-9]* bytes: $smaller" "$verb: the hint"
    dial --connect-timeout 1 --max-protocol TLSv1.2 127.0.0.1 "$port"
    any_status 'the hint counts'
    err_matches 'bytes: fewer --groups' "$verb: the hint has nothing that was done already"
    stop_peer
done
start_peer cut-flight --after 200
dial --connect-timeout 1 --groups X25519 127.0.0.1 "$port" # others make a longer ServerHello
failed_as 73 deadline-handshake 'sent nothing more, after 200 bytes with its ServerHello' \
    'lost after the ServerHello'
err_has 'hint: the peer speaks TLS; the network may lose larger packets' 'lost: the hint'
stop_peer
start_peer cut-flight --after 20
dial --connect-timeout 1 127.0.0.1 "$port"
failed_as 73 deadline-handshake 'nothing more, after 20 bytes of an answer' 'lost within it'
err_has 'hint: the peer speaks TLS' 'lost within it: the hint'
stop_peer
fails_as 32 tls-version 'the server answered with TLS 1.0: it is older than TLS 1.2' \
    'a ServerHello of TLS 1.0' old-hello --number 1
err_has 'hint: the server needs software or settings for TLS 1.2' 'an old server: the hint'
fails_as 32 tls-version 'answered with TLS 1.1' 'a ServerHello of TLS 1.1' old-hello --number 2
fails_as 32 tls-version ': the server is older than TLS 1.2' 'protocol_version to all that is offered' \
    alert --number 70
start_peer alert --number 70
dial --min-protocol TLSv1.3 127.0.0.1 "$port"
failed_as 32 tls-version 'offered were TLSv1.3' 'protocol_version to TLS 1.3 alone'
err_lacks 'older than TLS 1.2' 'protocol_version to TLS 1.3 alone: it may speak TLS 1.2'
stop_peer
start_peer alert --number 112
dial 127.0.0.1 "$port"
failed_as 37 unrecognized-name '(112); no SNI was sent, the target is an address' 'no SNI was sent'
dial localhost "$port"
failed_as 37 unrecognized-name '(112): it does not serve "localhost"' 'SNI was sent'
stop_peer

# The size is the one on the wire: as many bytes as the peer got.
start_peer silent
silent_port=$port
start_peer relay --to "$silent_port" --out "$T/hello"
dial --connect-timeout 1 127.0.0.1 "$port"
status_is 73 'silence behind a relay'
hello_size=$(($(wc -c <"$T/hello")))
err_has "a ClientHello of $hello_size bytes" 'silence: the size is what was sent'

# --- alerts -------------------------------------------------------------------------

fails_as 33 no-shared-parameters 'the alert "handshake failure" (40); offered were TLSv1.3' \
    'handshake_failure' alert --number 40
err_has 'TLS_AES_256_GCM_SHA384' 'what was offered: a cipher of TLS 1.3'
err_has 'ECDHE-RSA-AES128-GCM-SHA256' 'what was offered: a cipher of TLS 1.2'
err_matches '; groups ([A-Za-z0-9]+:)*x25519' 'what was offered: groups'
err_has 'ecdsa_secp256r1_sha256' 'what was offered: signature schemes'
fails_as 33 no-shared-parameters '(71)' 'insufficient_security' alert --number 71
fails_as 32 tls-version 'the alert "protocol version" (70); offered were TLSv1.3:TLSv1.2' \
    'protocol_version' alert --number 70
fails_as 37 unrecognized-name '(112)' 'unrecognized_name' alert --number 112
fails_as 30 handshake 'the alert "internal error" (80)' 'internal_error' alert --number 80
fails_as 30 handshake 'the alert "missing extension" (109)' 'missing_extension' \
    alert --number 109
fails_as 35 client-certificate-required '(116)' 'certificate_required, unasked' \
    alert --number 116
fails_as 30 handshake '(255)' 'an alert that nobody knows' alert --number 255

offer -tls1_2 -cipher AES128-SHA
dial --max-protocol TLSv1.2 127.0.0.1 "$port"
failed_as 33 no-shared-parameters 'offered were TLSv1.2; ciphers ECDHE' \
    'offered: TLS 1.2 alone'
err_lacks 'TLSv1.3' 'offered: not what --max-protocol took away'
stop_peer

# --- ALPN ---------------------------------------------------------------------------

offer -alpn http/1.0
dial --alpn h2,http/1.1 127.0.0.1 "$port"
failed_as 38 alpn 'the alert "no application protocol" (120); offered were h2,http/1.1' \
    'ALPN: nothing in common'
dial --alpn h2,http/1.0 127.0.0.1 "$port"
status_is 0 'ALPN: one in common'
stop_peer
start_peer sni
dial --alpn http/1.0 127.0.0.1 "$port"
failed_as 38 alpn 'the server chose none of the protocols offered (http/1.0)' \
    'ALPN: a server that knows nothing of it'
peer_log_has 'alpn: http/1.0' 'ALPN: it was offered'
peer_log_has 'connection over' 'ALPN: the connection is given up'
peer_log_lacks 'GET /' 'ALPN: no data is sent'
dial 127.0.0.1 "$port"
status_is 0 'ALPN: not asked for'
peer_log_has 'alpn: none' 'ALPN: not offered'
stop_peer
for bad in '' ',' 'h2,' ',h2' 'h2,,http/1.1'; do
    run tlsdial --alpn "$bad" localhost 1
    failed_as 2 usage 'no list of ALPN protocols' "--alpn '$bad'"
done

# --- not TLS ------------------------------------------------------------------------

speaks() { # speaks PROTOCOL TEXT HINT [VERB]
    fails_as 31 not-tls "does not speak TLS but $1: its answer begins with" "$1" \
        "${4:-plain}" --text "$2"
    err_has "hint: $3" "$1: the hint"
}
fails_as 31 not-tls 'HTTP/1.1 400 Bad Request' 'plain HTTP' plain-http
err_has 'hint: this port serves plain HTTP' 'plain HTTP: the hint'
speaks HTTP '<html><head><title>400' 'this port serves plain HTTP' plain-answer
speaks SMTP '220 mail.example ESMTP Postfix\r\n' '--starttls smtp begins TLS there'
err_has '220 mail.example ESMTP Postfix' 'SMTP: the message shows the greeting'
err_has 'from the start it is often on port 465' 'SMTP: the other port'
speaks LMTP '220 mail.example LMTP\r\n' '--starttls lmtp begins'
speaks FTP '220 (vsFTPd 3.0.3 FTP)\r\n' '--starttls ftp begins'
speaks 'SMTP, LMTP or FTP' '220 ready\r\n' '--starttls smtp, --starttls lmtp or --starttls ftp'
speaks POP3 '+OK ready\r\n' '--starttls pop3 begins'
speaks IMAP '* OK [CAPABILITY IMAP4rev1] ready\r\n' '--starttls imap begins'
speaks NNTP '200 news.example InterNetNews\r\n' '--starttls nntp begins'
speaks ManageSieve '"IMPLEMENTATION" "Dovecot Pigeonhole"\r\n' '--starttls sieve begins'
speaks XMPP "<?xml version='1.0'?><stream:stream" '--starttls xmpp begins' plain-answer
speaks IRC ':irc.example NOTICE * :*** Looking up\r\n' '--starttls irc begins'
speaks SSH 'SSH-2.0-OpenSSH_9.2\r\n' 'an SSH server listens'
# What directories and databases send: a notice of disconnection, an ErrorResponse to an unknown
# packet, a greeting and its error.
speaks LDAP '\x30\x24\x02\x01\x00\x78\x1f\x0a\x01\x02' '--starttls ldap begins' plain-answer
speaks PostgreSQL 'E\x00\x00\x00\x26SFATAL\x00C0A000\x00Munsupported\x00\x00' \
    '--starttls postgres begins' plain-answer
speaks MySQL '\x4a\x00\x00\x00\x0a8.0.36\x00' '--starttls mysql begins'
speaks MySQL '\x5a\x00\x00\x00\xffj\x04Host is blocked' '--starttls mysql begins'
fails_as 31 not-tls 'does not speak TLS: its answer begins with "hi"' 'two bytes of text' \
    plain --text 'hi'
err_has 'hint: check the port' 'two bytes of text: the hint'
fails_as 31 not-tls 'begins with the bytes 00 FF FE 01 67 61 72 62' 'garbage' \
    plain --text '\x00\xff\xfe\x01garbage'
# Winsock's select() would not wait while it is unread: there it is data.
seen='hell"'
[ "$EXEEXT" != .exe ] || seen='hello"'
fails_as 31 not-tls "begins with \"$seen" 'a last byte that is urgent' urgent --text hello
fails_as 31 not-tls 'begins with the bytes 0D 0A 32 32' 'an empty line first' plain --text '\r\n220 there'
fails_as 31 not-tls 'begins with the byte 00' 'a byte of 0' plain --text '\x00'
err_lacks 'byte 00 ' 'a byte of 0: and no other'
fails_as 30 handshake 'wrong version number' 'plain text in the middle of a handshake' \
    text-midway --text 'HTTP/1.1 500 '
fails_as 31 not-tls 'SSH' 'a banner with escape sequences' \
    plain --text 'SSH-2.0-\x1b[31mred\x1b]0;title\x07\r\nsecond line\r\n'
err_lacks "$(printf '\033')" 'banner: no escape character is printed'
err_lacks "$(printf '\007')" 'banner: no bell'
err_has '\x1B[31mred' 'banner: the escape character is spelt out'
err_lines_at_most 2 'banner: a message and a hint, and no line of the peer'
fails_as 31 not-tls 'HTTP/1.1 400 \x1B[31mred' 'an HTTP header with an escape sequence' \
    plain-answer --text 'HTTP/1.1 400 \x1b[31mred\r\nServer: \x1b]0;title\x07\r\n\r\n'
err_lacks "$(printf '\033')" 'HTTP header: no escape character is printed'
fails_as 31 not-tls '\x15\x1B[31m' 'a banner that begins like an alert' \
    plain --text '\x15\x1b[31mred'
err_lacks "$(printf '\033')" 'like an alert: no escape character is printed'
long=$("$PYTHON" -c 'print("220 " + "x" * 100000, end="")')
fails_as 31 not-tls '220 xxx' 'a banner of 100 kB' plain --text "$long"
ok "$([ "$(wc -c <"$T/err")" -lt 600 ]; echo $?)" 'a banner of 100 kB: does not flood the terminal'

done_testing 108
