# shellcheck shell=sh
# What options mean in the odd cases: the smallest limits, options that are repeated, '-' as a name,
# a default that is longer than patience, names with secrets in them.
# shellcheck source=tests/lib/output.sh
. "${TOP_SRCDIR:-.}/tests/lib/output.sh"

# --- limits

start_peer serve --delay 7
launch tlsdial --cacert "$T/ca.pem" 127.0.0.1 "$port"
slow_pid=$pid
mv "$T/out" "$T/slow.out"

start_peer silent
for limit in --max-time --connect-timeout; do
    dial "$limit" 0.0001 127.0.0.1 "$port"
    status_between 70 74 "$limit 0.0001 is a limit"
done
stop_peer
start_peer serve --delay 30
dial --idle-timeout 0.0001 127.0.0.1 "$port"
status_is 74 '--idle-timeout 0.0001 is a limit'
stop_peer

# --- of two the last one wins

start_peer silent
for limit in --max-time --connect-timeout; do
    dial "$limit" 60 "$limit" 0.3 127.0.0.1 "$port"
    status_is 73 "$limit: the last one wins"
done
stop_peer
echo first >"$T/first"
echo second >"$T/second"
start_peer record --out "$T/received" --bytes 7
dial --send "$T/first" --send "$T/second" -o "$folder/one" -o "$folder/two" 127.0.0.1 "$port"
status_is 0 'options that are given twice'
holds_only two '-o: the last one wins'
is "$(cat "$T/received")" second '--send: the last one wins'
stop_peer
rm -f "$folder/two"

make_ca client-ca
make_client_cert client client-ca
offer -Verify 1 -CAfile "$T/client-ca.pem" -verify_return_error
dial --cert "$T/none" --cert "$T/client.pem" --key "$T/none" --key "$T/client.key" \
    127.0.0.1 "$port"
status_is 0 '--cert and --key: the last one wins'
stop_peer

start_peer serve --file "$T/page"
dial --min-protocol TLSv1.3 --max-protocol TLSv1.2 --max-protocol TLSv1.3 127.0.0.1 "$port"
status_is 0 '--max-protocol: the last one wins'

# --- '-' and names

dial shell="cd '$folder' && exec \"\$@\"" -o - 127.0.0.1 "$port"
status_is 0 '-o -'
same_bytes "$T/out" "$T/page" '-o -: standard output'
holds_only '' '-o -: no file of that name'
dial shell="cd '$folder' && exec \"\$@\"" -o "$folder/new" -o - 127.0.0.1 "$port"
status_is 0 '-o - after another: status'
same_bytes "$T/out" "$T/page" '-o - after another'
holds_only '' '-o - after another: no file'
stop_peer

# --- a secret in a name, which everybody may read

for uri in 'pkcs11:object=key?pin-value=s3cret' 'PKCS11:object=key?a=b&pin-value=s3cret' \
    'pkcs11:pin-value=s3cret'; do
    for option in cert key; do
        dial --cert "$T/client.pem" "--$option" "$uri" 127.0.0.1 1
        status_is 2 "--$option $uri"
        err_has "--$option takes no URI with pin-value" "--$option: the message"
        err_lacks s3cret "--$option: the secret is not repeated"
    done
done
dial --cert 'pkcs11:object=no-pin-value=here' 127.0.0.1 1
status_is 12 'a name that only looks alike is a file'
err_lacks 'takes no URI' 'a name that only looks alike'

# --- an option that stands last, and files that are read before

dial --cacert "$T/none" -q 127.0.0.1 1
status_is 10 '-q stands last: status'
err_empty '-q is known before files are read'

# --- the default of --idle-timeout

mv "$T/slow.out" "$T/out"
pid=$slow_pid
collect 30
status_is 0 '--idle-timeout: the default is longer than seven seconds'

done_testing 39
