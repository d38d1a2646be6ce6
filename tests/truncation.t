# shellcheck shell=sh
# A response that is cut off is never taken for a whole one, and each way to break a
# connection has its own status.
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires python openssl

make_usual
dial() { within 30 tlsdial --cacert "$T/ca.pem" "$@"; }
last_line_length() { echo $(($(tail -n 1 "$T/out" | wc -c))); }

# What the peer does ends in STATUS, and with -o no file appears.
ends_in() { # ends_in STATUS TOKEN DESC VERB ARGS...
    wanted_status=$1 token=$2 what=$3
    shift 3
    start_peer "$@"
    dial -o "$T/answer" 127.0.0.1 "$port"
    status_is "$wanted_status" "$what, -o"
    file_absent "$T/answer" "$what: no file appears"
    dial 127.0.0.1 "$port"
    status_is "$wanted_status" "$what"
    err_matches "^tlsdial: 127.0.0.1:$port: $token: ." "$what: the message"
    stop_peer
}

# --- after the handshake

for tls in 1.2 1.3; do
    ends_in 60 truncated "TLS $tls: FIN without close_notify" fin --tls "$tls" --body 100
    is "$(last_line_length)" 100 "TLS $tls: the data before the FIN is printed"
    err_has 'hint: the response may be incomplete' "TLS $tls: FIN: the hint"
    ends_in 60 truncated "TLS $tls: FIN in mid-body" fin --tls "$tls" --body 100 --after 40
    is "$(last_line_length)" 40 "TLS $tls: the part before the FIN is printed"
    ends_in 60 truncated "TLS $tls: a record cut off" cut-record --tls "$tls" --body 1000
    out_empty "TLS $tls: nothing of the cut record is printed"
    ends_in 63 reset "TLS $tls: a reset" reset --tls "$tls" --body 100000 --after 50000
    is "$(last_line_length)" 50000 "TLS $tls: the part before the reset is printed"
    ends_in 62 empty-reply "TLS $tls: not a byte" empty --tls "$tls"
    ends_in 67 tls-error "TLS $tls: a spoilt record" bad-record --tls "$tls"
    out_empty "TLS $tls: nothing of the spoilt record is printed"
    for number in 10 20 22; do
        ends_in 67 tls-error "TLS $tls: late alert $number" \
            late-alert --tls "$tls" --number "$number" --after 10 --body 20
        is "$(last_line_length)" 10 "TLS $tls: the part before alert $number is printed"
        err_matches 'alert' "TLS $tls: late alert $number: the message tells of an alert"
    done
    start_peer no-close-wait --tls "$tls"
    dial -o "$T/whole" 127.0.0.1 "$port"
    status_is 0 "TLS $tls: a peer that does not wait for our close_notify is fine"
    file_present "$T/whole" "TLS $tls: and its file appears"
    rm -f "$T/whole"
    stop_peer
done

# --- in the handshake

ends_in 34 closed-in-handshake 'FIN after the ClientHello' close-handshake
ends_in 34 closed-in-handshake 'reset after the ClientHello' reset-handshake
ends_in 34 closed-in-handshake 'close_notify after the ClientHello' alert-close-notify
ends_in 34 closed-in-handshake 'close_notify in the handshake' close-notify-midway
ends_in 34 closed-in-handshake 'FIN at once' plain --text ''

ends_in 33 no-shared-parameters 'alert 40, handshake_failure' alert --number 40
ends_in 32 tls-version 'alert 70, protocol_version' alert --number 70
ends_in 37 unrecognized-name 'alert 112, unrecognized_name' alert --number 112
ends_in 30 handshake 'alert 80, internal_error' alert --number 80

# --- not TLS

ends_in 31 not-tls 'plain HTTP' plain-http
err_has 'HTTP/1.1 400 Bad Request' 'plain HTTP: the message shows what came'
err_has 'hint: this port serves plain HTTP' 'plain HTTP: the hint'
ends_in 31 not-tls 'an SMTP greeting' plain --text '220 mail.example ESMTP\r\n'
err_has '220 mail.example ESMTP' 'SMTP: the message shows the greeting'
ends_in 31 not-tls 'two bytes of text' plain --text 'hi'
ends_in 31 not-tls 'a banner with escape sequences' \
    plain --text 'SSH-2.0-\x1b[31mred\x1b]0;title\x07\r\nsecond line\r\n'
err_lacks "$(printf '\033')" 'banner: no escape character is printed'
err_lacks "$(printf '\007')" 'banner: no bell'
err_has '\x1B[31mred' 'banner: the escape character is spelt out'
err_lines_at_most 2 'banner: a message and a hint, and no line of the peer'

done_testing
