# Packages, from the tarball of "make dist", below deb/ and rpm/. RPMBUILD_FLAGS=--nodeps where
# the build's needs are not known to rpm, as on Debian.
RPMBUILD_FLAGS =
deb: dist
	$(SHELL) $(srcdir)/packaging/build-deb $(distdir).tar.xz deb
rpm: dist
	$(SHELL) $(srcdir)/packaging/build-rpm $(distdir).tar.xz rpm $(RPMBUILD_FLAGS)

.PHONY: deb rpm
