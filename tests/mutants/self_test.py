#!/usr/bin/env python3
"""Tests of the mutants' program, as TAP: on a small C file, and on a small tree that is built."""

import contextlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import listed
import operators
import run
import tree
from source import Source, words_of

CODE = """#include <stddef.h>
#define LIMIT 3
/* if (a < b) in a comment */
static int sum(const int *items, size_t count)
{
    int total = 0; // + 1
    for (size_t i = 0; i < count; i++)
        total += items[i];
    if (total == 7 && count > 1)
        note("total < 7 || true", total);
    switch (total) {
    case 1:
        break;
    default:
        return total - 1;
    }
    return 'x';
}
"""
WANTED = """
negated: (size_t i = 0; !(i < count); i++)
negated: if (!(total == 7 && count > 1))
negated: if (total != 7 && count > 1)
negated: if (total == 7 || count > 1)
boundary: (size_t i = 0; i <= count; i++)
boundary: if (total == 7 && count >= 1)
off-by-one: (size_t i = 1; i < count; i++)
off-by-one: total += items[i + 1];
off-by-one: return total;
dropped-call: ;
swapped-arguments: note(total, "total < 7 || true");
constant: (size_t i = 1; i < count; i++)
constant: if (total == 8 && count > 1)
constant: if (total == 7 && count > 2)
constant: if (total == 7 && count > 0)
constant: case 2:
constant: case 0:
constant: return total - 2;
constant: return total - 0;
constant: return ('x' + 1);
early-return: { return 0;
early-return: { return 1;
early-return: ;
removed-case:
removed-case: ;
"""
counted = failed = 0


def ok(good, what, *facts):
    global counted, failed
    counted += 1
    failed += not good
    print("%s %d - %s" % ("ok" if good else "not ok", counted, what), flush=True)
    for fact in facts if not good else ():
        print("\n".join("# " + line for line in str(fact).splitlines()))


def same(got, wanted, what):
    ok(got == wanted, what, "got: %r" % (got,), "expected: %r" % (wanted,))


# --- operators ----------------------------------------------------------------------------


def changed_line(mutant):
    """The line that a mutant changed, as it is then."""
    before, after = mutant.source.text.splitlines(), mutant.apply().splitlines()
    return [b.strip().replace("for ", "") for a, b in zip(before, after) if a != b][0]


def test_operators():
    source = Source("lib/sum.c", CODE)
    same([f.name for f in source.functions], ["sum"], "functions are found")
    for name in operators.OPERATORS:
        got = sorted(changed_line(m) for m in operators.mutants_of(source, [name]))
        lines = [line.split(":", 1) for line in WANTED.strip().splitlines()]
        same(got, sorted(text.strip() for of, text in lines if of == name), "operator " + name)
    low, high = CODE.index("/*"), CODE.index("*/")
    touched = [m for m in operators.mutants_of(source) if low < m.start < high or m.line <= 2]
    same(touched, [], "comments and preprocessor lines are left alone")
    body = "int fd = -1;\n    char text[64];\n    return true;"
    negative = Source("a.c", "bool f(void)\n{\n    %s\n}\n" % body)
    got = sorted(changed_line(m) for m in operators.mutants_of(negative, ["constant"]))
    same(got, ["return false;"], "first values and sizes in declarations are left alone")


# --- lists --------------------------------------------------------------------------------

ENTRY = """# a comment
sum.c sum
- if (total == 7 && count >   1) /* in
- another layout */ note(
+ if (total == 7) note(
= the count does not matter
"""


def located(text, *sources):
    entries, errors = listed.parse(text)
    return [listed.locate(entry, sources) for entry in entries] + errors


