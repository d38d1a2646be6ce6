#!/usr/bin/env python3
"""Small bugs, one at a time, in copies of the tree: which does the suite notice? See README."""

import argparse
import hashlib
import json
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections import Counter

import cover
import listed
import operators
import report
from source import Source
from tree import FOLDERS, Broken, Clock, OutOfTime, Tree, digest_of, files_of, read

HERE = os.path.dirname(os.path.abspath(__file__))
# What C forbids does not compile, though gcc only warns. No -g: objects are compared.
MUTANT_FLAGS = (
    "CFLAGS=-O2 -Werror=incompatible-pointer-types -Werror=int-conversion "
    "-Werror=discarded-qualifiers -Werror=implicit-function-declaration"
)
NO_LIMIT = 1e9  # seconds
COVERAGE_FLAGS = "CFLAGS=-O0 --coverage"


def say(text):
    print(text, flush=True)


# --- what there is to do ------------------------------------------------------------------


class Plan:
    """The mutants of a run in their order, and what was found in the lists."""

    def __init__(self, options, sources, compiled):
        """Entries of the lists may be of any source; tried are mutants of those compiled here."""
        self.errors = []
        self.hand_written = self._read("hand_written", options, sources)
        self.equivalent = {m.id for m in self._read("equivalent", options, sources)}
        mutants = []
        if options.kind != "hand-written":
            for source in sources:
                mutants += operators.mutants_of(source, options.operator or operators.OPERATORS)
        if options.kind != "operators":
            mutants += self.hand_written
        mutants = [m for m in mutants if m.path in compiled and is_wanted(m.path, options)]
        # By a digest, not by shuffling: a change of one file leaves the order of all others.
        mutants.sort(
            key=lambda m: hashlib.sha256(("%s %s" % (options.seed, m.id)).encode()).digest()
        )
        self.mutants = mutants

    def _read(self, name, options, sources):
        path = os.path.join(options.lists, name)
        if not os.path.exists(path):
            return []
        mutants, errors = listed.read(path, sources)
        self.errors += errors
        return mutants


def is_wanted(path, options):
    inside = not options.folder or any(
        path.startswith(folder.rstrip("/") + "/") for folder in options.folder
    )
    return inside and (not options.file or os.path.basename(path) in options.file)


class State:
    """Results of this run and of those before, a line of JSON each."""

    def __init__(self, path, tests_digest, limit):
        self.path, self.tests_digest, self.limit = path, tests_digest, limit
        self.records, self.kills = {}, Counter()
        self.whole = True  # the last line has its end
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                for line in file:
                    if line.endswith("}\n"):  # not the part of one that a killed run left
                        self._take(json.loads(line))
                    self.whole = line.endswith("\n")

    def _take(self, record):
        self.records[record["id"]] = record
        self.kills[record["path"], record["by"]] += record["verdict"] == "killed"

    def known(self, mutant):
        """A survivor is tried again once a test has changed, or more of them are to be run."""
        record = self.records.get(mutant.id)
        if record is None or record["source"] != digest_of(mutant.source.text):
            return None
        if record["verdict"] == "survived" and (
            record["tests"] != self.tests_digest or record["limit"] < self.limit
        ):
            return None
        return record

    def add(self, mutant, verdict, test, why):
        record = {
            "id": mutant.id,
            "path": mutant.path,
            "source": digest_of(mutant.source.text),
            "tests": self.tests_digest,
            "limit": self.limit,
            "verdict": verdict,
            "by": test,
            "why": why,
        }
        self._take(record)
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(("" if self.whole else "\n") + json.dumps(record) + "\n")
        self.whole = True


# --- doing it -----------------------------------------------------------------------------


