# shellcheck shell=sh
# What the command line takes, and that bad text is misused before anything is done.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"

# --- information goes to standard output --------------------------------------------

run tlsdial --help
status_is 0 '--help succeeds'
err_empty '--help: nothing on standard error'
out_has 'Usage: tlsdial' '--help says how to use it'
for option in -4 --ipv4 -6 --ipv6 --resolve --cacert --capath --servername \
    --verify-hostname --min-protocol --max-protocol --groups --sigalgs --ciphers --connect-timeout --idle-timeout \
    --untrusted --attime --alpn \
    --max-time --send -o --output -v --verbose -q --quiet --help --version; do
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

misused() { # misused WORDS ARGS...
    misused_words=$1
    shift
    run tlsdial "$@"
    failed_as 2 usage "$misused_words" \
        "refused: tlsdial $(printf '%s' "$*" | tr -c '[:print:]' '?')"
}

misused 'a host is missing'
misused 'a host is missing' --
misused "'three' is one argument too many" one 2 three
misused "'--no-such-option' is unknown" --no-such-option localhost
misused "'-Z' is unknown" -Z localhost
misused "'--cacert' needs an argument" --cacert
misused "'-o' needs an argument" localhost -o
misused "'-o' needs an argument" -vo
misused "'--output' needs an argument" --output
misused "'--quiet' takes no argument" --quiet=yes localhost
misused "'--max' is unknown or ambiguous" --max 3 localhost
misused "'--help you'" -- '--help you'
misused 'a host is missing' -4 --
misused "a host is missing; if 'check' is one, say check:443" check
misused "a host is missing; if 'check' is one, say check:443" -4 -- check
misused "'three' is one argument too many" check one 2 three
misused "has a port and '2' is another" check one:2 2
has_check || misused "built without 'check'" check localhost 1

# Options of one command only, before and behind its name.
misused "'--send' cannot be used with 'check'" check --send file localhost
misused "'--output' cannot be used with 'check'" -o file check localhost
for option in '--format text' '--warn-days 3' '--save-chain file' --fetch-missing; do
    # shellcheck disable=SC2086 # an option and its argument
    misused "'${option%% *}' is for 'tlsdial check' only" localhost $option
done

# Options for what this OpenSSL was built without.
built_without() { # built_without WHAT OPTION [COMMAND]
    misused "'$2' cannot be used: this OpenSSL was built without $1" ${3:+"$3"} "$2" localhost
    run tlsdial --version
    status_is 0 "--version, without $1"
    out_has "OpenSSL without $1: no $2" "--version tells that there is no $2"
}
has_ocsp || built_without OCSP --require-staple
has_ui_console || built_without 'the UI console' --ask-pass

misused "'xml' is not text or json" check --format xml localhost
misused "'-' is no file" check --save-chain - localhost
for days in '' -1 1.5 3d 36526 99999999999999999999; do
    misused 'is no number of days' check --warn-days "$days" localhost
done
for seconds in '' -1 1.5 tomorrow ' 1' 253402300800 99999999999999999999; do
    misused 'is no number of seconds since 1970' --attime "$seconds" localhost
done
for protocols in '' ',' 'h2,' ',h2' 'h2,,http/1.1'; do
    misused 'is no list of ALPN protocols' --alpn "$protocols" localhost
done

for port in 0 65536 99999999999999999999 -1 '' 4a 44.3 '44 3' +443; do
    misused 'is no port' -- localhost "$port"
done
for seconds in '' -1 1s 1e3 . 0x10 ' 1' '1 ' 1,5 inf nan 99999999999999999999; do
    misused 'is no number of seconds' --max-time "$seconds" localhost
done
misused '--connect-timeout' --connect-timeout x localhost
misused '--idle-timeout' --idle-timeout x localhost
misused '--min-protocol' --min-protocol TLSv1.1 localhost
misused '--max-protocol' --max-protocol 1.2 localhost
misused 'above the highest' --min-protocol TLSv1.3 --max-protocol TLSv1.2 localhost
misused 'HOST:PORT:ADDR' --resolve localhost:443 localhost
misused 'is no IP address' --resolve localhost:443:localhost localhost
misused 'SNI carries names only' --servername 127.0.0.1 localhost
misused 'SNI carries names only' --servername ::1 localhost

# --- targets ------------------------------------------------------------------------

long_label=$(printf '%064d' 0 | tr 0 a)
long_name=$(printf '%0128d' 0 | sed 's/00/a./g')$(printf '%0126d' 0 | sed 's/00/a./g')a

misused 'has a port and' localhost:443 443
misused 'has a port and' https://localhost:443/ 443
misused 'that scheme is not known' http://localhost/
misused 'that scheme is not known' gopher://localhost/
misused 'user name or password' https://user@localhost/
misused 'user name or password' https://user:word@localhost/
misused 'percent-encode' 'https://localhost/a b'
misused 'percent-encode' "https://localhost/$(printf 'a\r\nb')"
misused 'is no URL' https://
misused 'is no URL' https:///path
misused 'ends in a number' 127.1
misused 'ends in a number' 0x7f.1
misused 'ends in a number' 2130706433
misused 'ends in a number' 256.0.0.1
# Octal to a resolver, decimal to the check of a certificate.
misused 'ends in a number' 127.0.0.010
misused 'ends in a number' 0177.0.0.1
misused 'is no host name' '127.0.0.1 and more'
misused 'is no host name' 127.0.0.+1
misused 'ends in a number' 127.0.0.1.
misused 'brackets are for IPv6' '[localhost]'
misused 'brackets are for IPv6' '[127.0.0.1]:443'
misused 'brackets are for IPv6' '[::1'
misused 'brackets are for IPv6' '[]'
misused "a ':' and a port" '[::1]443'
misused 'empty label' a..example
misused 'empty label' .example
misused 'empty label' .
misused "begins or ends with '-'" a-.example
misused 'it is empty' ''
misused 'longer than 63' "$long_label.example"
misused 'longer than 253' "$long_name"
misused 'make a name' 'local host'
misused 'make a name' 'local/host'
misused 'make a name' "$(printf 'local\033host')"
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
failed_as 10 ca-store 'No such file' 'the reason is reported'
run tlsdial --capath "$T/unhashed" localhost 1
status_is 10 'a directory without hashed names'
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
        dial trust=none 127.0.0.1 "$port" $mistake
        status_between 2 19 "its own status: ${mistake%% *}"
        out_empty "no response after a mistake: ${mistake%% *}"
    done
    never_connected 'no connection is made before all of it is right'
else
    skip 'no connection is made before all of it is right' 'Python is not here' 11
fi

done_testing 175
