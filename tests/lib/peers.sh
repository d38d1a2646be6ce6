# shellcheck shell=sh disable=SC2034,SC2154 # the files share their variables
# Peers to talk to. Each verb here sets port, peer_pid and peer_log, and comes back when the
# peer listens. Ports are the system's choice, so that tests can run at the same time.
#
#   offer [NAME [CERT...]] [ARGS...]   a page, under the certificate NAME (server), with CERTs after it
#   serve [NAME [CERT...]] [ARGS...]   the same, and instead of a page what it hears is in its log
#   start_s_server ARGS...             what both are made of
#   start_peer VERB ARGS...            what s_server cannot do: tests/peers/peer.py --help
#   start_way VERB ARGS...             STARTTLS of each protocol, proxies: tests/peers/way.py --help
#   start_nginx, closed_port, free_port

peer_count=0
port=
peer_log=
peer_pid=

new_peer() { # the log comes before the peer, which may be slow to open it
    peer_count=$((peer_count + 1))
    peer_log=$T/peer$peer_count.log
    peer_said=$T/peer$peer_count.said
    : >"$peer_log"
    : >"$peer_said"
}

says_where() { # says_where WORD: sets port from a line such as ACCEPT 127.0.0.1:4433
    while read -r said_word said_where; do
        case $said_word:$said_where in
        "$1":*:*[0-9])
            port=${said_where##*:}
            return 0
            ;;
        esac
    done <"$peer_said"
    return 1
}

peer_started() { # peer_started PID WORD
    peer_pid=$1
    remember "$1"
    wait_until 10 says_where "$2" && return
    show 'the peer said' "$peer_said"
    show 'its log' "$peer_log"
    bail_out 'a peer does not listen'
}

has_word() { # has_word WORD WORDS...
    wanted_word=$1
    shift
    for word; do
        [ "$word" != "$wanted_word" ] || return 0
    done
    return 1
}

start_s_server() { # start_s_server ARGS...: as s_server takes them; also sets peer_in
    new_peer
    peer_kind=s_server
    peer_said=$peer_log
    peer_in=$T/peer$peer_count.in
    mkfifo "$peer_in"
    has_word -accept "$@" || set -- -accept 127.0.0.1:0 "$@"
    has_word -cert "$@" || has_word -nocert "$@" ||
        set -- -cert "$T/server.pem" -key "$T/server.key" "$@"
    # Without -www s_server reads its standard input and ends with it; a FIFO that it
    # holds open for writing has no end, and tell_peer can write into it.
    "$OPENSSL" s_server "$@" <>"$peer_in" >"$peer_log" 2>&1 &
    peer_started $! ACCEPT
}

serve() { # serve [NAME [CERT...]] [ARGS...]: NAMEs up to the first word with a "-"
    served=server
    case ${1:--} in
    -*) ;;
    *)
        served=$1
        shift
        ;;
    esac
    served_chain=$T/$served.sent
    : >"$served_chain"
    while [ $# -gt 0 ]; do
        case $1 in
        -*) break ;;
        esac
        cat "$T/$1.pem" >>"$served_chain" || bail_out "serve: no certificate $1"
        shift
    done
    [ ! -s "$served_chain" ] || set -- -cert_chain "$served_chain" "$@"
    start_s_server -cert "$T/$served.pem" -key "$T/$served.key" "$@"
}

offer() { serve "$@" -www; } # offer [NAME [CERT...]] [ARGS...]

tell_peer() { # tell_peer LINE: to s_server, as data or command (r renegotiates, Q ends)
    printf '%s\n' "$1" >"$peer_in"
}

start_peer() { start_script peer "$@"; } # start_peer VERB ARGS...: peer.py --help lists the verbs

start_way() { start_script way "$@"; } # start_way VERB ARGS...: those of way.py

start_script() { # start_script peer|way VERB ARGS...
    [ -n "$PYTHON" ] || bail_out 'start_peer without Python: say "requires python" first'
    new_peer
    peer_kind=python
    peer_script=$1 peer_verb=$2
    shift 2
    [ ! -e "$T/server.pem" ] || set -- --cert "$T/server.pem" --key "$T/server.key" "$@"
    # shellcheck disable=SC2154 # slowness is tap.sh's
    # -S: nothing of what others installed, which may take longer to look up than all the rest.
    "$PYTHON" -S "$TOP_SRCDIR/tests/peers/$peer_script.py" "$peer_verb" --log "$peer_log" \
        --life "$((120 * slowness))" "$@" \
        >"$peer_said" 2>&1 &
    peer_started $! LISTENING
}

stop_peer() { end_process "$peer_pid"; } # the last one; for another, end_process PID

peer_log_has() { # peer_log_has TEXT DESC: the peer may be a little behind
    wait_until 5 has "$peer_log" "$1"
    ok $? "$2" || {
        note "expected in the peer's log: $1"
        show "the peer's log" "$peer_log"
    }
}

