# shellcheck shell=sh
# The proxy that the environment names, and the hosts that go without one.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires python openssl

make_usual
start_peer serve
server_port=$port
start_way smtp
mail_port=$port
start_way http-proxy --credentials 'm@:open sesame'
closed=http://127.0.0.1:1
proxy=http://m%40:open%20sesame@127.0.0.1:$port
shown=http://127.0.0.1:$port

goes() { # goes HOW [VAR=VALUE...]: dials the server with -v; HOW is through, straight or fails
    goes_how=$1
    shift
    goes_desc=$*
    # shellcheck disable=SC2086 # options
    run with_env "$@" tlsdial -v --cacert "$T/ca.pem" --connect-timeout 10 $goes_options \
        $goes_target
    case $goes_how in
    through)
        status_is 0 "$goes_desc"
        err_has "* proxy: $shown, from $goes_variable of the environment" "it is $goes_variable"
        err_lacks sesame 'the password is not shown'
        ;;
    straight)
        status_is 0 "straight: $goes_desc"
        err_lacks '* proxy:' 'no proxy'
        ;;
    refused)
        status_is 22 "the other one: $goes_desc"
        err_has "* proxy: $closed" 'that proxy'
        ;;
    esac
}
goes_options='' goes_target="localhost $server_port"

goes_variable=https_proxy
goes through https_proxy="$proxy"
peer_log_has "heard: CONNECT localhost:$server_port" 'the proxy was asked'
goes_variable=all_proxy
goes through all_proxy="$proxy"
goes through https_proxy= all_proxy="$proxy"
goes straight https_proxy= all_proxy=
goes straight http_proxy="$closed" smtp_proxy="$closed"
goes_variable=https_proxy
goes through https_proxy="$proxy" all_proxy="$closed"
if [ "$EXEEXT" = .exe ]; then # where a variable's name has no case
    skip 'lower case before capitals' 'names of variables have no case here' 11
else
    goes_variable=HTTPS_PROXY
    goes through HTTPS_PROXY="$proxy"
    goes through HTTPS_PROXY="$proxy" all_proxy="$closed"
    goes_variable=https_proxy
    goes through https_proxy="$proxy" HTTPS_PROXY="$closed"
    goes straight https_proxy="$closed" no_proxy=localhost NO_PROXY=other
fi

# Credentials: those of --proxy-pass before those in the URL.
printf 'm@:open sesame\n' >"$T/credentials"
goes_options="--proxy-pass file:$T/credentials"
goes_variable=https_proxy
goes through https_proxy="http://wrong:one@127.0.0.1:${shown##*:}"
goes_options=
run with_env https_proxy="$shown" tlsdial --cacert "$T/ca.pem" localhost "$server_port"
failed_as 25 proxy 407 'without credentials'
run with_env https_proxy=http://me:%zz@127.0.0.1:1 tlsdial localhost 1
failed_as 2 usage 'https_proxy: its user name and password are not' 'bad ones'
run with_env https_proxy=https://proxy.example tlsdial localhost 1
failed_as 2 usage 'TLS to the proxy itself is not supported' 'an https:// proxy'

# The command line is stronger.
goes_options="--proxy $closed"
goes refused https_proxy="$proxy"
run with_env https_proxy="$closed" tlsdial --cacert "$T/ca.pem" --proxy '' localhost "$server_port"
status_is 0 "an empty --proxy is none"

# --- exceptions

goes_options=
goes straight https_proxy="$closed" no_proxy=localhost
err_has '* no proxy: no_proxy covers the host' 'and why is said'
goes straight https_proxy="$closed" no_proxy="example.org, localhost:$server_port"
goes refused https_proxy="$closed" no_proxy="localhost:1, 127.0.0.1"
goes straight https_proxy="$closed" no_proxy='*'
goes_target="127.0.0.1:$server_port"
goes straight https_proxy="$closed" no_proxy=127.0.0.0/8
goes refused https_proxy="$closed" no_proxy=localhost,128.0.0.0/8
goes_target="localhost $server_port"
goes_options='--noproxy localhost'
goes straight https_proxy="$closed"
goes straight https_proxy="$closed" no_proxy=other.example
err_has '* no proxy: --noproxy covers the host' 'and why is said'
goes_options='--noproxy other.example'
goes refused https_proxy="$closed" no_proxy=localhost
goes_options="--noproxy localhost --proxy $closed"
goes straight no_proxy=

# --- STARTTLS

start_way http-proxy
shown=http://127.0.0.1:$port
goes_options=
goes_target=smtp://localhost:$mail_port
goes_variable=smtp_proxy
goes through smtp_proxy="$shown" https_proxy="$closed" all_proxy="$closed"
goes_variable=all_proxy
goes through https_proxy="$closed" all_proxy="$shown"
goes straight https_proxy="$closed"

# --- check

if has_check; then
    run with_env https_proxy="$shown" tlsdial check -v --cacert "$T/ca.pem" localhost "$server_port"
    status_is 0 'check'
    err_has "* proxy: $shown, from https_proxy of the environment" 'check -v'
else
    skip check "this tlsdial was built without 'check'" 2
fi

# --- Unix sockets are none of a proxy's business

if [ "$EXEEXT" != .exe ]; then
    start_way serve --socket "$T/socket"
    goes_options="--unix $T/socket"
    goes_target=localhost
    goes straight https_proxy="$closed"
else
    skip '--unix' 'this system has none' 2
fi

done_testing 71
