# shellcheck shell=sh
# PostgreSQL.
# shellcheck source=tests/lib/real.sh
. "${TOP_SRCDIR:-.}/tests/lib/real.sh"
requires openssl
find_postgresql() {
    for server in /usr/lib/postgresql/*/bin/postgres; do
        [ ! -x "$server" ] || return 0
    done
    skip_all 'postgresql is not installed'
}
find_postgresql
own_network

as_postgres() { setpriv --reuid postgres --regid postgres --clear-groups "$@"; }
start_postgresql() { # start_postgresql NAME PORT on|off CERTIFICATE
    mkdir "$T/$1"
    chown postgres: "$T/$1"
    as_postgres "${server%/*}/initdb" -A reject -D "$T/$1/data" >"$T/initdb.log" 2>&1 || {
        show initdb "$T/initdb.log"
        bail_out 'initdb fails'
    }
    for pair in pem key; do
        install -m 600 -o postgres "$T/$4.$pair" "$T/$1/$pair"
    done
    cat >>"$T/$1/data/postgresql.conf" <<END
port = $2
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
ssl = $3
ssl_cert_file = '$T/$1/pem'
ssl_key_file = '$T/$1/key'
fsync = off
log_connections = on
END
    as_postgres "$server" -D "$T/$1/data" >>"$log" 2>&1 &
    remember $!
}
start_postgresql good 5432 on server
start_postgresql bad 5433 on elsewhere
start_postgresql off 5434 off server
wait_for 5432 5433 5434

good_bad_off postgres 5432 5433 5434
check postgresql://localhost
status_is 0 'the usual port'
dial --starttls postgres --send "$TOP_SRCDIR/COPYING" localhost 5432
status_between 60 62 'what is no StartupMessage'
log_has 'connection received' 'it logs connections'
# The one line is of the COPYING above.
is "$(grep -cE 'invalid length of startup packet' "$log")" 1 'the log has our one error'
log_lacks 'incomplete startup|unsupported frontend|FATAL|SSL error|unencrypted data' 'no other'
dial localhost 5432
failed_as 34 closed-in-handshake '' 'dialled without STARTTLS: it closes'

done_testing 9