def test_lists():
    source = Source("lib/deep/sum.c", CODE)
    (mutant,) = located(ENTRY, Source("lib/other.c", "int g(void)\n{\n    return 1;\n}\n"), source)
    ok("if (total == 7) note(\"total" in mutant.apply(), "an entry is found by its text", mutant)
    same((mutant.what, mutant.line), ("the count does not matter", 9), "with words and line")
    (moved,) = located(ENTRY, Source("lib/new/parts.c", CODE))
    ok(not isinstance(moved, str), "also in another file that has the function now", moved)
    (stale,) = located(ENTRY, Source("lib/sum.c", CODE.replace("== 7", "== 9")))
    ok(isinstance(stale, str) and "no more" in stale, "a stale entry is an error", stale)
    (unclear,) = located("sum.c sum\n- total\n+ 0\n= x\n", source)
    ok(isinstance(unclear, str) and "times" in unclear, "so is one with several places", unclear)
    (gone,) = located(ENTRY.replace("sum.c sum", "sum.c add"), source)
    ok(isinstance(gone, str) and "no such function" in gone, "and one without its function", gone)
    (nothing,) = located("sum.c sum\n- count > 1\n+ count>1\n= x\n", source)
    ok(isinstance(nothing, str), "and one that changes nothing", nothing)
    (define,) = located("sum.c -\n- #define LIMIT 3\n+ #define LIMIT 4\n= x\n", source)
    ok(not isinstance(define, str) and "LIMIT 4" in define.apply(), "- is text of the file", define)
    ok(listed.parse("sum.c sum\n- total\n")[1], "an entry that says not what it is is an error")
    ids = {m.id for m in operators.mutants_of(source)}
    (equal,) = located("sum.c sum\n- count > 1\n+ count >= 1\n= x\n", source)
    ok(equal.id in ids, "an entry and an operator's mutant of the same code are one")
    for mutant in operators.mutants_of(source):
        (again,) = located(mutant.entry() + "\n", source)
        if isinstance(again, str) or again.id != mutant.id:
            ok(False, "a survivor's text is an entry for it", mutant.entry(), again)
            return
    ok(True, "a survivor's text is an entry for it")
    same(words_of("a /* b */ + c"), ["a", "+", "c"], "comments are no code")


# --- verdicts -----------------------------------------------------------------------------


def test_verdicts():
    def passed(text, status=0):
        return tree.judge(text.splitlines(), status)[0]

    ok(passed("ok 1 - a\nok 2 - b\n1..2"), "a test that passes")
    ok(passed("1..0 # SKIP no python"), "one that is skipped")
    ok(not passed("ok 1 - a\nnot ok 2 - b\n1..2"), "one with a failure")
    ok(passed("not ok 1 - a # TODO later\n1..1") is False, "a result that is missing")
    ok(not passed("ok 1 - a\n1..2"), "one with fewer results than planned")
    ok(not passed("ok 1 - a"), "one without a plan")
    ok(not passed("ok 1 - a\n1..1", 1), "one with another status")
    ok(not passed("Bail out! nothing here\n1..0"), "one that bails out")


def test_the_end(root):
    clock = tree.Clock()
    threading.Timer(0.2, clock.stop).start()
    start = time.monotonic()
    with contextlib.suppress(tree.OutOfTime):
        tree.Tree(root, *os.path.split(root), clock).command(["sleep", "60"])
    ok(clock.left() <= 0 and time.monotonic() - start < 30, "a signal ends what is running")


# --- a tree -------------------------------------------------------------------------------

TREE = {
    "configure": """#!/bin/sh
for word; do
    case $word in CFLAGS=*) printf '%s\\n' "FLAGS = ${word#CFLAGS=}" >Makefile ;; esac
done
cat rules.txt >>Makefile
: >config.status
""",
    "rules.txt": """
mutants-programs: sum
sum: lib/sum.o
\tgcc $(FLAGS) -o sum lib/sum.o
lib/sum.o: lib/sum.c
\tgcc $(FLAGS) -c -o lib/sum.o lib/sum.c
\techo >>builds
mutants-facts:
\t@printf '{"PATH": "%s", "MUTANTS_SHELL": "sh", "MUTANTS_TESTS": "tests/a.t tests/b.t"}' "$$PATH"
""",
    "lib/sum.c": """#include <stdlib.h>
static int larger(int a, int b)
{
    if (a > b)
        return a;
    return b;
}
static int never(void)
{
    return 5;
}
int main(int argc, char **argv)
{
    if (argc == 1)
        return never();
    return larger(atoi(argv[1]), atoi(argv[2]));
}
""",
    "tests/a.t": """./sum 3 4; s=$?
[ $s = 4 ] && echo 'ok 1 - second' || echo 'not ok 1 - second'
./sum 5 4; s=$?
[ $s = 5 ] && echo 'ok 2 - first' || echo 'not ok 2 - first'
echo 1..2
""",
    "tests/b.t": "echo ok 1; echo 1..1\n",
    "lists/equivalent": "sum.c larger\n- a > b\n+ a >= b\n= equal numbers are the same\n",
    "lists/hand_written": "sum.c main\n- argv[2]\n+ argv[1]\n= the second number is not read\n",
}


