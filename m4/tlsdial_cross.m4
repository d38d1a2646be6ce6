# TLSDIAL_CROSS
# -------------
# A cross build takes nothing from the machine that it is made on. A pkg-config without the host's
# prefix describes this machine's libraries, unless it is told where others are.
AC_DEFUN([TLSDIAL_CROSS], [
  AC_REQUIRE([PKG_PROG_PKG_CONFIG])
  AS_CASE([$cross_compiling$PKG_CONFIG], [yes*/pkg-config | yes*/pkgconf],
    [AS_IF([test -z "$tlsdial_pkg_config_given$PKG_CONFIG_LIBDIR$PKG_CONFIG_PATH$PKG_CONFIG_SYSROOT_DIR" &&
            test -z "$OPENSSL_LIBS"],
      [AC_MSG_ERROR([$PKG_CONFIG describes the libraries of this machine, not of $host_alias: set dnl
PKG_CONFIG_LIBDIR (and PKG_CONFIG_SYSROOT_DIR), PKG_CONFIG, or OPENSSL_CFLAGS and OPENSSL_LIBS])])])
])
