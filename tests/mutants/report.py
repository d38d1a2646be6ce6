"""What came of a run: scores by file and folder, survivors, entries that are no mutants."""

import os
from collections import Counter, defaultdict

COUNTED = ("killed", "survived")


def score(counts):
    tried = counts["killed"] + counts["survived"]
    return "%5.1f" % (100 * counts["killed"] / tried) if tried else "    -"


def table(results, kind):
    """Rows by file and by folder of one kind of mutants."""
    files, folders, total = defaultdict(Counter), defaultdict(Counter), Counter()
    for mutant, (verdict, _, _) in results.items():
        if mutant.kind == kind:
            files[mutant.path][verdict] += 1
            folders[os.path.dirname(mutant.path) + "/"][verdict] += 1
            total[verdict] += 1
    rows = [*sorted(files.items()), *sorted(folders.items()), ("all", total)]
    head = (kind, "killed", "survived", "equivalent", "score", "no code")
    yield "%-32s %6s %8s %10s %6s %8s" % head
    for name, counts in rows:
        yield "%-32s %6d %8d %10d %6s %8d" % (
            name,
            counts["killed"],
            counts["survived"],
            counts["equivalent"],
            score(counts),
            counts["broken"] + counts["same"],
        )


def tell(run, at_least, say):
    """Prints tables and survivors; true if something has to be done about it."""
    results, failed = run.results, False
    for kind in ("operators", "hand-written"):
        of_kind = [verdict for m, (verdict, _, _) in results.items() if m.kind == kind]
        if of_kind:
            say("\n" + "\n".join(table(results, kind)))
            counts = Counter(of_kind)
            tried = counts["killed"] + counts["survived"]
            if tried and at_least and 100 * counts["killed"] < at_least * tried:
                failed = True
                say("the score is below %s" % at_least)
    survivors = sorted(
        (m for m in results if results[m][0] == "survived"), key=lambda m: (m.path, m.line)
    )
    if survivors:
        say("\nsurvived, as tests/mutants/equivalent would have them:\n")
    for mutant in survivors:
        near = run.coverage.covering(mutant.path, mutant.line, 1)
        place = (mutant.path, mutant.line, len(near), mutant.entry())
        say("# %s:%d, run by %d test files\n%s\n" % place)
    for mutant, (verdict, _, why) in results.items():
        if mutant.kind == "hand-written" and verdict in ("broken", "same"):
            failed = True
            place = (mutant.path, mutant.name, mutant.what, why)
            say("error: hand_written: %s %s: %s: %s" % place)
    return failed
