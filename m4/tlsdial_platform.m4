# TLSDIAL_PLATFORM
# ----------------
# The one place where the platform is decided. HOST_WINDOWS picks whole files:
# sock_posix.c or sock_winsock.c, thread_posix.c or thread_windows.c, os_posix.c or
# os_windows.c with a manifest. What they need to link is in PTHREAD_CFLAGS, PTHREAD_LIBS
# (POSIX) and PLATFORM_LIBS (Windows). DL_LIBS is for what is loaded on demand, and for the tests'
# shim.
AC_DEFUN([TLSDIAL_PLATFORM], [
  AC_REQUIRE([AC_CANONICAL_HOST])
  AS_CASE([$host_os],
    [mingw*], [tlsdial_windows=yes],
    [tlsdial_windows=no])
  AM_CONDITIONAL([HOST_WINDOWS], [test $tlsdial_windows = yes])

  # A path without a drive is of the current one on Windows, where any user may have made it.
  AS_IF([test $tlsdial_windows = yes],
        [tlsdial_distributions=false tlsdial_list_separator=";"],
        [tlsdial_distributions=true tlsdial_list_separator=":"])
  AC_DEFINE_UNQUOTED([TLSDIAL_LIST_SEPARATOR], ['$tlsdial_list_separator'],
                     [What stands between the directories of a list, as OpenSSL has it.])
  AC_DEFINE_UNQUOTED([TLSDIAL_DISTRIBUTIONS], [$tlsdial_distributions],
                     [Whether to look for CA certificates where distributions keep them.])

  PTHREAD_CFLAGS= PTHREAD_LIBS= PLATFORM_LIBS= DL_LIBS=
  AS_IF([test $tlsdial_windows = yes],
    [PLATFORM_LIBS=-lws2_32
     AC_CHECK_TOOL([WINDRES], [windres])
     AS_IF([test -z "$WINDRES"], [AC_MSG_ERROR([windres is needed, for the manifest])])],
    [# glibc since 2.34, musl and others have threads and dlsym() in libc itself.
     TLSDIAL_FIND_LIBS([PTHREAD_LIBS], [threads],
       [AC_LANG_PROGRAM([[#include <pthread.h>
static void *run(void *p) { return p; }]],
         [[pthread_t t; pthread_condattr_t a; pthread_condattr_init(&a);
           return pthread_create(&t, 0, run, 0) || pthread_join(t, 0);]])],
       [-pthread -lpthread])
     AS_IF([test "$PTHREAD_LIBS" = -pthread], [PTHREAD_CFLAGS=-pthread])
     TLSDIAL_FIND_LIBS([DL_LIBS], [dlsym],
       [AC_LANG_PROGRAM([[#include <dlfcn.h>]], [[return !dlsym(0, "main");]])],
       [-ldl])])
  AC_SUBST([PTHREAD_CFLAGS])
  AC_SUBST([PTHREAD_LIBS])
  AC_SUBST([PLATFORM_LIBS])
  AC_SUBST([DL_LIBS])
])
