# shellcheck shell=sh disable=SC2034,SC2154 # the files share their variables
# Running the programs under test: $T/out, $T/err and $status are what came of it. A run owes its
# status: see settle_status in assert.sh.

status=0
hang_limit=60 # seconds of a run that says no limit of its own

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

# The compiled watchdog runs where the programs under test do without an emulator; elsewhere the
# shell's own keeps watch.
bounded_program=$TOP_BUILDDIR/tests/tools/bounded
[ -z "$EMULATOR" ] && [ -x "$bounded_program" ] || bounded_program=

# --- localhost on a system that does not resolve it -----------------------------------

# A system with no hosts file has no localhost either. The servers of the tests are at 127.0.0.1,
# so the program gets that address by --resolve, before the other options: the last one wins.

# With a TLSA record the program asks for the name before it needs any CA certificate.
probe_localhost() {
    # shellcheck disable=SC2086
    ${bounded_program:+"$bounded_program" 30} $EMULATOR "$real_tlsdial" --connect-timeout 5 \
        --tlsa "3 1 1 $(printf '%064d' 0)" localhost 1 >/dev/null 2>&1
    case $? in
    20 | 21 | 23 | 70) localhost_resolves=no ;;
    *) localhost_resolves=yes ;;
    esac
}

resolves_localhost() { # resolves_localhost: whether this system does; else $why_no_localhost
    why_no_localhost='this system does not resolve localhost'
    [ -n "${localhost_resolves:-}" ] || probe_localhost
    [ "$localhost_resolves" = yes ]
}

find_localhost_port() { # find_localhost_port ARGS: sets localhost_port, empty without one
    localhost_port='' word_before=''
    for word; do
        case $word in
        localhost:*) localhost_port=${word#*:} ;;
        *://localhost:*)
            localhost_port=${word#*://localhost:}
            localhost_port=${localhost_port%%[/?#]*}
            ;;
        *) [ "$word_before" != localhost ] || localhost_port=$word ;;
        esac
        case $localhost_port in
        '' | *[!0-9]* | ??????*) localhost_port='' ;;
        *) return ;;
        esac
        word_before=$word
    done
}

# find_localhost_options ARGS: sets localhost_options, two words or none, for ARGS of the program
find_localhost_options() {
    localhost_options=''
    find_localhost_port "$@"
    [ -n "$localhost_port" ] && [ "$localhost_port" -ge 1 ] && [ "$localhost_port" -le 65535 ] ||
        return 0
    resolves_localhost || localhost_options="--resolve localhost:$localhost_port:127.0.0.1"
}

# shellcheck disable=SC2086 # several words
tlsdial() {
    find_localhost_options "$@"
    ${bounded_program:+"$bounded_program" $hang_limit} $EMULATOR "$real_tlsdial" \
        $localhost_options "$@"
}

built() { # built tests/tools/PROGRAM ARGS
    find_built "$1"
    shift
    # shellcheck disable=SC2086
    $EMULATOR "$real_built" "$@"
}

# expand ACTION CMD...: calls ACTION with the words that "tlsdial" or "built PROGRAM"
# stand for: env, exec and the like know no shell functions.
expand() {
    action=$1
    shift
    case $1 in
    tlsdial)
        shift
        find_localhost_options "$@"
        # shellcheck disable=SC2086
        set -- "$real_tlsdial" $localhost_options "$@"
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

run_once() {
    status=0
    "$@" >"$T/out" 2>"$T/err" || status=$?
}

# Once in a few thousand starts wine ends with status 1 before the program begins, and says nothing.
# tlsdial never ends so: with that status it has something to say.
run() { # run CMD...: $T/out, $T/err, $status
    settle_status
    run_once "$@"
    if [ "$EXEEXT" = .exe ] && [ "$status" -eq 1 ] && [ ! -s "$T/out" ] && [ ! -s "$T/err" ]; then
        note 'the program was not started: once more'
        run_once "$@"
    fi
    owe_status "$@"
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

# --- with a bound -------------------------------------------------------------------

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

watched() { # watched SECONDS CMD...: CMD sets status; the process of $T/pid is watched
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

under_bound() { "$bounded_program" "$within_bound" "$@"; }

within() { # within SECONDS CMD...: run; 124 when it hangs. No shell functions of one's own
    within_bound=$1
    shift
    if [ -n "$bounded_program" ]; then
        run expand under_bound "$@"
    else
        rm -f "$T/pid"
        watched "$within_bound" run expand with_pid_told "$@"
    fi
}

# --- within, in another place -------------------------------------------------------

in_shell() { # in_shell SCRIPT CMD...: within, for a SCRIPT that does something with "$@"
    shell_script=$1
    shift
    expand in_that_shell "$@"
}

in_that_shell() { within "$hang_limit" sh -c "$shell_script" sh "$@"; }

redirected() { # redirected '>/dev/full' CMD...: within, with descriptors of its own
    redirections=$1
    shift
    in_shell "exec \"\$@\" $redirections" "$@"
}

on_terminal() { # on_terminal CMD...: within, with standard output and error on a terminal
    expand on_that_terminal "$@"
}

on_that_terminal() {
    within 30 "$PYTHON" -c 'import os, pty, sys
sys.exit(os.WEXITSTATUS(pty.spawn(sys.argv[1:])))' "$@"
}

# --- in the background --------------------------------------------------------------

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

launch() { # launch CMD...: $pid is the program's own
    settle_status
    expand in_background "$@"
}

wait_status() {
    status=0
    wait "$1" 2>/dev/null || status=$?
}

collect() { # collect [SECONDS]: waits for what was launched, sets status
    echo "$pid" >"$T/pid"
    watched "${1:-60}" wait_status "$pid"
    forget "$pid"
    owe_status 'what was launched'
}
