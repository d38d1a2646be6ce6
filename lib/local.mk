# All sources are in a convenience library, which the installed library and the unit tests
# both link: the tests can so reach what the installed library does not export.
noinst_LTLIBRARIES += lib/libtlsdial-core.la
lib_libtlsdial_core_la_SOURCES = \
	lib/base/causes.def \
	lib/base/clock.h \
	lib/base/deadline.c \
	lib/base/deadline.h \
	lib/base/error.c \
	lib/base/error.h \
	lib/base/finding.c \
	lib/base/finding.h \
	lib/base/http_url.c \
	lib/base/http_url.h \
	lib/base/idn.c \
	lib/base/idn.h \
	lib/base/target.c \
	lib/base/target.h \
	lib/base/text.c \
	lib/base/text.h \
	lib/net/address_scope.c \
	lib/net/address_scope.h \
	lib/net/bio_sock.h \
	lib/net/bio_sock_shared.h \
	lib/net/cancel.c \
	lib/net/cancel.h \
	lib/net/connect.c \
	lib/net/connect.h \
	lib/net/hop.c \
	lib/net/hop.h \
	lib/net/hop_ftp.c \
	lib/net/hop_haproxy.c \
	lib/net/hop_http.c \
	lib/net/hop_imap.c \
	lib/net/hop_irc.c \
	lib/net/hop_ldap.c \
	lib/net/hop_machine.h \
	lib/net/hop_mysql.c \
	lib/net/hop_nntp.c \
	lib/net/hop_pop3.c \
	lib/net/hop_postgres.c \
	lib/net/hop_protocol.c \
	lib/net/hop_rdp.c \
	lib/net/hop_reply.c \
	lib/net/hop_sieve.c \
	lib/net/hop_smtp.c \
	lib/net/hop_socks4a.c \
	lib/net/hop_socks5.c \
	lib/net/hop_table.c \
	lib/net/hop_text.c \
	lib/net/hop_xml.c \
	lib/net/hop_xml.h \
	lib/net/hop_xmpp.c \
	lib/net/hops.c \
	lib/net/hops.h \
	lib/net/name_lookup.c \
	lib/net/name_lookup.h \
	lib/net/resolve.c \
	lib/net/resolve.h \
	lib/net/resolve_override.c \
	lib/net/resolve_override.h \
	lib/net/route.c \
	lib/net/route.h \
	lib/net/sock.h \
	lib/net/stream.c \
	lib/net/stream.h \
	lib/net/thread.h \
	lib/net/wait.c \
	lib/net/wait.h \
	lib/x509/bundle.c \
	lib/x509/bundle.h \
	lib/x509/bundle_name.c \
	lib/x509/certificate.c \
	lib/x509/certificate.h \
	lib/x509/crl.c \
	lib/x509/crl.h \
	lib/x509/distrust.c \
	lib/x509/distrust.h \
	lib/x509/facts.c \
	lib/x509/facts.h \
	lib/x509/facts_chain.c \
	lib/x509/directory.c \
	lib/x509/directory.h \
	lib/x509/file_fault.c \
	lib/x509/file_fault.h \
	lib/x509/file_parse.c \
	lib/x509/file_parse.h \
	lib/x509/file_text.c \
	lib/x509/file_text.h \
	lib/x509/lookup.c \
	lib/x509/lookup.h \
	lib/x509/ocsp.c \
	lib/x509/ocsp.h \
	lib/x509/path_budget.c \
	lib/x509/path_budget.h \
	lib/x509/path_queue.c \
	lib/x509/path_queue.h \
	lib/x509/path_search.c \
	lib/x509/path_search.h \
	lib/x509/phrase.c \
	lib/x509/phrase.h \
	lib/x509/pin.c \
	lib/x509/pin.h \
	lib/x509/request.c \
	lib/x509/request.h \
	lib/x509/trust.c \
	lib/x509/trust.h \
	lib/x509/verify.c \
	lib/x509/verify.h \
	lib/x509/words.c \
	lib/x509/words.h \
	lib/x509/words_certificate.c \
	lib/x509/words_certificate.h \
	lib/x509/words_chain.c \
	lib/x509/words_chain.h \
	lib/x509/words_revocation.c \
	lib/x509/words_revocation.h \
	lib/tls/aia.c \
	lib/tls/alert.c \
	lib/tls/alert.h \
	lib/tls/bio.c \
	lib/tls/bio.h \
	lib/tls/client.c \
	lib/tls/client.h \
	lib/tls/client_ca.c \
	lib/tls/client_ca.h \
	lib/tls/client_verify.c \
	lib/tls/configuration.c \
	lib/tls/configuration.h \
	lib/tls/conn.c \
	lib/tls/conn.h \
	lib/tls/credentials.c \
	lib/tls/dial.c \
	lib/tls/diagnose.c \
	lib/tls/diagnose.h \
	lib/tls/evidence.c \
	lib/tls/handshake.c \
	lib/tls/handshake.h \
	lib/tls/evidence.h \
	lib/tls/http_reader.c \
	lib/tls/http_reader.h \
	lib/tls/issuer_body.c \
	lib/tls/issuer_body.h \
	lib/tls/memory.c \
	lib/tls/memory.h \
	lib/tls/offer.c \
	lib/tls/offer.h \
	lib/tls/options.c \
	lib/tls/options.h \
	lib/tls/resume.c \
	lib/tls/resume.h \
	lib/tls/session.c \
	lib/tls/session.h \
	lib/tls/session_format.c \
	lib/tls/session_format.h \
	lib/tls/policy.h \
	lib/tls/silence.c \
	lib/tls/silence.h \
	lib/tls/trace.c \
	lib/tls/trace.h \
	lib/tls/transfer.c \
	lib/tls/verify_callback.c \
	lib/tls/verify_callback.h \
	lib/tls/way.c \
	lib/tls/way.h
