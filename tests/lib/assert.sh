# shellcheck shell=sh disable=SC2034,SC2154 # the files share their variables
# What must be true: of the command that was run last ($status, $T/out, $T/err), and of files. Each
# says so in one result.

# --- the status that a run owes -----------------------------------------------------

# A case that looks at the output alone would pass though the program failed, crashed or was not
# there. So each run's status is asserted, or why it is not is said, before the next run.
status_owed=

owe_status() { status_owed=$*; }

any_status() { # any_status REASON: why the status of the last run is of no account
    [ -n "${1:-}" ] || bail_out 'any_status without a reason'
    status_owed=
}

settle_status() {
    [ -n "$status_owed" ] || return 0
    fail 'a status that was asserted' "it was $status, of: $status_owed
status_is, status_between or failed_as says what it must be, any_status why it may be any"
    status_owed=
}

# --- results ------------------------------------------------------------------------

show() { # show TITLE FILE: the head of FILE as diagnostics
    printf '# %s:\n' "$1"
    dd if="$2" bs=4000 count=1 2>/dev/null | tr -c '[:print:]\n\t' '?' | head -n 20 |
        cut -c 1-300 | sed 's/^/#   /'
    # What was shown may not have ended with a newline.
    printf '#\n'
}

show_run() {
    [ $# -eq 0 ] || note "$1"
    note "status: $status"
    show 'standard output' "$T/out"
    show 'standard error' "$T/err"
}

judge() { # judge STATUS DESC EXPLANATION: about the command run last
    ok "$1" "$2" || show_run "$3"
}

negate() { # negate CMD...: CMD says no, which is not that it could not look
    "$@"
    [ $? -eq 1 ]
}

holds() { # holds DESC EXPLANATION CMD...: CMD must succeed
    holds_desc=$1 holds_explanation=$2
    shift 2
    "$@"
    judge $? "$holds_desc" "$holds_explanation"
}

is() { # is GOT WANT DESC
    [ "$1" = "$2" ]
    ok $? "$3" || note "got: $1
expected: $2"
}

status_is() { # status_is STATUS DESC
    status_owed=
    holds "$2" "expected status: $1" [ "$status" -eq "$1" ]
}

is_between() { [ "$status" -ge "$1" ] && [ "$status" -le "$2" ]; }

status_between() { # status_between LOWEST HIGHEST DESC
    status_owed=
    holds "$3" "expected a status from $1 to $2" is_between "$1" "$2"
}

# grep finds an empty text everywhere, and so a pattern that fits an empty line.
sought() { # sought TEXT
    [ -n "$1" ] && [ "$1" != '.*' ] && [ "$1" != '^' ] && return
    fail "something to look for" "a text or pattern that is everywhere: '$1'"
}

text_is() { printf '%s\n' "$2" | cmp -s - "$1"; }
has() { grep -qF -e "$2" "$1"; }
matches() { grep -qE -e "$2" "$1"; }
lines_at_most() { [ "$(wc -l <"$1")" -le "$2" ]; }

# What did not run at all lacks everything.
lacks() { # lacks out|err TEXT DESC
    sought "$2" || return
    if [ -n "$status_owed" ]; then
        fail "$3" "lacks '$2', but the status was not asserted before: $status_owed"
        return
    fi
    holds "$3" "not expected in standard $1: $2" negate has "$T/$1" "$2"
}

out_is() { holds "$2" "expected output: $1" text_is "$T/out" "$1"; }
out_has() { sought "$1" && holds "$2" "expected in the output: $1" has "$T/out" "$1"; }
out_lacks() { lacks out "$1" "$2"; } # out_lacks TEXT DESC: after the status
out_matches() { sought "$1" && holds "$2" "expected to match the output: $1" matches "$T/out" "$1"; }
out_empty() { holds "$1" 'expected no output' [ ! -s "$T/out" ]; }
err_is() { holds "$2" "expected error: $1" text_is "$T/err" "$1"; }
err_has() { sought "$1" && holds "$2" "expected in the error: $1" has "$T/err" "$1"; }
err_lacks() { lacks err "$1" "$2"; } # err_lacks TEXT DESC: after the status
err_matches() { sought "$1" && holds "$2" "expected to match the error: $1" matches "$T/err" "$1"; }
err_empty() { holds "$1" 'expected no error' [ ! -s "$T/err" ]; }
err_lines_at_most() {
    holds "$2" "expected lines of error, at most: $1" lines_at_most "$T/err" "$1"
}

# The grammar of a failure: "tlsdial: [SUBJECT: ]TOKEN: SENTENCE", then at most a hint.
# shellcheck disable=SC2016 # a program of awk
told() { # told TOKEN WORDS
    TOKEN=$1 WORDS=$2 "$AWK" '
        NR == 1 {
            good = index($0, "tlsdial: ") == 1 && index($0, ": " ENVIRON["TOKEN"] ": ")
            good = good && (ENVIRON["WORDS"] == "" || index($0, ENVIRON["WORDS"]))
        }
        NR == 2 { good = good && index($0, "tlsdial: hint: ") == 1 }
        NR > 2 { good = 0 }
        END { exit !good }' "$T/err"
}

has_failed_as() { [ "$status" -eq "$1" ] && [ ! -s "$T/out" ] && told "$2" "$3"; }

failed_as() { # failed_as STATUS TOKEN WORDS DESC: nothing on standard output, one message
    status_owed=
    holds "$4" "expected status $1, no output, and the error: $2: $3" \
        has_failed_as "$1" "$2" "$3"
}

same_bytes() { # same_bytes GOT WANT DESC
    differences=$(cmp "$1" "$2" 2>&1)
    ok $? "$3" || {
        note "$differences"
        show_run
    }
}

file_absent() { # file_absent PATH DESC
    [ ! -e "$1" ] && [ ! -h "$1" ]
    judge $? "$2" "must not be there: $1"
}

file_present() { # file_present PATH DESC
    holds "$2" "must be there: $1" [ -e "$1" ]
}