count_in_log() { # count_in_log PATTERN: prints how many lines
    grep -c -e "$1" "$peer_log" || :
}

all_are_over() {
    begun=$(count_in_log '^connection from')
    [ "$begun" -gt 0 ] && [ "$(count_in_log '^connection over')" -eq "$begun" ]
}

has_heard_us() { [ "$(count_in_log 'https proxy request')" -gt "$1" ]; }

# s_server serves one connection after the other, and does not say when one is over: when it has
# heard the next, a request to a proxy, it is.
s_server_is_done() {
    heard_before=$(count_in_log 'https proxy request')
    "$OPENSSL" s_client -proxy "127.0.0.1:$port" -connect a.example:1 \
        </dev/null >"$T/s_client.log" 2>&1 &
    remember $!
    wait_until 10 has_heard_us "$heard_before"
    heard=$?
    end_process $! # it would wait for an answer
    return "$heard"
}

peer_is_done() { # with the connections that it had; it goes on to serve others
    case $peer_kind in
    python) wait_until 10 all_are_over ;;
    s_server) s_server_is_done ;;
    *) false ;;
    esac
}

peer_log_lacks() { # peer_log_lacks TEXT DESC: of a peer that had a connection, once that is over
    if ! peer_is_done; then
        fail "$2" "the peer is not done, and may still log: $1"
        show "the peer's log" "$peer_log"
        return 1
    fi
    negate has "$peer_log" "$1"
    ok $? "$2" || show "the peer's log" "$peer_log"
}

never_connected() { # never_connected DESC: to the last start_peer, which ends by it
    [ "$peer_kind" = python ] || bail_out 'never_connected is for start_peer'
    # It takes the connections that wait, logs them, and says that it is over.
    kill -TERM "$peer_pid"
    wait_until 10 has "$peer_log" 'peer over' || fail "$1" 'the peer does not end'
    wait "$peer_pid"
    forget "$peer_pid"
    negate has "$peer_log" 'connection from'
    ok $? "$1" || show "the peer's log" "$peer_log"
}

none_is_open() { all_are_over || [ "$begun" -eq 0 ]; }

fresh_log() { # forgets what the last start_peer has logged, once it is done with that
    wait_until 10 none_is_open || bail_out 'a peer is not done'
    : >"$peer_log"
}

free_port() { # sets port to one that was free a moment ago
    start_s_server -nocert
    stop_peer
}

# A port that is bound but not listened on refuses, and nobody else can take it.
closed_port() {
    if [ -n "$PYTHON" ]; then
        start_peer refuse
    else
        free_port
    fi
}

has_ipv6() { # whether this machine has ::1
    "$PYTHON" -c 'import socket; socket.socket(socket.AF_INET6).bind(("::1", 0))' \
        2>"$T/ipv6.log"
}

nginx_config() { # nginx_config ROOT DIRECTIVES
    cat <<END
daemon off;
master_process off;
pid $nginx_home/pid;
error_log $peer_log notice;
events { worker_connections 64; }
http {
    access_log $nginx_home/access.log;
    client_body_temp_path $nginx_home/body;
    proxy_temp_path $nginx_home/proxy;
    fastcgi_temp_path $nginx_home/fastcgi;
    uwsgi_temp_path $nginx_home/uwsgi;
    scgi_temp_path $nginx_home/scgi;
    default_type application/octet-stream;
    server {
        listen 127.0.0.1:$port ssl;
        ssl_certificate $T/server.pem;
        ssl_certificate_key $T/server.key;
        ssl_protocols TLSv1.2 TLSv1.3;
        root $1;
        $2
    }
}
END
}

nginx_decided() { [ -s "$nginx_home/pid" ] || has "$peer_log" '[emerg]'; }

try_nginx() { # try_nginx ROOT DIRECTIVES
    free_port
    new_peer
    peer_kind=nginx
    nginx_home=$T/nginx$peer_count
    mkdir "$nginx_home"
    nginx_config "$1" "$2" >"$nginx_home/conf"
    "$NGINX" -p "$nginx_home" -c "$nginx_home/conf" -e "$peer_log" \
        >"$peer_said" 2>&1 &
    peer_pid=$!
    remember "$peer_pid"
    wait_until 10 nginx_decided && [ -s "$nginx_home/pid" ]
}

# nginx cannot choose a port, so another process may take the free one before it does.
start_nginx() { # start_nginx ROOT [DIRECTIVES]: for the server block
    for nginx_try in 1 2 3 4 5; do
        try_nginx "$1" "${2:-}" && return
        stop_peer
        has "$peer_log" 'Address already in use' || break
        note "nginx, try $nginx_try: port $port was taken"
    done
    show "nginx's log" "$peer_log"
    show 'nginx said' "$peer_said"
    bail_out 'nginx does not start'
}
