# shellcheck shell=sh
# Five hundred dials of one thread with poll(), of which a hundred get no answer.
# shellcheck source=tests/lib/api.sh
. "${TOP_SRCDIR:-.}/tests/lib/api.sh"

requires_api
# Each dial has a socket here and one in the peer.
# shellcheck disable=SC3045 # every shell that there is has -n
[ "$(ulimit -n)" = unlimited ] || [ "$(ulimit -n)" -ge 700 ] || ulimit -n 1024 2>/dev/null ||
    skip_all 'not enough descriptors'
make_usual

start_peer silent
silent=$port
closed_port
closed=$port
start_peer serve
api_limit=300
api many 127.0.0.1 "$port" "$silent" "$closed" "$T/ca.pem" 500

done_testing 7
