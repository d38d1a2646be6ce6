# shellcheck shell=sh
# The vocabulary of the tests; tests/README has its index. This file is what a test sources: TAP
# itself, and then the other files. Results count in the shell that calls them: never in a pipe.

tests_run=0
tests_skipped=0
results_failed=0

note() { printf '%s\n' "$1" | sed 's/^/# /'; }

ok() { # ok STATUS DESC: the primitive; returns STATUS
    tests_run=$((tests_run + 1))
    if [ "$1" -eq 0 ]; then
        printf 'ok %d - %s\n' "$tests_run" "$2"
    else
        results_failed=$((results_failed + 1))
        printf 'not ok %d - %s\n' "$tests_run" "$2"
    fi
    return "$1"
}

pass() { ok 0 "$1"; }

fail() { # fail DESC [DETAIL]
    ok 1 "$1"
    [ $# -lt 2 ] || note "$2"
}

skip() { # skip DESC REASON [COUNT]: in place of COUNT results (1)
    [ -n "${2:-}" ] || bail_out "skip '$1' without a reason"
    tests_run=$((tests_run + 1))
    tests_skipped=$((tests_skipped + ${3:-1} - 1))
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
    [ "$((tests_run + tests_skipped))" -ge "${1:-0}" ] ||
        fail "results planned: $1" "there were $tests_run, and $tests_skipped more were skipped"
    printf '1..%d\n' "$tests_run"
}

TOP_SRCDIR=$(cd "${TOP_SRCDIR:-.}" && pwd)
for part in environment process run dial system assert pki peers; do
    # shellcheck source=/dev/null
    . "$TOP_SRCDIR/tests/lib/$part.sh"
done
