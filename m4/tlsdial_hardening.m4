# TLSDIAL_HARDENING
# -----------------
# HARDENING_CFLAGS, HARDENING_LDFLAGS for everything; PIE_CFLAGS for every object (the
# static library ends up in the program as well; libtool's -fPIC comes later on the
# command line and wins in shared objects) and PIE_LDFLAGS for the program.
# --disable-hardening leaves all of this to the distribution's own flags.
AC_DEFUN([TLSDIAL_HARDENING], [
  AC_ARG_ENABLE([hardening],
    [AS_HELP_STRING([--disable-hardening], [add no hardening flags of our own])],
    [], [enable_hardening=yes])
  HARDENING_CFLAGS= HARDENING_LDFLAGS= PIE_CFLAGS= PIE_LDFLAGS=
  AS_IF([test "$enable_hardening" = yes], [
    # A PE image probes its stack and is position-independent as it is; its linker misreads
    # some of these, its GCC 12 crashes on -fstack-clash-protection, and with the stack
    # protector a program would need libssp-0.dll beside it.
    AS_IF([test $tlsdial_windows = no], [
      TLSDIAL_TRY_FLAGS([HARDENING_CFLAGS], [-fstack-protector-strong])
      TLSDIAL_TRY_FLAGS([HARDENING_CFLAGS], [-fstack-clash-protection -fcf-protection])
      TLSDIAL_TRY_FLAGS([HARDENING_LDFLAGS], [-Wl,-z,relro -Wl,-z,now])
      TLSDIAL_TRY_FLAGS([PIE_CFLAGS], [-fPIE])
      TLSDIAL_TRY_FLAGS([PIE_LDFLAGS], [-pie])
      AS_IF([test -z "$PIE_LDFLAGS"], [PIE_CFLAGS=])
      # Not a flag but a line of config.h, which can look whether this very compilation
      # optimises (glibc warns if not) and whether somebody else has set it already. What level 2
      # has beyond 1 is a check of formats, and ours are all literal: --enable-small goes without.
      tlsdial_fortify=2
      AS_IF([test "$enable_small" = yes], [tlsdial_fortify=1])
      AC_DEFINE_UNQUOTED([ENABLE_FORTIFY], [$tlsdial_fortify],
        [Define to the level of libc's checked string functions to ask for.])
    ])
  ])
  AH_BOTTOM([#if defined ENABLE_FORTIFY && defined __OPTIMIZE__ && !defined _FORTIFY_SOURCE
#define _FORTIFY_SOURCE ENABLE_FORTIFY
#endif])
  AC_SUBST([HARDENING_CFLAGS])
  AC_SUBST([HARDENING_LDFLAGS])
  AC_SUBST([PIE_CFLAGS])
  AC_SUBST([PIE_LDFLAGS])
])
