# shellcheck shell=sh
# The report of tlsdial check on a screen: colour, 80 columns, no surprises by the peer.
# shellcheck source=tests/lib/check.sh
. "${TOP_SRCDIR:-.}/tests/lib/check.sh"
requires openssl python
make_check_pki

# --- a terminal -------------------------------------------------------------------------

escape=$(printf '\033')
offer whole lower upper
check localhost "$port"
status_is 0 'elsewhere than on a terminal'
out_lacks "$escape" 'no colour but on a terminal'
if has_terminals; then
    on_that() { # on_that VAR=VALUE...: a terminal with this environment
        for setting; do
            export "${setting?}"
        done
        check on=terminal localhost "$port"
        unset NO_COLOR
        status_is 0 "on a terminal, $*"
    }
    on_that TERM=xterm
    out_has "${escape}[32mok: localhost" 'colour on a terminal'
    on_that TERM=xterm NO_COLOR=
    out_has "${escape}[32mok" 'an empty NO_COLOR counts for nothing'
    on_that TERM=xterm NO_COLOR=1
    holds 'NO_COLOR' 'expected no colour' negate matches "$T/out" "$escape\\[[0-9;]*m"
    out_has 'ok: localhost' 'NO_COLOR: the report is there'
    on_that TERM=dumb
    holds 'a dumb terminal' 'expected no colour' negate matches "$T/out" "$escape\\[[0-9;]*m"
else
    skip 'colour on a terminal' 'no pseudo-terminal is to be had' 9
fi
stop_peer

# Columns as Unicode has them, by Python's tables.
cat >"$T/width.py" <<'END'
import sys, unicodedata
def width(c):
    if unicodedata.category(c) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1
lines = open(sys.argv[1], encoding="utf-8").read().split("\n")
widest = max(lines, key=lambda line: sum(map(width, line)))
print(sum(map(width, widest)))
print(widest, file=sys.stderr)
END
within_80_columns() { # within_80_columns DESC; widest is its width
    widest=$("$PYTHON" -S "$T/width.py" "$T/out" 2>"$T/widest")
    [ "$widest" -le 80 ]
    ok $? "no line is over 80 columns: $1" || note "$(cat "$T/widest")"
}
many_names() { # many_names COUNT
    "$PYTHON" -S -c 'import sys
print(",".join("DNS:%d.%s.example" % (i, "n" * 60) for i in range(int(sys.argv[1]))))' "$1"
}
repeated() { "$PYTHON" -S -c 'import sys
sys.stdout.buffer.write(eval(sys.argv[1]).encode())' "$1"; }

long=$(repeated '"L" * 60')
SUBJECT="/CN=$long/O=$long/OU=$long/OU=$long"
make_cert long ca "$(many_names 200)"
offer long
check localhost "$port"
verdict 46 name-mismatch 'and 192 more' 'a long subject and 200 names'
within_80_columns 'long names'
out_has "CN=$long" 'the subject is cut, not dropped'
out_has '...' 'by an ellipsis'
out_matches '^ .*for 0\.n+' 'the names begin with the first'
holds 'and do not fill the screen' 'expected lines, at most: 60' lines_at_most "$T/out" 60
stop_peer
label=$(repeated '"h" * 60')
check --resolve "$label.$label.$label.$label:$port:127.0.0.1" "$label.$label.$label.$label" "$port"
status_is 22 'a long host'
within_80_columns 'a long host'

for script in '"\u6f22" * 60' '"\uff21\uff76" * 30' '"e\u0301" * 30' '"\U0001f512" * 60' \
    '"\u6f22 " * 20 + "e\u0301" * 10' '"a" + "\u6f22" * 39'; do
    SUBJECT="/CN=$(repeated "$script")/O=$(repeated "$script")"
    make_cert scripted ca DNS:localhost
    offer scripted
    check localhost "$port"
    status_is 0 "a subject in another script: $script"
    within_80_columns "$script"
    case $script in
    *'" * 60'*) [ "$widest" -ge 78 ] ;;
    *) [ "$widest" -gt 60 ] ;;
    esac
    ok $? "the line is used: $script"
    case $script in
    '"e'*) out_lacks '...' "what takes no column is not counted: $script" ;;
    esac
    stop_peer
done

SUBJECT="/CN=red${escape}[31m"
make_self_signed painted "DNS:x${escape}y"
offer painted
check localhost "$port"
verdict 43 self-signed 'CN=red\1B[31m' 'an escape sequence in the subject'
out_lacks "$escape" 'does not reach the terminal'
err_lacks "$escape" 'nor by the error'
out_has 'for x\x1By' 'nor one in a name'
stop_peer
serve -alpn "h$escape"
check --alpn "h$escape" localhost "$port"
verdict 0 ok verified 'an escape sequence in a protocol'
out_has 'ALPN      h\x1B' 'is shown as its number'
out_lacks "$escape" 'and nowhere as it is'
stop_peer

done_testing 45
