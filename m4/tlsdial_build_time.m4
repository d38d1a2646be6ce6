# TLSDIAL_BUILD_TIME_IS
# ---------------------
# Define TLSDIAL_BUILD_TIME: a clock that says an earlier time than this is wrong. It never comes
# from the clock, so that two builds of one source are the same. It is, whichever is there first:
#   SOURCE_DATE_EPOCH, which packagers set;
#   the day of this version's release, as NEWS has it: "0.1.0 (2026-12-31)";
#   the time of the commit that is checked out;
#   what "make dist" has noted in a tarball of a version that is not released yet.
# 0, which is earlier than any clock, is what is left.
AC_DEFUN([TLSDIAL_BUILD_TIME_IS], [
  AC_REQUIRE([AC_PROG_AWK])
  AC_ARG_VAR([SOURCE_DATE_EPOCH], [time of the build, in seconds since 1970])
  AC_MSG_CHECKING([for the time of the build])
  BUILD_TIME=$SOURCE_DATE_EPOCH tlsdial_build_time_from=SOURCE_DATE_EPOCH
  AS_CASE([$BUILD_TIME], [*@<:@!0-9@:>@*],
    [AC_MSG_ERROR([SOURCE_DATE_EPOCH is a number of seconds, not "$SOURCE_DATE_EPOCH"])])
  AS_IF([test -z "$BUILD_TIME"], [
    tlsdial_build_time_from=NEWS
    # Days since 1970; years begin in March here.
    BUILD_TIME=`$AWK -v version="$PACKAGE_VERSION" '
      @S|@1 == version && @S|@2 ~ /^\([[0-9]]+-[[0-9]]+-[[0-9]]+\)@S|@/ {
        split(substr(@S|@2, 2, length(@S|@2) - 2), date, "-")
        year = date[[1]] - (date[[2]] <= 2)
        month = (date[[2]] + 9) % 12
        days = year * 365 + int(year / 4) - int(year / 100) + int(year / 400)
        days += int((153 * month + 2) / 5) + date[[3]] - 1 - 719468
        printf "%.0f", days * 86400
        exit
      }' "$srcdir/NEWS"`])
  AS_IF([test -z "$BUILD_TIME" && test -e "$srcdir/.git"], [
    tlsdial_build_time_from=git
    BUILD_TIME=`cd "$srcdir" && git log -1 --format=%ct 2>/dev/null`])
  AS_IF([test -z "$BUILD_TIME" && test -f "$srcdir/build-aux/build-time"], [
    tlsdial_build_time_from="the tarball"
    BUILD_TIME=`cat "$srcdir/build-aux/build-time"`])
  AS_IF([test -z "$BUILD_TIME"], [tlsdial_build_time_from=unknown BUILD_TIME=0])
  AC_MSG_RESULT([$BUILD_TIME ($tlsdial_build_time_from)])
  AC_SUBST([BUILD_TIME])
  AC_DEFINE_UNQUOTED([TLSDIAL_BUILD_TIME], [INT64_C($BUILD_TIME)],
                     [When this was built, in seconds since 1970.])
])