class Run:
    def __init__(self, options, plan, state, coverage, trees):
        self.options, self.plan, self.state = options, plan, state
        self.coverage, self.trees = coverage, trees
        self.lock = threading.Lock()
        self.waiting = list(reversed(plan.mutants))  # the next one last
        self.results = {}
        self.counted = Counter()
        self.error = None

    def tests_for(self, mutant):
        """Those that ran the line, those that ran the function, the rest, as far as --limit allows;
        in each group those that killed most in this file so far, then the shortest."""
        span = mutant.source.span(mutant.function)
        first, last = (mutant.source.line(offset) for offset in span)
        line = mutant.line
        function = self.coverage.touching(mutant.path, first, last)
        covering = self.coverage.covering(mutant.path, line, first) if mutant.function else function
        usable = [t for t in self.trees[0].tests if t not in self.coverage.failed]

        def order(test):
            kills = self.state.kills[mutant.path, test]
            group = 0 if test in covering else 1 if test in function else 2
            return group, -kills, self.coverage.seconds[test]

        chosen, seconds = [], 0.0
        for test in sorted(usable, key=order):
            seconds += self.coverage.seconds[test]
            if chosen and seconds > self.options.limit:
                break
            chosen.append(test)
        return chosen

    def limit_of(self, test):
        return 30 + 5 * self.coverage.seconds[test]

    def take(self):
        """The next one in order; none of the operators' once the sample is full."""
        full = self.counted["operators"] >= self.options.sample
        for i in range(len(self.waiting) - 1, -1, -1):
            if not full or self.waiting[i].kind == "hand-written":
                return self.waiting.pop(i)
        return None

    def next_mutant(self):
        """Another mutant to try; results that are known already are counted on the way."""
        with self.lock:
            while (mutant := self.take()) is not None:
                record = self.state.known(mutant)
                if mutant.id in self.plan.equivalent:
                    self.results[mutant] = "equivalent", "", ""
                elif record is None:
                    self.counted[mutant.kind] += 1  # taken back if it turns out to be none
                    return mutant
                else:
                    self.results[mutant] = record["verdict"], record["by"], record["why"]
                    self.counted[mutant.kind] += record["verdict"] in report.COUNTED
            return None

    def work(self, tree):
        try:
            while self.error is None:
                mutant = self.next_mutant()
                if mutant is None:
                    return
                start = time.monotonic()
                verdict, test, why = tree.try_mutant(
                    mutant, self.tests_for(mutant), self.limit_of, self.options.confirm
                )
                seconds = time.monotonic() - start
                with self.lock:
                    self.results[mutant] = verdict, test, why
                    self.state.add(mutant, verdict, test, why)
                    self.counted[mutant.kind] -= verdict not in report.COUNTED
                if verdict in report.COUNTED:
                    by = ": %s: %s" % (test, why) if test else ""
                    name = "%s:%d %s" % (mutant.path, mutant.line, mutant.operator)
                    say("%s %s in %d s%s" % (name, verdict, seconds, by))
        except OutOfTime:
            pass
        except Exception as error:  # of a thread: raised again by the main one
            self.error = error

    def all(self):
        threads = [threading.Thread(target=self.work, args=(tree,)) for tree in self.trees]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.error is not None:
            raise self.error


# --- the command line ---------------------------------------------------------------------


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(prog="make mutants MUTANTS_FLAGS='...'", description=__doc__)
    add = parser.add_argument
    add("--source", default=".", help="the tree (make sets it)")
    add("--work", default="mutants", help="where copies, map and state are kept (make sets it)")
    add("--lists", default=HERE, help="folder of hand_written and equivalent")
    add("--sample", type=int, default=40, metavar="N", help="mutants of the operators to try (40)")
    add("--seed", default="1", help="which of them (1)")
    add("--seconds", type=float, help="stop after this time; the next run goes on from there")
    add("--folder", action="append", metavar="DIR", help="only sources below it, such as lib/net")
    add("--file", action="append", metavar="NAME", help="only sources of this name, such as pin.c")
    add("--operator", action="append", choices=list(operators.OPERATORS), help="only this one")
    add("--kind", choices=["operators", "hand-written", "all"], default="all")
    add("--limit", type=float, default=NO_LIMIT, metavar="SECONDS",
        help="try a mutant with the first test files that together take so long (all)")
    add("--jobs", type=int, default=os.cpu_count() or 1, help="copies that are worked in at once")
    add("--confirm", action="store_true", help="killed is only what fails a test twice")
    add("--at-least", type=float, metavar="PERCENT", help="fail if a score is lower")
    add("--gcov", default="gcov", help="the gcov of the compiler")
    add("--configure", default="", metavar="ARGUMENTS", help="more arguments of configure")
    add("--check", action="store_true", help="only see whether the lists still fit the sources")
    add("--list", action="store_true", help="only print the mutants that would be tried")
    return parser.parse_args(arguments)


