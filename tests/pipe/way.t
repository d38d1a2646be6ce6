# shellcheck shell=sh
# tlsdial pipe by way of STARTTLS, of a proxy, and of both.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires python openssl

make_usual
dd if=/dev/urandom of="$T/data" bs=1048576 count=2 2>"$T/dd"
back() { # back DESC: all of it came back
    status_is 0 "$1"
    same_bytes "$T/out" "$T/data" "$1: the bytes"
}

start_peer smtp-echo
smtp_port=$port
dial command=pipe --half-close --starttls smtp localhost "$port" <"$T/data"
back '--starttls'
peer_log_has 'heard: STARTTLS' '--starttls: it was asked for'

start_peer connect-proxy --to "$smtp_port"
dial command=pipe --half-close --starttls smtp --proxy "http://127.0.0.1:$port" \
    localhost "$smtp_port" <"$T/data"
back '--starttls behind a proxy'
peer_log_has "asked: CONNECT localhost:$smtp_port" '--proxy: it was asked'

start_peer echo
echo_port=$port
start_peer connect-proxy --to "$echo_port"
dial command=pipe --half-close --proxy "http://127.0.0.1:$port" localhost "$echo_port" \
    <"$T/data"
back '--proxy'
dial command=pipe --half-close --servername localhost --verify-hostname localhost \
    127.0.0.1 "$echo_port" <"$T/data"
back 'another name'

done_testing 10
