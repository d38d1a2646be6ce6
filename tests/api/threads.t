# shellcheck shell=sh
# Sixty-four threads with one client.
# shellcheck source=tests/lib/api.sh
. "${TOP_SRCDIR:-.}/tests/lib/api.sh"

requires_api
make_usual
start_peer echo
api_limit=240
api threads 127.0.0.1 "$port" "$T/ca.pem" 64 3

done_testing 2