if HOST_WINDOWS
lib_libtlsdial_core_la_SOURCES += lib/base/clock_windows.c lib/net/sock_winsock.c \
	lib/net/thread_windows.c
if !OPENSSL_SOCKETS
lib_libtlsdial_core_la_SOURCES += lib/net/bio_sock_winsock.c
endif
else
lib_libtlsdial_core_la_SOURCES += lib/base/clock_posix.c lib/net/sock_posix.c \
	lib/net/thread_posix.c
if !OPENSSL_SOCKETS
lib_libtlsdial_core_la_SOURCES += lib/net/bio_sock_posix.c
endif
endif
lib_libtlsdial_core_la_CFLAGS = $(AM_CFLAGS) $(VISIBILITY_CFLAGS) $(LIBIDN2_CFLAGS)
lib_libtlsdial_core_la_LIBADD = \
	$(OPENSSL_LIBS) $(LIBIDN2_LIBS) $(DL_LIBS) $(PTHREAD_LIBS) $(PLATFORM_LIBS)
$(lib_libtlsdial_core_la_OBJECTS): include/tlsdial.h include/prefix.h
# A header that declares something new has its name prefixed, too.
include/prefix.h: $(lib_libtlsdial_core_la_SOURCES)

# -version-info current:revision:age, changed only at a release, in this order:
#   any code changed since the last release:   revision + 1
#   an interface added, changed or removed:    current + 1, revision = 0
#   ... added only:                            age + 1
#   ... changed or removed:                    age = 0
lib_LTLIBRARIES += lib/libtlsdial.la
lib_libtlsdial_la_SOURCES =
lib_libtlsdial_la_LIBADD = lib/libtlsdial-core.la
lib_libtlsdial_la_LDFLAGS = $(AM_LDFLAGS) $(LIBRARY_LDFLAGS) -no-undefined \
	-version-info 0:0:0 $(exports)
# Either way the list is what is exported. The version of the symbols is TLSDIAL_ and the major number
# of the library; a name keeps the version that it came with.
if VERSION_SCRIPT
exports = -Wl,--version-script=lib/libtlsdial.map
EXTRA_lib_libtlsdial_la_DEPENDENCIES = lib/libtlsdial.map
else
exports = -export-symbols $(srcdir)/lib/libtlsdial.sym
EXTRA_lib_libtlsdial_la_DEPENDENCIES = $(srcdir)/lib/libtlsdial.sym
endif
lib/libtlsdial.map: $(srcdir)/lib/libtlsdial.sym
	$(AM_V_GEN){ echo 'TLSDIAL_0 { global:'; $(SED) 's/$$/;/' $(srcdir)/lib/libtlsdial.sym; \
		echo 'local: *; };'; } > $@.tmp && mv -f $@.tmp $@
CLEANFILES += lib/libtlsdial.map lib/libtlsdial.map.tmp

pkgconfig_DATA = lib/libtlsdial.pc
EXTRA_DIST += lib/base/causes.awk lib/base/prefix.awk lib/libtlsdial.sym
