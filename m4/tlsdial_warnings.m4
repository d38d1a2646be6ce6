# TLSDIAL_WARNINGS
# ----------------
# WARN_CFLAGS: the warnings that this compiler knows. They are fatal (WERROR_CFLAGS) only
# with --enable-werror: a newer compiler with newer warnings must not break a package.
# Not -Wcast-qual: OpenSSL's own macros cast const away.
AC_DEFUN([TLSDIAL_WARNINGS], [
  TLSDIAL_ENABLE([werror], [no], [--enable-werror], [make compiler warnings fatal])
  WARN_CFLAGS= WERROR_CFLAGS=
  TLSDIAL_TRY_FLAGS([WARN_CFLAGS], [dnl
    -Wall -Wextra -Wshadow -Wconversion -Wformat=2 -Wundef -Wvla dnl
    -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition dnl
    -Wpointer-arith -Wcast-align -Wwrite-strings -Wimplicit-fallthrough dnl
    -Wduplicated-cond -Wlogical-op])
  AS_IF([test "$enable_werror" = yes], [WERROR_CFLAGS=-Werror])
  AC_SUBST([WARN_CFLAGS])
  AC_SUBST([WERROR_CFLAGS])
])
