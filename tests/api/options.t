# shellcheck shell=sh
# What a dial has of its own: a socket of the caller's, issuers from memory; and the keys of a
# connection.
# shellcheck source=tests/lib/api.sh
. "${TOP_SRCDIR:-.}/tests/lib/api.sh"

requires_api
make_usual
start_peer echo
api options socket 127.0.0.1 "$port" "$T/ca.pem"

make_intermediate middle ca
make_cert leaf middle IP:127.0.0.1
quietly "$T/der.log" "$OPENSSL" x509 -in "$T/middle.pem" -outform DER -out "$T/middle.der"
quietly "$T/der.log" "$OPENSSL" x509 -in "$T/ca.pem" -outform DER -out "$T/both.der"
cat "$T/middle.der" >>"$T/both.der"
offer leaf
api options untrusted 127.0.0.1 "$port" "$T/ca.pem" "$T/middle.pem" "$T/middle.der" \
    "$T/both.der"

make_client_cert client ca
make_crl middle middle
start_s_server -cert "$T/leaf.pem" -key "$T/leaf.key" -www -Verify 1 -verify_return_error \
    -CAfile "$T/ca.pem"
api options memory 127.0.0.1 "$port" "$T/ca.pem" "$T/middle.pem" "$T/middle.crl" \
    "$T/client.pem" "$T/client.key" "$T/leaf.key"

for version in tls1_2 tls1_3; do
    serve "-$version" -keymatexport EXPORTER-Channel-Binding -keymatexportlen 32
    api options exporter 127.0.0.1 "$port" "$T/ca.pem" "$version"
    material=$(sed -n 's/^Keying material: //p' "$T/out")
    is "${#material}" 64 "$version: 32 octets are exported"
    peer_log_has "Keying material: $material" "$version: the server exports the same"
done

done_testing 41
