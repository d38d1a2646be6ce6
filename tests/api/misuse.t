# shellcheck shell=sh
# What the header forbids is misuse, and no crash.
# shellcheck source=tests/lib/api.sh
. "${TOP_SRCDIR:-.}/tests/lib/api.sh"

requires_api
make_usual
start_peer echo
api misuse 127.0.0.1 "$port" "$T/ca.pem"

done_testing 127
