#!/bin/sh
# run.sh DIAL.c: "make installcheck". Builds DIAL.c with nothing but the installed header,
# library and .pc file (below DESTDIR, if there is one), runs it and the installed program.
set -eu
: "${bindir:?}" "${libdir:?}" "${pkgconfigdir:?}" "${transform:?}" "${PROGRAM:?}" # from the Makefile

# With DESTDIR, the paths in the .pc file lack it: pkg-config calls it the sysroot. It
# leaves out /usr/include and /usr/lib as known anyhow, which is wrong below DESTDIR.
PKG_CONFIG_PATH=$DESTDIR$pkgconfigdir${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
PKG_CONFIG_SYSROOT_DIR=$DESTDIR
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
if [ -n "$DESTDIR" ]; then
    export PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 PKG_CONFIG_ALLOW_SYSTEM_LIBS=1
else
    unset PKG_CONFIG_SYSROOT_DIR
fi
# A static libtlsdial needs the libraries below it on the command line. Those of the build,
# not of pkg-config --static: that one wants all of them to be static, which few are.
[ "$SHARED" = yes ] || LIBS="$PRIVATE_LIBS $LIBS"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# Lists of flags are meant to be split.
# shellcheck disable=SC2086
{
    flags=$($PKG_CONFIG --cflags --libs libtlsdial)
    $CC $CFLAGS -o "$work/dial$EXEEXT" "$1" $LDFLAGS $flags $LIBS

    LD_LIBRARY_PATH=$DESTDIR$libdir${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    PATH=$DESTDIR$bindir:$PATH # where a DLL is looked for
    export LD_LIBRARY_PATH PATH
    $EMULATOR "$work/dial$EXEEXT"
    [ "$PROGRAM" = no ] || $EMULATOR "$DESTDIR$bindir/$(echo tlsdial | sed "$transform")$EXEEXT" --version
}
