# Small bugs in copies of the tree: see tests/mutants/README. For some of them:
# make mutants MUTANTS_FLAGS='--folder lib --sample 100 --seconds 600'
MUTANTS_FLAGS =
mutants_make = $(MAKE)
mutants: all
	@MAKE='$(mutants_make)' $(PYTHON) -B $(srcdir)/tests/mutants/run.py \
	--source $(srcdir) --work mutants $(MUTANTS_FLAGS)

# What a copy is asked for: to build what the tests need, and to say how they are run.
mutants-programs: all $(check_PROGRAMS) $(check_LTLIBRARIES)
mutants-facts:
	@$(AM_TESTS_ENVIRONMENT) MUTANTS_TESTS='$(TESTS)' MUTANTS_SHELL='$(SHELL)' \
	$(PYTHON) -c 'import json, os; print(json.dumps(dict(os.environ)))'

shell_tests += tests/mutants/self_test.t
EXTRA_DIST += tests/mutants/README tests/mutants/cover.py tests/mutants/equivalent \
	tests/mutants/hand_written tests/mutants/listed.py tests/mutants/operators.py \
	tests/mutants/report.py tests/mutants/run.py tests/mutants/self_test.py \
	tests/mutants/source.py tests/mutants/tree.py
.PHONY: mutants mutants-programs mutants-facts
