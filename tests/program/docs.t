# shellcheck shell=sh
# The documents say what the program and the library have, all of it and nothing else.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"

manual=$TOP_SRCDIR/doc/tlsdial.1
pipe_manual=$TOP_SRCDIR/doc/tlsdial-pipe.1
has_check || manual=$TOP_BUILDDIR/doc/no-check/tlsdial.1
reference=$TOP_SRCDIR/doc/libtlsdial.3
causes_page=$TOP_BUILDDIR/doc/tlsdial-causes.7
[ -e "$causes_page" ] || causes_page=$TOP_SRCDIR/doc/tlsdial-causes.7
header=$TOP_SRCDIR/include/tlsdial.h.in

same_words() { # same_words GOT WANT DESC: two sorted lists
    diff "$1" "$2" >"$T/diff"
    ok $? "$3" || show 'differences, < is what there is' "$T/diff"
}

# --- options --------------------------------------------------------------------------

# "  -o, --output FILE   text"
options_of_help() {
    sed -n 's/^  \(-.\), \(--[a-z0-9-]*\).*/\1\
\2/p; s/^ *\(--[a-z0-9-]*\) .*/\1/p' "$T/help" | sort
}
# ".It Fl o Ar FILE , Fl -output Ar FILE"
options_of_manual() { # options_of_manual FILE
    # shellcheck disable=SC2016 # a program of awk
    sed -n '/^\.It .*Fl /p' "$1" | tr -s ' ' '\n' |
        "$AWK" 'flag { print "-" $0; flag = 0 } $0 == "Fl" { flag = 1 }' | sort
}
tlsdial --help | sed "/^With 'pipe':/,/^\$/d" >"$T/help"
options_of_help >"$T/options"
options_of_manual "$manual" >"$T/manual"
holds '--help has options' 'expected: --cacert' has "$T/options" --cacert
same_words "$T/manual" "$T/options" 'tlsdial(1) has the options of --help'
# tlsdial-pipe(1) has those of its own, and after them some that mean something else there.
tlsdial --help | sed -n "/^With 'pipe':/,/^\$/p" >"$T/help"
options_of_help >"$T/options"
sed '/^These have another meaning here:/,$d' "$pipe_manual" >"$T/own"
options_of_manual "$T/own" >"$T/manual"
holds '--help has options of pipe' 'expected: --crlf' has "$T/options" --crlf
same_words "$T/manual" "$T/options" 'tlsdial-pipe(1) has the options of pipe'

# --- causes ---------------------------------------------------------------------------

# shellcheck disable=SC2016 # a program of awk
tell_causes() { # tell_causes STATE: status and token
    "$AWK" -f "$TOP_SRCDIR/lib/base/causes.awk" -v form=tsv "$TOP_SRCDIR/lib/base/causes.def" |
        "$AWK" -F '\t' -v state="$1" '$3 == state { print $1, $2 }' | sort
}
tell_causes told >"$T/told"
sed -n 's/^\.It \([0-9][0-9]*\) Em \([a-z0-9-]*\)$/\1 \2/p' "$causes_page" |
    sort >"$T/page"
holds 'there are causes' 'expected: 44 unknown-ca' has "$T/told" '44 unknown-ca'
same_words "$T/page" "$T/told" 'tlsdial-causes(7) has the causes that can be told'

# README shows some of them: "  44  unknown-ca  text", several to a line or one.
if grep -qE '^ +[0-9]+  [a-z][a-z-]+' "$TOP_SRCDIR/README" 2>/dev/null; then
    sed -n 's/^  *\([0-9][0-9]*\)  \([a-z][a-z-]*\).*/\1 \2/p' "$TOP_SRCDIR/README" |
        sort >"$T/readme"
    comm -23 "$T/readme" "$T/told" >"$T/wrong"
    same_bytes "$T/wrong" /dev/null "README's statuses are right"
else
    skip "README's statuses are right" 'README has no table of them'
fi

# --- functions ------------------------------------------------------------------------

sort "$TOP_SRCDIR/lib/libtlsdial.sym" >"$T/functions"
sed -n 's/^\.Fo \(tlsdial_[a-z0-9_]*\).*/\1/p; s/^\.Fn \(tlsdial_[a-z0-9_]*\).*/\1/p' \
    "$reference" | sort -u >"$T/all-described"
# The types of functions that an application writes are set like functions.
sed -n 's/^typedef .*[ *]\(tlsdial_[a-z0-9_]*\)(.*/\1/p' "$header" | sort >"$T/types"
comm -23 "$T/all-described" "$T/types" >"$T/described"
same_words "$T/described" "$T/functions" 'libtlsdial(3) has the functions of the library'
# Each is explained in an item, alone or with its kin; a callback's type is no function.
sed -n '/^\.It .*Fn /p' "$reference" | tr -s ' ' '\n' | grep '^tlsdial_' | sort -u >"$T/items"
comm -23 "$T/items" "$T/types" >"$T/explained"
same_words "$T/explained" "$T/functions" 'libtlsdial(3) explains each of them'

# --- versions -------------------------------------------------------------------------

version=$(tlsdial --version | sed -n 's/^tlsdial //p')
holds "the header's version is the configured one" '@VERSION@' has "$header" '@VERSION@'
is "$(sed -n 's/^#define TLSDIAL_VERSION "\(.*\)"/\1/p' \
    "$TOP_BUILDDIR/include/tlsdial.h")" "$version" 'the program tells the same version'

done_testing 11
