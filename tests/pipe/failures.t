# shellcheck shell=sh
# tlsdial pipe: each way that it can fail has its status, and what came before is written.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires python openssl

make_usual
printf 'GET / HTTP/1.0\r\n\r\n' >"$T/request"
dd if=/dev/zero of="$T/big" bs=1048576 count=32 2>"$T/dd"
mkfifo "$T/open"

# --- the peer --------------------------------------------------------------------------

start_peer fin --after 500 --body 1000
dial command=pipe localhost "$port" <"$T/request"
status_is 60 'FIN without close_notify'
err_has 'truncated: ' 'FIN without close_notify: the token'
out_matches '^x{500}$' 'FIN without close_notify: what came before is written'
stop_peer

start_peer reset --after 500 --body 1000
dial command=pipe localhost "$port" <"$T/request"
status_is 63 'RST'
err_has 'reset: ' 'RST: the token'
out_matches '^x{500}$' 'RST: what came before is written'
stop_peer

start_peer reset --after 500 --body 1000
dial command=pipe --half-close localhost "$port" <"$T/request"
if [ "$EXEEXT" = .exe ]; then # wine reports it as an end
    status_between 60 63 'RST, --half-close'
else
    status_is 63 'RST, --half-close'
fi
stop_peer

start_peer bad-record --after 500 --body 1000
dial command=pipe localhost "$port" <"$T/request"
status_is 67 'a spoilt record'
stop_peer

# --- limits ----------------------------------------------------------------------------

start_peer record --out "$T/kept"
dial command=pipe --idle-timeout 1 localhost "$port" <"$T/request"
failed_as 74 deadline-transfer 'nothing was sent or received within the idle limit' \
    'silence after the end of the input'
dial command=pipe --idle-timeout 1 localhost "$port" <>"$T/open"
failed_as 74 deadline-transfer 'nothing was sent or received within the idle limit' \
    'silence while the input is open, --idle-timeout'
dial command=pipe --max-time 1 localhost "$port" <>"$T/open"
failed_as 74 deadline-transfer 'the connection did not end in time' '--max-time'
stop_peer

start_peer record --delay 60 --buffer 4096 --out "$T/kept"
dial command=pipe --idle-timeout 1 localhost "$port" <"$T/big"
failed_as 74 deadline-transfer 'the peer did not take the data within the idle limit' \
    'a peer that does not read'
stop_peer

start_peer flood
dial command=pipe redirect='>/dev/null' --max-time 2 localhost "$port" <"$T/request"
status_is 74 'a peer that never stops'
stop_peer

# --- the standard streams ----------------------------------------------------------------

start_peer serve --body 300000
[ ! -c /dev/full ] || dial command=pipe redirect='>/dev/full' localhost "$port" <"$T/request"
if [ -c /dev/full ]; then
    failed_as 15 output 'standard output: ' 'a full disk'
else
    skip 'a full disk' 'there is no /dev/full'
fi
dial command=pipe redirect='>&-' localhost "$port" <"$T/request"
failed_as 15 output 'standard output: ' 'closed standard output'
dial command=pipe redirect='<&-' localhost "$port"
failed_as 16 input 'standard input: ' 'closed standard input'
dial command=pipe localhost "$port" <"$T"
failed_as 16 input 'standard input: ' 'a folder as standard input'
stop_peer

done_testing 17
