# shellcheck shell=sh
# A response on a terminal cannot play tricks on it, and anywhere else it is what the peer sent.
# shellcheck source=tests/lib/output.sh
. "${TOP_SRCDIR:-.}/tests/lib/output.sh"
[ "$EXEEXT" != .exe ] || skip_all 'wine draws on its terminal itself'
has_terminals || skip_all 'no pseudo-terminal is to be had'

printf 'HTTP/1.0 200 OK\r\n\r\ncolour \033[31m bell \007 C1 \302\233 nul \000 ' >"$T/tricks"
printf 'over\rwritten deleted \177 umlaut \303\274 euro \342\202\254 face \360\237\230\200 ' >>"$T/tricks"
printf 'bad \377\303 turned \342\200\256 back\\slash\ttab cut \342\202' >>"$T/tricks"

# The terminal puts a CR before each LF.
cat >"$T/shown" <<END
HTTP/1.0 200 OK

colour \x1B[31m bell \x07 C1 \xC2\x9B nul \x00 over\x0Dwritten deleted \x7F umlaut $(printf '\303\274 euro \342\202\254 face \360\237\230\200') bad \xFF\xC3 turned \xE2\x80\xAE back\slash$(printf '\t')tab cut \xE2\x82
END
shown() { # shown DESC: what was on the terminal
    tr -d '\r' <"$T/out" >"$T/seen"
    same_bytes "$T/seen" "$T/shown" "$1"
}

for chunk in 16384 1; do # in one record, and each octet in one of its own
    start_peer serve --file "$T/tricks" --chunk "$chunk"
    dial on=terminal 127.0.0.1 "$port"
    status_is 0 "on a terminal, records of $chunk"
    shown "control characters are escaped, records of $chunk"
    dial on=terminal -o /dev/stdout 127.0.0.1 "$port"
    status_is 0 "-o /dev/stdout, records of $chunk: status"
    shown "-o /dev/stdout, records of $chunk"
    dial on=terminal --raw 127.0.0.1 "$port"
    status_is 0 "--raw, records of $chunk: status"
    tr -d '\r' <"$T/tricks" >"$T/raw"
    echo >>"$T/raw"
    tr -d '\r' <"$T/out" >"$T/seen"
    same_bytes "$T/seen" "$T/raw" "--raw on a terminal: as it is, records of $chunk"
    for raw in '' --raw; do
        # shellcheck disable=SC2086
        dial $raw 127.0.0.1 "$port"
        status_is 0 "elsewhere, records of $chunk $raw: status"
        same_bytes "$T/out" "$T/tricks" "elsewhere: the exact bytes, records of $chunk $raw"
        dial on=terminal $raw -o "$folder/new" 127.0.0.1 "$port"
        status_is 0 "-o, records of $chunk $raw: status"
        same_bytes "$folder/new" "$T/tricks" "-o: the exact bytes, records of $chunk $raw"
    done
    stop_peer
done

# A long response: the pieces that the filter makes.
{
    printf 'HTTP/1.0 200 OK\r\n\r\n'
    "$PYTHON" -c 'import sys
sys.stdout.buffer.write(b"\\n" * 3 + ("\u20ac\x1b" * 5000).encode() + b"\\n")'
} >"$T/long"
start_peer serve --file "$T/long"
dial on=terminal 127.0.0.1 "$port"
status_is 0 'a long response'
"$PYTHON" -c 'import sys
seen = open(sys.argv[1], "rb").read().count("\u20ac\\x1B".encode())
sys.exit(seen != 5000)' "$T/out"
judge $? 'a long response is escaped to its end' 'expected 5000 times the same'
stop_peer

if has_check; then
    check trust=none --raw 127.0.0.1
    status_is 2 '--raw is not for check'
else
    skip '--raw is not for check' "this tlsdial was built without 'check'"
fi

done_testing 31
