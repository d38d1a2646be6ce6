# "make bench": what the program costs, beside whatever other clients are installed; needs nginx,
# python3 and the openssl command, and valgrind to count instructions. BENCH_FLAGS are run.py's.
EXTRA_PROGRAMS = bench/floor bench/measure
bench_floor_SOURCES = bench/floor.c
bench_floor_LDADD = $(OPENSSL_LIBS)
bench_floor_CFLAGS = $(WARN_CFLAGS) $(WERROR_CFLAGS) $(OPENSSL_CFLAGS)
bench_floor_LDFLAGS =
bench_measure_SOURCES = bench/measure.c
bench_measure_LDADD =
bench_measure_CFLAGS = $(WARN_CFLAGS) $(WERROR_CFLAGS)
bench_measure_LDFLAGS =
BENCH_FLAGS =

# An installed program is compared, not libtool's script.
bench: all $(EXTRA_PROGRAMS)
	@rm -rf bench/root
	@$(MAKE) -s install DESTDIR="$(abs_builddir)/bench/root" >/dev/null
	@PYTHONDONTWRITEBYTECODE=1 "$(PYTHON)" $(srcdir)/bench/run.py \
	--tlsdial "$(abs_builddir)/bench/root$(bindir)/tlsdial" \
	--library "$(abs_builddir)/bench/root$(libdir)/libtlsdial.so.0" \
	--floor "$(abs_builddir)/bench/floor" --measure "$(abs_builddir)/bench/measure" \
	--nginx "$(NGINX)" --openssl "$(OPENSSL)" --json bench.json $(BENCH_FLAGS)
	@rm -rf bench/root

.PHONY: bench
EXTRA_DIST += bench/README bench/clients.py bench/roundtrips.py bench/run.py bench/server.py
CLEANFILES += $(EXTRA_PROGRAMS) bench.json
