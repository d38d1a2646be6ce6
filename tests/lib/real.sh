# shellcheck shell=sh disable=SC2034,SC2154 # the files share their variables
# Vocabulary of the tests with real servers, which source it in place of tap.sh: each has a network,
# processes and mounts of its own, so that servers have their usual ports and are gone in the end.
#
# Three of each server run at once: with the usual certificate, with one for another name, and with
# TLS turned off.

# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"

find_server() { # find_server NAME...: sets server to the first that is here
    for server; do
        server=$(PATH=$PATH:/usr/sbin:/usr/local/sbin command -v "$server") && return
    done
    skip_all "$1 is not installed"
}

own_network() { # own_network: the rest of the file runs as root of its own namespaces
    [ "${TLSDIAL_OWN_NETWORK:-}" = yes ] && enter_network && return
    [ "$(uname -s)" = Linux ] || skip_all 'namespaces are of Linux'
    [ -z "$EMULATOR" ] || skip_all 'the program runs under an emulator'
    [ "$(id -u)" -eq 0 ] || skip_all 'namespaces need root'
    unshare -n -m -p -f --mount-proc --kill-child ip link set lo up 2>"$T/unshare.log" ||
        skip_all 'this system has no namespaces for us, or no ip command'
    rm -rf "$T" # of this shell, which becomes another
    TLSDIAL_OWN_NETWORK=yes exec unshare -n -m -p -f --mount-proc --kill-child sh "$0"
}

enter_network() {
    ip link set lo up
    mount -t tmpfs tmpfs /run || bail_out 'no /run of our own'
    chmod 711 "$T" # servers are users of their own
    make_usual
    make_cert elsewhere ca DNS:other.example
    log=$T/server.log
    : >"$log"
    chmod 666 "$log"
}

listens() { # listens PORT: on 127.0.0.1; no connection is made, which servers would log
    listens_hex=$(printf '0100007F:%04X' "$1")
    grep -qE ": ($listens_hex|00000000:${listens_hex#*:}) 00000000:0000 0A " /proc/net/tcp
}

wait_for() { # wait_for PORT...
    for awaited_port; do
        wait_until 20 listens "$awaited_port" && continue
        show 'its log' "$log"
        show 'it said' "$T/said"
        bail_out "$server does not listen on port $awaited_port"
    done
}

start_server() { # start_server CMD...: in the background
    "$@" >>"$T/said" 2>&1 &
    remember $!
}

log_has() { # log_has REGEX DESC
    wait_until 5 matches "$log" "$1"
    ok $? "$2" || show "the server's log" "$log"
}

# Asserted last: by then the server has logged what it has to say of the earlier connections.
log_lacks() { # log_lacks REGEX DESC
    [ -s "$log" ] || {
        fail "$2" 'the log is empty'
        return
    }
    negate matches "$log" "$1"
    ok $? "$2" || {
        grep -nE -e "$1" "$log" | head -n 5 | sed 's/^/# /'
        show "the server's log" "$log"
    }
}

# good_bad_off PROTOCOL GOOD BAD OFF [ARGS...]: three results of each port: TLS begins, the
# certificate is for another name, TLS is not offered.
good_bad_off() {
    triple=$1 triple_good=$2 triple_bad=$3 triple_off=$4
    shift 4
    check --starttls "$triple" "$@" localhost "$triple_good"
    status_is 0 "$triple: verified"
    dial --starttls "$triple" "$@" localhost "$triple_bad"
    failed_as 46 name-mismatch 'is for other.example' "$triple: a certificate for another name"
    dial --starttls "$triple" "$@" localhost "$triple_off"
    failed_as 26 starttls-refused "" "$triple: TLS turned off"
}

# Last, for the server may well log an error of such a client.
hinted() { # hinted PROTOCOL PORT: dialled without --starttls
    dial localhost "$2"
    failed_as 31 not-tls 'does not speak TLS but ' "$1: dialled without STARTTLS"
    err_has "--starttls $1" "$1: the hint"
}

says() { # says PROTOCOL PORT TEXT WANTED: a command inside TLS and its answer
    printf '%b' "$3" >"$T/command"
    dial --starttls "$1" --send "$T/command" localhost "$2"
    status_is 0 "$1: a command inside TLS"
    out_has "$4" "$1: its answer"
}