def configured(options):
    """The arguments that the user's own build was configured with, and ours."""
    words = []
    if os.path.exists("config.status"):
        said = subprocess.run(["./config.status", "--config"], capture_output=True, check=False)
        words = shlex.split(said.stdout.decode())
    words += ["--disable-shared", "--disable-hardening", "--disable-werror"]
    return words + shlex.split(options.configure)


def read_sources(root):
    sources = []
    for path in files_of(root):
        if path.endswith(".c") and path.startswith(FOLDERS):
            with open(os.path.join(root, path), encoding="utf-8") as file:
                sources.append(Source(path, file.read()))
    return sources


def show(options):
    """What needs no build: --check and --list, of other platforms' sources too."""
    sources = read_sources(options.source)
    plan = Plan(options, sources, {source.path for source in sources})
    if options.list:
        for mutant in [m for m in plan.mutants if m.id not in plan.equivalent][: options.sample]:
            say("# %s:%d\n%s\n" % (mutant.path, mutant.line, mutant.entry()))
    return plan


def build(options, clock):
    """The map, and the copies to work in."""
    work, arguments = os.path.abspath(options.work), configured(options)
    os.makedirs(work, exist_ok=True)
    open(os.path.join(work, ".mutants"), "w").close()
    measured = Tree(options.source, work, "map", clock)
    measured.prepare([*arguments, COVERAGE_FLAGS])
    covered = os.path.join(work, "covered")
    coverage = cover.map_of(measured, options.gcov, covered, options.jobs, say)
    trees = [Tree(options.source, work, "copy-%d" % i, clock) for i in range(options.jobs)]
    for tree in trees:
        tree.prepare([*arguments, MUTANT_FLAGS])
    return coverage, trees


def drop_failing(coverage, tree):
    """A test that fails only in the build with --coverage is used all the same."""
    for test in list(coverage.failed):
        result = tree.run_test(test, cover.LIMIT)
        if result.passed:
            del coverage.failed[test]
            coverage.seconds[test] = max(result.seconds, coverage.seconds[test])
        else:
            say("error: %s fails without a mutant, and is not used: %s" % (test, result.why))


def digest_of_tests(root):
    """Of what tests are made of, not of certificates and the like that they make themselves."""
    sources = (".t", ".sh", ".py", ".c", ".h")
    paths = [p for p in files_of(root) if p.startswith("tests/") and p.endswith(sources)]
    paths = [p for p in paths if "/mutants/" not in p]
    return digest_of(*(part for p in paths for part in (p, read(os.path.join(root, p)))))


def mutate(options, clock):
    coverage, trees = build(options, clock)
    drop_failing(coverage, trees[0])
    root = trees[0].root
    plan = Plan(options, read_sources(root), coverage.lines)
    path = os.path.join(os.path.abspath(options.work), "state")
    run = Run(options, plan, State(path, digest_of_tests(root), options.limit), coverage, trees)
    run.all()
    failed = report.tell(run, options.at_least, say) or bool(coverage.failed)
    untried = sum(m not in run.results for m in plan.mutants)
    say("%d tried or known, %d untried; seed %s" % (len(run.results), untried, options.seed))
    if options.limit < NO_LIMIT:
        say("survivors passed the first test files only, of %g s (--limit)" % options.limit)
    return plan, failed


def main(arguments=None):
    options = parse_arguments(arguments)
    failed, clock = False, Clock(options.seconds)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, clock.stop)
    try:
        if options.check or options.list:
            plan = show(options)
        else:
            plan, failed = mutate(options, clock)
    except OutOfTime:
        say("no time was left for mutants: the next run goes on with the coverage map")
        return 0
    except Broken as error:
        say("error: %s" % error)
        return 2
    for error in plan.errors:
        say("error: %s" % error)
    return 1 if plan.errors or failed else 0


if __name__ == "__main__":
    sys.exit(main())
