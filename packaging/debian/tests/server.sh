# shellcheck shell=sh
# A throwaway TLS server on loopback, for the tests here: sets T, port and server.
T=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$T"' EXIT
new_certificate() { # new_certificate FILE NAME ARGS...
    file=$1 name=$2
    shift 2
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
        -subj "/CN=$name" -keyout "$T/$file.key" -out "$T/$file.pem" "$@" 2>"$T/log"
}
new_certificate ca 'Test CA' -addext keyUsage=critical,keyCertSign
new_certificate leaf localhost -CA "$T/ca.pem" -CAkey "$T/ca.key" \
    -addext basicConstraints=critical,CA:FALSE -addext subjectAltName=DNS:localhost
: >"$T/said"
openssl s_server -accept 0 -naccept 8 -www -cert "$T/leaf.pem" -key "$T/leaf.key" >"$T/said" 2>&1 &
server=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' "$T/said")
    [ -z "$port" ] || break
    sleep 0.25
done
[ -n "$port" ] || { echo 'the server does not start' >&2; exit 1; }
