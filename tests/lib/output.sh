# shellcheck shell=sh
# What the tests of standard output and -o share: a page to fetch, a folder for files.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires python openssl

make_usual
{
    printf 'HTTP/1.0 200 OK\r\n\r\nplaintext-marker\n'
    dd if=/dev/zero bs=100000 count=1 2>/dev/null
} >"$T/page"
folder=$T/folder
mkdir "$folder"
holds_only() { # holds_only NAMES DESC: of $folder
    is "$(ls -A "$folder")" "$1" "$2"
}
