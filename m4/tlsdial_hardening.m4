# TLSDIAL_HARDENING
# -----------------
# HARDENING_CFLAGS, HARDENING_LDFLAGS for everything; PIE_CFLAGS for every object (the
# static library ends up in the program as well; libtool's -fPIC comes later on the
# command line and wins in shared objects) and PIE_LDFLAGS for the program.
#
# By default what this compiler has is taken. With --enable-hardening a flag that the platform
# should have and this compiler has not is an error. --disable-hardening leaves all of this to the
# distribution's own flags.
AC_DEFUN([TLSDIAL_HARDENING], [
  AC_REQUIRE([TLSDIAL_PLATFORM])
  TLSDIAL_ENABLE([hardening], [auto], [--disable-hardening],
    [add no hardening flags of our own; with --enable-hardening a missing one is an error])
  HARDENING_CFLAGS= HARDENING_LDFLAGS= PIE_CFLAGS= PIE_LDFLAGS= tlsdial_fortify=
  AS_CASE([$enable_hardening.$tlsdial_windows], [no.*], [],
    [*.yes], [
      # A PE image probes its stack as it is; its GCC 12 crashes on -fstack-clash-protection, and
      # with the stack protector a program would need libssp-0.dll beside it.
      TLSDIAL_TRY_FLAGS([HARDENING_LDFLAGS], [-Wl,--dynamicbase -Wl,--nxcompat])
      _TLSDIAL_REQUIRE_HARDENING([$HARDENING_LDFLAGS], [-Wl,--dynamicbase -Wl,--nxcompat])
    ], [
      TLSDIAL_TRY_FLAGS([HARDENING_CFLAGS], [-fstack-protector-strong])
      AS_CASE([$host_cpu],
        [x86_64 | i?86], [tlsdial_flags="-fstack-clash-protection -fcf-protection"],
        [aarch64*], [tlsdial_flags="-fstack-clash-protection -mbranch-protection=standard"],
        [tlsdial_flags=-fstack-clash-protection])
      TLSDIAL_TRY_FLAGS([HARDENING_CFLAGS], [$tlsdial_flags])
      TLSDIAL_TRY_FLAGS([HARDENING_LDFLAGS], [-Wl,-z,relro -Wl,-z,now])
      TLSDIAL_TRY_FLAGS([PIE_CFLAGS], [-fPIE])
      TLSDIAL_TRY_FLAGS([PIE_LDFLAGS], [-pie])
      AS_IF([test -z "$PIE_LDFLAGS"], [PIE_CFLAGS=])
      # On other processors compilers may lack the protection against a stack clash.
      AS_CASE([$host_cpu], [x86_64 | i?86 | aarch64*], [], [tlsdial_flags=])
      _TLSDIAL_REQUIRE_HARDENING([$HARDENING_CFLAGS $HARDENING_LDFLAGS $PIE_CFLAGS $PIE_LDFLAGS],
        [-fstack-protector-strong $tlsdial_flags -Wl,-z,relro -Wl,-z,now -fPIE -pie])
      # Not a flag but a line of config.h, which can look whether this very compilation
      # optimises (glibc warns if not) and whether somebody else has set it already. What level 2
      # has beyond 1 is a check of formats, and ours are all literal: --enable-small goes without.
      tlsdial_fortify=2
      AS_IF([test "$enable_small" = yes], [tlsdial_fortify=1])
      AC_DEFINE_UNQUOTED([ENABLE_FORTIFY], [$tlsdial_fortify],
        [Define to the level of libc's checked string functions to ask for.])
    ])
  AH_BOTTOM([#if defined ENABLE_FORTIFY && defined __OPTIMIZE__ && !defined _FORTIFY_SOURCE
#define _FORTIFY_SOURCE ENABLE_FORTIFY
#endif])
  AC_SUBST([HARDENING_CFLAGS])
  AC_SUBST([HARDENING_LDFLAGS])
  AC_SUBST([PIE_CFLAGS])
  AC_SUBST([PIE_LDFLAGS])
])

# _TLSDIAL_REQUIRE_HARDENING(FOUND, FLAGS)
# ----------------------------------------
# Stop if hardening was asked for and one of FLAGS is not in FOUND.
AC_DEFUN([_TLSDIAL_REQUIRE_HARDENING], [
  AS_IF([test "$enable_hardening" = yes], [
    tlsdial_missing=
    for tlsdial_flag in $2; do
      AS_CASE([" $1 "], [*" $tlsdial_flag "*], [],
              [AS_VAR_APPEND([tlsdial_missing], [" $tlsdial_flag"])])
    done
    AS_IF([test -n "$tlsdial_missing"],
          [AC_MSG_ERROR([--enable-hardening was given, but $CC does not take$tlsdial_missing: config.log dnl
says why; without that option they are left out])])
  ])
])
