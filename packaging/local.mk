# Packages, from the tarball of "make dist", below deb/ and rpm/. RPMBUILD_FLAGS=--nodeps where
# the build's needs are not known to rpm, as on Debian.
RPMBUILD_FLAGS =
deb: dist
	$(SHELL) $(srcdir)/packaging/build-deb $(distdir).tar.xz deb
rpm: dist
	$(SHELL) $(srcdir)/packaging/build-rpm $(distdir).tar.xz rpm $(RPMBUILD_FLAGS)

.PHONY: deb rpm

# File by file: a folder would be packed with whatever lies in it. packaging/dist-files compares the
# tarball with git.
EXTRA_DIST += \
	packaging/archive.sh packaging/autopkgtest packaging/build-deb \
	packaging/build-rpm packaging/check-hardening packaging/chroot.sh \
	packaging/configure-checks packaging/cross packaging/debian/changelog \
	packaging/debian/control packaging/debian/copyright \
	packaging/debian/libtlsdial-dev.examples \
	packaging/debian/libtlsdial-dev.install \
	packaging/debian/libtlsdial-dev.lintian-overrides \
	packaging/debian/libtlsdial0.install \
	packaging/debian/libtlsdial0.lintian-overrides \
	packaging/debian/libtlsdial0.symbols packaging/debian/not-installed \
	packaging/debian/rules packaging/debian/source/format \
	packaging/debian/tests/control packaging/debian/tests/fetch \
	packaging/debian/tests/link packaging/debian/tests/server.sh \
	packaging/debian/tlsdial.docs packaging/debian/tlsdial.install \
	packaging/debian/tlsdial.lintian-overrides packaging/debian/watch packaging/dist-files \
	packaging/minbase packaging/musl packaging/rpm/rpmlintrc \
	packaging/rpm/tlsdial.spec packaging/suite packaging/windows
