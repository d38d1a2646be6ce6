# The shell tests. A new one is one line here. The longest come first, so that none is left
# to run alone at the end of make -j2 check.
shell_tests = \
	tests/memory.t \
	tests/trust.t \
	tests/winstore.t \
	tests/check.t \
	tests/check_json.t \
	tests/deadlines.t \
	tests/progress.t \
	tests/truncation.t \
	tests/handshake.t \
	tests/causes.t \
	tests/verify.t \
	tests/large.t \
	tests/client_certificate.t \
	tests/paths.t \
	tests/pins.t \
	tests/revocation.t \
	tests/insecure.t \
	tests/flow.t \
	tests/names.t \
	tests/output.t \
	tests/output_posix.t \
	tests/check_layout.t \
	tests/check_options.t \
	tests/addresses.t \
	tests/policy.t \
	tests/groups.t \
	tests/signals.t \
	tests/input.t \
	tests/usage.t \
	tests/nginx.t \
	tests/staple.t \
	tests/system.t \
	tests/docs.t \
	tests/completions.t \
	tests/exports.t

# The unit tests. A new one is a name here and a _SOURCES line below.
unit_tests = \
	tests/unit/unit_hop_limits \
	tests/unit/unit_hop_mail \
	tests/unit/unit_hop_other \
	tests/unit/unit_hop_proxy \
	tests/unit/unit_hops \
	tests/unit_deadline \
	tests/unit_error \
	tests/unit_target

tests_unit_deadline_SOURCES = tests/unit_deadline.c
tests_unit_error_SOURCES = tests/unit_error.c
tests_unit_target_SOURCES = tests/unit_target.c

tests_unit_deadline_LDADD = $(unit_libs)
tests_unit_error_LDADD = $(unit_libs)
tests_unit_target_LDADD = $(unit_libs)

# The hops: dialogues written down, and what plays them.
hop_dialogue = tests/unit/hop_dialogue.c tests/unit/hop_dialogue.h
tests_unit_unit_hops_SOURCES = tests/unit/unit_hops.c tests/unit/hop_dialogues.c $(hop_dialogue)
tests_unit_unit_hop_limits_SOURCES = tests/unit/unit_hop_limits.c tests/unit/hop_dialogues.c \
	$(hop_dialogue)
tests_unit_unit_hop_mail_SOURCES = tests/unit/unit_hop_mail.c $(hop_dialogue)
tests_unit_unit_hop_other_SOURCES = tests/unit/unit_hop_other.c $(hop_dialogue)
tests_unit_unit_hop_proxy_SOURCES = tests/unit/unit_hop_proxy.c $(hop_dialogue)
tests_unit_unit_hops_LDADD = $(unit_libs)
tests_unit_unit_hop_limits_LDADD = $(unit_libs)
tests_unit_unit_hop_mail_LDADD = $(unit_libs)
tests_unit_unit_hop_other_LDADD = $(unit_libs)
tests_unit_unit_hop_proxy_LDADD = $(unit_libs)
$(tests_unit_unit_hops_OBJECTS): include/tlsdial.h
$(tests_unit_unit_hop_limits_OBJECTS): include/tlsdial.h
$(tests_unit_unit_hop_mail_OBJECTS): include/tlsdial.h
$(tests_unit_unit_hop_other_OBJECTS): include/tlsdial.h
$(tests_unit_unit_hop_proxy_OBJECTS): include/tlsdial.h
AM_CPPFLAGS += $(CMOCKA_CFLAGS)
unit_libs = lib/libtlsdial-core.la $(CMOCKA_LIBS)
$(tests_unit_deadline_OBJECTS): include/tlsdial.h
$(tests_unit_error_OBJECTS): include/tlsdial.h
$(tests_unit_target_OBJECTS): include/tlsdial.h

# Helper programs of the shell tests.
check_PROGRAMS += tests/allocation tests/trust_equality
tests_trust_equality_SOURCES = tests/trust_equality.c
tests_trust_equality_LDADD = lib/libtlsdial-core.la
$(tests_trust_equality_OBJECTS): include/tlsdial.h
tests_allocation_SOURCES = tests/allocation.c
tests_allocation_LDADD = lib/libtlsdial-core.la
$(tests_allocation_OBJECTS): include/tlsdial.h

if HOST_WINDOWS
check_PROGRAMS += tests/certstore
tests_certstore_SOURCES = tests/certstore_windows.c
tests_certstore_LDADD = -lcrypt32
else
check_PROGRAMS += tests/signals
tests_signals_SOURCES = tests/signals.c
tests_signals_LDADD = lib/libtlsdial.la $(PTHREAD_LIBS)
$(tests_signals_OBJECTS): include/tlsdial.h

# For LD_PRELOAD: a getaddrinfo() and a time() that answer as a test wants. Never installed; -rpath
# only makes libtool build a module instead of a convenience library.
if SHARED
check_LTLIBRARIES += tests/system_shim.la
tests_system_shim_la_SOURCES = tests/system_shim.c
tests_system_shim_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere
tests_system_shim_la_LIBADD = $(DL_LIBS)
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

EXTRA_DIST += $(shell_tests) tests/lib tests/peer.py tests/tab.py tests/demo.sh tests/matrix.sh tests/summary.sh \
	tests/installcheck/dial.c tests/installcheck/run.sh

# In place of Automake's rule, which this is but for its last step (hence -Wno-override in
# configure.ac): whatever came of the tests, say how many single results of this run passed.
check-TESTS: $(check_PROGRAMS) $(check_LTLIBRARIES)
	@rm -f $(RECHECK_LOGS) $(RECHECK_LOGS:.log=.trs) $(TEST_SUITE_LOG)
	@status=0; \
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
	transform='$(transform)' SHARED='$(enable_shared)' \
	PRIVATE_LIBS='$(OPENSSL_LIBS) $(LIBIDN2_LIBS) $(PTHREAD_LIBS) $(PLATFORM_LIBS)' \
	$(SHELL) $(srcdir)/tests/installcheck/run.sh $(srcdir)/tests/installcheck/dial.c

# What other clients say of the same faults.
matrix: all
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(srcdir)/tests/matrix.sh

.PHONY: demo conformance matrix
