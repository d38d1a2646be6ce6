#!/bin/sh
# What "make demo" shows: tlsdial talks to a TLS server on this machine, first well, then
# with the wrong certification authority, then with the wrong name. It dials the address
# 127.0.0.1, so that it needs neither a name service nor an /etc/hosts.
set -eu
: "${TOP_BUILDDIR:=.}" "${OPENSSL:=openssl}" "${EMULATOR:=}" "${EXEEXT:=}"
libtool=$(cd "$TOP_BUILDDIR" && pwd)/libtool
program=$(cd "$TOP_BUILDDIR" && pwd)/src/tlsdial$EXEEXT

say() { printf '%s\n' "$*"; }
die() { say "demo: $*" >&2; exit 1; }
command -v "$OPENSSL" >/dev/null || die "the openssl command is needed"

# All files are in one folder, and the server is a child: both go when the demo ends.
work=$(mktemp -d)
server=''
cleanup() {
    [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || :
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM
cd "$work"

# --- Certificates: an authority (ca.pem), a server it vouches for, and a stranger -------
cat >openssl.cnf <<'CONF'
[req]
distinguished_name = dn
[dn]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
authorityKeyIdentifier = keyid
subjectAltName = DNS:demo.example, IP:127.0.0.1
CONF
certificate() { # NAME SUBJECT SECTION [OPTION...]: writes NAME.pem and NAME.key
    name=$1 subject=$2 section=$3
    shift 3
    "$OPENSSL" req -x509 -config openssl.cnf -extensions "$section" -subj "$subject" \
        -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -days 2 \
        -keyout "$name.key" -out "$name.pem" "$@" 2>openssl.log ||
        die "$OPENSSL made no certificate: $(cat openssl.log)"
}
certificate ca '/CN=Demo CA' authority
certificate stranger '/CN=Somebody else' authority
certificate server '/CN=Demo server' server -CA ca.pem -CAkey ca.key

# --- A server on a port that the system picks; it names the port in its log -------------
# It sends its authority's certificate too: without it, the second dial below would rather
# find that a certificate is missing.
: >server.log
"$OPENSSL" s_server -accept 127.0.0.1:0 -www -cert server.pem -key server.key \
    -cert_chain ca.pem </dev/null >server.log 2>&1 &
server=$!
port='' tries=0
while [ -z "$port" ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 100 ] || ! kill -0 "$server" 2>/dev/null; then
        die "the server did not start: $(cat server.log)"
    fi
    sleep 0.1
    port=$(sed -n 's/^ACCEPT 127\.0\.0\.1:\([0-9][0-9]*\)$/\1/p' server.log)
done

# --- Three dials ------------------------------------------------------------------------
shown=10 # lines of a response that are worth showing
dial() { # STATUS OPTION...: shows the command and what it says, and checks its status
    expected=$1 status=0
    shift
    say "\$ tlsdial $*"
    # shellcheck disable=SC2086 # EMULATOR is a command with its options
    "$libtool" --mode=execute $EMULATOR "$program" "$@" >out 2>err </dev/null || status=$?
    cat err
    sed -n "1,${shown}p" out | tr -d '\r'
    lines=$(wc -l <out)
    [ "$lines" -le "$shown" ] || say "... and $((lines - shown)) more lines"
    say "(exit status $status)"
    say
    [ "$status" -eq "$expected" ] || die "expected exit status $expected, got $status"
}

say "A TLS server listens on this machine, port $port. tlsdial knows the authority that"
say "vouches for it, so the connection is made and the server's status page comes back:"
say
dial 0 --cacert ca.pem -v 127.0.0.1 "$port"
grep '^HTTP/1.0 200' out >/dev/null || die "this is not the server's status page"

say "Now tlsdial trusts only somebody else's authority, and refuses:"
say
dial 44 --cacert stranger.pem 127.0.0.1 "$port"

say "And now the certificate is good, but for another name than the one asked for:"
say
dial 46 --cacert ca.pem --resolve "wrong.example:$port:127.0.0.1" wrong.example "$port"

say "All three came out as expected. The manual page tlsdial-causes(7) lists every cause"
say "with its exit status."
