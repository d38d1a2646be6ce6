# shellcheck shell=sh
# 64 MiB in each direction and in both at once, bit for bit; 8 MiB under an emulator.
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires python openssl

make_usual
mebibytes=64
[ -z "$EMULATOR" ] || mebibytes=8
size=$((mebibytes * 1024 * 1024))
# Slow machines are slow: the bound only has to catch a hang.
limit=240
"$OPENSSL" rand "$size" >"$T/large" || bail_out 'no random bytes'

# --- sending

start_peer record --out "$T/received" --bytes "$size"
dial limit=$limit --send "$T/large" 127.0.0.1 "$port"
status_is 0 '--send, a large file'
out_is "received $size" '--send: the peer has all of it'
same_bytes "$T/received" "$T/large" '--send: bit for bit'
rm -f "$T/received"
dial limit=$limit --send - 127.0.0.1 "$port" <"$T/large"
status_is 0 '--send -, a large input'
same_bytes "$T/received" "$T/large" '--send -: bit for bit'
rm -f "$T/received"
stop_peer

# --- both ways at once: the peer does not read while we do not

for tls in 1.2 1.3; do
    start_peer echo --tls "$tls" --bytes "$size"
    dial limit=$limit --send "$T/large" 127.0.0.1 "$port"
    status_is 0 "TLS $tls: both ways at once"
    same_bytes "$T/out" "$T/large" "TLS $tls: all of it comes back"
    stop_peer
done

# --- receiving

for tls in 1.2 1.3; do
    start_peer serve --tls "$tls" --file "$T/large"
    dial limit=$limit 127.0.0.1 "$port"
    status_is 0 "TLS $tls: a large response"
    same_bytes "$T/out" "$T/large" "TLS $tls: bit for bit"
    stop_peer
done
start_peer serve --file "$T/large" --chunk 1000
dial limit=$limit -o "$T/received" 127.0.0.1 "$port"
status_is 0 'a large response in small records, -o'
same_bytes "$T/received" "$T/large" 'small records: bit for bit'
rm -f "$T/received"
stop_peer

# --- an answer before the request is whole

start_peer early-answer --body 1000
dial limit=$limit -v --send "$T/large" 127.0.0.1 "$port"
status_is 0 'the peer answers and closes while we are still sending'
out_matches '^x{200}' 'early answer: it is printed'
err_has 'the peer closed before the whole request was sent' 'early answer: -v tells'

done_testing 18
