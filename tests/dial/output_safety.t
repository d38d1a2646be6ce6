# shellcheck shell=sh
# What -o makes: no bits that give rights, nothing for others before it is complete, nothing lost
# where the system fails, and a word before the download about what could not be replaced.
# shellcheck source=tests/lib/output.sh
. "${TOP_SRCDIR:-.}/tests/lib/output.sh"
[ "$EXEEXT" != .exe ] || skip_all 'the files of Windows are not those of POSIX'

with_mode() { find "$1" -prune -perm "$2"; } # prints the path where its mode is this one

start_peer serve --file "$T/page"
page_port=$port
page_log=$peer_log

# --- set-user-ID, set-group-ID, sticky

for mode in 4755:755 2750:750 1644:644 6711:711; do
    echo old >"$folder/new"
    chmod "${mode%:*}" "$folder/new"
    dial -o "$folder/new" 127.0.0.1 "$page_port"
    status_is 0 "-o over a file of mode ${mode%:*}: status"
    same_bytes "$folder/new" "$T/page" "-o over a file of mode ${mode%:*}"
    is "$(with_mode "$folder/new" "${mode#*:}")" "$folder/new" "its mode is ${mode#*:} then"
done
rm -f "$folder/new"

# --- with a stand-in for the system

if find_system_shim; then
    failing_file() { # failing_file WORDS: -o over what is there
        echo old >"$folder/new"
        with_bad_files "$1" tlsdial --cacert "$T/ca.pem" -o "$folder/new" 127.0.0.1 "$page_port"
    }
    failing_file named
    status_is 0 '-o where there are no files without a name'
    same_bytes "$folder/new" "$T/page" 'no nameless files: the file is the response'
    holds_only new 'no nameless files: and nothing else is there'
    for how in 'fsync' 'named fsync'; do
        failing_file "$how"
        status_is 15 "$how: an error"
        err_has "output: $folder/new: Input/output error" "$how: the message"
        is "$(cat "$folder/new")" old "$how: the old content stays"
        holds_only new "$how: nothing is left"
    done
    failing_file close
    status_is 15 'close() fails: an error'
    err_has "output: $folder/new: Input/output error" 'close() fails: the message'
    failing_file 'named taken'
    status_is 15 'the temporary name is taken: an error'
    err_has 'File exists' 'taken: the message'
    is "$(cat "$folder/new")" old 'taken: the old content stays'
    is "$(find "$folder" -name '*.part' -size 0 | wc -l | tr -d ' ')" 1 'taken: what is there stays'
    rm -f "$folder"/*.part
    : >"$T/before"
    start_peer fin --body 100
    with_bad_files named tlsdial --cacert "$T/ca.pem" -o "$folder/new" 127.0.0.1 "$port"
    status_is 60 'no nameless files, a response that is cut off'
    holds_only new 'cut off: the temporary file goes'
    stop_peer

    # What is open while it connects: the file to be, and what was inherited.
    chmod 644 "$folder/new"
    exec 7<"$T/page"
    for files in '' named; do
        rm -f "$T/state"
        TLSDIAL_TEST_FILES=$files
        export TLSDIAL_TEST_FILES
        usual_mask=$(umask)
        umask 0
        # shellcheck disable=SC3045 # every shell that there is has -S and -H
        ulimit -S -c "$(ulimit -H -c)"
        with_state_told "$T/state" tlsdial --cacert "$T/ca.pem" -o "$folder/another" \
            127.0.0.1 "$page_port"
        umask "$usual_mask"
        unset TLSDIAL_TEST_FILES
        status_is 0 "-o, looked at while it connects, $files"
        has "$T/state" 'close-on-exec file 600'
        ok $? "until it appears it is its owner's, $files" || show state "$T/state"
        is "$(with_mode "$folder/another" 666)" "$folder/another" "then it obeys the umask, $files"
        rm -f "$folder/another"
    done
    exec 7<&-
    has "$T/state" 'descriptor 7 close-on-exec'
    ok $? 'an inherited descriptor goes no further' || show state "$T/state"
    negate has "$T/state" inheritable
    ok $? 'nor does any other' || show state "$T/state"
    has "$T/state" 'core 0'
    ok $? 'there are no core files' || show state "$T/state"
    if has "$T/state" dumpable; then
        has "$T/state" 'dumpable 0'
        ok $? 'the process is not dumpable' || show state "$T/state"
    fi
else
    skip 'failing files' "$why_no_shim" some
fi

# --- what cannot be replaced

requests() { grep -c 'connection from' "$page_log"; }
refused_before() { # refused_before FILE DESC: and the old content stays
    status_is 15 "$2: refused"
    is "$(requests)" "$asked" "$2: before anything is downloaded"
    is "$(cat "$1")" old "$2: the old content stays"
    err_has 'instead of -o use standard output: > FILE' "$2: the hint has the way out"
}

asked=$(requests)
echo old >"$folder/new"
cp "$folder/new" "$folder/inside"
# shellcheck disable=SC2016 # expanded by the inner shell
if configured HAVE_STATX &&
    unshare -m sh -c 'mount --bind "$1" "$2"' sh "$folder/inside" "$folder/new" 2>/dev/null; then
    # shellcheck disable=SC2086,SC2016 # expanded by the inner shell
    in_shell "unshare -m sh -c 'mount --bind \"$folder/inside\" \"$folder/new\" && exec \"\$@\"' sh \"\$@\"" \
        tlsdial --cacert "$T/ca.pem" -o "$folder/new" 127.0.0.1 "$page_port"
    refused_before "$folder/inside" '-o over a mount point'
    err_has "output: $folder/new: it is a mount point" 'mount point: the message'
else
    skip '-o over a mount point' 'nothing can be mounted here, or the system does not tell' 5
fi
rm -f "$folder/inside"

as_nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
if [ "$(id -u)" -eq 0 ] && as_nobody test -x "$real_tlsdial" 2>/dev/null; then
    chmod 755 "$T" "$folder"
    chmod 644 "$T/ca.pem"
    chmod 666 "$folder/new"
    dial_as_nobody() {
        # shellcheck disable=SC2086,SC2016 # expanded by the inner shell
        in_shell 'exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"' tlsdial --cacert "$T/ca.pem" "$@"
    }
    dial_as_nobody -o "$folder/new" 127.0.0.1 "$page_port"
    refused_before "$folder/new" '-o in a folder of somebody else'
    err_has "no new file can be made in the folder '$folder'" 'folder: the message names it'
    chmod 1777 "$folder"
    dial_as_nobody -o "$folder/new" 127.0.0.1 "$page_port"
    refused_before "$folder/new" "-o over somebody else's file in a sticky folder"
    err_has "the folder '$folder' is sticky" 'sticky: the message names the folder'
    dial_as_nobody -o "$folder/own" 127.0.0.1 "$page_port"
    status_is 0 '-o of a new file in a sticky folder'
    dial_as_nobody -o "$folder/own" 127.0.0.1 "$page_port"
    status_is 0 'and over it'
    same_bytes "$folder/own" "$T/page" 'own file in a sticky folder: the response'
    # The pipe has to be this user's, too.
    cat >"$T/piped" <<'END'
cat "$1" | { shift; exec "$@"; }
END
    chmod 644 "$T/piped"
    # shellcheck disable=SC2016 # expanded by the inner shell
    in_shell "exec setpriv --reuid 65534 --regid 65534 --clear-groups sh '$T/piped' '$T/ca.pem'"' "$@"' \
        tlsdial --cacert /dev/fd/0 127.0.0.1 "$page_port"
    status_is 0 'a process that is not dumpable still has its own /dev/fd'
else
    skip 'folders of somebody else' 'this needs root, and setpriv' 14
fi

done_testing 60
