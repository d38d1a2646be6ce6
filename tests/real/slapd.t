# shellcheck shell=sh
# OpenLDAP's slapd.
# shellcheck source=tests/lib/real.sh
. "${TOP_SRCDIR:-.}/tests/lib/real.sh"
requires openssl
find_server slapd
own_network

start_slapd() { # start_slapd NAME PORT [CERTIFICATE]
    mkdir "$T/$1"
    {
        echo "pidfile $T/$1/pid"
        [ -z "${3:-}" ] || printf 'TLSCertificateFile %s\nTLSCertificateKeyFile %s\n' \
            "$T/$3.pem" "$T/$3.key"
        echo 'database config'
    } >"$T/$1/conf"
    "$server" -f "$T/$1/conf" -h "ldap://127.0.0.1:$2" -d 256 >>"$log" 2>&1 &
    remember $!
}
start_slapd good 389 server
start_slapd bad 3890 elsewhere
start_slapd off 3891
wait_for 389 3890 3891

good_bad_off ldap 389 3890 3891
check ldap://localhost
status_is 0 'the usual port'
# An anonymous bind inside TLS. The connection stays open: an unbind that came right after it could
# be done before the answer is sent.
printf '\060\014\002\001\001\140\007\002\001\003\004\000\200\000' >"$T/command"
dial --idle-timeout 2 --starttls ldap --send "$T/command" localhost 389
status_is 74 'a bind inside TLS'
is "$(od -An -tx1 "$T/out" | tr -d ' \n')" 300c02010161070a010004000400 'its answer: success'
log_has 'STARTTLS' 'StartTLS was asked for'
log_has 'UNBIND' 'and unbind, where it is not offered'
log_lacks 'decoding error|ber_get|protocol error|unexpected' 'no error of ours'

done_testing 9
