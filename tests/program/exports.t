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
    skip 'the library exports the list' 'there is no shared library' 3
elif ! command -v "${NM:=nm}" >/dev/null; then
    skip 'the library exports the list' 'nm is not here' 3
else
    "$NM" $dynamic --defined-only "$library" >"$T/nm" || bail_out 'nm cannot read the library'
    # shellcheck disable=SC2016 # a program of awk
    "$AWK" 'NF > 2 && $2 !~ /^[IitA]$/ { print $NF }' "$T/nm" | sort >"$T/versioned"
    sed 's/@.*//' "$T/versioned" >"$T/exported"
    same_bytes "$T/exported" "$T/declared" 'the library exports what the header declares'
    is "$(grep -cv '^tlsdial_' "$T/exported")" 0 'every exported name begins with tlsdial_'
    if [ ! -e "$TOP_BUILDDIR/lib/libtlsdial.map" ]; then
        skip 'every exported name has a version' 'the linker gives none'
    elif ! grep -q @ "$T/versioned"; then
        skip 'every exported name has a version' 'this nm does not show it'
    else
        is "$(grep -cv '@@TLSDIAL_0$' "$T/versioned")" 0 'every exported name has a version'
    fi
fi

# What an application that links the static library could collide with.
archive=$TOP_BUILDDIR/lib/.libs/libtlsdial.a
if [ ! -f "$archive" ] || ! command -v "${NM:=nm}" >/dev/null; then
    skip 'the static library has no name without the prefix' 'it is not here, or nm is not'
else
    "$NM" -P -g "$archive" >"$T/archive" 2>/dev/null || bail_out 'nm cannot read the archive'
    # A sanitizer adds names of its own, which begin with an underscore.
    # shellcheck disable=SC2016 # a program of awk
    "$AWK" 'NF > 1 && $2 ~ /^[A-TV-Z]$/ && $1 !~ /^_*tlsdial_/ && $1 !~ /^[_.]/ { print $1 }' \
        "$T/archive" | sort -u >"$T/unprefixed"
    has "$T/archive" tlsdial_begin || bail_out 'nm says nothing of the archive'
    same_bytes "$T/unprefixed" /dev/null 'the static library has no name without the prefix'
    [ ! -s "$T/unprefixed" ] || show 'names without the prefix' "$T/unprefixed"
fi

done_testing 7
