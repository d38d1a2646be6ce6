# shellcheck shell=sh disable=SC2034,SC2154 # the files share their variables
# Processes and the scratch folder: what a test started and made is gone when it ends.

started_pids=

requires() { # requires python|nginx|openssl...
    for required; do
        case $required in
        python) requires_command "$PYTHON" Python ;;
        nginx) requires_command "$NGINX" nginx ;;
        openssl) requires_command "$OPENSSL" 'the openssl command' ;;
        *) requires_command "$required" "$required" ;;
        esac
    done
}

requires_command() {
    command -v "${1:-no-such-command}" >/dev/null || skip_all "$2 is not here"
}

remember() { started_pids="$started_pids $1"; }

forget() {
    still_started=
    for started in $started_pids; do
        [ "$started" = "$1" ] || still_started="$still_started $started"
    done
    started_pids=$still_started
}

end_process() { # end_process PID: no peer has anything to save
    kill -KILL "$1" 2>/dev/null
    wait "$1" 2>/dev/null
    forget "$1"
}

clean_up() {
    for started in $started_pids; do
        end_process "$started"
    done
    rm -rf "$T"
}

T=$(mktemp -d "${TMPDIR:-/tmp}/tlsdial-test.XXXXXX") || bail_out 'no temporary folder'
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
: >"$T/out"
: >"$T/err"
# Whoever wants standard input says so: run cmd <file
exec </dev/null

nap() { sleep "$nap_length"; }

wait_until() { # wait_until SECONDS CMD...: polls until CMD succeeds
    naps_left=$(($1 * naps_a_second * slowness))
    shift
    until "$@"; do
        [ "$naps_left" -gt 0 ] || return 1
        naps_left=$((naps_left - 1))
        nap
    done
}
