# All sources are in a convenience library, which the installed library and the unit tests
# both link: the tests can so reach what the installed library does not export.
noinst_LTLIBRARIES += lib/libtlsdial-core.la
lib_libtlsdial_core_la_SOURCES = \
	lib/bio.c \
	lib/bio_sock.h \
	lib/bio_sock_shared.h \
	lib/bundle.c \
	lib/bundle.h \
	lib/bundle_name.c \
	lib/causes.def \
	lib/certificate.c \
	lib/client.c \
	lib/conn.c \
	lib/connect.c \
	lib/credentials.c \
	lib/deadline.c \
	lib/deadline.h \
	lib/diagnose.c \
	lib/error.c \
	lib/evidence.c \
	lib/idn.c \
	lib/idn.h \
	lib/internal.h \
	lib/lookup.c \
	lib/lookup.h \
	lib/messages.c \
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
	lib/pin.c \
	lib/problem.c \
	lib/resolve.c \
	lib/revocation.c \
	lib/sock.h \
	lib/staple.c \
	lib/target.c \
	lib/thread.h \
	lib/trust.c \
	lib/verdict.c \
	lib/verify.c \
	lib/verify.h
if HOST_WINDOWS
lib_libtlsdial_core_la_SOURCES += lib/sock_winsock.c lib/thread_windows.c
if !OPENSSL_SOCKETS
lib_libtlsdial_core_la_SOURCES += lib/bio_sock_winsock.c
endif
else
lib_libtlsdial_core_la_SOURCES += lib/sock_posix.c lib/thread_posix.c
if !OPENSSL_SOCKETS
lib_libtlsdial_core_la_SOURCES += lib/bio_sock_posix.c
endif
endif
if OPENSSL_HTTP
lib_libtlsdial_core_la_SOURCES += lib/fetch.c
else
lib_libtlsdial_core_la_SOURCES += lib/no_fetch.c
endif
lib_libtlsdial_core_la_CFLAGS = $(AM_CFLAGS) $(VISIBILITY_CFLAGS) $(LIBIDN2_CFLAGS)
lib_libtlsdial_core_la_LIBADD = \
	$(OPENSSL_LIBS) $(LIBIDN2_LIBS) $(ON_DEMAND_LIBS) $(PTHREAD_LIBS) $(PLATFORM_LIBS)
$(lib_libtlsdial_core_la_OBJECTS): include/tlsdial.h

# -version-info current:revision:age, changed only at a release, in this order:
#   any code changed since the last release:   revision + 1
#   an interface added, changed or removed:    current + 1, revision = 0
#   ... added only:                            age + 1
#   ... changed or removed:                    age = 0
lib_LTLIBRARIES += lib/libtlsdial.la
lib_libtlsdial_la_SOURCES =
lib_libtlsdial_la_LIBADD = lib/libtlsdial-core.la
lib_libtlsdial_la_LDFLAGS = $(AM_LDFLAGS) -no-undefined -version-info 0:0:0 \
	-export-symbols $(srcdir)/lib/libtlsdial.sym
EXTRA_lib_libtlsdial_la_DEPENDENCIES = $(srcdir)/lib/libtlsdial.sym

pkgconfig_DATA = lib/libtlsdial.pc
EXTRA_DIST += lib/causes.awk lib/libtlsdial.sym
