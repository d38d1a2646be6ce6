# shellcheck shell=sh
# A program that loads the library when it needs it may unload it while a lookup is under way.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"

[ -z "$EMULATOR" ] || skip_all 'the program runs in an emulator'
[ -f "$TOP_BUILDDIR/tests/tools/unload" ] || skip_all 'no shared library was built'
name=$(sed -n "s/^dlname='\(.*\)'/\1/p" "$TOP_BUILDDIR/lib/libtlsdial.la")
library=$TOP_BUILDDIR/lib/.libs/$name
[ -f "$library" ] || skip_all 'the shared library was not found'

within 60 built tests/tools/unload "$library"
status_is 0 'loaded and unloaded 200 times, each time with a lookup under way'
out_matches '^200 times, (-|[0-9]?[0-9] )' 'nothing grows'

done_testing 2
