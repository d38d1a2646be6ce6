# shellcheck shell=sh
# What an event loop is told to wait for.
# shellcheck source=tests/lib/api.sh
. "${TOP_SRCDIR:-.}/tests/lib/api.sh"

requires_api
make_usual

wants() { # wants HOW
    note "$1"
    api wants "$1" 127.0.0.1 "$port" "$T/ca.pem"
}

start_peer drip-record --interval 1
wants half-record

start_peer echo
wants unread

start_peer no-close-wait
wants after-end

start_peer record --out "$T/got"
wants more-to-send

start_peer early-answer --linger 2 --buffer 65536
wants lost
wants unwanted

done_testing 26
