# Fuzzing of what is parsed here and not in OpenSSL: make fuzz [FUZZ_SECONDS=N]. Needs clang with
# libFuzzer; what is found stays in the folder of the build, as a file that repeats it.
FUZZ_CC = clang
FUZZ_SECONDS = 20
FUZZ_FLAGS =
fuzz_targets = fuzz_aia fuzz_bundle fuzz_hop fuzz_name fuzz_session
fuzz_sources = $(srcdir)/lib/x509/bundle.c $(srcdir)/lib/x509/bundle_name.c $(srcdir)/lib/net/hop.c $(srcdir)/lib/net/hop_*.c \
	$(srcdir)/lib/tls/session_format.c \
	$(srcdir)/lib/base/error.c $(srcdir)/lib/base/http_url.c $(srcdir)/lib/base/idn.c \
	$(srcdir)/lib/base/target.c $(srcdir)/lib/base/text.c $(srcdir)/lib/tls/http_reader.c \
	$(srcdir)/lib/tls/issuer_body.c

fuzz: include/tlsdial.h include/prefix.h
	@$(MKDIR_P) fuzz
	@set -e; for target in $(fuzz_targets); do \
	echo "fuzz: $$target, $(FUZZ_SECONDS) s"; \
	$(FUZZ_CC) -std=c11 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	-I. -Iinclude -I$(srcdir)/lib $(OPENSSL_CFLAGS) $(LIBIDN2_CFLAGS) -o fuzz/$$target \
	$(srcdir)/fuzz/$$target.c $(fuzz_sources) $(OPENSSL_LIBS) $(LIBIDN2_LIBS) $(DL_LIBS); \
	$(MKDIR_P) fuzz/corpus/$$target; \
	./fuzz/$$target -max_total_time=$(FUZZ_SECONDS) -timeout=10 -print_final_stats=1 \
	-artifact_prefix=fuzz/ $(FUZZ_FLAGS) fuzz/corpus/$$target \
	$(srcdir)/fuzz/seeds/$${target#fuzz_} >fuzz/$$target.log 2>&1 || \
	{ tail -n 40 fuzz/$$target.log; exit 1; }; \
	$(SED) -n 's/^stat::number_of_executed_units: */  runs: /p' fuzz/$$target.log; \
	done

.PHONY: fuzz
EXTRA_DIST += \
	fuzz/fuzz_aia.c fuzz/fuzz_bundle.c fuzz/fuzz_hop.c fuzz/fuzz_name.c fuzz/fuzz_session.c \
	fuzz/seeds/session/tls1_2 fuzz/seeds/session/tls1_3 \
	fuzz/seeds/aia/chunked fuzz/seeds/aia/der fuzz/seeds/aia/page fuzz/seeds/aia/pem \
	fuzz/seeds/aia/pkcs7 fuzz/seeds/aia/pkcs7-pem fuzz/seeds/aia/redirect \
	fuzz/seeds/aia/status fuzz/seeds/aia/url fuzz/seeds/aia/url-name \
	fuzz/seeds/bundle/bad fuzz/seeds/bundle/crl \
	fuzz/seeds/bundle/crlf fuzz/seeds/bundle/cut fuzz/seeds/bundle/old \
	fuzz/seeds/bundle/plain fuzz/seeds/bundle/trusted fuzz/seeds/bundle/two \
	fuzz/seeds/bundle/with-crl fuzz/seeds/name/bits fuzz/seeds/name/bmp \
	fuzz/seeds/name/constructed fuzz/seeds/name/indefinite-length \
	fuzz/seeds/name/multi fuzz/seeds/name/printable fuzz/seeds/name/t61 \
	fuzz/seeds/name/universal fuzz/seeds/name/unused-bits fuzz/seeds/name/utf8 \
	fuzz/seeds/hop/ftp-1 \
	fuzz/seeds/hop/ftp-2 \
	fuzz/seeds/hop/ftp-3 \
	fuzz/seeds/hop/http-1 \
	fuzz/seeds/hop/http-2 \
	fuzz/seeds/hop/http-3 \
	fuzz/seeds/hop/imap-1 \
	fuzz/seeds/hop/imap-2 \
	fuzz/seeds/hop/imap-3 \
	fuzz/seeds/hop/irc-1 \
	fuzz/seeds/hop/irc-2 \
	fuzz/seeds/hop/ldap-1 \
	fuzz/seeds/hop/ldap-2 \
	fuzz/seeds/hop/lmtp-1 \
	fuzz/seeds/hop/mysql-1 \
	fuzz/seeds/hop/nntp-1 \
	fuzz/seeds/hop/nntp-2 \
	fuzz/seeds/hop/pop3-1 \
	fuzz/seeds/hop/pop3-2 \
	fuzz/seeds/hop/postgres-1 \
	fuzz/seeds/hop/postgresql-1 \
	fuzz/seeds/hop/proxy-v1-1 \
	fuzz/seeds/hop/proxy-v2-1 \
	fuzz/seeds/hop/rdp-1 \
	fuzz/seeds/hop/sieve-1 \
	fuzz/seeds/hop/sieve-2 \
	fuzz/seeds/hop/smtp-1 \
	fuzz/seeds/hop/smtp-2 \
	fuzz/seeds/hop/smtp-3 \
	fuzz/seeds/hop/socks4a-1 \
	fuzz/seeds/hop/socks4a-2 \
	fuzz/seeds/hop/socks5-1 \
	fuzz/seeds/hop/socks5-2 \
	fuzz/seeds/hop/socks5h-1 \
	fuzz/seeds/hop/socks5h-2 \
	fuzz/seeds/hop/submission-1 \
	fuzz/seeds/hop/xmpp-1 \
	fuzz/seeds/hop/xmpp-server-1
CLEANFILES += fuzz/fuzz_aia fuzz/fuzz_aia.log fuzz/fuzz_bundle fuzz/fuzz_hop fuzz/fuzz_name \
	fuzz/fuzz_bundle.log fuzz/fuzz_hop.log fuzz/fuzz_name.log
clean-local:
	-rm -rf fuzz/corpus
