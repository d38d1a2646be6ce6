# TLSDIAL_COMPLETION(SHELL, DEFAULT, [MODULE])
# --------------------------------------------
# The option --with-SHELL-completion-dir=DIR, or no. Without it, or with yes: where MODULE says, by
# pkg-config, else DEFAULT. --disable-completions and --disable-program, before this, say no for all.
# SHELLcompletiondir is the folder; the conditional of that name, in capitals, whether there is one.
AC_DEFUN([TLSDIAL_COMPLETION], [
  AC_ARG_WITH([$1-completion-dir],
    [AS_HELP_STRING([--with-$1-completion-dir=DIR],
       [install completions for $1 in DIR; no: none])],
    [], [with_$1_completion_dir=yes])
  AS_CASE([$enable_completions.$enable_program], [yes.yes], [], [with_$1_completion_dir=no])
  $1completiondir=$with_$1_completion_dir
  AS_IF([test "$$1completiondir" = yes], [
    $1completiondir=
    m4_ifval([$3], [
    # Below our prefix, which need not be that of $3; a cross build takes nothing from this system.
    AS_IF([test "$cross_compiling" = no && test -n "$PKG_CONFIG"],
      [$1completiondir=`$PKG_CONFIG --define-variable=prefix='${prefix}' \
         --define-variable=datadir='${datadir}' --variable=completionsdir $3 2>/dev/null`])])
    AS_CASE([$$1completiondir], ['${datadir}/'* | '${prefix}/'*], [], [$1completiondir='$2'])])
  AM_CONDITIONAL(m4_toupper([$1_completion]), [test "$$1completiondir" != no])
  AC_SUBST([$1completiondir])
])
