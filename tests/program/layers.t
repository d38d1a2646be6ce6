# shellcheck shell=sh
# The house is as HACKING draws it: base < net < x509 < tls < src, no arrow points up, no two files
# need each other, and nobody looks into another room's structures.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"

layers() { "$PYTHON" "$TOP_SRCDIR/tests/tools/layers.py" "$@"; }

if [ -z "$PYTHON" ]; then
    skip 'the layers of the house' 'there is no Python 3' 13
    done_testing 13
    exit
fi

run layers includes "$TOP_SRCDIR"
status_is 0 'the files that include others are read'
out_empty 'no #include points up, and none makes a circle'

run layers structs "$TOP_SRCDIR"
status_is 0 'the headers with structures are read'
out_empty "no file looks into another room's structures"

# What was compiled, as the linker sees it. LTO leaves it nothing to see.
find "$TOP_BUILDDIR/lib" -name '*.o' ! -name 'src_tlsdial-*' ! -path '*/.libs/*' >"$T/objects"
[ -s "$T/objects" ] || find "$TOP_BUILDDIR/lib" -name '*.o' ! -name 'src_tlsdial-*' >"$T/objects"
[ -n "${NM:-}" ] || NM=$("$LIBTOOL" --config | sed -n 's/^NM="\{0,1\}\([^ "]*\).*/\1/p')
# shellcheck disable=SC2046 # one name a word
"$NM" -A -P $(cat "$T/objects") >"$T/nm" 2>"$T/nm_errors"
if ! grep -q ' T ' "$T/nm"; then
    skip 'no call points up, and none makes a circle' 'the objects hold no code that nm can read' 2
else
    run layers calls "$TOP_SRCDIR" "$T/nm"
    status_is 0 'the calls are read'
    out_empty 'no call points up, and none makes a circle'
fi

# Each rule fails where it is broken.
mkdir -p "$T/house/lib/base" "$T/house/lib/net" "$T/house/lib/x509" "$T/house/lib/tls" "$T/house/src"
printf '#include "net/low.h"\n' >"$T/house/lib/base/high.c"
printf '#include "net/b.h"\n' >"$T/house/lib/net/a.h"
printf '#include "net/a.h"\nstruct low {\n    int x;\n};\n' >"$T/house/lib/net/b.h"
printf 'int f(struct low *l) { return l->x; }\n' >"$T/house/lib/tls/look.c"
run layers includes "$T/house"
status_is 0 'what is broken has a status: includes'
out_has 'base/high -> net/low points up' 'an arrow that points up is found'
out_has 'a circle: net/a -> net/b -> net/a' 'a circle is found'
run layers structs "$T/house"
status_is 0 'what is broken has a status: structs'
out_has 'tls/look.c looks into struct low of net' 'a look into a structure is found'
printf '%s\n' 'lib/base/x.o: below T' 'lib/base/x.o: above U' 'lib/tls/y.o: above T' >"$T/calls"
run layers calls "$T/house" "$T/calls"
status_is 0 'what is broken has a status: calls'
out_has 'base/x -> tls/y points up' 'a call that points up is found'

done_testing 13
