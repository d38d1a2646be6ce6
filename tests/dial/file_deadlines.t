# shellcheck shell=sh
# The limit of the whole run also covers opening and reading the files that options name: a FIFO
# may have nobody at its other end.
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires python openssl
[ "$EXEEXT" != .exe ] || skip_all 'there are no FIFOs'

make_usual
make_ca client-ca
make_client_cert client client-ca
"$OPENSSL" pkey -aes256 -passout pass:secret -in "$T/client.key" -out "$T/locked.key" ||
    bail_out 'no encrypted key'
soon=$((1 * slowness))
mkfifo "$T/fifo"

# --- nobody at the other end

start_peer silent
stays_in_time() { # stays_in_time DESC WORDS OPTION...: the limit stands last, and counts from the start
    desc=$1 words=$2
    shift 2
    dial trust=none "$@" --max-time "$soon" 127.0.0.1 "$port"
    status_is 74 "$desc: nobody opens the FIFO"
    err_has "deadline-transfer: $words" "$desc: the message says what was late"
}

for option in cacert capath crlfile untrusted cert pinnedpubkey; do
    stays_in_time "--$option" "the file" "--$option" "$T/fifo"
done
stays_in_time --key 'the files of --cert and --key were' --cert "$T/client.pem" --key "$T/fifo"
stays_in_time '--pass file:' "no pass phrase came from $T/fifo" --cert "$T/client.pem" \
    --key "$T/locked.key" --pass "file:$T/fifo"
stays_in_time --send "$T/fifo: nobody" --cacert "$T/ca.pem" --send "$T/fifo"
stays_in_time -o "$T/fifo: nobody" --cacert "$T/ca.pem" -o "$T/fifo"
if has_check; then
    check --save-chain "$T/fifo" --max-time "$soon" 127.0.0.1 "$port"
    status_is 74 '--save-chain: nobody opens the FIFO'
else
    skip '--save-chain: nobody opens the FIFO' "this tlsdial was built without 'check'"
fi
dial_with_defaults() { within 30 env SSL_CERT_FILE="$T/fifo" "$@"; }
for command in '' check; do
    # shellcheck disable=SC2086 # none or one
    expand dial_with_defaults tlsdial $command --max-time "$soon" 127.0.0.1 "$port"
    status_is 74 "SSL_CERT_FILE $command: nobody opens the FIFO"
    err_has 'the trusted certificates were not read in time' "SSL_CERT_FILE $command: the message"
    has_check || {
        skip 'SSL_CERT_FILE check' "this tlsdial was built without 'check'" 2
        break
    }
done
never_connected 'and no connection was made'
start_peer silent

# --- somebody who opens it, and is slow

head -n 3 "$T/ca.pem" >"$T/half"
half_a_file() { # half_a_file: for ever
    sh -c 'exec >"$1"; cat "$2"; exec sleep 60' sh "$T/fifo" "$T/half" &
    remember $!
    writer=$!
}
for option in cacert crlfile cert; do
    half_a_file
    dial trust=none "--$option" "$T/fifo" --max-time "$soon" 127.0.0.1 "$port"
    status_is 74 "--$option: the FIFO ends too late"
    end_process "$writer"
done
stop_peer

start_peer serve
in_shell "{ sleep 0.3; cat '$T/ca.pem'; } | \"\$@\"" tlsdial --cacert /dev/stdin \
    --max-time 30 127.0.0.1 "$port"
status_is 0 '--cacert of a pipe that is slow, in time'
stop_peer

# --- what opening takes is no gift

start_peer silent
sh -c 'sleep "$1"; exec cat "$2"' sh "$((2 * soon))" "$T/fifo" >"$T/through" &
remember $!
reader=$!
before=$(date +%s)
dial --connect-timeout 0 --max-time "$((3 * soon))" -o "$T/fifo" \
    127.0.0.1 "$port"
took=$(($(date +%s) - before))
status_is 73 '-o: the FIFO is opened late, and the peer is silent'
[ "$took" -lt "$((5 * soon))" ]
judge $? '-o: the limit does not begin anew when the FIFO is open' "it took $took seconds"
end_process "$reader"
stop_peer

# --- at the terminal

if has_terminals && has_ui_console; then
    closed_port
    dial trust=none on=terminal --cert "$T/client.pem" --key "$T/locked.key" --ask-pass \
        --max-time "$soon" 127.0.0.1 "$port"
    status_is 74 '--ask-pass: nobody answers'
    out_has 'no pass phrase came from the terminal in time' '--ask-pass: the message'
else
    skip '--ask-pass: nobody answers' 'no pseudo-terminal is to be had, or OpenSSL has no console' 2
fi

done_testing 34
