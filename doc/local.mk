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
EXTRA_DIST += doc/man3.awk
CLEANFILES += doc/man3/*.3 doc/man3/stamp
check_DATA += doc/man3/stamp
if DOC
noinst_DATA = doc/man3/stamp
endif
CLEANFILES += doc/tlsdial-causes.7 doc/tlsdial-causes.7.causes doc/tlsdial-causes.7.tmp \
	doc/no-check/tlsdial.1

doc/tlsdial-causes.7: $(srcdir)/doc/tlsdial-causes.7.in $(causes_sources) $(srcdir)/configure.ac
	$(AM_V_GEN)$(MKDIR_P) doc
	$(AM_V_at)$(causes) -v form=mdoc $(srcdir)/lib/base/causes.def > $@.causes
	$(AM_V_at)$(fill) $(srcdir)/doc/tlsdial-causes.7.in > $@.tmp
	$(AM_V_at)rm -f $@.causes && mv -f $@.tmp $@

# The pages of section 3, a page for each part of the header and a link to it for each function; the date is
# that of their overview.
doc/man3/stamp: $(srcdir)/include/tlsdial.h.in $(srcdir)/doc/man3.awk $(srcdir)/doc/libtlsdial.3
	$(AM_V_GEN)$(MKDIR_P) doc/man3
	$(AM_V_at)rm -f doc/man3/*.3
	$(AM_V_at)$(AWK) -v folder=doc/man3 \
		-v date="`$(SED) -n 's/^\.Dd //p' $(srcdir)/doc/libtlsdial.3`" \
		-f $(srcdir)/doc/man3.awk $(srcdir)/include/tlsdial.h.in
	$(AM_V_at)touch $@

if DOC
install-data-local: doc/man3/stamp
	$(MKDIR_P) "$(DESTDIR)$(man3dir)"
	$(INSTALL_DATA) doc/man3/*.3 "$(DESTDIR)$(man3dir)"
uninstall-local:
	cd doc/man3 && for page in *.3; do rm -f "$(DESTDIR)$(man3dir)/$$page"; done
endif

doc/no-check/tlsdial.1: $(srcdir)/doc/tlsdial.1 $(srcdir)/doc/no-check.awk
	$(AM_V_GEN)$(MKDIR_P) doc/no-check
	$(AM_V_at)$(AWK) -f $(srcdir)/doc/no-check.awk $(srcdir)/doc/tlsdial.1 > $@.tmp
	$(AM_V_at)mv -f $@.tmp $@
EXTRA_DIST += \
	doc/decisions/README \
	doc/decisions/bundles \
	doc/decisions/causes \
	doc/decisions/files \
	doc/decisions/hops \
	doc/decisions/offer \
	doc/decisions/openssl \
	doc/decisions/options \
	doc/decisions/program \
	doc/decisions/reports \
	doc/decisions/steps \
	doc/decisions/targets \
	doc/decisions/tests \
	doc/decisions/transfer \
	doc/decisions/verdict \
	doc/decisions/windows
