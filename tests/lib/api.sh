# shellcheck shell=sh disable=SC2154 # the files share their variables
# For the tests of the public API: programs of tests/api, which print their own results.
# shellcheck source=tests/lib/tap.sh
. "$TOP_SRCDIR/tests/lib/tap.sh"

# What Automake leaves out of the programs where there is no POSIX.
requires_api() {
    [ "$EXEEXT" != .exe ] || skip_all 'these programs are over sockets of POSIX'
    requires python
}

api() { # api PROGRAM ARGS...: runs tests/api/PROGRAM and counts its results as ours
    api_program=$1
    shift
    within "${api_limit:-120}" built "tests/api/$api_program" "$@"
    count_results "$api_program"
}

count_results() { # count_results NAME: of what was run last
    sed -n '/^ok - /p; /^not ok - /p; /^# /p' "$T/out" >"$T/results"
    api_results=0
    while IFS= read -r result; do
        case $result in
        'ok - '*) api_results=$((api_results + 1)) && pass "${result#ok - }" ;;
        'not ok - '*) api_results=$((api_results + 1)) && fail "${result#not ok - }" ;;
        *) printf '%s\n' "$result" ;;
        esac
    done <"$T/results"
    status_is 0 "$1 comes to its end"
    [ "$api_results" -gt 0 ] || fail "$1 has results"
}
