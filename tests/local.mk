# The shell tests, in folders by subject. A new one is one line here. The longest come first, so
# that none is left to run alone at the end of make -j2 check.
shell_tests = \
	tests/api/many.t \
	tests/api/transfer.t \
	tests/api/wants.t \
	tests/api/cancel.t \
	tests/api/threads.t \
	tests/api/load.t \
	tests/api/misuse.t \
	tests/api/options.t \
	tests/api/session.t \
	tests/api/examples.t \
	tests/dial/deadlines.t \
	tests/program/memory.t \
	tests/dial/file_deadlines.t \
	tests/trust/store.t \
	tests/trust/unreadable.t \
	tests/trust/winstore.t \
	tests/check/report.t \
	tests/pipe/failures.t \
	tests/pipe/streams.t \
	tests/pipe/flow.t \
	tests/pipe/exec.t \
	tests/pipe/ssh.t \
	tests/check/json.t \
	tests/dial/progress.t \
	tests/dial/truncation.t \
	tests/dial/handshake.t \
	tests/dial/causes.t \
	tests/trust/verify.t \
	tests/dial/large.t \
	tests/dial/client_certificate.t \
	tests/dial/configuration.t \
	tests/trust/malformed.t \
	tests/trust/paths.t \
	tests/trust/pins.t \
	tests/trust/revocation.t \
	tests/dial/insecure.t \
	tests/dial/flow.t \
	tests/dial/names.t \
	tests/dial/output.t \
	tests/dial/output_posix.t \
	tests/dial/output_safety.t \
	tests/dial/options.t \
	tests/dial/terminal.t \
	tests/check/layout.t \
	tests/check/fetch.t \
	tests/check/options.t \
	tests/way/starttls.t \
	tests/way/proxy.t \
	tests/way/environment.t \
	tests/dial/addresses.t \
	tests/dial/policy.t \
	tests/dial/groups.t \
	tests/dial/signals.t \
	tests/dial/input.t \
	tests/real/dovecot.t \
	tests/real/haproxy.t \
	tests/real/mariadb.t \
	tests/real/microsocks.t \
	tests/real/ngircd.t \
	tests/real/postfix.t \
	tests/real/postgresql.t \
	tests/real/prosody.t \
	tests/real/slapd.t \
	tests/real/tinyproxy.t \
	tests/real/vsftpd.t \
	tests/program/usage.t \
	tests/pipe/usage.t \
	tests/pipe/way.t \
	tests/dial/nginx.t \
	tests/trust/staple.t \
	tests/dial/system.t \
	tests/program/docs.t \
	tests/program/completions.t \
	tests/program/exports.t \
	tests/program/unload.t \
	tests/program/layers.t \
	tests/program/vocabulary.t

# The unit tests. A new one is a name here and a _SOURCES line below.
unit_tests = \
	tests/unit/deadline \
	tests/unit/error \
	tests/unit/fetch \
	tests/unit/hop_limits \
	tests/unit/hop_mail \
	tests/unit/hop_other \
	tests/unit/hop_proxy \
	tests/unit/hops \
	tests/unit/http \
	tests/unit/no_proxy \
	tests/unit/options_values \
	tests/unit/path_budget \
	tests/unit/target \
	tests/unit/terminal_text

tests_unit_deadline_SOURCES = tests/unit/deadline.c
tests_unit_error_SOURCES = tests/unit/error.c
tests_unit_fetch_SOURCES = tests/unit/fetch.c
# Those of the program have its files, which are in no library.
tests_unit_http_SOURCES = tests/unit/http.c src/http.c src/http.h
tests_unit_no_proxy_SOURCES = tests/unit/no_proxy.c src/no_proxy.c src/no_proxy.h \
	src/proxy_environment.c src/proxy_environment.h
tests_unit_options_values_SOURCES = tests/unit/options_values.c \
	src/options_values.c src/options_values.h
tests_unit_terminal_text_SOURCES = tests/unit/terminal_text.c \
	src/terminal_text.c src/terminal_text.h
tests_unit_path_budget_SOURCES = tests/unit/path_budget.c
tests_unit_target_SOURCES = tests/unit/target.c

tests_unit_deadline_LDADD = $(unit_libs)
tests_unit_error_LDADD = $(unit_libs)
tests_unit_fetch_LDADD = $(unit_libs)
tests_unit_http_LDADD = $(unit_libs)
tests_unit_no_proxy_LDADD = $(unit_libs)
tests_unit_options_values_LDADD = $(unit_libs)
tests_unit_terminal_text_LDADD = $(unit_libs)
tests_unit_path_budget_LDADD = $(unit_libs)
tests_unit_target_LDADD = $(unit_libs)

