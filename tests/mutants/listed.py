"""The files "hand_written" and "equivalent": bugs that are described by text, not by line.

An entry is a few lines, with an empty line after it; "#" begins a comment:

    FILE FUNCTION        the file's name without its folder; "-" for text outside of functions
    - OLD TEXT           as many lines as it needs; layout and comments do not matter
    + NEW TEXT           none: the old text is removed
    = WHAT IT IS         or, in "equivalent", why nothing can tell it from the original
"""

import os

from source import Mutant, words_of


class Entry:
    def __init__(self, number, head):
        self.number = number
        self.file, _, self.function = head.partition(" ")
        self.old, self.new, self.what = [], [], []

    def __str__(self):
        return "line %d, %s %s" % (self.number, self.file, self.function)


def parse(text):
    """The entries, and what is wrong with the file's form."""
    entries, errors, entry = [], [], None
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line:
            entry = None
        elif line.startswith("#"):
            continue
        elif entry is None:
            entry = Entry(number, line)
            entries.append(entry)
        elif line[0] in "-+=":
            part = {"-": entry.old, "+": entry.new, "=": entry.what}[line[0]]
            part.append(line[1:].strip())
        else:
            errors.append("line %d is none of an entry's: %s" % (number, line))
    for entry in entries:
        if not entry.function or not entry.old or not entry.what:
            errors.append("%s: it needs FILE FUNCTION, old text and = what" % entry)
    return entries, errors


def candidates(entry, sources):
    """Where to look: the function in files of that name, else in any file."""
    same_name = [s for s in sources if os.path.basename(s.path) == entry.file]
    if entry.function == "-":
        return [(source, None) for source in same_name]
    for group in (same_name, sources):
        found = [(s, f) for s in group for f in s.functions if f.name == entry.function]
        if found:
            return found
    return []


def locate(entry, sources):
    """The mutant, or a string that says why there is none."""
    where = candidates(entry, sources)
    if not where:
        return "%s: there is no such function" % entry
    words = words_of("\n".join(entry.old))
    places = [(s, f, place) for s, f in where for place in s.find(words, f)]
    if len(places) != 1:
        return "%s: its text occurs %s" % (
            entry,
            "%d times; give more of it" % len(places) if places else "no more",
        )
    source, function, (start, end) = places[0]
    mutant = Mutant(
        source, function, "hand-written", start, end, "\n".join(entry.new), " ".join(entry.what)
    )
    if words_of(mutant.apply()) == words_of(source.text):
        return "%s: old and new text are the same" % entry
    return mutant


def read(path, sources):
    """The mutants of a file of entries, and its errors: each names an entry that is stale."""
    with open(path, encoding="utf-8") as file:
        entries, errors = parse(file.read())
    found = [locate(entry, sources) for entry in entries]
    errors += [each for each in found if isinstance(each, str)]
    mutants = [each for each in found if not isinstance(each, str)]
    name = os.path.basename(path)
    return mutants, ["%s: %s" % (name, error) for error in errors]
