"""Constructs of other languages that reach over many words: told once, and taken out, so that what is around and
within them is read as if they were not there.

`JMP end;` with its labels, `__TRY ... __CATCH ... __ENDTRY`, and blocks in braces: `for (i = 0; i < 9; i++) { ... }`.
What stands in braces is a pragma here, so it is lost.
"""

import re
from collections.abc import Callable, Sequence

from sortyard.plc.diagnostics import Sink
from sortyard.plc.lexer import Token
from sortyard.plc.source import Source, Span

_JUMPS = frozenset({"JMP", "GOTO"})
_TRIES = frozenset({"__TRY", "__CATCH", "__FINALLY", "__ENDTRY"})
_IN_C = {
    "FOR": "FOR i := 0 TO 9 DO ... END_FOR;", "WHILE": "WHILE a DO ... END_WHILE;",
    "IF": "IF a THEN ... ELSE ... END_IF;", "ELSE": "IF a THEN ... ELSE ... END_IF;",
    "DO": "REPEAT ... UNTIL a END_REPEAT;", "SWITCH": "CASE a OF 1: ...; ELSE ... END_CASE;",
}  # fmt: skip
"""Words before a block in braces, with what this language has."""
_MOST = 400
"""Tokens that a header in parentheses may have."""
_WORDS = _JUMPS | _TRIES | frozenset(_IN_C)
_MAY_BE = re.compile(
    r"\b(?:JMP|GOTO|__TRY|__CATCH|__FINALLY|__ENDTRY)\b|\bFOR(?:\s*\(|\s+\w+\s+IN\b)|\{", re.IGNORECASE
)


class ForeignBlocks:
    """One pass over the tokens of a source; its sink must be the source's own."""

    def __init__(self, tokens: list[Token], pragmas: Sequence[Span], source: Source, sink: Sink) -> None:
        self.tokens = tokens
        self.braces = {pragma.start: pragma.end for pragma in pragmas}
        self.source = source
        self.sink = sink
        self.left_out: set[int] = set()

    def without(self) -> list[Token]:
        """The tokens without what was told."""
        if not _MAY_BE.search(self.source.text):
            return self.tokens
        rules: tuple[Callable[[int], None], ...] = (self._jump, self._try, self._block)
        for at, token in enumerate(self.tokens):
            if token.text.upper() in _WORDS and at not in self.left_out:
                for rule in rules:
                    rule(at)
        if not self.left_out:
            return self.tokens
        return [token for at, token in enumerate(self.tokens) if at not in self.left_out]

    def _kinds(self, at: int, *kinds: str) -> bool:
        return [token.type for token in self.tokens[at : at + len(kinds)]] == list(kinds)

    def _tell(self, code: str, at: int, message: str, hint: str) -> None:
        token = self.tokens[at]
        self.sink.tell(code, Span(self.source, token.start, token.end), message, hint)

    # ---- JMP ----

    def _jump(self, at: int) -> None:
        word = self.tokens[at].text.upper()
        if word not in _JUMPS or not self._kinds(at, "NAME", "NAME", "SEMI"):
            return
        hint = "use IF, a loop, EXIT, CONTINUE or RETURN"
        self._tell("SY1701", at, f"{word} is not compiled: there are no labels", hint)
        label = self.tokens[at + 1].text.upper()
        self.left_out |= {at, at + 1}
        for i, token in enumerate(self.tokens[:-1]):
            if token.text.upper() == label and self._kinds(i, "NAME", "COLON") and not self._is_declared(i):
                self.left_out |= {i, i + 1}

    def _is_declared(self, at: int) -> bool:
        """`skip : BOOL;` declares a variable."""
        return self._kinds(at + 2, "NAME", "SEMI")

    # ---- __TRY ----

    def _try(self, at: int) -> None:
        word = self.tokens[at].text.upper()
        if word not in _TRIES:
            return
        if word == "__TRY":
            why = "__TRY is not compiled: a fault stops the program, and its outputs go to their safe state"
            self._tell(
                "SY1701", at, why, "check before the operation; PLC_FAULT tells another task of a fault"
            )
        self.left_out.add(at)
        if word == "__CATCH" and self._kinds(at + 1, "LPAR"):
            self.left_out |= set(range(at + 1, self._closed(at + 1) + 1))
        if word == "__ENDTRY" and self._kinds(at + 1, "SEMI"):
            self.left_out.add(at + 1)

    # ---- braces ----

    def _block(self, at: int) -> None:
        word = self.tokens[at].text.upper()
        if word not in _IN_C or (at and self.tokens[at - 1].type == "DOT"):
            return
        is_in = at + 2 < len(self.tokens) and self.tokens[at + 2].text.upper() == "IN"
        if word == "FOR" and is_in and self._kinds(at + 1, "NAME", "NAME"):
            self._tell("SY1111", at, "FOR i IN is of another language", f"write {_IN_C[word]}")
            self._leave_out(at, self._end_of_line(at))
            return
        end = self._closed(at + 1) if self._kinds(at + 1, "LPAR") else at
        header = self.tokens[at:end]
        is_counted = (
            word == "FOR" and not self._kinds(end + 1, "DO") and any(t.type == "SEMI" for t in header)
        )
        if not is_counted and not self._is_before_braces(at, end, word):
            return
        if word != "ELSE":
            self._tell("SY1111", at, f"{word} (...) {{ }} is of another language", f"write {_IN_C[word]}")
        self._leave_out(at, end)
        if word == "DO" and self._kinds(at + 1, "WHILE", "LPAR"):
            self._leave_out(at + 1, self._closed(at + 2))

    def _is_before_braces(self, at: int, end: int, word: str) -> bool:
        """A brace that holds statements opens right behind a word, or behind its parentheses."""
        begin = self.tokens[end].end
        rest = self.source.text[begin : begin + _MOST]
        opened = begin + len(rest) - len(rest.lstrip())
        if opened not in self.braces or end + 1 >= len(self.tokens):
            return False
        if word in ("IF", "WHILE", "FOR"):
            return end > at and self.tokens[end + 1].type not in ("THEN", "DO")
        return ";" in self.source.text[opened : self.braces[opened]] and (end > at) == (word == "SWITCH")

    def _end_of_line(self, at: int) -> int:
        """The last token of a line, or the first that ends a header."""
        for i in range(at, min(len(self.tokens) - 1, at + _MOST)):
            between = self.source.text[self.tokens[i].end : self.tokens[i + 1].start]
            if "\n" in between or self.tokens[i].type in ("DO", "SEMI"):
                return i
        return at

    def _leave_out(self, first: int, last: int) -> None:
        """Nothing within is told any more, its signs included."""
        self.left_out |= set(range(first, last + 1))
        begin, end = self.tokens[first].start, self.tokens[last].end
        self.sink.items = [
            item for item in self.sink.items if item.code != "SY1006" or not begin <= item.span.start < end
        ]

    def _closed(self, at: int) -> int:
        """Where the parenthesis at `at` closes; `at` where it does not nearby."""
        depth = 0
        for i in range(at, min(len(self.tokens), at + _MOST)):
            depth += {"LPAR": 1, "RPAR": -1}.get(self.tokens[i].type, 0)
            if depth == 0:
                return i
        return at
