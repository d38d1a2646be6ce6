# shellcheck shell=sh
# A response that is cut off is never taken for a whole one, and each way to break a
# connection after the handshake has its own status.
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires python openssl

make_usual
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

# --- a reset while we are sending

printf 'POST / HTTP/1.0\r\n\r\n' >"$T/request"
cp "$T/request" "$T/much"
dd if=/dev/zero bs=1048576 count=20 >>"$T/much" 2>/dev/null
in_two() { # a request, and more when the reset has come: one write, which is the last
    in_shell "{ cat '$T/request'; sleep 1; cat '$T/request'; } | \"\$@\"" \
        tlsdial --cacert "$T/ca.pem" --send - 127.0.0.1 "$port"
}
waiting_status=63 waiting_words='reset: the connection was reset: '
if [ "$EXEEXT" = .exe ]; then # wine tells it as an end, where a read is waited for too
    waiting_status=60 waiting_words='(reset|truncated): the '
fi
for tls in 1.2 1.3; do
    start_peer reset --tls "$tls" --body 100 --after 40
    dial --send "$T/much" 127.0.0.1 "$port"
    status_between "$waiting_status" 63 "TLS $tls: a reset while a write waits"
    err_matches "127.0.0.1:$port: $waiting_words" "TLS $tls: while waiting: the message"
    is "$(last_line_length)" 40 "TLS $tls: while waiting: what came before it is printed"
    in_two
    status_is 63 "TLS $tls: a reset before a write"
    err_has "127.0.0.1:$port: reset: the connection was reset: " "TLS $tls: before a write: the message"
    is "$(last_line_length)" 40 "TLS $tls: before a write: what came before it is printed"
    stop_peer
done

done_testing 112
