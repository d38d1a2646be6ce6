"""The operators: each takes a function and yields what small bugs it could have.

An operator yields (start, end, new text) for a Body. All of them work on tokens, so that
comments, strings and preprocessor lines are left alone.
"""

import re

from source import Mutant

KEYWORDS = set(
    "if else while for do switch case default return goto break continue sizeof "
    "static const struct enum union".split()
)
FLIPPED = {"==": "!=", "!=": "==", "&&": "||", "||": "&&"}
SHIFTED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}


class Body:
    """The tokens of one function's body, with what the operators ask of them."""

    def __init__(self, source, function):
        self.source, self.function = source, function
        self.tokens, self.partner = source.tokens, source.partner
        self.range = range(function.body + 1, function.last)

    def text(self, i):
        return self.tokens[i].text

    def span(self, first, last):
        """Offsets and text of the tokens from first to last."""
        start, end = self.tokens[first].start, self.tokens[last].end
        return start, end, self.source.text[start:end]

    def replaced(self, first, last, new):
        start, end, _ = self.span(first, last)
        return start, end, new

    def top_level(self, first, last):
        """Indices from first to last that are in no bracket within."""
        i = first
        while i <= last:
            yield i
            i = self.partner.get(i, i) if self.text(i) in "([{" else i
            i += 1

    def conditions(self):
        """First and last token of what if, while and for decide by."""
        for i in self.range:
            if self.text(i) in ("if", "while") and self.text(i + 1) == "(":
                yield i + 2, self.partner[i + 1] - 1
            if self.text(i) == "for":
                end = self.partner[i + 1]
                breaks = [k for k in self.top_level(i + 2, end - 1) if self.text(k) == ";"]
                if len(breaks) == 2 and breaks[0] + 1 < breaks[1]:
                    yield breaks[0] + 1, breaks[1] - 1

    def begins_statement(self, i):
        before = self.text(i - 1)
        if before == ")":
            header = self.partner.get(i - 1, 0) - 1
            return self.text(header) in ("if", "while", "for", "switch")
        return before in ("{", "}", ";", "else", "do", ":")

    def statement(self, i):
        """The indices of the statement around i, as far as it has no braces."""
        first = i
        while self.text(first - 1) not in (";", "{", "}"):
            first -= 1
        return first

    def declares(self, i):
        """Whether i is within a declaration: two words, or a word and stars and a word."""
        first = self.statement(i)
        if self.tokens[first].kind != "word" or self.text(first) in KEYWORDS - {
            "static", "const", "struct", "enum", "union"
        }:
            return False
        k = first + 1
        while self.text(k) == "*":
            k += 1
        return self.tokens[k].kind == "word"

    def calls(self):
        for i in self.range:
            if (
                self.tokens[i].kind == "word"
                and self.text(i) not in KEYWORDS
                and self.text(i + 1) == "("
                and i + 1 in self.partner
            ):
                yield i

    def arguments(self, call):
        """First and last token of each argument."""
        end = self.partner[call + 1]
        first, found = call + 2, []
        for k in self.top_level(call + 2, end - 1):
            if self.text(k) == ",":
                found.append((first, k - 1))
                first = k + 1
        return found + [(first, end - 1)] if first < end else []


def negated(body):
    """A condition, or one comparison, "not", "and" or "or" in an expression, inverted."""
    for first, last in body.conditions():
        outer = {body.text(k) for k in body.top_level(first, last)}
        simple = not outer & {"&&", "||"}
        if simple and (outer & {"==", "!="} or body.text(first) == "!"):
            continue  # comes below, by its operator
        yield body.replaced(first, last, "!(%s)" % body.span(first, last)[2])
    for i in body.range:
        if body.text(i) in FLIPPED:
            yield body.replaced(i, i, FLIPPED[body.text(i)])
        elif body.text(i) == "!":
            yield body.replaced(i, i, "")


def boundary(body):
    """The limit itself falls on the other side."""
    for i in body.range:
        if body.text(i) in SHIFTED:
            yield body.replaced(i, i, SHIFTED[body.text(i)])


