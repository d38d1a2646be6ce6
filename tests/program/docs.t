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
pages=$TOP_BUILDDIR/doc/man3
# shellcheck disable=SC2046 # names without blanks
sed -n '/^\.Sh DESCRIPTION/,$s/^\.Fn \(tlsdial_[a-z0-9_]*\).*/\1/p' \
    $(grep -L '^\.so ' "$pages"/*.3) | sort -u >"$T/explained"
# A callback is a type.
comm -12 "$T/explained" "$T/functions" >"$T/explained-functions"
same_words "$T/explained-functions" "$T/functions" \
    'the pages of section 3 explain each function of the library'
while read -r function; do
    page=$pages/$function.3
    target=$(sed -n 's|^\.so man3/||p' "$page" 2>/dev/null)
    [ -z "$target" ] || page=$pages/$target
    grep -q "^\.Fn $function" "$page" 2>/dev/null || echo "$function"
done <"$T/functions" >"$T/without-page"
same_bytes "$T/without-page" /dev/null 'each function has a page of its name'
# What the overview speaks of is there, too.
sed -n 's/^\.Fn \(tlsdial_[a-z0-9_]*\).*/\1/p' "$reference" | sort -u >"$T/mentioned"
sed -n 's/^typedef .*[ *]\(tlsdial_[a-z0-9_]*\)(.*/\1/p' "$header" |
    sort - "$T/functions" >"$T/known"
comm -23 "$T/mentioned" "$T/known" >"$T/unknown"
same_bytes "$T/unknown" /dev/null 'libtlsdial(3) speaks of functions that there are'

# --- versions -------------------------------------------------------------------------

version=$(tlsdial --version | sed -n 's/^tlsdial //p')
holds "the header's version is the configured one" '@VERSION@' has "$header" '@VERSION@'
is "$(sed -n 's/^#define TLSDIAL_VERSION "\(.*\)"/\1/p' \
    "$TOP_BUILDDIR/include/tlsdial.h")" "$version" 'the program tells the same version'

done_testing 11
