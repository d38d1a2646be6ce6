#!/bin/sh
# summary.sh FILE.trs...: count the single results that the TAP driver left in the files
# and say so in one line. Fails if one failed, or if none passed: a run without a test
# proves nothing.
for trs in "$@"; do
    test ! -f "$trs" || cat "$trs"
done | awk '
    $1 == ":test-result:" { count[$2]++ }
    END {
        passed = count["PASS"] + count["XFAIL"]
        failed = count["FAIL"] + count["XPASS"] + count["ERROR"]
        printf "%d passed, %d failed, %d skipped\n", passed, failed, count["SKIP"]
        exit failed > 0 || passed == 0
    }'
