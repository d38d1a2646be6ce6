# shellcheck shell=sh
# The vocabulary of the tests; tests/README has its index. This file is what a test sources: TAP
# itself, and then the other files. Results count in the shell that calls them: never in a pipe.

tests_run=0
tests_skipped=0

note() { printf '%s\n' "$1" | sed 's/^/# /'; }

ok() { # ok STATUS DESC: the primitive; returns STATUS
    tests_run=$((tests_run + 1))
    if [ "$1" -eq 0 ]; then
        printf 'ok %d - %s\n' "$tests_run" "$2"
    else
        printf 'not ok %d - %s\n' "$tests_run" "$2"
    fi
    return "$1"
}

pass() { ok 0 "$1"; }

fail() { # fail DESC [DETAIL]
    ok 1 "$1"
    [ $# -lt 2 ] || note "$2"
}

skip() { # skip DESC REASON [COUNT|some]: in place of so many results (1)
    [ -n "${2:-}" ] || bail_out "skip '$1' without a reason"
    tests_run=$((tests_run + 1))
    case ${3:-1} in
    some) tests_skipped=some ;; # how many depends; the plan is not held against this run
    *) [ "$tests_skipped" = some ] || tests_skipped=$((tests_skipped + ${3:-1} - 1)) ;;
    esac
    printf 'ok %d - %s # SKIP %s\n' "$tests_run" "$1" "$2"
}

skip_all() { # skip_all REASON: the file, before its first result
    [ -n "${1:-}" ] || bail_out 'skip_all without a reason'
    printf '1..0 # SKIP %s\n' "$1"
    exit 0
}

# 99 is Automake's "the test could not be set up".
bail_out() {
    printf 'Bail out! %s\n' "$1"
    exit 99
}

# A loop that ran no time, or a branch that was not meant, leaves a file short of its results.
done_testing() { # done_testing PLANNED: results, at least, with those that "skip" stands for
    settle_status
    [ -n "${1:-}" ] || fail 'a plan' "done_testing $tests_run, if all of them were meant"
    [ "$tests_skipped" = some ] || [ "$((tests_run + tests_skipped))" -ge "${1:-0}" ] ||
        fail "results planned: $1" "there were $tests_run, and $tests_skipped more were skipped"
    printf '1..%d\n' "$tests_run"
}

TOP_SRCDIR=$(cd "${TOP_SRCDIR:-.}" && pwd)
# shellcheck source=tests/lib/environment.sh
. "$TOP_SRCDIR/tests/lib/environment.sh"
# shellcheck source=tests/lib/process.sh
. "$TOP_SRCDIR/tests/lib/process.sh"
# shellcheck source=tests/lib/run.sh
. "$TOP_SRCDIR/tests/lib/run.sh"
# shellcheck source=tests/lib/dial.sh
. "$TOP_SRCDIR/tests/lib/dial.sh"
# shellcheck source=tests/lib/system.sh
. "$TOP_SRCDIR/tests/lib/system.sh"
# shellcheck source=tests/lib/assert.sh
. "$TOP_SRCDIR/tests/lib/assert.sh"
# shellcheck source=tests/lib/pki.sh
. "$TOP_SRCDIR/tests/lib/pki.sh"
# shellcheck source=tests/lib/peers.sh
. "$TOP_SRCDIR/tests/lib/peers.sh"
