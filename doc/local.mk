# tlsdial.1 without its passages on check, for --disable-check, is made in a folder of its own.
if DOC
dist_man_MANS = doc/libtlsdial.3
nodist_man_MANS = doc/tlsdial-causes.7
if PROGRAM
dist_man_MANS += doc/tlsdial-pipe.1
if CHECK
dist_man_MANS += doc/tlsdial.1
else
nodist_man_MANS += doc/no-check/tlsdial.1
endif
endif
endif
if PROGRAM
if CHECK
dist_pkgdata_DATA = doc/tlsdial-check.schema.json
endif
endif
if !CHECK
check_DATA += doc/no-check/tlsdial.1
endif
check_DATA += doc/tlsdial-causes.7
EXTRA_DIST += doc/libtlsdial.3 doc/no-check.awk doc/threat-model doc/tlsdial-causes.7.in \
	doc/tlsdial-check.schema.json doc/tlsdial-pipe.1 doc/tlsdial.1
CLEANFILES += doc/tlsdial-causes.7 doc/tlsdial-causes.7.causes doc/tlsdial-causes.7.tmp \
	doc/no-check/tlsdial.1

doc/tlsdial-causes.7: $(srcdir)/doc/tlsdial-causes.7.in $(causes_sources) $(srcdir)/configure.ac
	$(AM_V_GEN)$(MKDIR_P) doc
	$(AM_V_at)$(causes) -v form=mdoc $(srcdir)/lib/base/causes.def > $@.causes
	$(AM_V_at)$(fill) $(srcdir)/doc/tlsdial-causes.7.in > $@.tmp
	$(AM_V_at)rm -f $@.causes && mv -f $@.tmp $@

doc/no-check/tlsdial.1: $(srcdir)/doc/tlsdial.1 $(srcdir)/doc/no-check.awk
	$(AM_V_GEN)$(MKDIR_P) doc/no-check
	$(AM_V_at)$(AWK) -f $(srcdir)/doc/no-check.awk $(srcdir)/doc/tlsdial.1 > $@.tmp
	$(AM_V_at)mv -f $@.tmp $@