# These are over sockets of POSIX, and the lookups have a getaddrinfo() of the test's own.
if !HOST_WINDOWS
unit_tests += \
	tests/unit/connect \
	tests/unit/given_socket \
	tests/unit/resolve \
	tests/unit/route \
	tests/unit/stream
endif
EXTRA_DIST += tests/unit/loopback.h
tests_unit_connect_SOURCES = tests/unit/connect.c
tests_unit_given_socket_SOURCES = tests/unit/given_socket.c
tests_unit_resolve_SOURCES = tests/unit/resolve.c
tests_unit_route_SOURCES = tests/unit/route.c
tests_unit_stream_SOURCES = tests/unit/stream.c
tests_unit_connect_LDADD = $(unit_libs)
tests_unit_given_socket_LDADD = $(unit_libs)
tests_unit_resolve_LDADD = $(unit_libs)
tests_unit_route_LDADD = $(unit_libs)
tests_unit_stream_LDADD = $(unit_libs)
# The hops: dialogues written down, and what plays them.
hop_dialogue = tests/unit/hop_dialogue.c tests/unit/hop_dialogue.h
tests_unit_hops_SOURCES = tests/unit/hops.c tests/unit/hop_dialogues.c $(hop_dialogue)
tests_unit_hop_limits_SOURCES = tests/unit/hop_limits.c tests/unit/hop_dialogues.c \
	$(hop_dialogue)
tests_unit_hop_mail_SOURCES = tests/unit/hop_mail.c $(hop_dialogue)
tests_unit_hop_other_SOURCES = tests/unit/hop_other.c $(hop_dialogue)
tests_unit_hop_proxy_SOURCES = tests/unit/hop_proxy.c $(hop_dialogue)
tests_unit_hops_LDADD = $(unit_libs)
tests_unit_hop_limits_LDADD = $(unit_libs)
tests_unit_hop_mail_LDADD = $(unit_libs)
tests_unit_hop_other_LDADD = $(unit_libs)
tests_unit_hop_proxy_LDADD = $(unit_libs)
$(tests_unit_hops_OBJECTS): include/tlsdial.h
$(tests_unit_hop_limits_OBJECTS): include/tlsdial.h
$(tests_unit_hop_mail_OBJECTS): include/tlsdial.h
$(tests_unit_hop_other_OBJECTS): include/tlsdial.h
$(tests_unit_hop_proxy_OBJECTS): include/tlsdial.h
AM_CPPFLAGS += $(CMOCKA_CFLAGS)
unit_libs = lib/libtlsdial-core.la $(CMOCKA_LIBS)
$(tests_unit_deadline_OBJECTS): include/tlsdial.h
$(tests_unit_path_budget_OBJECTS): include/tlsdial.h
$(tests_unit_error_OBJECTS): include/tlsdial.h
$(tests_unit_fetch_OBJECTS): include/tlsdial.h
$(tests_unit_http_OBJECTS): include/tlsdial.h
$(tests_unit_no_proxy_OBJECTS): include/tlsdial.h
$(tests_unit_options_values_OBJECTS): include/tlsdial.h
$(tests_unit_terminal_text_OBJECTS): include/tlsdial.h
$(tests_unit_target_OBJECTS): include/tlsdial.h
$(tests_unit_connect_OBJECTS): include/tlsdial.h
$(tests_unit_given_socket_OBJECTS): include/tlsdial.h
$(tests_unit_resolve_OBJECTS): include/tlsdial.h
$(tests_unit_route_OBJECTS): include/tlsdial.h
$(tests_unit_stream_OBJECTS): include/tlsdial.h

# Helper programs of the shell tests.
check_PROGRAMS += tests/tools/allocation tests/tools/trust_equality
tests_tools_trust_equality_SOURCES = tests/tools/trust_equality.c
tests_tools_trust_equality_LDADD = lib/libtlsdial-core.la
$(tests_tools_trust_equality_OBJECTS): include/tlsdial.h
tests_tools_allocation_SOURCES = tests/tools/allocation.c
tests_tools_allocation_LDADD = lib/libtlsdial-core.la
$(tests_tools_allocation_OBJECTS): include/tlsdial.h

