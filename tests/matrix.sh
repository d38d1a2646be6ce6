# shellcheck shell=sh
# The same faults for several clients: what each says, and the status it ends with. Those that
# are not installed are left out. "make matrix"; no test, for it judges nothing.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
[ -n "$PYTHON" ] || bail_out 'the peers need Python'

PAST=20200101000000Z EXPIRY=20210203040506Z
clients=tlsdial
for client in curl wget s_client gnutls-cli socat ncat; do
    program=$client
    [ $client != s_client ] || program=$OPENSSL
    ! command -v "$program" >"$T/which" || clients="$clients $client"
done

http_request() { printf 'GET / HTTP/1.0\r\nHost: localhost\r\n\r\n'; }

# Each verifies the name localhost against the one CA, as strictly as it can be asked to, and
# fetches a page.
ask() { # ask CLIENT
    url=https://localhost:$port/ ca=$T/ca.pem
    case $1 in
    tlsdial) tlsdial --cacert "$ca" --connect-timeout 3 --idle-timeout 3 localhost "$port" ;;
    curl)
        curl -sS --resolve "localhost:$port:127.0.0.1" --cacert "$ca" --connect-timeout 3 \
            --max-time 5 "$url"
        ;;
    wget) wget -nv -O - --ca-certificate="$ca" --tries=1 --timeout=3 --no-hsts "$url" ;;
    s_client)
        http_request | timeout 5 "$OPENSSL" s_client -connect "127.0.0.1:$port" -CAfile "$ca" \
            -servername localhost -verify_hostname localhost -verify_return_error -quiet
        ;;
    gnutls-cli)
        http_request | timeout 5 gnutls-cli --x509cafile="$ca" -p "$port" localhost
        ;;
    socat)
        http_request | timeout 5 socat -t 3 - \
            "OPENSSL:127.0.0.1:$port,cafile=$ca,verify=1,commonname=localhost,snihost=localhost"
        ;;
    ncat)
        http_request | timeout 5 ncat --ssl --ssl-verify --ssl-trustfile "$ca" localhost "$port"
        ;;
    esac
}

said() { { tr -d '\r' <"$T/err" && tr -d '\r' <"$T/out"; } | LC_ALL=C tr -cd '[:print:]\n'; }

# The line that says most: of an error where there is one.
telling_line() {
    { said | grep -E 'tlsdial:|curl: \(|\*\*\*|:error:|verify error' && :; } ||
        said | grep -iE 'error|fail|verif|refused|wrong|Status:'
}

tell() { telling_line | head -n 1 | sed "s|$T|.|g; s/:$port/:PORT/g" | cut -c 1-150; }

table=$T/table
columns='%-24s'
for client in $clients; do columns="$columns %10s"; done
# shellcheck disable=SC2059,SC2086 # a format of as many words as there are clients
printf "$columns\n" fault $clients >"$table"

matrix() { # matrix FAULT: every client against the peer that runs
    statuses=
    printf '\n%s\n' "$1"
    for client in $clients; do
        run ask "$client"
        statuses="$statuses $status"
        printf '  %-10s %3d  %s\n' "$client" "$status" "$(tell)"
    done
    # shellcheck disable=SC2059,SC2086
    printf "$columns\n" "$1" $statuses >>"$table"
    stop_peer
}

serve() { # serve NAME [ISSUER]: with the issuer it sends
    served=$1
    shift
    [ $# -eq 0 ] || set -- -cert_chain "$T/$1.pem"
    start_s_server -www -cert "$T/$served.pem" -key "$T/$served.key" \
        -cipher DEFAULT:@SECLEVEL=0 "$@"
}

make_usual
make_intermediate middle ca
make_cert leaf middle DNS:localhost
make_ca stranger
make_cert unknown stranger DNS:localhost
make_cert_dated expired ca DNS:localhost "$PAST" "$EXPIRY"
START=$PAST END=$EXPIRY
make_intermediate old-middle ca
make_cert under-old old-middle DNS:localhost
make_cert elsewhere ca DNS:other.example
make_self_signed own DNS:localhost
KEY=rsa:1024
make_cert weak ca DNS:localhost
USAGE=clientAuth
make_cert purpose ca DNS:localhost

serve server && matrix 'nothing is wrong'
serve leaf && matrix 'missing intermediate'
serve unknown stranger && matrix 'unknown CA'
serve own && matrix 'self-signed'
serve expired && matrix 'expired'
serve under-old old-middle && matrix 'expired intermediate'
serve elsewhere && matrix 'wrong name'
serve weak && matrix 'RSA of 1024 bits'
serve purpose && matrix 'for clients only'
start_peer plain-http && matrix 'plain HTTP'
start_peer plain --text '220 mail.example ESMTP\r\n' && matrix 'SMTP'
start_peer alert --number 40 && matrix 'nothing in common'
start_peer reset-handshake && matrix 'reset in the handshake'
start_s_server -www -Verify 1 -verify_return_error -tls1_3 && matrix 'wants a client cert.'
printf 'HTTP/1.0 200 OK\r\n\r\nhalf of i' >"$T/half"
start_peer fin --file "$T/half" && matrix 'cut off, FIN'
start_peer fin --body 100 --after 40 && matrix 'cut off, length known'
start_peer reset --body 100000 --after 50000 && matrix 'cut off, reset'
start_peer empty && matrix 'not a byte'
start_peer silent && matrix 'silence'
closed_port && matrix 'closed port'

printf '\nStatus of each:\n\n'
cat "$table"
