# shellcheck shell=sh
# What tlsdial check does besides: --warn-days and --save-chain.
# shellcheck source=tests/lib/check.sh
. "${TOP_SRCDIR:-.}/tests/lib/check.sh"
requires openssl python
make_check_pki

asn1_time() { # asn1_time SECONDS: so long from now
    "$PYTHON" -c 'import sys, time
print(time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + int(sys.argv[1]))))' "$1"
}
day=86400

# --- --warn-days ------------------------------------------------------------------------

make_cert_dated ten ca DNS:localhost "$(asn1_time -$day)" "$(asn1_time $((10 * day + 3600)))"
offer ten
check --warn-days 10 localhost "$port"
verdict 0 ok 'valid for 10 days' 'it expires after the days to be warned of'
check --warn-days 11 localhost "$port"
verdict 54 expires-soon '"CN=ten" expires on 20' 'it expires within them'
report_has 'UTC, in 10 days -> renew it' 'when, and what to do'
out_has '|  ! expires-soon' 'it is marked'
is "$(grep -c '! expires-soon' "$T/out")" 1 'and the root, which lasts, is not'
check --attime $(($(date +%s) + 9 * day)) --warn-days 2 localhost "$port"
verdict 54 expires-soon 'in 1 day ' 'days count from --attime'
check --attime $(($(date +%s) + 9 * day)) --warn-days 1 localhost "$port"
verdict 0 ok 'valid for 1 day ' 'a day later is later'
check --warn-days 0 localhost "$port"
status_is 0 '--warn-days 0 warns of nothing'
check --warn-days 400 --verify-hostname other.example localhost "$port"
verdict 46 name-mismatch other.example 'what is wrong already comes first'
check -q --warn-days 11 localhost "$port"
status_is 54 '-q: the status stays'
out_empty '-q: no report'
err_empty '-q: nothing is told'
stop_peer

END=$(asn1_time $((5 * day + 3600))) START=$(asn1_time -$day)
make_intermediate brief ca
make_cert under-brief brief DNS:localhost
offer under-brief brief
check --warn-days 30 localhost "$port"
verdict 54 expires-soon '"CN=brief" expires on' 'the intermediate is what expires'
check localhost "$port"
verdict 0 ok 'valid for 5 days' 'the chain is valid for as long as its weakest'
stop_peer

# --- --save-chain -----------------------------------------------------------------------

folder=$T/folder
mkdir "$folder"
offer whole lower upper
cat "$T/whole.pem" "$T/lower.pem" "$T/upper.pem" >"$T/wanted"
check --save-chain "$folder/chain" localhost "$port"
status_is 0 '--save-chain'
same_bytes "$folder/chain" "$T/wanted" '--save-chain: what was sent, in its order'
rm "$folder/chain"
check -q --save-chain "$folder/chain" --verify-hostname other.example localhost "$port"
status_is 46 '--save-chain, a bad certificate'
same_bytes "$folder/chain" "$T/wanted" 'a bad certificate is saved too'
if [ -c /dev/full ]; then
    check --save-chain /dev/full localhost "$port"
    status_is 15 '--save-chain to a full device'
    told output /dev/full
    judge $? 'a full device: the message' 'expected: output: /dev/full'
    out_has 'ok: ' 'a full device: the report is there'
    check redirect='>/dev/full' localhost "$port"
    status_is 15 'a report to a full device'
else
    skip '--save-chain to a full device' 'there is no /dev/full' 4
fi
check redirect='>&-' localhost "$port"
status_is 15 'a report to a closed standard output'
check redirect='>&-' -q localhost "$port"
status_is 0 'without a report it does not matter'
stop_peer

echo old >"$folder/chain"
closed_port
check --save-chain "$folder/chain" 127.0.0.1 "$port"
verdict 22 refused '' '--save-chain, and nothing was sent: told as what it is'
is "$(cat "$folder/chain")" old 'nothing was sent: what was there stays'
is "$(ls -A "$folder")" chain 'nothing was sent: nothing is left'
rm "$folder/chain"
check --save-chain "$folder/chain" 127.0.0.1 "$port"
status_is 22 'nothing was sent, and there was no file'
file_absent "$folder/chain" 'nothing was sent: there is no file'
stop_peer
start_peer silent
check --save-chain "$T/no-such-folder/chain" 127.0.0.1 "$port"
failed_as 15 output "$T/no-such-folder/chain" '--save-chain to where nothing can be'
never_connected 'that is reported before connecting'

done_testing 31
