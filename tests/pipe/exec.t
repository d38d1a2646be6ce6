# shellcheck shell=sh disable=SC2016 # the scripts are expanded by the shells that are run
# tlsdial pipe --exec: a program whose standard streams are the connection.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires python openssl
if [ "$EXEEXT" = .exe ]; then
    dial command=pipe trust=none localhost 1 --exec true
    failed_as 2 usage '--exec is not available on this system' '--exec'
    done_testing 1
    exit
fi

make_usual

# --- the data --------------------------------------------------------------------------

start_peer echo
dial command=pipe --half-close localhost "$port" \
    --exec sh -c 'echo "$1 $2"; exec >&-; cat >&2' sh --cacert 'two words'
status_is 0 'a program that asks and reads the answer'
err_is '--cacert two words' 'its arguments are its own, and what it got is what it sent'
out_empty 'standard output is not used'
dial command=pipe localhost "$port" --exec sh -c 'read -r line </dev/null; echo 1; read -r line; exit "$line"'
status_is 1 "the program's status"
dial command=pipe localhost "$port" --exec sh -c 'echo 5; read -r line; exit "$line"'
status_is 5 "the program's status, by what it has received"
# Both directions at once through a program, too.
dd if=/dev/urandom of="$T/big" bs=1048576 count=8 2>"$T/dd"
BIG=$T/big
export BIG
dial command=pipe --half-close localhost "$port" \
    --exec sh -c 'cat "$BIG" & exec >&-; cat >"$BIG.got"; wait'
status_is 0 '8 MiB each way at once'
same_bytes "$T/big.got" "$T/big" '8 MiB each way at once: the bytes'

# --- how it ends -----------------------------------------------------------------------

dial command=pipe localhost "$port" --exec sh -c 'kill -TERM $$'
status_is 143 'a program that a signal ends'
err_empty 'a program that a signal ends: no message of ours'
dial command=pipe localhost "$port" --exec true
status_is 0 'a program that only ends: nobody is left to wait for'
dial command=pipe localhost "$port" --exec sh -c 'exec >&- <&-; sleep 0.3; exit 7'
status_is 7 'a program that closes its streams and ends later'
dial command=pipe --max-time 1 localhost "$port" --exec sh -c 'exec >&- <&-; exec sleep 20'
failed_as 74 deadline-transfer 'sh did not end in time' 'a program that does not end, --max-time'
dial command=pipe --max-time 1 localhost "$port" \
    --exec sh -c 'trap "echo asked >\"$0\"; exit" TERM; exec >&- <&-; sleep 20 & wait' "$T/asked"
status_is 74 'a program that does not end is asked to'
wait_until 10 has "$T/asked" asked
ok $? 'a program that does not end is asked to: it hears that'
dial command=pipe localhost "$port" --exec ./no-such-program
failed_as 16 input './no-such-program: No such file' 'a program that is not there'
dial command=pipe localhost "$port" --exec "$T"
failed_as 16 input "$T: Permission denied" 'a program that is no program'
stop_peer

start_peer close-first --out "$T/kept"
dial command=pipe localhost "$port" --exec sh -c 'cat; exit 9'
status_is 9 'the peer ends: the program reads the end and has its say'
stop_peer
start_peer fin --after 500 --body 1000
dial command=pipe localhost "$port" \
    --exec sh -c 'printf "GET / HTTP/1.0\r\n\r\n"; exec cat >"$0"' "$T/got"
status_is 60 'the failure of the connection goes before the status of the program'
is "$(grep -o 'x*$' "$T/got")" "$(printf '%0500d' 0 | tr 0 x)" \
    'what came before it is there for the program'
stop_peer

# --- what it has, and has not --------------------------------------------------------------

start_peer record --out "$T/kept"
dial command=pipe trust=none localhost "$port" --exec sh -c ': >"$0"' "$T/started"
failed_as 45 incomplete-chain '' 'a server that is not verified'
file_absent "$T/started" 'the program is not started then'
if [ -d /proc/self/fd ]; then
    # 0 to 2, and the folder that ls reads.
    in_shell 'exec 7</dev/null; exec "$@"' tlsdial pipe --cacert "$T/ca.pem" localhost \
        "$port" --exec sh -c 'ls /proc/self/fd | tr "\n" " " >&2; echo >&2'
    status_is 0 'the descriptors of the program'
    err_is '0 1 2 3 ' 'no descriptor but the standard streams is handed on'
    dial command=pipe localhost "$port" --exec sh -c 'grep SigIgn /proc/self/status >&2'
    status_is 0 'the signals of the program'
    # Whoever started the tests may have some ignored, nohup for instance; a wrapper may restore them.
    # shellcheck disable=SC2086 # several words
    case $(cat "$T/err") in
    "$(grep SigIgn /proc/self/status)" | "$($restore_signals grep SigIgn /proc/self/status)") : ;;
    *) false ;;
    esac
    ok $? 'no more signals are ignored than before' || show 'the program ignores' "$T/err"
else
    skip 'descriptors and signals' 'there is no /proc' 4
fi
stop_peer

done_testing 25