if HOST_WINDOWS
check_PROGRAMS += tests/tools/certstore
tests_tools_certstore_SOURCES = tests/tools/certstore_windows.c
tests_tools_certstore_LDADD = -lcrypt32
else
check_PROGRAMS += tests/tools/bounded tests/tools/signals
tests_tools_bounded_SOURCES = tests/tools/bounded.c
tests_tools_signals_SOURCES = tests/tools/signals.c
tests_tools_signals_LDADD = lib/libtlsdial.la $(PTHREAD_LIBS)
$(tests_tools_signals_OBJECTS): include/tlsdial.h

# Programs of the public API alone. Most end in seconds.
api_programs = tests/api/many tests/api/transfer tests/api/cancel tests/api/misuse \
	tests/api/options tests/api/session tests/api/threads tests/api/wants
api_common = tests/api/api.c tests/api/api.h
check_PROGRAMS += $(api_programs)
tests_api_many_SOURCES = tests/api/many.c $(api_common)
tests_api_transfer_SOURCES = tests/api/transfer.c $(api_common)
tests_api_wants_SOURCES = tests/api/wants.c $(api_common)
tests_api_cancel_SOURCES = tests/api/cancel.c $(api_common)
tests_api_misuse_SOURCES = tests/api/misuse.c $(api_common)
tests_api_options_SOURCES = tests/api/options.c $(api_common)
tests_api_threads_SOURCES = tests/api/threads.c $(api_common)
tests_api_session_SOURCES = tests/api/session.c $(api_common)
tests_api_session_LDADD = lib/libtlsdial.la $(PTHREAD_LIBS)
tests_api_misuse_LDADD = lib/libtlsdial.la
tests_api_options_LDADD = lib/libtlsdial.la
tests_api_threads_LDADD = lib/libtlsdial.la $(PTHREAD_LIBS)
tests_api_many_LDADD = lib/libtlsdial.la
tests_api_transfer_LDADD = lib/libtlsdial.la
tests_api_wants_LDADD = lib/libtlsdial.la
tests_api_cancel_LDADD = lib/libtlsdial.la $(PTHREAD_LIBS)

# The examples, which are programs of the public API too.
check_PROGRAMS += doc/examples/crawler doc/examples/mail doc/examples/metrics \
	doc/examples/tunnel doc/examples/updater doc/examples/upgrade
doc_examples_crawler_LDADD = lib/libtlsdial.la $(PTHREAD_LIBS)
doc_examples_mail_LDADD = lib/libtlsdial.la
doc_examples_metrics_LDADD = lib/libtlsdial.la
doc_examples_tunnel_LDADD = lib/libtlsdial.la
doc_examples_updater_LDADD = lib/libtlsdial.la
doc_examples_upgrade_LDADD = lib/libtlsdial.la
if HAVE_LIBEV
check_PROGRAMS += doc/examples/loop
doc_examples_loop_LDADD = lib/libtlsdial.la -lev
endif

# It links neither the library nor OpenSSL, and asks glibc for the memory in use.
if HAVE_MALLINFO2
check_PROGRAMS += tests/api/load
tests_api_load_SOURCES = tests/api/load.c tests/api/api.h
tests_api_load_LDADD = $(DL_LIBS)
endif

# For LD_PRELOAD: a getaddrinfo() and a time() that answer as a test wants. Never installed; -rpath
# only makes libtool build a module instead of a convenience library.
if SHARED
check_LTLIBRARIES += tests/tools/system_shim.la
tests_tools_system_shim_la_SOURCES = tests/tools/system_shim.c
tests_tools_system_shim_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere
tests_tools_system_shim_la_LIBADD = $(DL_LIBS)

# -export-dynamic: the library that it loads gets its getaddrinfo().
check_PROGRAMS += tests/tools/unload
tests_tools_unload_SOURCES = tests/tools/unload.c
tests_tools_unload_LDADD = $(DL_LIBS) $(PTHREAD_LIBS)
tests_tools_unload_LDFLAGS = $(AM_LDFLAGS) -export-dynamic
$(tests_tools_unload_OBJECTS): include/tlsdial.h
endif
endif

TESTS = $(shell_tests)
if HAVE_CMOCKA
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif

# The interpreter is named, so that a lost executable bit does no harm.
TEST_EXTENSIONS = .t
tap_driver = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
T_LOG_DRIVER = $(tap_driver)
T_LOG_COMPILER = $(SHELL)
LOG_DRIVER = $(tap_driver)
LOG_COMPILER = $(EMULATOR)

