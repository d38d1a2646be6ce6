# shellcheck shell=sh
# Standard output and -o: what cannot be written is an error, a file appears only when it
# is complete, and nothing that we print ever ends up on the socket.
# shellcheck source=tests/lib/output.sh
. "${TOP_SRCDIR:-.}/tests/lib/output.sh"

# --- standard output

start_peer serve --file "$T/page"
page_port=$port

if [ -c /dev/full ]; then
    dial redirect='>/dev/full' 127.0.0.1 "$page_port"
    status_is 15 'a full device'
    err_matches '^tlsdial: output: standard output: ' 'full device: the message'
    dial -o /dev/full 127.0.0.1 "$page_port"
    status_is 15 '-o to a full device'
    for option in --help --version; do
        dial redirect='>/dev/full' trust=none "$option"
        status_is 15 "$option to a full device"
        err_has 'output: ' "$option to a full device: the message"
    done
else
    skip 'a full device' 'there is no /dev/full' 7
fi
dial redirect='>&-' trust=none --help
status_is 15 '--help with standard output closed'
[ "$EXEEXT" != .exe ] ||
    skip 'a reader of --help that has seen enough' 'Windows does not say that it has gone' 4
for option in --help --version; do # whoever reads has gone by the time
    [ "$EXEEXT" != .exe ] || continue
    in_shell "{ sleep 1; \"\$@\"; echo \$? >'$T/piped'; } | :" tlsdial "$option"
    any_status 'that of the program is in a file'
    is "$(cat "$T/piped")" 0 "$option: a reader that has seen enough is no error"
    err_empty "$option: nothing is told of it"
done

dial shell="{ \"\$@\"; echo \$? >'$T/piped'; } | head -c 1" 127.0.0.1 "$page_port"
any_status 'that of the program is in a file'
is "$(cat "$T/piped")" 15 'a pipe that ends early'
err_has 'output: standard output: ' 'a pipe that ends early: the message'

# --- a terminal gets a final newline, a pipe the exact bytes

terminal_ends_with() { # terminal_ends_with TEXT DESC; a terminal says CR LF, wine shows its cursor
    is "$(tail -n 1 "$T/out" | sed "s/$(printf '\033')\[?25h//" | tr -d '\r')" "$1" "$2"
}
lines() { echo $(($(wc -l <"$T/out"))); }

if has_terminals; then
    start_peer serve --body 7
    dial on=terminal 127.0.0.1 "$port"
    status_is 0 'on a terminal'
    terminal_ends_with xxxxxxx 'on a terminal: the response'
    is "$(lines)" 5 'on a terminal: the last line is ended'
    dial 127.0.0.1 "$port"
    status_is 0 'not on a terminal'
    is "$(lines)" 4 'elsewhere: it is not'
    stop_peer
    printf 'HTTP/1.0 200 OK\n\nwhole\n' >"$T/lines"
    start_peer serve --file "$T/lines"
    dial on=terminal 127.0.0.1 "$port"
    status_is 0 'on a terminal, a last line that is ended'
    is "$(lines)" 3 'on a terminal: a last line that is ended gets no second newline'
    stop_peer
else
    skip 'on a terminal' 'no pseudo-terminal is to be had' 7
fi

# --- -o

dial -o "$folder/new" 127.0.0.1 "$page_port"
status_is 0 '-o'
out_empty '-o: nothing on standard output'
same_bytes "$folder/new" "$T/page" '-o: the file is the response'
holds_only new '-o: and nothing else is there'

umlaut=$folder/$(printf 'gr\303\274n')
dial -o "$umlaut" 127.0.0.1 "$page_port"
status_is 0 '-o: a name beyond ASCII, status'
same_bytes "$umlaut" "$T/page" '-o: a name beyond ASCII'
rm -f "$umlaut"
holds_only new '-o: and under no other name'

echo old >"$folder/new"
start_peer fin --body 100
dial -o "$folder/new" 127.0.0.1 "$port"
status_is 60 '-o, a response that is cut off'
is "$(cat "$folder/new")" old 'cut off: the old content stays'
holds_only new 'cut off: and nothing else is there'
stop_peer
closed_port
dial -o "$folder/new" 127.0.0.1 "$port"
status_is 22 '-o, no connection'
is "$(cat "$folder/new")" old 'no connection: the old content stays'
holds_only new 'no connection: and nothing else is there'
rm "$folder/new"

start_peer drip-body
for path in "$folder" "$T/no-such-folder/new"; do
    dial -o "$path" 127.0.0.1 "$port"
    status_is 15 "-o ${path##*/}, which cannot be"
    err_has "output: $path: " "${path##*/}: the message names it"
done
never_connected 'what cannot be written is reported before connecting'

done_testing 39
