# shellcheck shell=sh
# The shells complete the program's options, all of them, and what follows them.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"

completions=$TOP_BUILDDIR/completions
tlsdial --help | sed -n 's/^  -., \(--[a-z0-9-]*\).*/\1/p; s/^ *\(--[a-z0-9-]*\) .*/\1/p' |
    sort >"$T/options"
holds '--help has options' 'expected: --cacert' has "$T/options" --cacert

has_all_options() { # has_all_options SHELL: its options are in $T/found
    sort -u "$T/found" >"$T/sorted"
    diff "$T/sorted" "$T/options" >"$T/diff"
    ok $? "$1 knows the options of --help" || show 'differences, < is what there is' "$T/diff"
}

can_read() { # can_read SHELL FILE
    if ! command -v "$1" >"$T/which"; then
        skip "$1 can read its file" "$1 is not here"
    else
        run "$1" -n "$2"
        status_is 0 "$1 can read its file"
    fi
}

# --- zsh and fish, as far as the file goes

sed -n "s/^ *'\*\(--[a-z0-9-]*\).*/\1/p" "$completions/zsh/_tlsdial" >"$T/found"
has_all_options zsh
can_read zsh "$completions/zsh/_tlsdial"
sed -n 's/.* -l \([a-z0-9-]*\) .*/--\1/p' "$completions/fish/tlsdial.fish" >"$T/found"
has_all_options fish
can_read fish "$completions/fish/tlsdial.fish"
holds 'one with a letter' 'expected: -s o -l output' \
    has "$completions/fish/tlsdial.fish" '-s o -l output'

# --- bash, which completes without a terminal

sed 's/ /\n/g' "$completions/bash/tlsdial" | grep -o '^[^-]*--[a-z0-9-]*' | grep -v '^--$' |
    grep -o -e '--[a-z0-9-]*[a-z0-9]' >"$T/found"
has_all_options bash
if ! command -v bash >"$T/which"; then
    skip 'bash completes' 'bash is not here'
    done_testing
    exit
fi

# shellcheck disable=SC2016 # expanded by bash
completes() { # completes WANTED WORD...: the last one, to the lines of WANTED
    wanted=$1
    shift
    got=$(bash -c '. "$0"; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _tlsdial; printf "%s " "${COMPREPLY[@]}"' "$completions/bash/tlsdial" "$@")
    is_equal "${got% }" "$wanted" "$*"
}

is_equal() { # is_equal GOT WANTED DESC
    [ "$1" = "$2" ]
    ok $? "$3" || note "got '$1', expected '$2'"
}

completes '--cacert' tlsdial --cac
completes '--connect-timeout' tlsdial host 443 --conn
completes '--save-chain' tlsdial check --save
completes '' tlsdial --save
completes '--send' tlsdial --se'nd'
completes '' tlsdial check --send
completes check tlsdial chec
completes 'TLSv1.2 TLSv1.3' tlsdial --min-protocol ''
completes 'text json' tlsdial check --format ''
completes '' tlsdial --idle-timeout 1
mkdir "$T/some folder"
: >"$T/some file"
completes "$T/some file $T/some folder" tlsdial --cacert "$T/some f"
completes "$T/some folder" tlsdial --capath "$T/some f"

done_testing
