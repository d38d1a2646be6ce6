# shellcheck shell=sh
# The programs of doc/examples do what they are for.
# shellcheck source=tests/lib/api.sh
. "${TOP_SRCDIR:-.}/tests/lib/api.sh"

requires_api
make_usual

example() { # example PROGRAM ARGS...
    example_program=$1
    shift
    within 120 built "doc/examples/$example_program" "$@"
}

# shellcheck disable=SC2016 # expanded by the inner shell
example_with() { # example_with INPUT PROGRAM ARGS...
    example_input=$1 example_program=$2
    shift 2
    export example_input
    in_shell 'exec "$@" <"$example_input"' built "doc/examples/$example_program" "$@"
}

# --- mail: STARTTLS by the caller, over its own socket ----------------------------------

printf 'Subject: test\n\n.a line with a dot\nthe end\n' >"$T/message"
start_peer submission --out "$T/got"
example_with "$T/message" mail 127.0.0.1 "$port" "$T/ca.pem" a@example b@example
status_is 0 'a message is submitted'
same_bytes "$T/got" "$T/message" 'as it was'
peer_log_has 'command: RCPT TO:<b@example>' 'to its recipient'
start_peer submission --out "$T/got" --text '250 injected\r\n'
example_with "$T/message" mail 127.0.0.1 "$port" "$T/ca.pem" a@example b@example
status_is 1 'what follows the go-ahead in plain text is refused'

# --- metrics: one kept connection, a limit a request ------------------------------------

printf 'a 1\nb 2\nc 3\n' >"$T/lines"
start_peer keep-alive --out "$T/metrics"
example_with "$T/lines" metrics 127.0.0.1 "$port" "$T/ca.pem" 20000
status_is 0 'all lines are sent'
out_is '3 sent, 0 lost, 1 connections' 'over one connection'
same_bytes "$T/metrics" "$T/lines" 'and arrive'
printf 'a 1\nslow 2\nc 3\n' >"$T/lines"
start_peer keep-alive --out "$T/metrics" --delay 30
example_with "$T/lines" metrics 127.0.0.1 "$port" "$T/ca.pem" 1000
status_is 1 'a line without an answer in time is lost'
out_is '2 sent, 1 lost, 2 connections' 'and the next has a new connection'

# --- crawler: 64 threads, one client, sessions ------------------------------------------

start_s_server -www
example crawler 127.0.0.1 "$port" "$T/ca.pem" 150
status_is 0 'all pages are fetched'
out_matches '^150 pages, 0 failed, [1-9][0-9]* resumed$' 'some with a session of another'

# --- loop: an event loop ------------------------------------------------------------------

if [ -f "$TOP_BUILDDIR/doc/examples/loop" ]; then
    start_peer serve
    example loop 127.0.0.1 "$port" "$T/ca.pem" 50
    status_is 0 'fifty fetches in an event loop'
    out_is '50 of 50 fetched' 'all of them'
else
    skip 'an event loop' 'libev is not here' 2
fi

# --- updater: a download that goes on -----------------------------------------------------

tr -dc '0-9' </dev/urandom | dd bs=1000 count=100 iflag=fullblock of="$T/file" 2>"$T/dd.log"
start_peer ranges --file "$T/file" --after 40000
example updater 127.0.0.1 "$port" /file "$T/ca.pem" "$T/updated"
status_is 0 'a download is complete at the third connection'
same_bytes "$T/updated" "$T/file" 'as it is at the server'
peer_log_has 'from: 80000' 'each went on where the last had ended'
err_has 'truncated: goes on at 40000' 'and a cut connection was told from the end'
file_absent "$T/updated.part" 'nothing is left over'

# --- upgrade: a database's TLS ---------------------------------------------------------------

start_peer database
example upgrade localhost "$port" "$T/ca.pem" user
status_is 0 'a connection becomes TLS in its middle'
peer_log_has 'ssl request: 0000000804d2162f' 'by the octets of PostgreSQL'
peer_log_has 'user' 'and goes on inside'
start_peer database --text X
example upgrade localhost "$port" "$T/ca.pem" user
status_is 1 'plain text after the go-ahead is refused'

# --- tunnel: both directions in one thread --------------------------------------------------

dd if=/dev/urandom of="$T/data" bs=1000000 count=5 2>"$T/dd.log"
start_peer echo
example_with "$T/data" tunnel 127.0.0.1 "$port" "$T/ca.pem"
status_is 0 'a tunnel ends well'
same_bytes "$T/out" "$T/data" 'five megabytes went there and back at once'

done_testing 24
