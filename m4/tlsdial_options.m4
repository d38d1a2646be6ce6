# TLSDIAL_KNOWN_OPTIONS
# ---------------------
# Stop at an --enable or --with that configure does not have: a misspelt --enable-hardenning would
# be ignored otherwise. Builders of packages give some options to every configure, whether it has
# them or not: those are ignored here, too. --disable-option-checking ignores all.
AC_DEFUN([TLSDIAL_KNOWN_OPTIONS], [
  tlsdial_unknown=
  tlsdial_saved_IFS=$IFS
  IFS=', '
  for tlsdial_option in $ac_unrecognized_opts; do
    AS_CASE([$tlsdial_option],
      # Debian's debhelper, RPM's macros; Buildroot; Yocto; OpenWrt.
      [--*able-maintainer-mode | --*able-nls | --*able-rpath], [],
      [--*able-gtk-doc | --*able-gtk-doc-html | --*able-docs | --*able-documentation], [],
      [--*able-ipv6 | --with*-xmlto | --with*-fop | --with*-libtool-sysroot], [],
      [AS_VAR_APPEND([tlsdial_unknown], [" $tlsdial_option"])])
  done
  IFS=$tlsdial_saved_IFS
  AS_IF([test -n "$tlsdial_unknown" && test "x$enable_option_checking" != xno],
        [AC_MSG_ERROR([no such option:$tlsdial_unknown (see --help; --disable-option-checking ignores dnl
what is unknown)])])
])

# TLSDIAL_NO_BLANKS
# -----------------
# Stop where make and libtool would later take one folder's name for two words.
AC_DEFUN([TLSDIAL_NO_BLANKS], [
  tlsdial_source=`cd "$srcdir" && pwd`
  tlsdial_build=`pwd`
  AS_CASE([$srcdir$tlsdial_source$tlsdial_build], [*@<:@[" 	"]@:>@*],
    [AC_MSG_ERROR([make and libtool cannot work in a folder with a blank in its name: dnl
the source is in "$tlsdial_source", the build in "$tlsdial_build"])])
])