# TESTS_ENVIRONMENT is the user's; TLSDIAL in the environment names another program to test.
AM_TESTS_ENVIRONMENT = \
	srcdir='$(abs_srcdir)' builddir='$(abs_builddir)' \
	TOP_SRCDIR='$(abs_top_srcdir)' TOP_BUILDDIR='$(abs_top_builddir)' \
	LIBTOOL='$(abs_top_builddir)/libtool' EMULATOR='$(EMULATOR)' EXEEXT='$(EXEEXT)' \
	OPENSSL='$(OPENSSL)' PYTHON='$(PYTHON)' NGINX='$(NGINX)' AWK='$(AWK)' \
	HAVE_LIBIDN2='$(with_libidn2)' HAVE_JANSSON='$(with_jansson)' \
	CMOCKA_MESSAGE_OUTPUT=TAP; \
	export srcdir builddir TOP_SRCDIR TOP_BUILDDIR LIBTOOL EMULATOR EXEEXT \
	OPENSSL PYTHON NGINX AWK HAVE_LIBIDN2 HAVE_JANSSON CMOCKA_MESSAGE_OUTPUT;

EXTRA_DIST += $(shell_tests) tests/README tests/lib tests/peers/peer.py tests/peers/way.py tests/tools/layers.py \
	tests/tools/der.py tests/tools/pipe_streams.py tests/tools/tab.py \
	tests/demo.sh tests/matrix.sh tests/summary.sh \
	tests/installcheck/dial.c tests/installcheck/run.sh

# The usual certificates, which lib/pki.sh makes there.
CLEANFILES += tests/pki/*

# In place of Automake's rule, which this is but for its last step (hence -Wno-override in
# configure.ac): whatever came of the tests, say how many single results of this run passed. Make
# runs this with -n too, because $(MAKE) is in it: there are no results then.
check-TESTS: $(check_PROGRAMS) $(check_LTLIBRARIES)
	@if $(am__make_dryrun); then exit 0; fi; \
	rm -f $(RECHECK_LOGS) $(RECHECK_LOGS:.log=.trs) $(TEST_SUITE_LOG); \
	status=0; \
	$(MAKE) $(AM_MAKEFLAGS) $(TEST_SUITE_LOG) || status=1; \
	$(SHELL) $(srcdir)/tests/summary.sh $(TEST_LOGS:.log=.trs) || status=1; \
	exit $$status

# A dialogue with a real server on this machine, to look at.
demo: all
	@TOP_BUILDDIR='$(abs_top_builddir)' EMULATOR='$(EMULATOR)' EXEEXT='$(EXEEXT)' \
	OPENSSL='$(OPENSSL)' $(SHELL) $(srcdir)/tests/demo.sh

# Third-party vectors (see tests/conformance/run.py), which are no part of the tree. For all of
# them: make conformance CONFORMANCE_FLAGS=--all. Libtool puts the program itself in the place of
# its script, once and not for each case.
VECTORS = $(top_srcdir)/../shared/vectors
CONFORMANCE_FLAGS =
conformance: all
	@./libtool --mode=execute $(PYTHON) -B $(srcdir)/tests/conformance/run.py \
	--vectors '$(VECTORS)' --openssl '$(OPENSSL)' --emulator '$(EMULATOR)' \
	--tlsdial src/tlsdial$(EXEEXT) $(CONFORMANCE_FLAGS)
EXTRA_DIST += tests/conformance/deviations tests/conformance/run.py tests/conformance/tls13.py

# What an application does with the installed library, header and .pc file.
installcheck-local:
	@CC='$(CC)' CFLAGS='$(CPPFLAGS) $(CFLAGS)' LDFLAGS='$(LDFLAGS)' LIBS='$(LIBS)' \
	PKG_CONFIG='$(PKG_CONFIG)' DESTDIR='$(DESTDIR)' EMULATOR='$(EMULATOR)' \
	EXEEXT='$(EXEEXT)' bindir='$(bindir)' libdir='$(libdir)' pkgconfigdir='$(pkgconfigdir)' \
	transform='$(transform)' SHARED='$(enable_shared)' PROGRAM='$(enable_program)' \
	PRIVATE_LIBS='$(OPENSSL_LIBS) $(LIBIDN2_LIBS) $(DL_LIBS) $(PTHREAD_LIBS) $(PLATFORM_LIBS)' \
	$(SHELL) $(srcdir)/tests/installcheck/run.sh $(srcdir)/tests/installcheck/dial.c

# What other clients say of the same faults.
matrix: all
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(srcdir)/tests/matrix.sh

.PHONY: demo conformance matrix
