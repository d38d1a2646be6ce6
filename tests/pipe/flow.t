# shellcheck shell=sh
# tlsdial pipe: both directions at once, whole, and the end of each.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires python openssl

make_usual
mebibytes() { dd if=/dev/urandom of="$T/$1" bs=1048576 count="$2" 2>"$T/dd"; }
# Patterns of random octets, so that neither a lost nor a moved piece goes unseen.
mebibytes big 64
size=67108864

# --- both at once ----------------------------------------------------------------------

start_peer echo --bytes "$size"
dial command=pipe localhost "$port" <"$T/big"
status_is 0 '64 MiB each way at once'
same_bytes "$T/out" "$T/big" '64 MiB each way at once: the bytes'
err_empty '64 MiB each way at once: no message'
peer_log_has 'client close_notify: yes' 'the peer ends first, and close_notify answers it'
stop_peer

start_peer write-first --bytes "$size" --out "$T/kept"
dial command=pipe --half-close localhost "$port" <"$T/big"
status_is 0 'a peer that writes 64 MiB before it reads'
same_bytes "$T/kept" "$T/big" 'a peer that writes first: what it got'
is "$(wc -c <"$T/out" | tr -d ' ')" "$size" 'a peer that writes first: what it sent'
stop_peer

# A pipe takes little at once, and so does its reader.
start_peer echo --bytes 4194304
dd if="$T/big" of="$T/four" bs=1048576 count=4 2>"$T/dd"
FOUR=$T/four
export FOUR
# shellcheck disable=SC2016 # expanded by the inner shell
dial command=pipe shell='dd bs=8192 2>/dev/null <"$FOUR" | "$@" | dd bs=511 2>/dev/null' \
    localhost "$port"
status_is 0 'between two pipes'
same_bytes "$T/out" "$T/four" 'between two pipes: the bytes'
stop_peer

# --- the end of the input --------------------------------------------------------------

printf 'all there is' >"$T/some"
start_peer record --bytes 12 --delay 0.5 --out "$T/kept"
dial command=pipe localhost "$port" <"$T/some"
status_is 0 'at the end of the input the peer is waited for'
out_is 'received 12' 'what it says then is there'
stop_peer

start_peer record --delay 0.3 --out "$T/kept"
dial command=pipe --half-close localhost "$port" <"$T/some"
status_is 0 '--half-close: the end of the input is announced'
out_is 'received 12' '--half-close: what comes after it is there'
stop_peer

start_peer record --out "$T/kept"
dial command=pipe --half-close localhost "$port" </dev/null
status_is 0 '--half-close: no input at all'
out_is 'received 0' '--half-close: no input at all is an end, too'
stop_peer

start_peer record --delay 0.3 --out "$T/kept"
dial command=pipe --close-on-eof localhost "$port" <"$T/some"
status_is 0 '--close-on-eof ends without waiting'
out_lacks received '--close-on-eof: the answer is not waited for'
stop_peer
start_peer record --out "$T/kept"
dial command=pipe --close-on-eof localhost "$port" <"$T/big"
status_is 0 '--close-on-eof, 64 MiB'
peer_log_has "received $size" '--close-on-eof: all of the input was sent first'
same_bytes "$T/kept" "$T/big" '--close-on-eof: the bytes'
stop_peer

# The peer ends its direction; ours goes on only where that was asked for.
# Python's close_notify fails where data has come already: the input begins after it.
start_peer close-first --linger 0.2 --out "$T/kept"
BIG=$T/big
export BIG
# shellcheck disable=SC2016
dial command=pipe shell='{ sleep 1; cat "$BIG"; } | "$@"' --half-close localhost "$port"
status_is 0 '--half-close: the peer ends first'
peer_log_has "received $size" '--half-close: the input still goes to its end'
same_bytes "$T/kept" "$T/big" '--half-close: to a peer that has ended: the bytes'
stop_peer
start_peer close-first --out "$T/kept"
mkfifo "$T/open"
dial command=pipe localhost "$port" <>"$T/open"
status_is 0 'the peer ends while the input is open'
out_empty 'the peer ends while the input is open: nothing came'
stop_peer

# --- --crlf ----------------------------------------------------------------------------

printf 'one\ntwo\r\n\n\r\r\nlast' >"$T/lines"
printf 'one\r\ntwo\r\n\r\n\r\r\nlast' >"$T/wanted"
start_peer record --out "$T/kept"
dial command=pipe --half-close --crlf localhost "$port" <"$T/lines"
status_is 0 '--crlf'
peer_log_has 'received 19' '--crlf: the peer is done'
same_bytes "$T/kept" "$T/wanted" '--crlf: line feeds get a CR, others do not'
"$PYTHON" -c 'import sys
sys.stdout.write("\n" * 300001)' >"$T/lines"
"$PYTHON" -c 'import sys
sys.stdout.write("\r\n" * 300001)' >"$T/wanted"
dial command=pipe --half-close --crlf localhost "$port" <"$T/lines"
status_is 0 '--crlf: nothing but line feeds'
peer_log_has 'received 600002' '--crlf: twice as much'
same_bytes "$T/kept" "$T/wanted" '--crlf: twice as much: the bytes'
stop_peer

# --- verification ----------------------------------------------------------------------

start_peer record --out "$T/unheard"
make_ca stranger
dial command=pipe trust=none --cacert "$T/stranger.pem" localhost "$port" <"$T/some"
failed_as 45 incomplete-chain '' 'a server that is not verified'
file_absent "$T/unheard" 'it gets nothing'
stop_peer

done_testing 33
