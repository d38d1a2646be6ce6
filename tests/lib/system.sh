# shellcheck shell=sh disable=SC2034,SC2154 # the files share their variables
# Runs under a stand-in for the system (tests/tools/system_shim.c): each is "within" with one thing
# of the system replaced.

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
