# TLSDIAL_LIBRARY
# ---------------
# LIBRARY_LDFLAGS for the shared library; the conditional VERSION_SCRIPT where the linker gives its
# symbols a version, so that a later library may change one and keep the old beside it.
#
# A library that was loaded stays: a lookup that hangs leaves its thread behind (resolve.c), and what
# it returns to must not be unmapped.
AC_DEFUN([TLSDIAL_LIBRARY], [
  AC_REQUIRE([TLSDIAL_PLATFORM])
  LIBRARY_LDFLAGS=
  AS_IF([test $tlsdial_windows = no], [TLSDIAL_TRY_FLAGS([LIBRARY_LDFLAGS], [-Wl,-z,nodelete])])
  AC_CACHE_CHECK([whether the linker takes a version script], [tlsdial_cv_version_script], [
    tlsdial_cv_version_script=no
    AS_IF([test $tlsdial_windows = no], [
      tlsdial_saved_LDFLAGS=$LDFLAGS
      echo 'TLSDIAL_0 { global: tlsdial_*; local: *; };' >conftest.map
      LDFLAGS="$LDFLAGS -shared -fPIC -Wl,--version-script=conftest.map"
      AC_LINK_IFELSE([AC_LANG_SOURCE([[int tlsdial_probe(void); int tlsdial_probe(void) { return 0; }]])],
        [tlsdial_cv_version_script=yes])
      LDFLAGS=$tlsdial_saved_LDFLAGS
      rm -f conftest.map
    ])
  ])
  AM_CONDITIONAL([VERSION_SCRIPT], [test $tlsdial_cv_version_script = yes])
  AC_SUBST([LIBRARY_LDFLAGS])
  # Last, so that the names of system headers are left alone.
  AH_BOTTOM([#include "include/prefix.h"])
])
