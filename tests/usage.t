# shellcheck shell=sh
# What the command line takes, and that bad text is refused before anything is done.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"

# --- information goes to standard output --------------------------------------------

run tlsdial --help
status_is 0 '--help succeeds'
err_empty '--help: nothing on standard error'
out_has 'Usage: tlsdial' '--help says how to use it'
for option in -4 --ipv4 -6 --ipv6 --resolve --cacert --capath --servername \
    --verify-hostname --min-protocol --max-protocol --connect-timeout --idle-timeout \
    --untrusted --attime --alpn --max-time --send -o --output -v --verbose -q --quiet \
    --help --version; do
    out_matches "^  ( *|-., )$option( |,)" "--help lists $option"
done
for option in --format --warn-days --save-chain --fetch-missing; do
    if has_check; then
        out_matches "^  ( *|-., )$option( |,)" "--help lists $option"
    else
        out_lacks "$option" "--help has no $option without check"
    fi
done

run tlsdial --version
status_is 0 '--version succeeds'
err_empty '--version: nothing on standard error'
out_matches '^tlsdial [0-9]+\.[0-9]+' '--version tells the version'
out_has OpenSSL "--version tells OpenSSL's version"

# --- words that are refused ---------------------------------------------------------

refused() { # refused WORDS ARGS...
    refused_words=$1
    shift
    run tlsdial "$@"
    failed_as 2 usage "$refused_words" \
        "refused: tlsdial $(printf '%s' "$*" | tr -c '[:print:]' '?')"
}

refused 'a host is missing'
refused 'a host is missing' --
refused "'three' is one argument too many" one 2 three
refused "'--no-such-option' is unknown" --no-such-option localhost
refused "'-Z' is unknown" -Z localhost
refused "'--cacert' needs an argument" --cacert
refused "'-o' needs an argument" localhost -o
refused "'-o' needs an argument" -vo
refused "'--output' needs an argument" --output
refused "'--quiet' takes no argument" --quiet=yes localhost
refused "'--max' is unknown or ambiguous" --max 3 localhost
refused "'--help you'" -- '--help you'
refused 'a host is missing' -4 --
refused "a host is missing; if 'check' is one, say check:443" check
refused "a host is missing; if 'check' is one, say check:443" -4 -- check
refused "'three' is one argument too many" check one 2 three
refused "has a port and '2' is another" check one:2 2
has_check || refused "built without 'check'" check localhost 1

# Options of one command only, before and behind its name.
refused "'--send' cannot be used with 'check'" check --send file localhost
refused "'--output' cannot be used with 'check'" -o file check localhost
for option in '--format text' '--warn-days 3' '--save-chain file' --fetch-missing; do
    # shellcheck disable=SC2086 # an option and its argument
    refused "'${option%% *}' is for 'tlsdial check' only" localhost $option
done

# Options for what this OpenSSL was built without.
lacks() { # lacks WHAT OPTION [COMMAND]
    refused "'$2' cannot be used: this OpenSSL was built without $1" ${3:+"$3"} "$2" localhost
    run tlsdial --version
    out_has "OpenSSL without $1: no $2" "--version tells that there is no $2"
}
has_http || lacks HTTP --fetch-missing check
has_ocsp || lacks OCSP --require-staple
has_ui_console || lacks 'the UI console' --ask-pass

refused "'xml' is not text or json" check --format xml localhost
refused "'-' is no file" check --save-chain - localhost
for days in '' -1 1.5 3d 36526 99999999999999999999; do
    refused 'is no number of days' check --warn-days "$days" localhost
done
for seconds in '' -1 1.5 tomorrow ' 1' 253402300800 99999999999999999999; do
    refused 'is no number of seconds since 1970' --attime "$seconds" localhost
done
for protocols in '' ',' 'h2,' ',h2' 'h2,,http/1.1'; do
    refused 'is no list of ALPN protocols' --alpn "$protocols" localhost
done

for port in 0 65536 99999999999999999999 -1 '' 4a 44.3 '44 3' +443; do
    refused 'is no port' -- localhost "$port"
done
for seconds in '' -1 1s 1e3 . 0x10 ' 1' '1 ' 1,5 inf nan 99999999999999999999; do
    refused 'is no number of seconds' --max-time "$seconds" localhost
