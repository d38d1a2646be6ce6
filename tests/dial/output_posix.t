# shellcheck shell=sh
# Standard output, -o and --send where files are those of POSIX: limits, closed descriptors,
# modes, links, FIFOs, files without a name.
# shellcheck source=tests/lib/output.sh
. "${TOP_SRCDIR:-.}/tests/lib/output.sh"
[ "$EXEEXT" != .exe ] || skip_all 'the files of Windows are not those of POSIX'

with_mode() { find "$1" -prune -perm "$2"; } # prints the path where its mode is this one

start_peer serve --file "$T/page"
page_port=$port

# --- a file size limit

# shellcheck disable=SC2016 # expanded by the inner shell
dial shell='ulimit -f 8 && exec "$@"' 127.0.0.1 "$page_port"
status_is 15 'a file size limit is an error, not a signal'
# shellcheck disable=SC2016 # expanded by the inner shell
dial shell='ulimit -f 8 && exec "$@"' -o "$folder/new" 127.0.0.1 "$page_port"
status_is 15 'a file size limit, -o'
holds_only '' 'a file size limit, -o: nothing is left'

# --- closed descriptors: with any of 0, 1 and 2 closed, a socket would get its number

start_peer relay --to "$page_port" --out "$T/wire"
for closed in '' '<&-' '>&-' '<&- >&-' '2>&-' '<&- 2>&-' '>&- 2>&-' '<&- >&- 2>&-'; do
    case $EMULATOR$closed in
    valgrind*'2>&-'*)
        skip "closed: $closed" 'valgrind itself needs descriptor 2' 6
        continue
        ;;
    esac
    : >"$T/wire"
    dial redirect="$closed" -v 127.0.0.1 "$port"
    case $closed in
    *' >&-'* | '>&-'*) expected_status=15 ;;
    *) expected_status=0 ;;
    esac
    status_is "$expected_status" "closed: ${closed:-none}"
    [ -s "$T/wire" ]
    ok $? "closed: ${closed:-none}: there was a conversation"
    for secret in 'GET /' plaintext-marker 'certificate subject' 'tlsdial:'; do
        negate has "$T/wire" "$secret"
        ok $? "closed: ${closed:-none}: no '$secret' on the wire"
    done
done
stop_peer

# --- -o over what is there

echo old >"$folder/new"
chmod 640 "$folder/new"
dial -o "$folder/new" 127.0.0.1 "$page_port"
status_is 0 '-o over a file, status'
same_bytes "$folder/new" "$T/page" '-o over a file'
is "$(with_mode "$folder/new" 640)" "$folder/new" '-o over a file: its mode stays'
dial shell="cd '$folder' && umask 027 && exec \"\$@\"" -o relative 127.0.0.1 "$page_port"
status_is 0 '-o, a relative name'
is "$(with_mode "$folder/relative" 640)" "$folder/relative" '-o: a new file obeys the umask'
same_bytes "$folder/relative" "$T/page" '-o with a relative name'
rm "$folder/relative"

echo old >"$folder/new"
ln -s new "$folder/link"
dial -o "$folder/link" 127.0.0.1 "$page_port"
status_is 0 '-o over a symbolic link, status'
[ -h "$folder/link" ]
ok $? '-o over a symbolic link: the link stays'
same_bytes "$folder/new" "$T/page" '-o over a symbolic link: its target is written'
rm "$folder/link"

echo old >"$folder/new"
dial redirect=">>'$folder/new'" -o /dev/stdout 127.0.0.1 "$page_port"
status_is 0 '-o /dev/stdout, appended to a file'
{ echo old && cat "$T/page"; } >"$T/both"
same_bytes "$folder/new" "$T/both" 'what was in the file stays'

# --- what may not be

closed_port
if [ "$(id -u)" -ne 0 ]; then
    echo secret >"$T/locked"
    chmod 0 "$T/locked"
    dial --send "$T/locked" 127.0.0.1 "$port"
    status_is 16 '--send of a file that may not be read'
    echo old >"$folder/new"
    chmod 400 "$folder/new"
    dial -o "$folder/new" 127.0.0.1 "$port"
    status_is 15 '-o over a file that may not be written'
    rm -f "$folder/new"
    chmod 500 "$folder"
    dial -o "$folder/new" 127.0.0.1 "$port"
    status_is 15 '-o in a folder that may not be written'
    chmod 700 "$folder"
else
    skip 'files that may not be read or written' 'root may read and write everything' 3
fi

# --- killed in mid-transfer

rm -f "$folder/new"
start_peer drip-body
has_nameless_files() {
    "$PYTHON" -c 'import os, sys
os.open(sys.argv[1], os.O_TMPFILE | os.O_WRONLY)' "$folder" 2>/dev/null
}
if has_nameless_files; then
    for signal in TERM:143 KILL:137; do
        : >"$peer_log"
        launch tlsdial --cacert "$T/ca.pem" -o "$folder/new" 127.0.0.1 "$port"
        wait_until 20 has "$peer_log" request: || bail_out 'no request'
        kill -"${signal%:*}" "$pid"
        collect 20
        status_is "${signal#*:}" "SIG${signal%:*} in mid-transfer"
        holds_only '' "SIG${signal%:*}: nothing is left"
    done
else
    skip 'killed in mid-transfer' 'this file system has no files without a name' 4
fi
stop_peer

# --- -o to what is no file

dial -o /dev/stdout 127.0.0.1 "$page_port"
status_is 0 '-o /dev/stdout, a file: status'
same_bytes "$T/out" "$T/page" '-o /dev/stdout, a file'
dial shell="{ \"\$@\"; echo \$? >'$T/piped'; } | cat" -o /dev/stdout 127.0.0.1 "$page_port"
any_status 'that of the program is in a file'
is "$(cat "$T/piped")" 0 '-o /dev/stdout, a pipe: status'
same_bytes "$T/out" "$T/page" '-o /dev/stdout, a pipe'
mkfifo "$T/fifo"
cat "$T/fifo" >"$T/through" &
reader=$!
remember "$reader"
dial -o "$T/fifo" 127.0.0.1 "$page_port"
status_is 0 '-o to a FIFO'
wait "$reader"
forget "$reader"
same_bytes "$T/through" "$T/page" '-o to a FIFO: all of it'
[ -p "$T/fifo" ]
ok $? '-o to a FIFO: it stays one'

done_testing 74
