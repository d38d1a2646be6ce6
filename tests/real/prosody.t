# shellcheck shell=sh
# Prosody: XMPP, client to server and server to server.
# shellcheck source=tests/lib/real.sh
. "${TOP_SRCDIR:-.}/tests/lib/real.sh"
requires openssl
find_server prosody
own_network

start_prosody() { # start_prosody NAME CLIENTS SERVERS CERTIFICATE [no-tls]
    mkdir "$T/$1"
    chown prosody "$T/$1"
    install -m 600 -o prosody "$T/$4.pem" "$T/$1/pem"
    install -m 600 -o prosody "$T/$4.key" "$T/$1/key"
    tls='"tls";'
    [ -z "${5:-}" ] || tls=
    cat >"$T/$1/conf.lua" <<END
prosody_user = "prosody"
pidfile = "$T/$1/pid"
data_path = "$T/$1"
log = { debug = "$log" }
modules_enabled = { "saslauth"; "dialback"; $tls }
modules_disabled = { "posix"; "s2s_auth_certs" }
interfaces = { "127.0.0.1" }
c2s_ports = { $2 }
s2s_ports = { $3 }
c2s_require_encryption = false
s2s_require_encryption = false
VirtualHost "localhost"
    ssl = { certificate = "$T/$1/pem"; key = "$T/$1/key" }
END
    start_server setpriv --reuid prosody --regid prosody --clear-groups \
        "$server" -F --config "$T/$1/conf.lua"
}
start_prosody good 5222 5269 server
start_prosody bad 6222 6269 elsewhere
start_prosody off 7222 7269 server no-tls
wait_for 5222 5269 6222 6269 7222 7269

good_bad_off xmpp 5222 6222 7222
good_bad_off xmpp-server 5269 6269 7269
check xmpp://localhost
status_is 0 'the usual port'
log_has 'Client sent opening <stream:stream> to localhost' 'it logs streams'
log_lacks 'not-well-formed|invalid-xml|bad-format|invalid-namespace|improper' 'no error of ours'

hinted xmpp 5222

done_testing 11
