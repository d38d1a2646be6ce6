nodist_include_HEADERS = include/tlsdial.h
EXTRA_DIST += include/tlsdial.h.in
CLEANFILES += include/prefix.h include/prefix.h.tmp
CLEANFILES += include/tlsdial.h include/tlsdial.h.causes include/tlsdial.h.tmp

# Made before anything is compiled, because every list of objects ($(..._OBJECTS)) names it
# as a prerequisite. BUILT_SOURCES would do that for "all" and "check" only.
#
# The version is configure.ac's. The last step is a rename: no compiler started at the
# same time can see half a header.
include/tlsdial.h: $(srcdir)/include/tlsdial.h.in $(causes_sources) $(srcdir)/configure.ac
	$(AM_V_GEN)$(MKDIR_P) include
	$(AM_V_at)test -f include/prefix.h || $(MAKE) $(AM_MAKEFLAGS) include/prefix.h
	$(AM_V_at)$(causes) -v form=enum $(srcdir)/lib/base/causes.def > $@.causes
	$(AM_V_at)$(fill) $(srcdir)/include/tlsdial.h.in > $@.tmp
	$(AM_V_at)rm -f $@.causes && mv -f $@.tmp $@

# config.h includes it. Replaced only when it changes: everything depends on it.
BUILT_SOURCES = include/prefix.h
include/prefix.h: $(srcdir)/lib/base/prefix.awk
	$(AM_V_at)$(MKDIR_P) include
	$(AM_V_at)$(AWK) -f $(srcdir)/lib/base/prefix.awk \
		$(srcdir)/lib/base/*.h $(srcdir)/lib/net/*.h $(srcdir)/lib/x509/*.h \
		$(srcdir)/lib/tls/*.h > $@.tmp
	$(AM_V_at)if cmp -s $@.tmp $@; then rm -f $@.tmp; else mv -f $@.tmp $@; fi
