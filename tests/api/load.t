# shellcheck shell=sh
# The library loaded and unloaded two hundred times, with a dial each time.
# shellcheck source=tests/lib/api.sh
. "${TOP_SRCDIR:-.}/tests/lib/api.sh"

requires_api
library=
for file in "$TOP_BUILDDIR"/lib/.libs/libtlsdial.so.*.*.*; do
    [ ! -f "$file" ] || library=$file
done
[ -n "$library" ] || skip_all 'there is no shared library of ELF'
[ -f "$TOP_BUILDDIR/tests/api/load" ] || skip_all 'this system does not count its memory'
# A sanitizer's allocator counts otherwise, and keeps what was freed.
! sanitized || skip_all 'a sanitizer is in the programs'

make_usual
start_peer echo
api_limit=240
# A cache of a thread counts as memory in use.
export GLIBC_TUNABLES=glibc.malloc.tcache_count=0
api load "$library" 127.0.0.1 "$port" "$T/ca.pem" 200

done_testing 4