done
refused '--connect-timeout' --connect-timeout x localhost
refused '--idle-timeout' --idle-timeout x localhost
refused '--min-protocol' --min-protocol TLSv1.1 localhost
refused '--max-protocol' --max-protocol 1.2 localhost
refused 'above the highest' --min-protocol TLSv1.3 --max-protocol TLSv1.2 localhost
refused 'HOST:PORT:ADDR' --resolve localhost:443 localhost
refused 'is no IP address' --resolve localhost:443:localhost localhost
refused 'SNI carries names only' --servername 127.0.0.1 localhost
refused 'SNI carries names only' --servername ::1 localhost

# --- targets ------------------------------------------------------------------------

long_label=$(printf '%064d' 0 | tr 0 a)
long_name=$(printf '%0128d' 0 | sed 's/00/a./g')$(printf '%0126d' 0 | sed 's/00/a./g')a

refused 'has a port and' localhost:443 443
refused 'has a port and' https://localhost:443/ 443
refused 'only https:// is spoken' http://localhost/
refused 'only https:// is spoken' ftp://localhost/
refused 'user name or password' https://user@localhost/
refused 'user name or password' https://user:word@localhost/
refused 'percent-encode' 'https://localhost/a b'
refused 'percent-encode' "https://localhost/$(printf 'a\r\nb')"
refused 'is no URL' https://
refused 'is no URL' https:///path
refused 'ends in a number' 127.1
refused 'ends in a number' 0x7f.1
refused 'ends in a number' 2130706433
refused 'ends in a number' 256.0.0.1
# Octal to a resolver, decimal to the check of a certificate.
refused 'ends in a number' 127.0.0.010
refused 'ends in a number' 0177.0.0.1
refused 'is no host name' '127.0.0.1 and more'
refused 'is no host name' 127.0.0.+1
refused 'ends in a number' 127.0.0.1.
refused 'brackets are for IPv6' '[localhost]'
refused 'brackets are for IPv6' '[127.0.0.1]:443'
refused 'brackets are for IPv6' '[::1'
refused 'brackets are for IPv6' '[]'
refused "a ':' and a port" '[::1]443'
refused 'empty label' a..example
refused 'empty label' .example
refused 'empty label' .
refused "begins or ends with '-'" a-.example
refused 'it is empty' ''
refused 'longer than 63' "$long_label.example"
refused 'longer than 253' "$long_name"
refused 'make a name' 'local host'
refused 'make a name' 'local/host'
refused 'make a name' "$(printf 'local\033host')"
err_lacks "$(printf '\033')" 'control characters are not repeated as they are'

# --- certificates to trust ----------------------------------------------------------

: >"$T/empty.pem"
echo 'no certificate' >"$T/text.pem"
mkdir "$T/empty" "$T/unhashed"
echo 'no certificate' >"$T/unhashed/ca.pem"

for file in "$T/missing.pem" "$T/empty.pem" "$T/text.pem" "$T/empty"; do
    run tlsdial --untrusted "$file" localhost 1
    failed_as 10 ca-store "$file" "--untrusted that cannot be used: ${file#"$T/"}"
    run tlsdial --cacert "$file" localhost 1
    failed_as 10 ca-store "$file" "--cacert that cannot be used: ${file#"$T/"}"
done
for directory in "$T/missing" "$T/empty" "$T/unhashed" "$T/text.pem"; do
    run tlsdial --capath "$directory" localhost 1
    failed_as 10 ca-store "$directory" "--capath that cannot be used: ${directory#"$T/"}"
done
run tlsdial --cacert "$T/missing.pem" localhost 1
err_has 'No such file' 'the reason is told'
run tlsdial --capath "$T/unhashed" localhost 1
err_has 'c_rehash' 'a directory without hashed names: what to do is told'

# --- quiet, and nothing before the command line is right -----------------------------

run tlsdial -q localhost 1 2
status_is 2 '-q: the status stays'
err_empty '-q: nothing is told'
run tlsdial --quiet --cacert "$T/missing.pem" localhost 1
status_is 10 '--quiet: the status stays'
err_empty '--quiet: nothing is told'

if [ -n "$PYTHON" ]; then
    start_peer silent
    for mistake in '--max-time x' '--no-such-option' "--cacert $T/missing.pem" \
        "--send $T/missing" "-o $T/missing/file"; do
        # shellcheck disable=SC2086 # an option and its argument
        within 20 tlsdial 127.0.0.1 "$port" $mistake
        out_empty "no response after a mistake: ${mistake%% *}"
        [ "$status" -ge 2 ] && [ "$status" -lt 20 ]
        judge $? "its own status: ${mistake%% *}" 'expected a status from 2 to 19'
    done
    peer_log_lacks 'connection from' 'no connection is made before all of it is right'
else
    skip 'no connection is made before all of it is right' 'Python is not here'
fi

done_testing
