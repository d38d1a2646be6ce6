"""A copy of the tree: built in its own folder, mutated, tested, and put right again."""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

FOLDERS = ("lib/", "src/")  # what is mutated, with all that is below

# What a build or a version control system adds to a tree.
LEFT_OUT = re.compile(
    r".*\.(o|lo|la|a|log|trs|gcda|gcno|pyc)|\.git|\.libs|\.deps|\.dirstamp|__pycache__"
    r"|autom4te\.cache|config\.(status|log|h|cache)|libtool|stamp-h1|Makefile"
)
LIMITS = "ulimit -c 0; ulimit -t 120; ulimit -f 4000000; exec \"$@\""  # processor seconds, blocks


class OutOfTime(Exception):
    """The time that was given to the run is over; what was begun has no result."""


class Broken(Exception):
    """The copy cannot be made or does not build: nothing can be said of any mutant."""


class Result:
    def __init__(self, passed, why="", skipped=False, seconds=0.0):
        self.passed, self.why, self.skipped, self.seconds = passed, why, skipped, seconds


class Clock:
    """When the run has to end, in seconds from now; None stands for never."""

    def __init__(self, seconds=None):
        self.end = None if seconds is None else time.monotonic() + seconds

    def left(self):
        return float("inf") if self.end is None else self.end - time.monotonic()

    def check(self):
        if self.left() <= 0:
            raise OutOfTime


def read(path):
    with open(path, "rb") as file:
        return file.read()


def digest_of(*parts):
    sha = hashlib.sha256()
    for part in parts:
        sha.update(part if isinstance(part, bytes) else part.encode())
        sha.update(b"\0")
    return sha.hexdigest()[:16]


def files_of(root):
    """Paths of the sources of a tree, without what was built, other builds included."""
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(
            name
            for name in folders
            if not LEFT_OUT.fullmatch(name)
            and not os.path.exists(os.path.join(folder, name, "config.status"))
            and not os.path.exists(os.path.join(folder, name, ".mutants"))
        )
        for name in sorted(files):
            path = os.path.join(folder, name)
            if not LEFT_OUT.fullmatch(name) and not os.path.islink(path):
                yield os.path.relpath(path, root)


def end_group(process):
    """First so that a test can remove what it made, then for certain."""
    for number, patience in ((signal.SIGTERM, 2), (signal.SIGKILL, 10)):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            pass


def judge(lines, status):
    """The verdict on a test file, as Automake's TAP driver has it: passed, why, skipped."""
    plan, count = None, 0
    for line in lines:
        match = re.match(r"1\.\.(\d+)(\s*# SKIP)?", line)
        plan = int(match.group(1)) if match else plan
        count += bool(re.match(r"ok\b", line))
        if re.match(r"not ok\b(?!.*# TODO)|Bail out!", line):
            return False, line, False
    if status not in (0, 77):
        return False, "exit status %d" % status, False
    if plan is None or plan != count:
        return False, "%s results planned, %d came" % (plan, count), False
    return True, "", plan == 0


