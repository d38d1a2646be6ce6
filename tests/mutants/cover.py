"""Which test files ran which line: the map, made by gcc's --coverage, one test file at a time."""

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor

from tree import FOLDERS, Broken, digest_of, files_of, read

LIMIT = 600  # seconds for one test file


class Map:
    """lines: {file: {line: set of tests}}; a line with no test can be run, but never was."""

    def __init__(self):
        self.lines, self.seconds, self.failed = {}, {}, {}

    def add(self, result, test):
        for path, lines in result["lines"].items():
            known = self.lines.setdefault(path, {})
            for line, count in lines.items():
                tests = known.setdefault(int(line), set())
                if count > 0 and test is not None:
                    tests.add(test)

    def covering(self, path, line, first):
        """The tests that ran the line or, if it has no code, the nearest one above with some."""
        known = self.lines.get(path, {})
        for each in range(line, first - 1, -1):
            if each in known:
                return known[each]
        return set()

    def touching(self, path, first, last):
        """The tests that ran any line from first to last."""
        known = self.lines.get(path, {})
        return set().union(*(known.get(line, ()) for line in range(first, last + 1)))


def objects_in(text):
    """The JSON objects that gcov printed one after another."""
    decoder, at = json.JSONDecoder(), text.find("{")
    while at >= 0:
        found, end = decoder.raw_decode(text, at)
        yield found
        at = text.find("{", end)


def counts(tree, gcov, folder):
    """What gcov makes of a folder of .gcda or .gcno files: {file: {line: count}}."""
    files = [os.path.join(at, name) for at, _, names in os.walk(folder) for name in names]
    data = [f for f in files if f.endswith(".gcda")] or [f for f in files if f.endswith(".gcno")]
    found = {}
    if not data:
        return found
    status, said = tree.command([gcov, "--json-format", "--stdout", *sorted(data)])
    if status != 0:
        raise Broken("%s failed:\n%s" % (gcov, said[-2000:]))
    for report in objects_in(said):
        for each in report["files"]:
            path = os.path.relpath(os.path.join(tree.root, each["file"]), tree.root)
            if path.endswith(".c") and path.startswith(FOLDERS):
                lines = found.setdefault(path, {})
                for item in each["lines"]:
                    number = str(item["line_number"])
                    lines[number] = max(lines.get(number, 0), item["count"])
    return found


def link_notes(tree, folder):
    """gcov wants a .gcno file beside each .gcda file."""
    for at, _, names in os.walk(tree.root):
        for name in names:
            if name.endswith(".gcno"):
                to = os.path.join(folder, os.path.relpath(at, tree.root), name)
                os.makedirs(os.path.dirname(to), exist_ok=True)
                if not os.path.exists(to):
                    os.symlink(os.path.join(at, name), to)


def measure(tree, gcov, folder, test):
    """Runs one test file; what it covers, how long it took, and what failed."""
    data = os.path.join(folder, test.replace("/", "-"))
    shutil.rmtree(data, ignore_errors=True)
    os.makedirs(data)
    depth = len([part for part in os.path.realpath(tree.root).split("/") if part])
    try:
        result = tree.run_test(test, LIMIT, {"GCOV_PREFIX": data, "GCOV_PREFIX_STRIP": str(depth)})
        link_notes(tree, data)
        lines = counts(tree, gcov, data)
    finally:
        shutil.rmtree(data)
    return {
        "lines": lines,
        "seconds": result.seconds,
        "failed": "" if result.passed else result.why or "failed",
    }


def kept(path, make):
    """A result that is made once and then read from its file."""
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    result = make()
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(result, file)
    os.rename(path + ".new", path)
    return result


def known_lines(tree, gcov, folder):
    """The lines with code of all that was compiled, as if no test had run any."""
    notes = os.path.join(folder, "notes")
    link_notes(tree, notes)
    lines = counts(tree, gcov, notes)
    shutil.rmtree(notes)
    return {"lines": lines}


def map_of(tree, gcov, folder, jobs, say):
    """The map. What an earlier run left in folder for the same files is not made again."""
    os.makedirs(folder, exist_ok=True)
    code = [p for p in files_of(tree.root) if p.endswith((".c", ".h", ".def"))]
    sources = digest_of(*(read(os.path.join(tree.root, p)) for p in code if p[:5] != "tests"))
    found, used = Map(), [sources + ".json"]

    def one(test):
        path = os.path.join(tree.root, test if test.endswith(".t") else test + ".c")
        text = read(path) if os.path.exists(path) else b""
        name = digest_of(sources, test, text) + ".json"
        used.append(name)
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            tree.clock.check()
            say("covering %s" % test)
        return test, kept(path, lambda: measure(tree, gcov, folder, test))

    path = os.path.join(folder, used[0])
    found.add(kept(path, lambda: known_lines(tree, gcov, folder)), None)
    with ThreadPoolExecutor(jobs) as pool:
        for test, result in pool.map(one, tree.tests):
            found.add(result, test)
            found.seconds[test] = result["seconds"]
            if result["failed"]:
                found.failed[test] = result["failed"]
    for name in set(os.listdir(folder)) - set(used):  # of what has changed since
        path = os.path.join(folder, name)
        (shutil.rmtree if os.path.isdir(path) else os.unlink)(path)
    return found
