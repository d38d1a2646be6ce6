# shellcheck shell=sh
# A server that people use.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires openssl nginx
make_usual

mkdir "$T/root"
dd if=/dev/urandom of="$T/root/file" bs=65536 count=16 2>"$T/dd.log" ||
    bail_out 'no random file'
start_nginx "$T/root"

# shellcheck disable=SC2016 # a program of awk
body() { # body FILE: what follows the first empty line
    "$AWK" '{ length_of_head += length($0) + 1 } /^\r$/ { print length_of_head; exit }' \
        "$1" >"$T/head"
    tail -c "+$(($(cat "$T/head") + 1))" "$1"
}

for version in 1.2 1.3; do
    dial -v --max-protocol "TLSv$version" "https://localhost:$port/file"
    status_is 0 "TLS $version: status"
    out_has 'HTTP/1.1 200 OK' "TLS $version: the head"
    err_has "verified; TLSv$version" "TLS $version: spoken"
    body "$T/out" >"$T/body"
    same_bytes "$T/body" "$T/root/file" "TLS $version: 1 MiB byte for byte"
done

dial "https://localhost:$port/missing"
status_is 0 'a page that is not there is a response too'
out_has 'HTTP/1.1 404 Not Found' 'and is given as it is'

done_testing 10
