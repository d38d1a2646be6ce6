# shellcheck shell=sh
# The program of "make mutants": what mutants it makes, and what it says of them.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"

requires python
TMPDIR=$T "$PYTHON" -B "$TOP_SRCDIR/tests/mutants/self_test.py"