class Tree:
    """One copy. "name" is its folder in the work folder."""

    def __init__(self, source, work, name, clock):
        self.source, self.root, self.clock = source, os.path.join(work, name), clock
        self.environment, self.shell, self.tests = {}, "sh", []
        self.objects = {}

    # --- making -------------------------------------------------------------------------

    def command(self, words, **more):
        """Runs a command in the copy; its status and what it said."""
        self.clock.check()
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(
                words, cwd=self.root, stdin=subprocess.DEVNULL, stdout=said,
                stderr=subprocess.STDOUT, start_new_session=True, **more
            )
            try:
                left = self.clock.left()
                process.wait(None if left == float("inf") else max(left, 0))
            except subprocess.TimeoutExpired:
                end_group(process)
                raise OutOfTime from None
            said.seek(0)
            return process.returncode, said.read().decode("utf-8", "replace")

    def make(self, *words):
        ours = ("MAKEFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "MFLAGS", "MUTANTS_FLAGS")
        environment = {name: value for name, value in os.environ.items() if name not in ours}
        return self.command(
            [os.environ.get("MAKE", "make"), "-s", "--no-print-directory", *words], env=environment
        )

    def _copy(self):
        """Brings the copy up to date. False if it has to be made again."""
        wanted = list(files_of(self.source))
        for path in set(files_of(self.root)) - set(wanted) if os.path.exists(self.root) else ():
            if os.path.splitext(path)[1] in (".c", ".h"):
                os.unlink(os.path.join(self.root, path))
        built = os.path.exists(os.path.join(self.root, "config.status"))
        for path in wanted:
            here, there = os.path.join(self.source, path), os.path.join(self.root, path)
            if os.path.exists(there) and read(here) == read(there):
                continue
            if built and re.search(r"\.(am|ac|in|mk|m4)$|(^|/)configure$", path):
                return False
            os.makedirs(os.path.dirname(there), exist_ok=True)
            (shutil.copyfile if built else shutil.copy2)(here, there)
            shutil.copymode(here, there)
        return True

    def prepare(self, arguments):
        """Copies, configures and builds; asks the Makefile for the tests and their environment."""
        if not self._copy():
            shutil.rmtree(self.root)
            self._copy()
        open(os.path.join(self.root, ".mutants"), "w").close()
        if not os.path.exists(os.path.join(self.root, "config.status")):
            status, said = self.command(["./configure", "-q", *arguments])
            if status != 0:
                raise Broken("configure failed in %s:\n%s" % (self.root, said[-2000:]))
        status, said = self.make("mutants-programs")
        if status != 0:
            raise Broken("%s does not build:\n%s" % (self.root, said[-2000:]))
        status, said = self.make("mutants-facts")
        if status != 0:
            raise Broken("make mutants-facts failed:\n%s" % said[-2000:])
        self.environment = json.loads(said[said.index("{") :])
        self.shell = self.environment.pop("MUTANTS_SHELL")
        tests = self.environment.pop("MUTANTS_TESTS").split()
        self.tests = [test for test in tests if "/mutants/" not in test]  # those say nothing of lib
        self.objects = self.object_digests()

    def object_digests(self):
        found = {}
        for folder, _, files in os.walk(self.root):
            for name in files:
                if name.endswith(".o") and "/tests" not in folder[len(self.root) :]:
                    path = os.path.join(folder, name)
                    found[path] = digest_of(read(path))
        return found

    # --- testing ------------------------------------------------------------------------

    def run_test(self, test, limit, more=None):
        """Runs a test file up to its first failure; one that takes longer than limit failed."""
        self.clock.check()
        words = ["sh", "-c", LIMITS, "sh"]
        words += [self.shell] if test.endswith(".t") else []
        scratch = tempfile.mkdtemp(prefix="m")  # short: names of sockets have 107 octets
        start, late, lines, failed = time.monotonic(), [], [], False
        process = subprocess.Popen(
            words + [os.path.join(self.root, test)],
            cwd=self.root,
            env={**self.environment, "TMPDIR": scratch, **(more or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            encoding="utf-8",
            errors="replace",
        )

        def too_late():
            late.append(True)
            end_group(process)

        watch = threading.Timer(max(min(limit, self.clock.left()), 0.01), too_late)
        watch.start()
        try:
            for line in process.stdout:
                lines.append(line.rstrip("\n"))
                failed = bool(re.match(r"not ok\b(?!.*# TODO)", line))
                if failed and more is None:
                    break
            if not (failed and more is None):
                process.wait()
        finally:
            watch.cancel()
            end_group(process)
            process.stdout.close()
            process.wait()
            shutil.rmtree(scratch, ignore_errors=True)
        seconds = time.monotonic() - start
        if late:
            self.clock.check()
            return Result(False, "no end within %d seconds" % limit, seconds=seconds)
        passed, why, skipped = judge(lines, process.returncode)
        return Result(passed, why, skipped, seconds)

    # --- mutants ------------------------------------------------------------------------

    def write(self, path, text):
        with open(os.path.join(self.root, path), "w", encoding="utf-8") as file:
            file.write(text)

    def try_mutant(self, mutant, tests, limit_of, confirm=False):
        """(verdict, test, why) of a mutant: broken, same, killed or survived. To confirm is to
        have a test fail twice: where the machine is busy, one may just be late."""
        self.write(mutant.path, mutant.apply())
        try:
            status, said = self.make("mutants-programs")
            if status != 0:
                lines = [line for line in said.splitlines() if "error" in line]
                return "broken", "", (lines or ["it does not build"])[0]
            if self.object_digests() == self.objects:
                return "same", "", "the compiler makes the same code of it"
            for test in tests:
                result = self.run_test(test, limit_of(test))
                if not result.passed and confirm:
                    result = self.run_test(test, limit_of(test))
                if not result.passed:
                    return "killed", test, result.why
            return "survived", "", ""
        finally:
            # The file's time is new, so that the next build makes the object again.
            self.write(mutant.path, mutant.source.text)
