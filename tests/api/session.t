# shellcheck shell=sh
# A session resumes only what today's policy allows, and no dial fails because of one.
# shellcheck source=tests/lib/api.sh
. "${TOP_SRCDIR:-.}/tests/lib/api.sh"

requires_api
make_ca ca
make_intermediate middle ca
END=20400101000000Z
make_cert leaf middle DNS:localhost,IP:127.0.0.1
make_ca other
make_client_cert client ca
cat "$T/client.key" >>"$T/client.pem"
make_crl middle middle

session() { # session HOW ARGS...
    session_how=$1
    shift
    api session "$session_how" 127.0.0.1 "$port" "$T/ca.pem" "$@"
}

used() { # used HOW [SETTING]: a dial with the saved session
    api session use 127.0.0.1 "$port" "${ca:-$T/ca.pem}" "$T/saved" "$@"
}

pin_of() { # pin_of NAME
    "$OPENSSL" x509 -in "$T/$1.pem" -noout -pubkey | "$OPENSSL" pkey -pubin -outform DER |
        "$OPENSSL" dgst -sha256 -binary | "$OPENSSL" base64
}

tlsa_of() { # tlsa_of NAME: its certificate's SHA-256
    printf '3 0 1 '
    "$OPENSSL" x509 -in "$T/$1.pem" -outform DER | "$OPENSSL" dgst -sha256 -r | cut -c 1-64
}

for version in tls1_2 tls1_3; do
    note "$version"
    rm -f "$T/saved"
    start_s_server "-$version" -www -cert "$T/leaf.pem" -key "$T/leaf.key" \
        -cert_chain "$T/middle.pem"
    first_pid=$peer_pid
    session get "$T/saved"
    used resumed
    used resumed "pin=sha256//$(pin_of leaf)"
    used resumed "pin=sha256//$(pin_of ca)"
    used resumed "tlsa=$(tlsa_of leaf)"
    used resumed name=localhost
    # What today forbids is found out before, and the full handshake says it.
    used pin-mismatch "pin=sha256//$(pin_of other)"
    used pin-mismatch "tlsa=$(tlsa_of other)"
    used name-mismatch name=wrong.example
    used expired time=2300000000
    used not-yet-valid time=1000000000
    ca=$T/other.pem
    used unknown-ca
    ca=
    # What the server must show anew.
    used staple staple
    used full "crl=$T/middle.crl"
    used full insecure
    # Another server, or another self.
    used full sni=localhost
    used full "cert=$T/client.pem"
    saved_port=$port
    start_s_server "-$version" -www -cert "$T/leaf.pem" -key "$T/leaf.key" \
        -cert_chain "$T/middle.pem"
    used full
    port=$saved_port
    case $version in tls1_2) again=always ;; *) again=once ;; esac
    session again "$again"
    session threads
done

# The same place, where nobody knows the ticket any more; and where TLS 1.2 is spoken now.
end_process "$first_pid"
"$OPENSSL" s_server -accept "127.0.0.1:$saved_port" -www -cert "$T/leaf.pem" \
    -key "$T/leaf.key" -cert_chain "$T/middle.pem" >"$T/again.log" 2>&1 &
remember $!
wait_until 10 has "$T/again.log" ACCEPT || bail_out 'a server does not listen'
used full
used full tls1.2

api session damaged "$T/saved"

done_testing 101