def off_by_one(body):
    """One more or one less: "+ 1", "- 1", a size, an index, the start of a loop."""
    for i in body.range:
        if body.text(i) in ("+", "-") and body.text(i + 1) == "1":
            if body.tokens[i - 1].kind in ("word", "number") or body.text(i - 1) in ")]":
                if body.text(i - 1) != "return":
                    yield body.tokens[i - 1].end, body.tokens[i + 1].end, ""
        elif body.text(i) == "sizeof" and not body.declares(i):
            last = body.partner[i + 1] if body.text(i + 1) == "(" else i + 1
            while body.text(last + 1) in ("->", ".", "["):
                last = body.partner.get(last + 1, last + 2)
            yield body.replaced(i, last, "(%s - 1)" % body.span(i, last)[2])
        elif body.text(i) == "[" and not body.declares(i):
            first, last = i + 1, body.partner[i] - 1
            if body.tokens[i - 1].kind == "word" and body.tokens[first].kind == "word":
                yield body.replaced(first, last, body.span(first, last)[2] + " + 1")
        elif body.text(i) == "for" and body.text(i + 1) == "(":
            for k in body.top_level(i + 2, body.partner[i + 1] - 1):
                if body.text(k) == ";":
                    break
                if body.text(k) == "=" and body.text(k + 1) == "0":
                    yield body.replaced(k + 1, k + 1, "1")


def dropped_call(body):
    """A statement that is a call, left out."""
    for i in body.calls():
        end = body.partner[i + 1]
        first = i - 3 if body.text(i - 2) == "void" and body.text(i - 1) == ")" else i
        if body.text(end + 1) == ";" and body.begins_statement(first):
            yield body.replaced(first, end, "")


def swapped_arguments(body):
    """Two neighbours among the arguments of a call."""
    for i in body.calls():
        found = body.arguments(i)
        for (a, b), (c, d) in zip(found, found[1:]):
            one, other = body.span(a, b)[2], body.span(c, d)[2]
            between = body.source.text[body.tokens[b].end : body.tokens[c].start]
            if one != other:
                yield body.replaced(a, d, other + between + one)


def constant(body):
    """Another number, truth value or character."""
    for i in body.range:
        token = body.tokens[i]
        if token.text in ("true", "false"):
            yield body.replaced(i, i, "false" if token.text == "true" else "true")
        elif token.kind == "char":
            yield body.replaced(i, i, "(%s + 1)" % token.text)
        elif token.kind == "number":
            match = re.fullmatch(r"(0[xX][0-9a-fA-F]+|\d+)[uUlL]*", token.text)
            # The size of an array and a variable's first value are rarely of consequence.
            if not match or (body.declares(i) and body.text(i - 1) in ("[", "=", "{", "-")):
                continue
            digits = match.group(1)
            octal = digits.startswith("0") and digits.isdigit() and len(digits) > 1
            value = int(digits, 8 if octal else 0)
            yield body.replaced(i, i, str(value + 1))
            if value == 1:
                yield body.replaced(i, i, "0")


def early_return(body):
    """A function that returns at once, and a return or goto that is left out."""
    words = [w for w in body.function.type if w not in ("static", "const", "inline")]
    values = ["0"]
    if words == ["void"]:
        values = [""]
    elif words == ["bool"]:
        values = ["false", "true"]
    elif words and words[0] == "struct" and "*" not in words:
        values = ["(%s){0}" % " ".join(words)]
    elif words == ["int"]:
        values = ["0", "1"]
    at = body.tokens[body.function.body].end
    for value in values:
        yield at, at, " return%s;" % (value and " " + value)
    for i in body.range:
        if body.text(i) in ("return", "goto") and body.begins_statement(i):
            end = i
            while body.text(end) != ";":
                end = body.partner.get(end, end) + 1
            if end + 1 != body.function.last:
                yield body.replaced(i, end - 1, "")


def removed_case(body):
    """A case without its label, or that does not end; a loop that goes on."""
    for i in body.range:
        if body.text(i) == "case":
            end = i
            while body.text(end) != ":":
                end += 1
            yield body.replaced(i, end, "")
        elif body.text(i) in ("break", "continue"):
            yield body.replaced(i, i, "")


OPERATORS = {
    "negated": negated,
    "boundary": boundary,
    "off-by-one": off_by_one,
    "dropped-call": dropped_call,
    "swapped-arguments": swapped_arguments,
    "constant": constant,
    "early-return": early_return,
    "removed-case": removed_case,
}


def mutants_of(source, names=OPERATORS):
    """All mutants of a file, no two of them the same code."""
    seen = set()
    for function in source.functions:
        body = Body(source, function)
        for name in names:
            for start, end, new in OPERATORS[name](body):
                mutant = Mutant(source, function, name, start, end, new)
                if mutant.id not in seen:
                    seen.add(mutant.id)
                    yield mutant
