# TLSDIAL_SMALL
# -------------
# --enable-small: SMALL_CFLAGS and SMALL_LDFLAGS for program and library that are to take little
# room, on flash or in memory. Call it before AC_PROG_CC and all that requires it: unless the user
# says otherwise, CFLAGS are then -g -Oz or, where the compiler has no such thing, -g -Os. It costs
# what a distribution wants to keep: tables for unwinding the stack in files without debugging
# information, and read-only data that cannot be executed either.
AC_DEFUN([TLSDIAL_SMALL], [
  TLSDIAL_ENABLE([small], [no], [--enable-small], [optimise for size, for embedded systems])
  tlsdial_small_default=no
  AS_IF([test "$enable_small${CFLAGS+.set}" = yes],
    [tlsdial_small_default=yes CFLAGS="-g -Os"])
])

# TLSDIAL_SMALL_FLAGS
# -------------------
# The flags themselves, once there is a compiler to ask. -fno-plt is for -z now alone, which
# TLSDIAL_HARDENING brings. Packed relocations need glibc 2.36, musl 1.2.4 or later to run, and so
# are taken only where this libc has them.
AC_DEFUN([TLSDIAL_SMALL_FLAGS], [
  AC_REQUIRE([TLSDIAL_HARDENING])
  SMALL_CFLAGS= SMALL_LDFLAGS=
  AS_IF([test "$tlsdial_small_default" = yes], [
    tlsdial_smallest=
    TLSDIAL_TRY_FLAGS([tlsdial_smallest], [-Oz])
    CFLAGS="-g${tlsdial_smallest:- -Os}"
  ])
  # OpenSSL's macros for memory pass the place in the source on, for debugging, unless told.
  AS_IF([test "$enable_small" = yes], [SMALL_CFLAGS="-DOPENSSL_FILE=0 -DOPENSSL_LINE=0"])
  AS_IF([test "$enable_small.$tlsdial_windows" = yes.no], [
    TLSDIAL_TRY_FLAGS([SMALL_CFLAGS],
      [-fno-asynchronous-unwind-tables -fno-unwind-tables -fno-jump-tables -malign-data=abi])
    # Linux has shadow stacks for programs, and no tracking of indirect branches.
    AS_CASE([$HARDENING_CFLAGS], [*-fcf-protection*],
      [TLSDIAL_TRY_FLAGS([SMALL_CFLAGS], [-fcf-protection=return])])
    TLSDIAL_TRY_FLAGS([SMALL_CFLAGS], [-flto=auto -ffat-lto-objects])
    TLSDIAL_TRY_FLAGS([SMALL_LDFLAGS], [-Wl,-z,noseparate-code])
    AS_CASE([$HARDENING_LDFLAGS], [*-z,now*], [TLSDIAL_TRY_FLAGS([SMALL_CFLAGS], [-fno-plt])])
    AC_CHECK_DECL([DT_RELR],
      [TLSDIAL_TRY_FLAGS([SMALL_LDFLAGS], [-Wl,-z,pack-relative-relocs])], [],
      [[#include <elf.h>]])
    # Code is made when a library is linked, too, and libtool does not pass all flags on to that.
    AS_CASE([$SMALL_CFLAGS], [*-flto*],
      [for tlsdial_flag in $HARDENING_CFLAGS $SMALL_CFLAGS; do
         AS_CASE([$tlsdial_flag], [-f*], [AS_VAR_APPEND([SMALL_LDFLAGS], [" -Wc,$tlsdial_flag"])])
       done])
  ])
  AC_SUBST([SMALL_CFLAGS])
  AC_SUBST([SMALL_LDFLAGS])
])
