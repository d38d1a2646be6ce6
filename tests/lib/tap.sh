# shellcheck shell=sh
# Vocabulary of the tests: run a command, then say what must be true of it. TAP on
# standard output. Assertions count in the shell that calls them: never in a pipe.

TOP_SRCDIR=$(cd "${TOP_SRCDIR:-.}" && pwd)
TOP_BUILDDIR=$(cd "${TOP_BUILDDIR:-.}" && pwd)
: "${LIBTOOL:=$TOP_BUILDDIR/libtool}" "${EMULATOR:=}" "${EXEEXT:=}" "${AWK:=awk}"
: "${OPENSSL:=openssl}"
# Empty is an answer here: configure found none.
PYTHON=${PYTHON-$(command -v python3)}
nginx_found=${NGINX-$(PATH=$PATH:/usr/sbin:/usr/local/sbin command -v nginx)}
# Unset first, so that nginx does not inherit it: a variable of this name tells it of
# sockets to take over.
unset NGINX
NGINX=$nginx_found
if [ -z "${HAVE_LIBIDN2:-}" ]; then
    HAVE_LIBIDN2=no
    grep -q '^#define HAVE_LIBIDN2 1' "$TOP_BUILDDIR/config.h" 2>/dev/null &&
        HAVE_LIBIDN2=yes
fi
if [ -z "${HAVE_JANSSON:-}" ]; then
    HAVE_JANSSON=no
    grep -q '^#define HAVE_JANSSON 1' "$TOP_BUILDDIR/config.h" 2>/dev/null &&
        HAVE_JANSSON=yes
fi

configured() { grep -q "^#define $1 1" "$TOP_BUILDDIR/config.h" 2>/dev/null; }
has_check() { configured HAVE_CHECK; }
# What OpenSSL can be built without.
has_http() { configured HAVE_X509_LOAD_HTTP; }
has_ocsp() { configured HAVE_OCSP_BASIC_VERIFY; }
has_ui_console() { configured HAVE_UI_OPENSSL; }

unset SSL_CERT_FILE SSL_CERT_DIR OPENSSL_CONF SSLKEYLOGFILE CDPATH POSIXLY_CORRECT
unset NO_COLOR
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
LC_ALL=C TZ=UTC
# Wine knows what characters the bytes of an argument stand for by the locale.
[ "$EXEEXT" != .exe ] || LC_ALL=C.UTF-8
export LC_ALL TZ TOP_SRCDIR TOP_BUILDDIR HAVE_LIBIDN2 HAVE_JANSSON

tests_run=0
started_pids=
status=0
# An emulator runs the same code ten times slower; the bounds only have to catch a hang.
slowness=${EMULATOR:+5}
slowness=${slowness:-1}
# A shell without job control starts its background commands with these two ignored.
restore_signals=
env --default-signal=INT,QUIT true 2>/dev/null &&
    restore_signals='env --default-signal=INT,QUIT'
naps_a_second=50 nap_length=0.02
sleep 0.01 2>/dev/null || naps_a_second=1 nap_length=1

# --- TAP ----------------------------------------------------------------------------

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

skip() { # skip DESC REASON
    tests_run=$((tests_run + 1))
    printf 'ok %d - %s # SKIP %s\n' "$tests_run" "$1" "$2"
}

skip_all() {
    printf '1..0 # SKIP %s\n' "$1"
    exit 0
}

# 99 is Automake's "the test could not be set up".
bail_out() {
    printf 'Bail out! %s\n' "$1"
    exit 99
}

done_testing() { printf '1..%d\n' "$tests_run"; }

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

# --- life and death -----------------------------------------------------------------

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

# --- the programs under test --------------------------------------------------------

# Prints the program behind libtool's wrapper script and, on a second line, the library
# path that it needs. libtool does both for the words of a command that it executes.
ask_libtool() {
    # shellcheck disable=SC2016 # expanded by the inner shell
    "$LIBTOOL" --mode=execute sh -c 'printf "%s\n%s\n" "$1" "${LD_LIBRARY_PATH-}"' \
        sh "$1"
}

find_real() { # find_real FILE: sets real
    real=$1
    [ -f "$LIBTOOL" ] || return 0
    libtool_said=$(ask_libtool "$1") || bail_out "libtool failed on $1"
    real=$(printf '%s\n' "$libtool_said" | sed -n 1p)
    libtool_path=$(printf '%s\n' "$libtool_said" | sed -n 2p)
    [ -z "$libtool_path" ] || export LD_LIBRARY_PATH="$libtool_path"
}

find_tlsdial() {
    if [ -n "${TLSDIAL:-}" ]; then
        real_tlsdial=$(command -v "$TLSDIAL") || bail_out "no program $TLSDIAL"
        return
    fi
    [ -f "$TOP_BUILDDIR/src/tlsdial$EXEEXT" ] || bail_out 'src/tlsdial is not built'
    find_real "$TOP_BUILDDIR/src/tlsdial$EXEEXT"
    real_tlsdial=$real
}

