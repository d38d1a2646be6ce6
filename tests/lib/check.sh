# shellcheck shell=sh
# Vocabulary of the tests of tlsdial check, beside that of the others.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
has_check || skip_all "this tlsdial was built without 'check'"

# The report in one line, so that it does not matter where lines are broken.
flatten() { tr '\n' ' ' <"$T/out" | tr -s ' ' >"$T/flat"; }
report_has() { # report_has TEXT DESC
    sought "$1" || return
    flatten
    holds "$2" "expected in the report: $1" has "$T/flat" "$1"
}
report_matches() { # report_matches REGEX DESC
    sought "$1" || return
    flatten
    holds "$2" "expected to match the report: $1" matches "$T/flat" "$1"
}
report_lacks() { # report_lacks TEXT DESC: after the status
    sought "$1" || return
    flatten
    if [ ! -s "$T/flat" ] || [ -n "$status_owed" ]; then
        fail "$2" "lacks '$1', and there is no report, or the status was not asserted before"
        return
    fi
    holds "$2" "not expected in the report: $1" negate has "$T/flat" "$1"
}

has_verdict() {
    [ "$status" -eq "$1" ] || return 1
    head -n 1 "$T/out" | grep -q "^$2: " || return 1
    flatten
    [ -z "$3" ] || has "$T/flat" "$3" || return 1
    if [ "$1" -eq 0 ]; then
        [ ! -s "$T/err" ]
    else
        told "$2" ''
    fi
}
verdict() { # verdict STATUS TOKEN WORDS DESC: the report begins with it, the error has it
    status_owed=
    holds "$4" "expected status $1 and a report of: $2: $3" has_verdict "$1" "$2" "$3"
}

# The certificates of these tests. elder is older than the others, for what has expired.
make_check_pki() { # ca, server, upper, lower, and whole, which lower issued
    make_usual
    START=20200101000000Z END=20400101000000Z
    make_ca elder
    make_intermediate upper ca
    make_intermediate lower upper
    make_cert whole lower DNS:localhost,DNS:www.example.org,IP:192.0.2.1
}
