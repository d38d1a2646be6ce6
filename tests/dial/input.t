# shellcheck shell=sh
# --send: the bytes of a file or of standard input, as they are.
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires python openssl

make_usual

# --- what cannot be read

start_peer serve
dial --send "$T/no-such-file" 127.0.0.1 "$port"
status_is 16 'a file that is not there'
err_has "input: $T/no-such-file: No such file or directory" 'missing file: the message'
never_connected 'a missing file is reported before connecting'
start_peer serve

dial --send "$T" 127.0.0.1 "$port"
status_is 16 'a directory'
why='Is a directory'
[ "$EXEEXT" != .exe ] || why='Permission denied'
err_has "input: $T: $why" 'directory: the message'
dial redirect='<&-' --send - 127.0.0.1 "$port"
status_is 16 'standard input is closed'
err_has 'input: standard input: ' 'closed: the message'
stop_peer

# --- what arrives

sent_whole() { # sent_whole FILE DESC: from the file, by name and as standard input
    for way in file input pipe; do
        rm -f "$T/received"
        start_peer record --out "$T/received" --bytes "$(($(wc -c <"$1")))"
        case $way in
        file) dial --send "$1" 127.0.0.1 "$port" ;;
        input) dial --send - 127.0.0.1 "$port" <"$1" ;;
        pipe)
            in_shell "cat '$1' | \"\$@\"" tlsdial --cacert "$T/ca.pem" --send - \
                127.0.0.1 "$port"
            ;;
        esac
        status_is 0 "$2, $way"
        same_bytes "$T/received" "$1" "$2, $way: arrived as it is"
        out_is "received $(($(wc -c <"$1")))" "$2, $way: the answer"
        stop_peer
    done
}

: >"$T/empty"
sent_whole "$T/empty" 'an empty request'
printf 'a\0b\r\nc\377\0' >"$T/binary"
sent_whole "$T/binary" 'bytes of all sorts'
umlaut=$T/$(printf 'gr\303\274n')
cp "$T/binary" "$umlaut"
sent_whole "$umlaut" 'a file name beyond ASCII'
cp "$T/ca.pem" "$umlaut"
start_peer serve
dial trust="$umlaut" 127.0.0.1 "$port"
status_is 0 '--cacert with a file name beyond ASCII'
stop_peer
"$OPENSSL" rand 100001 >"$T/random" || bail_out 'no random bytes'
sent_whole "$T/random" 'random bytes, more than a few records'

done_testing 44
