# shellcheck shell=sh
# The library exports what its header declares, and nothing else.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"

header=$TOP_SRCDIR/include/tlsdial.h.in
list=$TOP_SRCDIR/lib/libtlsdial.sym

# Declarations may break anywhere, so they are joined first: the name comes before the
# first parenthesis.
sed 's|/\*.*\*/||' "$header" | tr '\n' ' ' | tr ';' '\n' |
    sed -n 's/.*TLSDIAL_API [^(]*[ *]\(tlsdial_[a-z0-9_]*\)(.*/\1/p' |
    sort >"$T/declared"
sort "$list" >"$T/listed"

# The header counts its own words: a declaration that the line above cannot read is missed.
marked=$(grep -c '^TLSDIAL_API ' "$header")
is "$(wc -l <"$T/declared" | tr -d ' ')" "$marked" "the header's declarations are all read"
same_bytes "$T/listed" "$T/declared" 'the export list is what the header declares'
same_bytes "$list" "$T/listed" 'the export list is sorted'

library=
for file in "$TOP_BUILDDIR"/lib/.libs/libtlsdial.so.*.*.* "$TOP_BUILDDIR"/lib/.libs/libtlsdial.dll.a; do
    [ ! -f "$file" ] || library=$file
done
dynamic=-D
[ "${library%.dll.a}" = "$library" ] || dynamic= # an import library has nothing else
if [ -z "$library" ]; then
    skip 'the library exports the list' 'there is no shared library' 2
elif ! command -v "${NM:=nm}" >/dev/null; then
    skip 'the library exports the list' 'nm is not here' 2
else
    "$NM" $dynamic --defined-only "$library" >"$T/nm" || bail_out 'nm cannot read the library'
    # shellcheck disable=SC2016 # a program of awk
    "$AWK" 'NF > 2 && $2 !~ /^[Iit]$/ { print $NF }' "$T/nm" | sort >"$T/exported"
    same_bytes "$T/exported" "$T/declared" 'the library exports what the header declares'
    is "$(grep -cv '^tlsdial_' "$T/exported")" 0 'every exported name begins with tlsdial_'
fi

done_testing 5
