# shellcheck shell=sh
# tlsdial pipe: the command line.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"

wrong() { # wrong WORDS ARGS...
    wrong_words=$1
    shift
    run tlsdial "$@"
    failed_as 2 usage "$wrong_words" "$*"
}

wrong "a host is missing; if 'pipe' is one, say pipe:443" pipe
wrong 'one argument too many' pipe a 1 b
wrong "'--send' cannot be used with 'pipe'" pipe --send x a.example
wrong "'--output' cannot be used with 'pipe'" pipe -o x a.example
wrong "'--warn-days' cannot be used with 'pipe'" pipe --warn-days 3 a.example
wrong "'--crlf' is for 'tlsdial pipe' only" --crlf a.example
wrong "'--half-close' is for 'tlsdial pipe' only" --half-close a.example
wrong "'--exec' is for 'tlsdial pipe' only" a.example --exec true
wrong '--half-close or --close-on-eof, not both' pipe --half-close --close-on-eof a.example
wrong '--half-close or --close-on-eof, not both' pipe --close-on-eof --half-close a.example
wrong "'--exec' needs a program" pipe a.example --exec
wrong "'--exec' needs a program" pipe a.example --exec ''
wrong "'--exec' must be written in full" pipe a.example --exec=true
wrong "'--exec' must be written in full" pipe a.example --exe true
if has_check; then
    wrong "'--crlf' cannot be used with 'check'" check --crlf a.example
    wrong "'--exec' cannot be used with 'check'" check a.example --exec true
else
    skip 'options of pipe with check' "this tlsdial was built without 'check'" 2
fi

# A host of that name.
run tlsdial --resolve pipe:443:127.0.0.1 --connect-timeout 0.001 pipe:443
status_between 20 79 'pipe:443 is a host'

run tlsdial --help
status_is 0 '--help'
out_has "With 'pipe':" '--help has the options of pipe'

done_testing 19