def write(root, path, text):
    os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
    with open(os.path.join(root, path), "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(os.path.join(root, path), 0o755)


def lines_in(path):
    with open(path, encoding="utf-8") as file:
        return len(file.readlines())


def mutants(root, *arguments):
    """Runs the program on the tree; its status and what it said."""
    said = io.StringIO()
    words = ["--source", root + "/tree", "--work", root + "/work", "--lists", root + "/tree/lists"]
    with contextlib.redirect_stdout(said):
        status = run.main([*words, "--sample", "1000", "--jobs", "1", *arguments])
    return status, said.getvalue()


def total(said, kind):
    """Killed, survived and equivalent of the last row of a kind's table."""
    table = said[said.index("\n" + kind) :]
    row = [line for line in table.splitlines() if line.startswith("all ")][0]
    return [int(word) for word in row.split()[1:4]]


def test_tree(root):
    for path, text in TREE.items():
        write(root + "/tree", path, text)
    status, said = mutants(root, "--seconds", "0")
    ok(status == 0 and "no time" in said, "a run without time says so", said)
    status, said = mutants(root)
    killed, survived, equivalent = total(said, "operators")
    ok(status == 0 and killed > 3 and survived > 1, "mutants are killed, and survive", said)
    same(equivalent, 1, "the equivalent one is not tried")
    same(total(said, "hand-written"), [1, 0, 0], "the one that is written by hand is killed")
    ok(" s: tests/a.t: not ok 2 - first\n" in said, "it says by what", said)
    ok("# lib/sum.c:10, run by 0 test files\nsum.c never\n- return 5;\n+ return 6;\n" in said,
       "it shows who survived", said)
    ok("a >= b" not in said, "but not who is equivalent", said)
    with open(root + "/work/copy-0/lib/sum.c", encoding="utf-8") as file:
        same(file.read(), TREE["lib/sum.c"], "the copy's source is as it was")
    builds = lines_in(root + "/work/copy-0/builds")
    again = mutants(root)[1]
    same(total(again, "operators"), [killed, survived, 1], "a second run knows all of it")
    ok(lines_in(root + "/work/copy-0/builds") <= builds + 1, "and builds no mutant")
    # As if it had been stopped after some of them.
    with open(root + "/work/state", encoding="utf-8") as file:
        kept = file.readlines()
    write(root, "work/state", "".join(kept[:3]) + kept[3][:20])
    resumed = mutants(root)[1]
    same(total(resumed, "operators"), [killed, survived, 1], "a run that was stopped is resumed")
    five = "./sum; [ $? = 5 ] && echo ok 1 || echo not ok 1; echo 1..1\n"
    write(root + "/tree", "tests/b.t", five)
    better = mutants(root)[1]
    ok(total(better, "operators")[1] < survived, "a new test has survivors tried again", better)
    status, said = mutants(root, "--limit", "0", "--kind", "operators")
    ok(total(said, "operators")[0] > 3, "a limit leaves one test file for each", said)
    status, said = mutants(root, "--at-least", "100", "--kind", "operators")
    ok(status == 1 and "below" in said, "a score that is too low is a failure", said)
    write(root + "/tree", "lists/hand_written", "sum.c main\n- argv[3]\n+ 0\n= gone\n")
    status, said = mutants(root, "--check")
    ok(status == 1 and "hand_written: line 1" in said, "a stale entry is an error of the run", said)


def missing_tool():
    """Why no tree can be built here, or None."""
    for name in ("gcc", "gcov", "make"):
        if shutil.which(name) is None:
            return name + " is not here"
    said = subprocess.run(["gcov", "--help"], capture_output=True, check=False).stdout
    return None if b"--json-format" in said else "gcov is not that of gcc 9 or later"


def main():
    test_operators()
    test_lists()
    test_verdicts()
    missing = missing_tool()
    if missing:
        ok(True, "a tree that is built # SKIP %s" % missing)
    else:
        here = os.getcwd()
        with tempfile.TemporaryDirectory() as root:
            os.chdir(root)  # no config.status of a build is to be asked
            test_the_end(root)
            test_tree(root)
            os.chdir(here)
    print("1..%d" % counted)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
