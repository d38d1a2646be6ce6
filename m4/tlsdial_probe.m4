# Probes that the other macros share. Each leaves CFLAGS and LIBS as it found them, and keeps its
# result in a cache variable tlsdial_cv_..., which may be set beforehand.

# TLSDIAL_BASELINE
# ----------------
# Set tlsdial_baseline to what the compiler and the linker say of the probes' program with the
# user's flags alone. A warning in there is about those flags, and held against no other.
#
# The program has an array on its stack and calls a checked function, so that a flag that needs a
# library of its own (libssp) is found out here, not at "make".
AC_DEFUN([TLSDIAL_BASELINE], [
  AC_REQUIRE([AC_PROG_CC])
  AC_REQUIRE([AC_PROG_SED])
  AC_MSG_CHECKING([whether $CC warns with the flags given])
  tlsdial_baseline=
  _TLSDIAL_LINK_PROBE([tlsdial_baseline=$tlsdial_said],
    [AC_MSG_RESULT([failed])
     AC_MSG_ERROR([no program compiles with CFLAGS="$CFLAGS", CPPFLAGS="$CPPFLAGS" and dnl
LDFLAGS="$LDFLAGS": config.log says why])])
  AS_IF([test -z "$tlsdial_baseline"], [AC_MSG_RESULT([no])],
        [AC_MSG_RESULT([yes; other flags are tried beside that])])
])

# _TLSDIAL_LINK_PROBE(IF-LINKED, IF-NOT)
# --------------------------------------
# Link the probes' program; tlsdial_said is then what was said of it, without the names of
# temporary files, which differ from run to run.
AC_DEFUN([_TLSDIAL_LINK_PROBE], [
  AC_LINK_IFELSE(
    [AC_LANG_PROGRAM([[#include <stdio.h>]],
                     [[char line[80]; if (fgets(line, 80, stdin)) puts(line);]])],
    [tlsdial_said=`$SED 's|@<:@^ :@:>@*/cc@<:@0-9A-Za-z@:>@*\.|cc.|g' conftest.err 2>/dev/null`
     $1], [$2])
])

# TLSDIAL_TRY_FLAGS(VARIABLE, FLAGS)
# ----------------------------------
# Append to VARIABLE each of FLAGS that the compiler and the linker take without a warning beyond
# the baseline's.
AC_DEFUN([TLSDIAL_TRY_FLAGS], [
  AC_REQUIRE([TLSDIAL_BASELINE])
  for tlsdial_flag in $2; do
    AS_VAR_PUSHDEF([tlsdial_cache], [tlsdial_cv_flag_$tlsdial_flag])
    AC_CACHE_CHECK([whether $CC takes $tlsdial_flag], [tlsdial_cache], [
      tlsdial_saved_CFLAGS=$CFLAGS
      CFLAGS="$CFLAGS $tlsdial_flag"
      AS_VAR_SET([tlsdial_cache], [no])
      _TLSDIAL_LINK_PROBE([AS_IF([test "$tlsdial_said" = "$tlsdial_baseline"],
                                 [AS_VAR_SET([tlsdial_cache], [yes])])], [:])
      CFLAGS=$tlsdial_saved_CFLAGS
    ])
    AS_VAR_IF([tlsdial_cache], [yes], [AS_VAR_APPEND([$1], [" $tlsdial_flag"])])
    AS_VAR_POPDEF([tlsdial_cache])
  done
])

# TLSDIAL_ENABLE(OPTION, DEFAULT, HELP-OPTION, HELP)
# --------------------------------------------------
# --enable-OPTION and --disable-OPTION, which take no other value than yes and no; if neither is
# given, enable_OPTION is DEFAULT.
AC_DEFUN([TLSDIAL_ENABLE], [
  AC_ARG_ENABLE([$1], [AS_HELP_STRING([$3], [$4])],
    [AS_CASE([$enableval], [yes | no], [],
       [AC_MSG_ERROR([--enable-$1 takes yes or no, not "$enableval"])])],
    [AS_VAR_SET([enable_]m4_translit([$1], [-], [_]), [$2])])
])

# TLSDIAL_FIND_LIBS(VARIABLE, WHAT, PROGRAM, CANDIDATES)
# ------------------------------------------------------
# Set VARIABLE to the first of "" and CANDIDATES that PROGRAM, which uses WHAT, links
# with; stop if there is none.
AC_DEFUN([TLSDIAL_FIND_LIBS], [
  AC_CACHE_CHECK([what $2 needs], [tlsdial_cv_libs_$2], [
    tlsdial_saved_LIBS=$LIBS
    tlsdial_cv_libs_$2='not found'
    for tlsdial_libs in "" $4; do
      LIBS="$tlsdial_libs $tlsdial_saved_LIBS"
      AC_LINK_IFELSE([$3], [tlsdial_cv_libs_$2=${tlsdial_libs:-nothing}; break])
    done
    LIBS=$tlsdial_saved_LIBS
  ])
  AS_CASE([$tlsdial_cv_libs_$2],
    ['not found'], [AC_MSG_ERROR([$2 does not link; config.log has the reason])],
    [nothing], [$1=],
    [$1=$tlsdial_cv_libs_$2])
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
  TLSDIAL_ENABLE([load-on-demand], [yes], [--disable-load-on-demand],
                 [link libraries that few runs need, instead of loading them then])
  $1_SONAME=
  AS_IF([test "$with_$2.$enable_load_on_demand.$enable_shared.$tlsdial_windows" = yes.yes.yes.no], [
    AC_CACHE_CHECK([for the file name of $2], [tlsdial_cv_soname_$2], [
      tlsdial_cv_soname_$2=
      tlsdial_saved_LIBS=$LIBS
      LIBS="$$1_LIBS $LIBS"
      AC_LINK_IFELSE([AC_LANG_PROGRAM([[char $3(void);]], [[return $3() != 0;]])],
        [tlsdial_cv_soname_$2=`$OBJDUMP -p conftest$ac_exeext 2>/dev/null |
           $SED -n 's/^ *NEEDED *\($2\.so@<:@.0-9@:>@*\)$/\1/p'`])
      LIBS=$tlsdial_saved_LIBS
      AS_IF([test -z "$tlsdial_cv_soname_$2"],
            [tlsdial_cv_soname_$2='not found; it is linked'])
    ])
    AS_CASE([$tlsdial_cv_soname_$2], ['not found'*], [], [$1_SONAME=$tlsdial_cv_soname_$2])])
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
  AC_CACHE_CHECK([for C11], [tlsdial_cv_c11], [
    AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
#if !defined __STDC_VERSION__ || __STDC_VERSION__ < 201112L
#error "older than C11"
#endif
_Static_assert(sizeof(long long) >= 8, "C11");
]])],
      [tlsdial_cv_c11=yes], [tlsdial_cv_c11=no])
  ])
  AS_IF([test "$tlsdial_cv_c11" = no], [AC_MSG_ERROR([a C11 compiler is needed])])
])