find_built() { # sets real_built; libtool takes longer than most programs, so once
    [ "${built_name:-}" = "$1" ] && return
    [ -f "$TOP_BUILDDIR/$1$EXEEXT" ] || bail_out "$1 is not built"
    find_real "$TOP_BUILDDIR/$1$EXEEXT"
    built_name=$1 real_built=$real
}

find_tlsdial

# shellcheck disable=SC2086 # several words
tlsdial() { $EMULATOR "$real_tlsdial" "$@"; }

built() { # built tests/tools/PROGRAM ARGS
    find_built "$1"
    shift
    # shellcheck disable=SC2086
    $EMULATOR "$real_built" "$@"
}

# Whether a sanitizer's run time is in the programs: it excludes valgrind, and opens files.
sanitized() {
    grep -qE 'fsanitize|-pie -fPIE.*asan' "$TOP_BUILDDIR/config.log" 2>/dev/null
}

# expand ACTION CMD...: calls ACTION with the words that "tlsdial" or "built PROGRAM"
# stand for: env, exec and the like know no shell functions.
expand() {
    action=$1
    shift
    case $1 in
    tlsdial)
        shift
        set -- "$real_tlsdial" "$@"
        ;;
    built)
        find_built "$2"
        shift 2
        set -- "$real_built" "$@"
        ;;
    *)
        "$action" "$@"
        return
        ;;
    esac
    # shellcheck disable=SC2086
    "$action" $EMULATOR "$@"
}

# --- running ------------------------------------------------------------------------

run_once() {
    status=0
    "$@" >"$T/out" 2>"$T/err" || status=$?
}

# Once in a few thousand starts wine ends with status 1 before the program begins, and says nothing.
# tlsdial never ends so: with that status it has something to say.
run() { # run CMD...: $T/out, $T/err, $status
    run_once "$@"
    [ "$EXEEXT" = .exe ] && [ "$status" -eq 1 ] && [ ! -s "$T/out" ] && [ ! -s "$T/err" ] ||
        return 0
    note 'the program was not started: once more'
    run_once "$@"
}

with_env() ( # with_env VAR=VALUE... CMD...: as in "run with_env SSL_CERT_FILE=x tlsdial"
    while :; do
        case $1 in
        *=*) export "${1?}" ;;
        *) break ;;
        esac
        shift
    done
    "$@"
)

# The pid is written by the process itself, which stays in the foreground: a background
# command would start with SIGINT ignored.
# shellcheck disable=SC2016 # expanded by the inner shell
with_pid_told() { sh -c 'echo $$ >"$0"; exec "$@"' "$T/pid" "$@"; }

# Nobody signals the watchdog itself: a subshell that has just begun may lose the signal,
# or clean up as this shell does. Its sleep is ended instead.
watchdog() {
    sleep "$1" &
    echo $! >"$T/sleeper"
    wait $!
    [ ! -e "$T/in-time" ] || return 0
    : >"$T/overrun"
    kill -KILL "$(cat "$T/pid")"
}

bounded() { # bounded SECONDS CMD...: CMD sets status; the process of $T/pid is watched
    rm -f "$T/overrun" "$T/in-time" "$T/sleeper"
    # Not the test's standard output: whoever reads the TAP waits for its end.
    watchdog $(($1 * slowness)) >/dev/null 2>&1 &
    watchdog_pid=$!
    shift
    "$@"
    : >"$T/in-time"
    wait_until 10 [ -s "$T/sleeper" ] && kill -KILL "$(cat "$T/sleeper")" 2>/dev/null
    wait "$watchdog_pid" 2>/dev/null
    [ ! -e "$T/overrun" ] || status=124
}

within() { # within SECONDS CMD...: run; 124 when it hangs. No shell functions of one's own
    within_bound=$1
    shift
    rm -f "$T/pid"
    bounded "$within_bound" run expand with_pid_told "$@"
}

in_shell() { # in_shell SCRIPT CMD...: within, for a SCRIPT that does something with "$@"
    shell_script=$1
    shift
    expand in_that_shell "$@"
}

in_that_shell() { within 60 sh -c "$shell_script" sh "$@"; }

redirected() { # redirected '>/dev/full' CMD...: within, with descriptors of its own
    redirections=$1
    shift
    in_shell "exec \"\$@\" $redirections" "$@"
}

has_terminals() { "${PYTHON:-false}" -c 'import os; os.openpty()' 2>/dev/null; }

on_terminal() { # on_terminal CMD...: within, with standard output and error on a terminal
    expand on_that_terminal "$@"
}

on_that_terminal() {
    within 30 "$PYTHON" -c 'import os, pty, sys
sys.exit(os.WEXITSTATUS(pty.spawn(sys.argv[1:])))' "$@"
}

