# shellcheck shell=sh
# What somebody sees who waits at a terminal for -o FILE.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires python openssl
has_terminals || skip_all 'no pseudo-terminal is to be had'

make_usual
file=$T/file
# What the terminal was given: each line that was there for a moment, then what stands there in the
# end. Wine's console draws by escape sequences instead, which move over what has not changed.
cat >"$T/screen.py" <<'END'
import re, sys
text = open(sys.argv[1], encoding="utf-8", newline="").read()
text = re.sub("\033\\[[0-9;?]*[A-Za-z]", "\r", text)
rows = []
for row in text.replace("\r\n", "\n").split("\n"):
    shown = ""
    for part in row.split("\r"):
        if part.strip():
            print("drawn:", part.rstrip())
        shown = part + shown[len(part):]
    rows.append(shown.rstrip())
print("left:", "|".join(rows))
print("widest:", max(len(part) for part in re.split("[\r\n]", text)))
END
read_screen() { "$PYTHON" -S "$T/screen.py" "$T/out" >"$T/screen"; }
drawn() { grep -c '^drawn: \(received\|sent\)' "$T/screen"; }
left() { sed -n 's/^left: *//p' "$T/screen"; }

amount='[0-9.]* [KM]\{0,1\}i\{0,1\}B'
start_peer trickle --body 300000 --chunk 10000 --interval 0.08
dial on=terminal -o "$file" 127.0.0.1 "$port"
status_is 0 'a download that takes a while'
is "$(wc -c <"$file" | tr -d ' ')" 300069 'all of it came'
read_screen
grep -q "^drawn: received $amount, $amount/s, 0:0[1-9]" "$T/screen"
judge $? 'bytes, rate and time are shown' 'expected such a line'
if [ "$EXEEXT" != .exe ]; then
    [ "$(drawn)" -ge 2 ] && [ "$(drawn)" -le 24 ]
    judge $? 'it is drawn again, a few times a second' 'expected 2 to 24 lines'
    is "$(left)" '' 'nothing of it is left'
    [ "$(sed -n 's/^widest: //p' "$T/screen")" -le 79 ]
    judge $? 'within 80 columns' 'expected 79 at most'
    out_lacks "$(printf '\033')" 'no escape sequence'
else
    skip 'how often it is drawn, and where' "wine's console draws in its own way" 4
fi
stop_peer

# Whatever takes more than a second would be shown, if anything were.
start_peer trickle --body 300000 --chunk 10000 --interval 0.05
dial on=terminal -q -o "$file" 127.0.0.1 "$port"
status_is 0 '-q'
out_lacks received '-q: nothing is shown'
dial on=terminal -v -o "$file" 127.0.0.1 "$port"
status_is 0 '-v'
read_screen
is "$(drawn)" 0 '-v: nothing is shown but its lines'
dial -o "$file" 127.0.0.1 "$port"
status_is 0 'no terminal'
err_empty 'no terminal: nothing is shown'
null=/dev/null
[ "$EXEEXT" != .exe ] || null=NUL
dial on=terminal -o "$null" 127.0.0.1 "$port"
status_is 0 'no file'
out_empty 'no file: nothing is shown'
dial on=terminal 127.0.0.1 "$port"
status_is 0 'the response itself is on the terminal: status'
out_lacks received 'the response itself is on the terminal: nothing is shown'
stop_peer

start_peer serve --body 300000
dial on=terminal -o "$file" 127.0.0.1 "$port"
status_is 0 'a download that is over at once: status'
out_lacks received 'a download that is over at once: nothing is shown'
stop_peer

start_peer drip-body --interval 0.1
dial on=terminal --max-time "$((3 * slowness))" -o "$file" 127.0.0.1 "$port"
status_is 74 'a download that fails'
read_screen
[ "$(drawn)" -gt 0 ]
judge $? 'there was something to see' 'expected a line'
if [ "$EXEEXT" != .exe ]; then
    left | grep -q '^tlsdial: 127.0.0.1:[0-9]*: deadline-transfer:'
    judge $? 'the message has the line for itself' 'expected a message and nothing before it'
else
    skip 'the message has the line for itself' "wine's console draws in its own way"
fi
stop_peer

dd if=/dev/zero of="$T/much" bs=1048576 count=12 2>/dev/null
start_peer record --out /dev/null --bytes 12582912 --delay 0.004 --buffer 65536
dial on=terminal --send "$T/much" -o "$file" 127.0.0.1 "$port"
status_is 0 'a request that takes a while'
read_screen
grep -q '^drawn: sent ' "$T/screen"
judge $? 'what was sent is shown' 'expected such a line'

done_testing 24
