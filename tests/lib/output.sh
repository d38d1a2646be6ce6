# shellcheck shell=sh
# What the tests of standard output and -o share: a page to fetch, a folder for files.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires python openssl

make_usual
trust="--cacert $T/ca.pem"
# shellcheck disable=SC2086 # two words
dial() { within 30 tlsdial $trust "$@"; }
# shellcheck disable=SC2086
dial_redirected() { # dial_redirected REDIRECTIONS ARGS...
    output_redirections=$1
    shift
    redirected "$output_redirections" tlsdial $trust "$@"
}

{
    printf 'HTTP/1.0 200 OK\r\n\r\nplaintext-marker\n'
    dd if=/dev/zero bs=100000 count=1 2>/dev/null
} >"$T/page"
folder=$T/folder
mkdir "$folder"
holds_only() { # holds_only NAMES DESC: of $folder
    is "$(ls -A "$folder")" "$1" "$2"
}