# shellcheck disable=SC2034 # why_no_shim is for the test
find_system_shim() { # sets shim, or fails with the reason in why_no_shim
    why_no_shim='a preloaded library does not reach a program under an emulator'
    [ -z "$EMULATOR" ] || return 1
    why_no_shim='system_shim was not built'
    [ -f "$TOP_BUILDDIR/tests/tools/system_shim.la" ] || return 1
    shim=$(sed -n "s/^dlname='\(.*\)'/\1/p" "$TOP_BUILDDIR/tests/tools/system_shim.la")
    shim=$TOP_BUILDDIR/tests/tools/.libs/$shim
    [ -f "$shim" ]
}

with_resolver() { # with_resolver HOW CMD...: within; HOW is a word of system_shim.c
    shim_does=TLSDIAL_TEST_RESOLVER=$1
    shift
    expand under_shim "$@"
}

with_clock() { # with_clock SECONDS CMD...: within; the time that the system tells
    shim_does=TLSDIAL_TEST_TIME=$1
    shift
    expand under_shim "$@"
}

with_default_trust() { # with_default_trust PATH CMD...: within; OpenSSL's file and directory
    shim_does=TLSDIAL_TEST_DEFAULT_TRUST=$1
    shift
    expand under_shim "$@"
}

without_library() { # without_library PREFIX CMD...: within; files of that name cannot be loaded
    shim_does=TLSDIAL_TEST_NO_LIBRARY=$1
    shift
    expand under_shim "$@"
}

with_reset_at_send() { # with_reset_at_send CMD...: within; whatever is sent finds a reset
    shim_does=TLSDIAL_TEST_SEND=reset
    expand under_shim "$@"
}

with_connect_timed_out() { # with_connect_timed_out CMD...: within; the system gives up
    shim_does=TLSDIAL_TEST_CONNECT=timeout
    expand under_shim "$@"
}

with_service() { # with_service NAME=PORT CMD...: within; a service that the resolver knows
    shim_does=TLSDIAL_TEST_SERVICE=$1
    shift
    expand under_shim "$@"
}

with_bad_files() { # with_bad_files WORDS CMD...: within; WORDS are those of system_shim.c
    shim_does=TLSDIAL_TEST_FILES=$1
    shift
    expand under_shim "$@"
}

with_state_told() { # with_state_told FILE CMD...: within; what is kept at the time of connect()
    shim_does=TLSDIAL_TEST_STATE=$1
    shift
    expand under_shim "$@"
}

# AddressSanitizer wants to be first in line, and is loaded behind the shim.
under_shim() {
    within 30 env LD_PRELOAD="$shim" "$shim_does" \
        ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0" "$@"
}

# shellcheck disable=SC2086,SC2016 # several words; expanded by the inner shell
in_background() {
    rm -f "$T/pid"
    # Descriptor 3, because the shell gives /dev/null to what it puts in the background.
    {
        $restore_signals sh -c 'echo $$ >"$0"; exec "$@"' "$T/pid" "$@" \
            <&3 3<&- >"$T/out" 2>"$T/err" &
    } 3<&0
    pid=$!
    remember "$pid"
    # From here on a signal reaches the program, not a subshell that still has our traps.
    wait_until 10 [ -s "$T/pid" ] || bail_out 'a program does not start'
}

launch() { expand in_background "$@"; } # launch CMD...: $pid is the program's own

wait_status() {
    status=0
    wait "$1" 2>/dev/null || status=$?
}

collect() { # collect [SECONDS]: waits for what was launched, sets status
    echo "$pid" >"$T/pid"
    bounded "${1:-60}" wait_status "$pid"
    forget "$pid"
}

# --- assertions ---------------------------------------------------------------------

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

negate() { ! "$@"; }

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

status_is() { holds "$2" "expected status: $1" [ "$status" -eq "$1" ]; }

text_is() { printf '%s\n' "$2" | cmp -s - "$1"; }
has() { grep -qF -e "$2" "$1"; }
matches() { grep -qE -e "$2" "$1"; }
lines_at_most() { [ "$(wc -l <"$1")" -le "$2" ]; }

out_is() { holds "$2" "expected output: $1" text_is "$T/out" "$1"; }
out_has() { holds "$2" "expected in the output: $1" has "$T/out" "$1"; }
out_lacks() { holds "$2" "not expected in the output: $1" negate has "$T/out" "$1"; }
out_matches() { holds "$2" "expected to match the output: $1" matches "$T/out" "$1"; }
out_empty() { holds "$1" 'expected no output' [ ! -s "$T/out" ]; }
err_is() { holds "$2" "expected error: $1" text_is "$T/err" "$1"; }
err_has() { holds "$2" "expected in the error: $1" has "$T/err" "$1"; }
err_lacks() { holds "$2" "not expected in the error: $1" negate has "$T/err" "$1"; }
err_matches() { holds "$2" "expected to match the error: $1" matches "$T/err" "$1"; }
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

# shellcheck source=tests/lib/pki.sh
. "$TOP_SRCDIR/tests/lib/pki.sh"
# shellcheck source=tests/lib/peers.sh
. "$TOP_SRCDIR/tests/lib/peers.sh"
