# Fuzzing of what is parsed here and not in OpenSSL: make fuzz [FUZZ_SECONDS=N]. Needs clang with
# libFuzzer; what is found stays in the folder of the build, as a file that repeats it.
FUZZ_CC = clang
FUZZ_SECONDS = 20
FUZZ_FLAGS =
fuzz_targets = fuzz_bundle fuzz_hop fuzz_name
fuzz_sources = $(srcdir)/lib/bundle.c $(srcdir)/lib/bundle_name.c $(srcdir)/lib/net/hop*.c

fuzz: include/tlsdial.h
	@$(MKDIR_P) fuzz
	@set -e; for target in $(fuzz_targets); do \
	echo "fuzz: $$target, $(FUZZ_SECONDS) s"; \
	$(FUZZ_CC) -std=c11 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	-I. -Iinclude -I$(srcdir)/lib $(OPENSSL_CFLAGS) -o fuzz/$$target \
	$(srcdir)/fuzz/$$target.c $(fuzz_sources) $(OPENSSL_LIBS); \
	$(MKDIR_P) fuzz/corpus/$$target; \
	./fuzz/$$target -max_total_time=$(FUZZ_SECONDS) -timeout=10 -print_final_stats=1 \
	-artifact_prefix=fuzz/ $(FUZZ_FLAGS) fuzz/corpus/$$target \
	$(srcdir)/fuzz/seeds/$${target#fuzz_} >fuzz/$$target.log 2>&1 || \
	{ tail -n 40 fuzz/$$target.log; exit 1; }; \
	$(SED) -n 's/^stat::number_of_executed_units: */  runs: /p' fuzz/$$target.log; \
	done

.PHONY: fuzz
EXTRA_DIST += fuzz/fuzz_bundle.c fuzz/fuzz_hop.c fuzz/fuzz_name.c fuzz/seeds
CLEANFILES += fuzz/fuzz_bundle fuzz/fuzz_hop fuzz/fuzz_name \
	fuzz/fuzz_bundle.log fuzz/fuzz_hop.log fuzz/fuzz_name.log
clean-local:
	-rm -rf fuzz/corpus
