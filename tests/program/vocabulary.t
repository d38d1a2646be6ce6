# shellcheck shell=sh
# The vocabulary itself: it notices what a test forgets, each function has one place, and the index
# in tests/README names those that tests use.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"

tests=$TOP_SRCDIR/tests

# --- what a test forgets ------------------------------------------------------------------

cat >"$T/head" <<'END'
. "$TOP_SRCDIR/tests/lib/tap.sh"
END
script() { # script LINES: a test of these lines, run; its results are $T/out
    {
        cat "$T/head"
        printf '%s\n' "$1"
    } >"$T/script.t"
    run sh "$T/script.t"
    any_status 'its results are looked at'
}
fails() { # fails WORDS DESC LINES: it has a failed result, and says so with WORDS
    script "$3"
    holds "$2" "expected a failed result, and: $1" noticed "$1"
}
noticed() { grep -q '^not ok' "$T/out" && has "$T/out" "$1"; }
passes() { # passes DESC LINES
    script "$2"
    holds "$1" 'expected no failed result, and a plan' is_good
}
is_good() { grep -q '^1\.\.' "$T/out" && negate grep -q '^not ok' "$T/out"; }

passes 'a run with its status' 'run true; status_is 0 a; out_lacks x b; done_testing 2'
passes 'a run of any status, with the reason' 'run false; any_status why; done_testing 0'
fails 'a status that was asserted' 'no status before the next run' \
    'run true; run true; status_is 0 a; done_testing 1'
fails 'a status that was asserted' 'no status before the end' 'run true; done_testing 0'
fails 'was not asserted before' 'out_lacks before the status' \
    'run false; out_lacks x a; status_is 1 b; done_testing 2'
fails 'was not asserted before' 'err_lacks before the status' \
    'run false; err_lacks x a; status_is 1 b; done_testing 2'
fails 'is everywhere' 'a text that is everywhere' \
    'run echo; status_is 0 a; out_has "" b; done_testing 2'
fails 'is everywhere' 'a pattern that is everywhere' \
    'run echo; status_is 0 a; out_matches ".*" b; done_testing 2'
# shellcheck disable=SC2016 # expanded by the inner test
fails 'results planned: 3' 'a loop that ran no time' \
    'pass a; for i in $(cat /dev/null); do pass "$i"; done; done_testing 3'
passes 'results that are skipped are accounted for' 'pass a; skip b why 2; done_testing 3'
fails 'planned' 'and no others are' 'pass a; skip b why; done_testing 3'
fails 'expected in standard' 'what is there is not lacking' \
    'run echo word; status_is 0 a; out_lacks word b; done_testing 2'
script 'skip a ""; done_testing 1'
out_has 'Bail out! skip' 'a skip without a reason'
script 'skip_all ""'
out_has 'Bail out! skip_all' 'a file that is skipped without a reason'
script 'run true; any_status ""; done_testing 0'
out_has 'Bail out! any_status' 'any status without a reason'
script 'within 1 sleep 20; status_is 124 hangs; done_testing 1'
out_has 'ok 1 - hangs' 'what hangs is ended'
script 'EMULATOR=; bounded_program=; within 1 sleep 20; status_is 124 hangs; done_testing 1'
out_has 'ok 1 - hangs' "what hangs is ended, by the shell's own watchdog"
for ended in 'exit 46:46' 'kill -TERM $$:143' 'exec no-such-program:127'; do
    script "within 9 sh -c '${ended%:*}'; status_is ${ended##*:} a; done_testing 1"
    out_has 'ok 1 - a' "a status that is passed on: $ended"
done

# --- localhost where it does not resolve --------------------------------------------------

given() { # given OPTIONS RESOLVES ARGS...: what the program gets before ARGS, either way of a run
    for way in '' 'within 9'; do
        script "localhost_resolves=$2 real_tlsdial=echo EMULATOR= libtool_path=
            ${way:-run} tlsdial $3; status_is 0 a; out_is '$1$3' is; done_testing 2"
        holds "localhost resolves, $2: $3, ${way:-run}" "expected: $1$3" is_good
    done
}
given '--resolve localhost:443:127.0.0.1 ' no '-v localhost 443'
given '--resolve localhost:443:127.0.0.1 ' no 'pipe localhost:443 --half-close'
given '--resolve localhost:25:127.0.0.1 ' no 'smtp://localhost:25'
given '--resolve localhost:8443:127.0.0.1 ' no 'https://localhost:8443/path'
given '--resolve localhost:8443:127.0.0.1 ' no 'https://localhost:8443?query'
given '' yes 'localhost 443'
for other in 'localhost' '--verify-hostname localhost www.example 443' 'localhost 65536' \
    'localhost 99999999999999999999' 'localhost:443:192.0.2.1'; do
    given '' no "$other"
done

# --- one place for each -------------------------------------------------------------------

functions() { sed -n 's/^ *\([a-z_0-9]*\)() [{(].*/\1/p' "$@" | sort; }
functions "$tests"/lib/*.sh >"$T/vocabulary"
nothing_in() { # nothing_in FILE DESC
    [ ! -s "$1" ]
    ok $? "$2" || show 'there is' "$1"
}
uniq -d "$T/vocabulary" >"$T/twice"
nothing_in "$T/twice" 'no function of the vocabulary is there twice'
for file in "$tests"/*/*.t; do
    functions "$file" | comm -12 - "$T/vocabulary"
done >"$T/redefined"
nothing_in "$T/redefined" 'no test has a function of that name'

# --- the index ----------------------------------------------------------------------------

sed -n 's/^    \([a-z][a-z_0-9]*\)\( .*\)\{0,1\}$/\1/p' "$tests/README" | sort -u >"$T/index"
comm -23 "$T/index" "$T/vocabulary" >"$T/unknown"
nothing_in "$T/unknown" 'the index has nothing that is not there'
# The first word of a line, as far as it is a command.
sed -n 's/^ *\(if \|! \)*\([a-z][a-z_0-9]*\)\( .*\)\{0,1\}$/\2/p' "$tests"/*/*.t | sort -u |
    comm -12 - "$T/vocabulary" >"$T/used"
comm -23 "$T/used" "$T/index" >"$T/missing"
nothing_in "$T/missing" 'the index has what tests use'

done_testing 46
