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

# shellcheck disable=SC2016 # expanded by bash
completes() { # completes WANTED WORD...: the last one, to the lines of WANTED
    wanted=$1
    shift
    command -v bash >"$T/which" || {
        skip "$*" 'bash is not here'
        return
    }
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
completes '' tlsdial --save
completes '--half-close' tlsdial pipe --half
completes '--raw' tlsdial pipe --ra
completes '' tlsdial --half
completes '' tlsdial pipe --send
completes pipe tlsdial pip
completes '--send' tlsdial --se'nd'
completes 'TLSv1.2 TLSv1.3' tlsdial --min-protocol ''
if has_check; then
    completes '--save-chain' tlsdial check --save
    completes '' tlsdial check --send
    completes check tlsdial chec
    completes 'text json' tlsdial check --format ''
else
    completes '' tlsdial chec
    completes '--send' tlsdial check --send
    skip 'check is completed' "this tlsdial was built without 'check'" some
fi
completes '' tlsdial --idle-timeout 1
mkdir "$T/some folder"
: >"$T/some file"
completes "$T/some file $T/some folder" tlsdial --cacert "$T/some f"
completes "$T/some folder" tlsdial --capath "$T/some f"


# --- all three as a user has them ---------------------------------------------------------

cat >"$T/table" <<'END'
tlsdial --cac|tlsdial --cacert |
tlsdial host 443 --conn|tlsdial host 443 --connect-timeout |
tlsdial host --conn|tlsdial host --connect-timeout |
tlsdial chec|tlsdial check |
tlsdial check|tlsdial check |
tlsdial -v chec|tlsdial -v chec|
tlsdial check --save|tlsdial check --save-chain |
tlsdial check host --warn|tlsdial check host --warn-days |
tlsdial --save|tlsdial --save|
tlsdial pip|tlsdial pipe |
tlsdial pipe --half|tlsdial pipe --half-close |
tlsdial pipe --ra|tlsdial pipe --raw |
tlsdial --half|tlsdial --half|
tlsdial --sen|tlsdial --send |
tlsdial check --sen|tlsdial check --sen|
tlsdial --min-protocol T|tlsdial --min-protocol TLSv1.|
tlsdial check --format j|tlsdial check --format json |
tlsdial --idle-timeout some|tlsdial --idle-timeout some|
tlsdial --cacert some|tlsdial --cacert some\ f|
tlsdial --capath some|tlsdial --capath some\ folder/|
END
has_check || { grep -v '^tlsdial chec' "$T/table" >"$T/rest" && mv "$T/rest" "$T/table"; }
cut -d '|' -f 1 "$T/table" >"$T/typed"

types_into() { # types_into SHELL: the lines of the table, each with a TAB after it
    for needed in "$1" "${PYTHON:-python3}"; do
        command -v "$needed" >"$T/which" || {
            skip "$1 at a terminal" "$needed is not here" 21
            return
        }
    done
    if ! has_terminals; then
        skip "$1 at a terminal" 'there are no pseudo-terminals here' 21
        return
    fi
    within 300 "$PYTHON" "$TOP_SRCDIR/tests/tools/tab.py" "$1" "$completions/$1" <"$T/typed"
    status_is 0 "$1 at a terminal: status"
    paste -d '|' "$T/table" "$T/out" >"$T/got"
    while IFS='|' read -r line wanted _ got; do
        is "$got" "$wanted" "$1 at a terminal: $line"
    done <"$T/got"
}

cd "$T" || bail_out 'no folder'
types_into bash
types_into zsh

# fish tells without a terminal what it would offer; of a command that there is none of, nothing.
offers() { # offers LINE WORD...: these and no others
    # shellcheck disable=SC2016 # expanded by fish
    run with_env HOME="$T" PATH="$T/bin:$PATH" fish -c \
        'set fish_complete_path $argv[1]; complete -C $argv[2]' "$completions/fish" "$1"
    line=$1 wanted=
    shift
    for word; do wanted="$wanted$word|"; done
    is "$(cut -f 1 "$T/out" | tr '\n' '|')" "$wanted" "fish: $line"
}

if ! command -v fish >"$T/which"; then
    skip 'fish offers' 'fish is not here' 17
    done_testing 83
    exit
fi
mkdir "$T/bin"
printf '#!/bin/sh\n' >"$T/bin/tlsdial"
chmod +x "$T/bin/tlsdial"
offers 'tlsdial --cac' --cacert
offers 'tlsdial host 443 --conn' --connect-timeout
if has_check; then
    offers 'tlsdial chec' check
    offers 'tlsdial check --save' --save-chain
    offers 'tlsdial check --sen'
    offers 'tlsdial check --format ' json text
fi
offers 'tlsdial -v chec'
offers 'tlsdial --save'
offers 'tlsdial pip' pipe
offers 'tlsdial pipe --half' --half-close
offers 'tlsdial pipe --sen'
offers 'tlsdial --half'
offers 'tlsdial --sen' --send
offers 'tlsdial --min-protocol ' TLSv1.2 TLSv1.3
offers 'tlsdial --cacert some' 'some file' 'some folder/'
offers 'tlsdial --capath some' 'some folder/'
offers 'tlsdial --idle-timeout some'

done_testing 83
