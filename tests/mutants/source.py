"""C text as tokens and functions: as much of C as the mutants need, and no more."""

import hashlib
import os
import re
from collections import namedtuple

Token = namedtuple("Token", "kind text start end directive")
# first: index of the first token of the type; body and last: those of the braces.
Function = namedtuple("Function", "name type first body last")

PATTERN = re.compile(
    r"""(?P<space>(?:\s|\\\n)+)
    | (?P<comment>/\*.*?\*/|//[^\n]*)
    | (?P<string>"(?:\\.|[^"\\])*")
    | (?P<char>'(?:\\.|[^'\\])*')
    | (?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)
    | (?P<word>[A-Za-z_]\w*)
    | (?P<mark><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)""",
    re.VERBOSE | re.DOTALL,
)
OPENING = {")": "(", "]": "[", "}": "{"}


def end_of_directive(text, start):
    """Where the preprocessor line that begins at start ends, continuations included."""
    end = start
    while True:
        end = text.find("\n", end)
        if end < 0:
            return len(text)
        if text[end - 1] != "\\":
            return end
        end += 1


def tokenize(text):
    """All tokens but comments and space."""
    tokens, directive_end = [], 0
    for match in PATTERN.finditer(text):
        if match.lastgroup in ("space", "comment"):
            continue
        line_start = text.rfind("\n", 0, match.start()) + 1
        if match.group() == "#" and not text[line_start : match.start()].strip():
            directive_end = max(directive_end, end_of_directive(text, match.start()))
        directive = match.start() < directive_end
        tokens.append(
            Token(match.lastgroup, match.group(), match.start(), match.end(), directive)
        )
    return tokens


def words_of(text):
    """The text as a list of tokens: equal for two layouts of the same code."""
    return [token.text for token in tokenize(text)]


class Source:
    """One file: its code tokens (no preprocessor lines), brackets and functions."""

    def __init__(self, path, text):
        self.path, self.text = path, text
        self.all_tokens = tokenize(text)
        self.tokens = [token for token in self.all_tokens if not token.directive]
        self.partner = self._match_brackets()
        self.functions = list(self._find_functions())

    def _match_brackets(self):
        partner, stack = {}, []
        for i, token in enumerate(self.tokens):
            if token.text in OPENING.values():
                stack.append(i)
            elif token.text in OPENING and stack:
                if self.tokens[stack[-1]].text == OPENING[token.text]:
                    partner[i] = stack.pop()
                    partner[partner[i]] = i
        return partner

    def _find_functions(self):
        """At file scope, a brace after a parenthesis begins the body of a function."""
        i, first = 0, 0
        while i < len(self.tokens):
            text = self.tokens[i].text
            if text == "{":
                last = self.partner.get(i, len(self.tokens) - 1)
                if i > 0 and self.tokens[i - 1].text == ")":
                    name = self.partner.get(i - 1, i - 1) - 1
                    words = [token.text for token in self.tokens[first:name]]
                    yield Function(self.tokens[name].text, words, first, i, last)
                    first = last + 1
                i = last
            elif text == ";":
                first = i + 1
            i += 1

    def line(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def span(self, function):
        """The offsets of a function's text, or of the file for None."""
        if function is None:
            return 0, len(self.text)
        return self.tokens[function.first].start, self.tokens[function.last].end

    def find(self, words, function):
        """The places (start, end) where these tokens stand within the function."""
        low, high = self.span(function)
        inside = [t for t in self.all_tokens if low <= t.start and t.end <= high]
        texts = [token.text for token in inside]
        count = len(words)
        return [
            (inside[i].start, inside[i + count - 1].end)
            for i in range(len(texts) - count + 1)
            if count > 0 and texts[i : i + count] == words
        ]


class Mutant:
    """One edit of one function, or of a file's text outside of any."""

    def __init__(self, source, function, operator, start, end, new, what=""):
        self.source, self.function, self.operator = source, function, operator
        self.start, self.end, self.new, self.what = start, end, new, what
        self.path = source.path
        self.kind = "hand-written" if operator == "hand-written" else "operators"
        self.line = source.line(start)
        low, high = source.span(function)
        after = source.text[low:start] + new + source.text[end:high]
        digest = hashlib.sha256(" ".join(words_of(after)).encode()).hexdigest()[:12]
        self.name = function.name if function else "-"
        # Of the code that comes out, not of where it stands: it survives a move of the file,
        # and an entry of the file "equivalent" has that of the operator's mutant.
        self.id = ":".join((os.path.basename(self.path), self.name, digest))

    def apply(self):
        return self.source.text[: self.start] + self.new + self.source.text[self.end :]

    def shown(self):
        """Old and new text, with as many lines around as make the old one unique."""
        text = self.source.text
        low = text.rfind("\n", 0, self.start) + 1
        high = (text.find("\n", self.end) + len(text) + 1) % (len(text) + 1)
        floor = self.source.span(self.function)[0]
        while low > floor:
            if len(self.source.find(words_of(text[low:high]), self.function)) == 1:
                break
            low = text.rfind("\n", 0, low - 1) + 1
        old = text[low:high]
        return old, text[low : self.start] + self.new + text[self.end : high]

    def entry(self):
        """As the files "hand_written" and "equivalent" have it."""
        old, new = self.shown()
        lines = ["%s %s" % (os.path.basename(self.path), self.name)]
        lines += ["- " + line.strip() for line in old.splitlines() if line.strip()]
        lines += ["+ " + line.strip() for line in new.splitlines() if line.strip()]
        return "\n".join(lines + ["= " + (self.what or self.operator)])
