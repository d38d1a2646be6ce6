# shellcheck shell=sh
# Names to addresses to one connection: the first address that answers is used, and each
# one that fails keeps its own reason.
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires python openssl

make_ca ca
make_cert server ca DNS:dial.example,IP:127.0.0.1,IP:::1

bindable() { # bindable ADDRESS
    "$PYTHON" -c 'import socket, sys
host = sys.argv[1]
family = socket.AF_INET6 if ":" in host else socket.AF_INET
socket.socket(family).bind((host, 0))' "$1" 2>/dev/null
}

# A broadcast address has no TCP: on Linux, connecting says that the network is unreachable.
no_route() {
    "$PYTHON" -c 'import errno, socket, sys
sys.exit(socket.socket().connect_ex(("127.255.255.255", 9)) != errno.ENETUNREACH)'
}

no_route='Network (is )?unreachable'
[ "$EXEEXT" != .exe ] || no_route='.*' # wine has no text for it

# --- one address

closed_port
refused_peer=$peer_pid
dial 127.0.0.1 "$port"
status_is 22 'a closed port'
err_is "tlsdial: 127.0.0.1:$port: refused: the connection was refused: \
127.0.0.1: Connection refused
tlsdial: hint: no server listens on that port, or a firewall rejects the connection" \
    'a closed port: message and hint'

if [ "$EXEEXT" = .exe ]; then
    skip 'a service that the system does not know' 'wine has no text for this error' 2
else
    dial 127.0.0.1 no-such-service
    status_is 2 'a service that the system does not know'
    err_has "no service 'no-such-service'" 'unknown service: the message names it'
fi

# --- several addresses

if bindable 127.0.0.2; then
    start_peer refuse --host 127.0.0.2 --port "$port"
    dial --resolve "dial.example:$port:127.0.0.1,127.0.0.2" dial.example "$port"
    status_is 22 'two closed ports'
    err_has '127.0.0.1: Connection refused; 127.0.0.2: Connection refused' \
        'two closed ports: each address with its own reason'
    err_has "tlsdial: dial.example:$port: refused: " 'two closed ports: the subject'
    stop_peer

    start_peer serve --host 127.0.0.2 --port "$port"
    dial -v --resolve "dial.example:$port:127.0.0.1,127.0.0.2" dial.example "$port"
    status_is 0 'the first address refuses, the second is used'
    err_has "127.0.0.1 port $port: Connection refused" '-v tells the failed attempt'
    err_has "127.0.0.2 port $port: connected" '-v tells the one that was used'
    dial --resolve "dial.example:$port:127.0.0.2" dial.example "$port"
    status_is 0 '--resolve alone is enough: there is no lookup'
    end_process "$refused_peer"
    stop_peer

    start_peer blackhole
    start_peer serve --host 127.0.0.2 --port "$port"
    dial -v --connect-timeout 10 --resolve "dial.example:$port:127.0.0.1,127.0.0.2" \
        dial.example "$port"
    status_is 0 'the first address does not answer, the second is used'
    out_has 'HTTP/1.0 200 OK' 'black hole: the answer came'
    err_has "127.0.0.1 port $port: given up: another address answered first" \
        'black hole: that it was tried is told'
    stop_peer

    start_peer refuse --host 127.0.0.2 --port "$port"
    dial --connect-timeout 1 --resolve "dial.example:$port:127.0.0.1,127.0.0.2" \
        dial.example "$port"
    status_is 71 'one does not answer, one refuses'
    err_has '127.0.0.1: no answer in time' 'the one that did not answer'
    err_has '127.0.0.2: Connection refused' 'the one that refused'
    stop_peer

    closed_port
    if no_route; then
        dial --resolve "dial.example:$port:127.255.255.255,127.0.0.1" dial.example "$port"
        status_is 22 'one unreachable, one refuses: refused says more'
        err_matches "127.255.255.255: $no_route; 127.0.0.1: Connection refused\$" \
            'unreachable and refused: each with its own reason'
    else
        skip 'one unreachable, one refuses' 'no address without a route' 2
    fi
else
    skip 'several addresses' 'there is no 127.0.0.2' some
fi

if no_route; then
    dial 127.255.255.255 443
    status_is 23 'an address without a route'
    err_has 'unreachable: no address can be reached: 127.255.255.255: ' \
        'unreachable: the message names the address'
else
    skip 'an address without a route' 'this system has another error for it' 2
fi

# --- families

start_peer serve
four=$peer_pid
dial -6 --resolve "dial.example:$port:127.0.0.1" dial.example "$port"
status_is 23 '-6 leaves no address'
err_has 'unreachable: ' '-6: the message'
dial -4 --resolve "dial.example:$port:::1" dial.example "$port"
status_is 23 '-4 leaves no address'
dial -4 --resolve "dial.example:$port:[::1],127.0.0.1" dial.example "$port"
status_is 0 '-4 takes the IPv4 one of two'

if bindable ::1; then
    dial -v --resolve "dial.example:$port:127.0.0.1,::1" dial.example "$port"
    status_is 0 'IPv6 refuses, IPv4 is used'
    err_has "::1 port $port: Connection refused" 'IPv6 was tried first'

    start_peer serve --host ::1 --port "$port"
    dial -v --resolve "dial.example:$port:127.0.0.1,::1" dial.example "$port"
    status_is 0 'both families answer'
    err_has "::1 port $port: connected" 'IPv6 is used'
    err_lacks '127.0.0.1 port' 'IPv4 is not even tried'
    dial -4 -v --resolve "dial.example:$port:127.0.0.1,::1" dial.example "$port"
    status_is 0 '-4: status'
    err_has "127.0.0.1 port $port: connected" '-4: IPv4 is used'
    end_process "$four"
    dial -6 -v --resolve "dial.example:$port:127.0.0.1,::1" dial.example "$port"
    status_is 0 '-6: status'
    err_has "::1 port $port: connected" '-6: IPv6 is used'
    err_lacks '127.0.0.1 port' '-6: IPv4 is not tried'
    dial ::1 "$port"
    status_is 0 'an IPv6 literal'
    dial "[::1]:$port"
    status_is 0 'an IPv6 literal in brackets'
    stop_peer
    dial "[::1]:$port"
    status_is 22 'a closed port, IPv6'
    err_has "tlsdial: [::1]:$port: refused: " 'a closed port, IPv6: brackets in the subject'

    # --- zones

    dial '[fe80::1%no-such-if]:443'
    status_is 23 'a zone that is no interface'
    err_has "there is no network interface 'no-such-if'" 'no such interface: it is named'
    dial --resolve 'dial.example:443:fe80::1%no-such-if' dial.example 443
    status_is 23 '--resolve: a zone that is no interface'
    err_has "there is no network interface 'no-such-if'" '--resolve: it is named'
    dial 'https://[fe80::1%25no-such-if]:443/'
    status_is 23 'a zone in a URL'
    err_has "there is no network interface 'no-such-if'" 'in a URL, %25 stands before a zone'
    dial --connect-timeout 3 '[fe80::1]:443'
    any_status 'a system may choose a link by itself'
    if [ "$status" -eq 23 ] && [ "$EXEEXT" != .exe ]; then
        err_has 'fe80::1: a link-local address needs the zone that it is in' \
            'no zone: the message says so'
    else
        skip 'a link-local address without a zone' 'this system chooses a link by itself'
    fi
else
    skip 'IPv6' 'there is no ::1' some
fi

done_testing 46
