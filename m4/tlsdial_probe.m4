# Probes that the other macros share. Each leaves CFLAGS and LIBS as it found them.

# TLSDIAL_TRY_FLAGS(VARIABLE, FLAGS)
# ----------------------------------
# Append to VARIABLE each of FLAGS that the compiler and the linker take without a
# warning. The program has an array on its stack and calls a checked function, so that
# a flag that needs a library of its own (libssp) is found out here, not at "make".
AC_DEFUN([TLSDIAL_TRY_FLAGS], [
  tlsdial_saved_CFLAGS=$CFLAGS
  for tlsdial_flag in $2; do
    AC_MSG_CHECKING([whether $CC takes $tlsdial_flag])
    CFLAGS="$tlsdial_saved_CFLAGS $tlsdial_flag -Werror"
    AC_LINK_IFELSE(
      [AC_LANG_PROGRAM([[#include <stdio.h>]],
                       [[char line[80]; if (fgets(line, 80, stdin)) puts(line);]])],
      [AC_MSG_RESULT([yes])
       AS_VAR_APPEND([$1], [" $tlsdial_flag"])],
      [AC_MSG_RESULT([no])])
  done
  CFLAGS=$tlsdial_saved_CFLAGS
])

# TLSDIAL_FIND_LIBS(VARIABLE, WHAT, PROGRAM, CANDIDATES)
# ------------------------------------------------------
# Set VARIABLE to the first of "" and CANDIDATES that PROGRAM, which uses WHAT, links
# with; stop if there is none.
AC_DEFUN([TLSDIAL_FIND_LIBS], [
  AC_MSG_CHECKING([what $2 needs])
  tlsdial_saved_LIBS=$LIBS
  tlsdial_found=no
  for tlsdial_libs in "" $4; do
    LIBS="$tlsdial_libs $tlsdial_saved_LIBS"
    AC_LINK_IFELSE([$3], [tlsdial_found=yes; break])
  done
  LIBS=$tlsdial_saved_LIBS
  AS_IF([test $tlsdial_found = no],
        [AC_MSG_RESULT([not found])
         AC_MSG_ERROR([$2 does not link; config.log has the reason])])
  AC_MSG_RESULT([${tlsdial_libs:-nothing}])
  $1=$tlsdial_libs
  AC_SUBST([$1])
])

# TLSDIAL_WITH_MODULE(PREFIX, MODULE, VERSION, PURPOSE)
# -----------------------------------------------------
# The option --with-MODULE (auto, yes or no) over PKG_CHECK_MODULES. with_MODULE ends as
# yes or no; PREFIX_REQUIRES is what a .pc file asks for.
AC_DEFUN([TLSDIAL_WITH_MODULE], [
  AC_ARG_WITH([$2],
    [AS_HELP_STRING([--with-$2], [use $2 for $4 @<:@auto@:>@])], [], [with_$2=auto])
  $1_REQUIRES=
  AS_CASE([$with_$2],
    [no], [],
    [auto], [PKG_CHECK_MODULES([$1], [$2 >= $3], [with_$2=yes], [with_$2=no])],
    [yes], [PKG_CHECK_MODULES([$1], [$2 >= $3])],
    [AC_MSG_ERROR([--with-$2 takes auto, yes or no, not "$with_$2"])])
  AS_IF([test "$with_$2" = yes], [$1_REQUIRES="$2 >= $3"])
  AC_SUBST([$1_REQUIRES])
  AC_SUBST([with_$2])
])

# TLSDIAL_ON_DEMAND(PREFIX, MODULE, FUNCTION)
# -------------------------------------------
# Unless --disable-load-on-demand: if MODULE, found by TLSDIAL_WITH_MODULE, is a shared ELF library,
# define PREFIX_SONAME to its file name and link it no more; the code loads it when it needs it.
# A build without shared libraries, which may end in a static program, links it.
AC_DEFUN([TLSDIAL_ON_DEMAND], [
  AC_REQUIRE([TLSDIAL_PLATFORM])
  AC_ARG_ENABLE([load-on-demand],
    [AS_HELP_STRING([--disable-load-on-demand],
                    [link libraries that few runs need, instead of loading them then])],
    [], [enable_load_on_demand=yes])
  $1_SONAME=
  AS_IF([test "$with_$2.$enable_load_on_demand.$enable_shared.$tlsdial_windows" = yes.yes.yes.no], [
    AC_MSG_CHECKING([for the file name of $2])
    tlsdial_saved_LIBS=$LIBS
    LIBS="$$1_LIBS $LIBS"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([[char $3();]], [[return $3() != 0;]])],
      [$1_SONAME=`$OBJDUMP -p conftest$ac_exeext 2>/dev/null |
         sed -n 's/^ *NEEDED *\($2\.so@<:@.0-9@:>@*\)$/\1/p'`])
    LIBS=$tlsdial_saved_LIBS
    AC_MSG_RESULT([${$1_SONAME:-not found; it is linked}])])
  AS_IF([test -n "$$1_SONAME"], [
    AC_DEFINE_UNQUOTED([$1_SONAME], ["$$1_SONAME"], [File name of $2, to load when needed.])
    $1_LIBS= $1_REQUIRES=])
])

# TLSDIAL_MAY_LACK(FUNCTION, WHAT)
# --------------------------------
# Define HAVE_FUNCTION where the libraries in LIBS have it; else add WHAT to tlsdial_absent.
AC_DEFUN([TLSDIAL_MAY_LACK], [
  AC_CHECK_FUNCS([$1], [], [AS_VAR_APPEND([tlsdial_absent], ["${tlsdial_absent:+, }$2"])])
])

# TLSDIAL_C11
# -----------
# AC_PROG_CC picks the newest C that the compiler knows; make sure that it is C11.
AC_DEFUN([TLSDIAL_C11], [
  AC_MSG_CHECKING([for C11])
  AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
#if !defined __STDC_VERSION__ || __STDC_VERSION__ < 201112L
#error "older than C11"
#endif
_Static_assert(sizeof(long long) >= 8, "C11");
]])],
    [AC_MSG_RESULT([yes])],
    [AC_MSG_RESULT([no])
     AC_MSG_ERROR([a C11 compiler is needed])])
])
