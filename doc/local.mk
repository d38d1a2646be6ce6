dist_man_MANS = doc/tlsdial.1 doc/libtlsdial.3
nodist_man_MANS = doc/tlsdial-causes.7
dist_pkgdata_DATA = doc/tlsdial-check.schema.json
EXTRA_DIST += doc/threat-model doc/tlsdial-causes.7.in
CLEANFILES += doc/tlsdial-causes.7 doc/tlsdial-causes.7.causes doc/tlsdial-causes.7.tmp

doc/tlsdial-causes.7: $(srcdir)/doc/tlsdial-causes.7.in $(causes_sources) $(srcdir)/configure.ac
	$(AM_V_GEN)$(MKDIR_P) doc
	$(AM_V_at)$(causes) -v form=mdoc $(srcdir)/lib/base/causes.def > $@.causes
	$(AM_V_at)$(fill) $(srcdir)/doc/tlsdial-causes.7.in > $@.tmp
	$(AM_V_at)rm -f $@.causes && mv -f $@.tmp $@
