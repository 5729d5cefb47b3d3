"""What the parser does about a token that does not fit, so that one mistake gives one message.

In this order: read a keyword as a name where only a name fits; mend what is usual in other languages (mends.py); put in
one missing token (`;`, `THEN`, `END_IF`, ...) if the text goes on after it; take a token for another one; else give up
the smallest piece around (statement, declaration, unit), skip to where the next one can start, and go on there. A mend
goes back to a token at most once, everything else moves forward by at least one, so a parse always ends.
"""

from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise

from sortyard.plc.diagnostics import Sink, nearest
from sortyard.plc.keywords import KEYWORDS, OPENERS, UNIT_STARTS, spoken
from sortyard.plc.lalr import ParseState
from sortyard.plc.lexer import Token
from sortyard.plc.mends import Mends
from sortyard.plc.source import Source, Span

_INSERTED = ("SEMI", "THEN", "DO", "OF", "RPAR", "RBRACK", "COLON", "END_VAR", "END_STRUCT")
_CLOSERS = tuple(dict.fromkeys(OPENERS.values()))
_SYNC = (
    frozenset(OPENERS)
    | frozenset(_CLOSERS)
    | {"SEMI", "ELSE", "ELSIF", "UNTIL", "RETURN", "EXIT", "CONTINUE"}
) - {"GET", "SET"}
_OUTERMOST = UNIT_STARTS | {"$END"}
_MAX_EXPECTED = 6
_STATEMENT_BLOCKS = frozenset({"IF", "CASE", "FOR", "WHILE", "REPEAT"})
_OPENER_OF = {OPENERS[word]: word for word in _STATEMENT_BLOCKS}
_NAMED_UNITS = frozenset({"FUNCTION", "FUNCTION_BLOCK", "PROGRAM", "CLASS", "INTERFACE"})
_BEHIND_A_MISSING_NAME = frozenset({"EXTENDS", "IMPLEMENTS", "RETAIN", "NON_RETAIN", "USING"}) | frozenset(
    _CLOSERS
)
_QUALIFIERS = frozenset({"CONSTANT", "RETAIN", "NON_RETAIN", "PERSISTENT"})
_UNIT_ENDS = frozenset(OPENERS[word] for word in (*UNIT_STARTS, "TEST")) | {"$END"}
_VALUES = frozenset({"TRUE", "FALSE", "NULL", "THIS", "SUPER"})
"""Words that fit wherever a variable is read, so that nothing else tells that the name is meant."""
_STATEMENT_ENDS = frozenset(_OPENER_OF)


_CHART = frozenset({"INITIAL_STEP", "STEP", "TRANSITION"})
_LIST = frozenset(
    """LD LDN ST STN CAL CALC CALCN JMP JMPC JMPCN RET RETC RETCN AND ANDN OR ORN XOR XORN S R ADD SUB MUL DIV MOD GT GE
    EQ NE LE LT""".split()  # noqa: SIM905
)
"""Operators of instruction lists: one on each line, in front of its operand."""
_BODY_ENDS = frozenset(
    {"END_PROGRAM", "END_FUNCTION_BLOCK", "END_FUNCTION", "END_METHOD", "END_GET", "END_SET", "$END"}
    | UNIT_STARTS
)


class Recovery:
    """Repairs the stacks of one parse. `tokens` everything there is to read."""

    def __init__(self, state: ParseState, tokens: list[Token], source: Source, sink: Sink) -> None:
        self.state = state
        self.tokens = tokens
        self.source = source
        self.sink = sink
        self.mends = Mends(state, tokens, source, sink)
        self.has_lost_statements = False
        self._names: set[str] = set()
        """Words of the language that were told as names."""
        self._gave_up_names = False

    @property
    def has_lost_names(self) -> bool:
        """Declarations are missing in the tree, so that names may only seem unknown."""
        return self._gave_up_names or self.mends.has_lost_names

    def accepts(self, token_type: str, stack: list[int] | None = None) -> list[int] | None:
        """The state stack after that token was shifted, or None if it does not fit. Changes nothing."""
        return self.state.after(token_type, stack)

    def repair(self, at: int) -> int:
        """Make `tokens[at]`, which does not fit, fit or skip it; returns the index to go on with."""
        token = self.tokens[at]
        language = self._other_language(at)
        if language is not None:
            return self._leave_body(at, *language)
        if token.type in KEYWORDS and (token.type not in _SYNC or self._is_name(at)):
            stack = self.accepts("NAME")
            if stack is not None and self._fits_next(stack, at):
                self._keyword_as_name(token, at)
                return at + 1
        if self._keyword_before_as_name(at):
            return at
        if token.type == "ASSIGN" and [one.type for one in self.tokens[max(0, at - 3) : at - 1]] == [
            "ASSIGN",
            "LPAR",
        ]:
            message = "this form is for initial values only"
            self.sink.tell("SY1501", self._span(token), message, "assign the members one by one")
            return self._give_up(at)
        mended = self.mends.before_insertion(at)
        if mended is not None:
            return mended
        if self._insert(token, at):
            return at
        mended = self.mends.after_insertion(at)
        if mended is not None:
            return mended
        self._tell_unexpected(token, at)
        return self._give_up(at)

    def _is_name(self, at: int) -> bool:
        """`TYPE : INT`, `TYPE := 1`, `TYPE, VAR : INT`: it opens nothing so. Or it was a name before, or a unit's."""
        following = self.tokens[at + 1].type if at + 1 < len(self.tokens) else ""
        if following in ("COLON", "ASSIGN", "COMMA", "RPAR") or self.tokens[at].text.upper() in self._names:
            return True
        return self._names_a_unit(at)

    def _names_a_unit(self, at: int) -> bool:
        """`PROGRAM type`, with what the unit has below it: no section or base that stands there in the name's place."""
        before, token = self.tokens[at - 1] if at else None, self.tokens[at]
        if before is None or before.type not in _NAMED_UNITS or self._line(before) != self._line(token):
            return False
        return not token.type.startswith("VAR") and token.type not in _BEHIND_A_MISSING_NAME

    def _line(self, token: Token) -> int:
        return self.source.position(token.start)[0]

    # ---- a keyword where a name belongs ----

    def _keyword_as_name(self, token: Token, at: int) -> None:
        """Told once for each word; `at`: where the token stands."""
        word = token.text.upper()
        if word not in self._names:
            self.sink.tell(
                "SY1108", self._span(token), f"{token.text} is a word of the language", "choose another name"
            )
        self._names.add(word)
        self.state.feed(token._replace(type="NAME"))
        is_member = self.tokens[at - 1].type == "DOT" or self.tokens[at + 1].type in ("ASSIGN", "OUT")
        if token.type in _VALUES and not is_member:
            self._read_as_names(token.type, at + 1)

    def _read_as_names(self, kind: str, start: int) -> None:
        """From there to the end of the unit the word means the variable, not the value."""
        for row in range(start, len(self.tokens)):
            if self.tokens[row].type in _UNIT_ENDS:
                return
            if self.tokens[row].type == kind:
                self.tokens[row] = self.tokens[row]._replace(type="NAME")

    def _keyword_before_as_name(self, at: int) -> bool:
        """`EXIT := TRUE`: the word before has been read as what it is elsewhere, and as a name it fits with this."""
        before, values = self.tokens[at - 1] if at else None, self.state.values
        if before is None or before.type not in KEYWORDS or not values or values[-1] is not before:
            return False
        sure = self.tokens[at].type in ("ASSIGN", "DOT", "LBRACK") or before.type == "AT"
        sure |= before.type in _QUALIFIERS and self.tokens[at].type in ("COLON", "COMMA")
        if not sure and before.text.upper() not in self._names:
            return False
        behind = self.state.after("NAME", self.state.states[:-1])
        following = behind and self.state.after(self.tokens[at].type, behind)
        if not following or not self._fits_next(following, at):
            return False
        del self.state.states[-1], values[-1]
        self._keyword_as_name(before, at - 1)
        return True

    # ---- one missing token ----

    def _insert(self, token: Token, at: int) -> bool:
        """Feed one missing token, or the END_ words of blocks left open, if the text goes on after that."""
        for missing in _INSERTED:
            stack = self.accepts(missing)
            if stack is not None and self._goes_on(stack, token, at):
                self._tell_missing(missing, at)
                self._feed(missing, at)
                return True
        return self._close_blocks(token, at)

    def _goes_on(self, stack: list[int], token: Token, at: int) -> bool:
        """The token fits then, and the one after it too: a guess that only moves the trouble is none."""
        after = self.accepts(token.type, stack)
        return after is not None and self._fits_next(after, at)

    def _fits_next(self, after: list[int], at: int) -> bool:
        following = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        if following is None or self.accepts(following.type, after) is not None:
            return True
        return following.text.upper() in self._names and self.accepts("NAME", after) is not None

    def _close_blocks(self, token: Token, at: int) -> bool:
        """Close blocks until an END_ word, a new unit or the end of the file fits."""
        if (
            token.type not in _CLOSERS
            and token.type not in UNIT_STARTS
            and token.type not in ("$END", "ELSE")
        ):
            return False
        stack, closed = list(self.state.states), []
        blocks = self._open_blocks()
        while self.accepts(token.type, stack) is None:
            opened = next(blocks, None)
            if opened is None:
                return False
            closer = OPENERS[opened.type]
            stack = self.accepts(closer, stack) or self.accepts(closer, self.accepts("SEMI", stack) or stack)
            if stack is None:
                return False
            stack = self.accepts("SEMI", stack) or stack
            closed.append((closer, opened))
        for closer, opened in closed:
            self._tell_unclosed(opened, closer, token)
            for word in (closer, "SEMI") if self.accepts(closer) else ("SEMI", closer, "SEMI"):
                if self.accepts(word):
                    self._feed(word, at)
        return bool(closed)

    def _open_blocks(self) -> Iterator[Token]:
        """The words that opened the blocks that are still open, from the innermost outwards.

        One that was just closed, as by an END_IF without its `;`, still lies there with its END_ word.
        """
        closed = 0
        for value in reversed(self.state.values):
            if not isinstance(value, Token):
                continue
            if value.type in _CLOSERS:
                closed += 1
            elif value.type in OPENERS:
                if not closed:
                    yield value
                else:
                    closed -= 1

    def _tell_unclosed(self, opened: Token, closer: str, found: Token) -> None:
        else_if = self._else_if_between(opened, found) if closer == "END_IF" else None
        line = self.source.position(opened.start)[0]
        if found.type == "$END" and any(item.code == "SY1002" for item in self.sink.items):
            return  # the comment that never ends has swallowed it
        if else_if is not None:
            message = f"ELSE IF opens a second IF, and {closer} is missing for it (found {_shown(found)})"
            self.sink.tell("SY1102", else_if, message, "did you mean ELSIF?")
            return
        message = f"{opened.type} of line {line} is never closed: {closer} is missing before {_shown(found)}"
        hint = f"write {closer}"
        if opened.type in _STATEMENT_BLOCKS and "{" in self.source.text[opened.start : found.start]:
            hint += "; braces hold pragmas, no statements"
        self.sink.tell("SY1102", self._span(opened), message, hint)

    def _else_if_between(self, opened: Token, found: Token) -> Span | None:
        """The first `ELSE IF` on one line between two tokens."""
        at = bisect_left(self._else_ifs, opened.start, key=lambda one: one.start)
        first = self._else_ifs[at] if at < len(self._else_ifs) else None
        return first if first is not None and first.end <= found.start else None

    @cached_property
    def _else_ifs(self) -> list[Span]:
        """Each `ELSE IF` on one line."""
        both = (
            Span(self.source, one.start, other.end)
            for one, other in pairwise(self.tokens)
            if one.type == "ELSE" and other.type == "IF"
        )
        return [span for span in both if span.line == span.end_line]

    def _tell_missing(self, missing: str, at: int) -> None:
        """At the end of what stands before. A string that never ends has swallowed what is missing."""
        before = self.tokens[at - 1] if at else self.tokens[at]
        if before.type in ("STRING", "WSTRING") and not before.text.endswith(before.text[0], 1):
            return
        where = Span(self.source, max(before.end - 1, before.start), before.end)
        found = _shown(self.tokens[at])
        self.sink.tell(
            "SY1101", where, f"{spoken(missing)} is missing before {found}", f"write {spoken(missing)} here"
        )

    def _feed(self, token_type: str, at: int) -> None:
        end = self.tokens[at - 1].end if at else 0
        self.state.feed(Token(token_type, "", end, end))

    # ---- another language ----

    def _other_language(self, at: int) -> tuple[str, Token] | None:
        """The language of a body that is not Structured Text, and the word that says so: the one before the token, or
        behind a label."""
        token, before = self.tokens[at], self.tokens[at - 1] if at else None
        if before is None or self.accepts("FUNCTION") is not None:
            return None
        if token.type == "COLON" and at + 2 < len(self.tokens):
            at, before, token = at + 2, self.tokens[at + 1], self.tokens[at + 2]
            is_list = self._is_alone(at, is_labelled=True)
        else:
            is_list = self._is_alone(at)
        word, is_name = before.text.upper(), before.type == "NAME"
        if word in _CHART and (token.type == "NAME" or token.text.upper() == "FROM"):
            return "a sequential function chart", before
        return ("an instruction list", before) if word in _LIST and is_name and is_list else None

    def _is_alone(self, at: int, is_labelled: bool = False) -> bool:
        """Operator and operand have the line to themselves but for a label, and no semicolon ends it."""
        lines = [self.source.position(token.start)[0] for token in self.tokens[max(0, at - 2) : at + 2]]
        if at + 1 >= len(self.tokens):
            return False  # an operator at the end of the file has no operand
        earlier, own, operand, later = lines if at > 1 else [0, *lines]
        return (earlier < own or is_labelled) and own == operand < later

    def _leave_body(self, at: int, language: str, word: Token) -> int:
        """One message for the whole body; goes on at the word that ends it."""
        message = f"{word.text} is of {language}, which is not compiled"
        hint = "write CASE over the steps" if "chart" in language else "write it in Structured Text"
        self.sink.tell("SY1701", self._span(word), message, hint)
        states, values = self.state.states, self.state.values
        while len(states) > 1 and self.accepts("ERROR") is None:
            del states[-1], values[-1]
        self.state.feed(Token("ERROR", "", self.tokens[at].start, self.tokens[at].start))
        for row in range(at, len(self.tokens)):
            token = self.tokens[row]
            fits = token.type in _BODY_ENDS and self.accepts(token.type)
            if fits or (
                token.type in _OUTERMOST and (self._close_blocks(token, row) or self._surface(token))
            ):
                return row
        raise AssertionError("the end of the file always fits outside of all units")

    # ---- give up a piece ----

    def _tell_unexpected(self, token: Token, at: int) -> None:
        if self._is_told(token, at):
            return
        if token.type in ("METHOD", "PROPERTY") and self.accepts("FUNCTION"):
            message = f"a {token.type} stands outside of a block or class"
            self.sink.tell("SY1106", self._span(token), message, "move it into one")
            return
        expected = sorted(
            {spoken(name) for name in self.state.tables.actions[self.state.states[-1]] if self._is_fit(name)}
        )
        suggestion = self._guess(token, at)
        if not suggestion and 0 < len(expected) <= _MAX_EXPECTED:
            suggestion = f"expected: {', '.join(expected)}"
        message = f"{_shown(token)} does not fit here"
        self.sink.tell("SY1100", self._span(token), message, suggestion or "check what stands before it")

    def _is_told(self, token: Token, at: int) -> bool:
        """True for what only follows: a sign of another language was told here, or characters just before that were
        left out; the end of the file behind a comment that never ends."""
        before = self.tokens[at - 1].end if at else 0
        for item in self.sink.items:
            start = item.span.start
            if item.code == "SY1006" and start == token.start:
                return True
            if item.code == "SY1001" and before <= start and item.span.end <= token.start:
                return True
            if item.code == "SY1002" and token.type == "$END":
                return True
        return False

    def _is_fit(self, name: str) -> bool:
        return name.isupper() and name != "ERROR" and self.accepts(name) is not None

    def _guess(self, token: Token, at: int) -> str:
        """A suggestion for the usual slips, or ""."""
        before = self.tokens[at - 1] if at else None
        if self.accepts("FUNCTION"):
            if token.text.upper() == "TEST":
                return "a test has a text for its name: TEST 'opens after 2 s' ... END_TEST"
            return "statements stand in a unit: PROGRAM Main ... END_PROGRAM"
        if token.type in _STATEMENT_ENDS:
            return f"no {_OPENER_OF[token.type]} is open here"
        if token.type == "SEMI" and (hint := self._guess_at_semicolon(at)):
            return hint
        if before is not None and before.type in ("STRING", "WSTRING") and before.end == token.start:
            return "a quote is missing in a text before it"
        if before is not None and before.type == "AT":
            return "an address begins with %: %IX0.1"
        if before is None or before.type != "NAME":
            return ""
        if token.type == "COMMA":
            return "assign to one variable at a time"
        return (
            nearest(before.text, [word for word in KEYWORDS if len(word) > 2])
            if before.text.isupper()
            else ""
        )

    def _guess_at_semicolon(self, at: int) -> str:
        blocks = self._open_blocks()
        opened, outer = next(blocks, None), next(blocks, None)
        kinds = [row.type for row in self.tokens[max(0, at - 2) : at]]
        if kinds in (["PLUS", "PLUS"], ["MINUS", "MINUS"]):
            return f"write a := a {self.tokens[at - 1].text} 1"
        if opened is not None and opened.type == "FOR":
            return "write FOR i := 0 TO 9 DO"
        if opened is not None and outer is not None and (opened.type, outer.type) == ("WHILE", "REPEAT"):
            return "REPEAT ends with UNTIL and END_REPEAT"
        return ""

    def _give_up(self, at: int) -> int:
        """Pop to where a piece can be given up, feed ERROR for it, and skip to a token that goes on from there."""
        states, values = self.state.states, self.state.values
        open_blocks = 0
        while len(states) > 1 and self.accepts("ERROR") is None:
            open_blocks += isinstance(values[-1], Token) and values[-1].type in _STATEMENT_BLOCKS
            del states[-1], values[-1]
        is_statement = self.accepts("SEMI") is not None and self.accepts("IF") is not None
        self.has_lost_statements |= is_statement
        self._gave_up_names |= not is_statement
        self.state.feed(Token("ERROR", "", self.tokens[at].start, self.tokens[at].start))
        # between units nothing but a unit makes sense: one message for everything up to the next one
        sync = _OUTERMOST if self.accepts("FUNCTION") else _SYNC
        for row in range(at, len(self.tokens)):
            token = self.tokens[row]
            if open_blocks and token.type in _STATEMENT_BLOCKS:
                open_blocks += 1
            elif open_blocks and token.type in _STATEMENT_ENDS:
                open_blocks -= 1
            elif not open_blocks and token.type in sync and self.accepts(token.type):
                return row
            self._gave_up_names |= OPENERS.get(token.type) == "END_VAR"
            if token.type in _OUTERMOST and (self._close_blocks(token, row) or self._surface(token)):
                return row
        raise AssertionError("the end of the file always fits outside of all units")

    def _surface(self, token: Token) -> bool:
        """Give up larger and larger pieces until the token fits behind one; False if there is no such piece."""
        states, values = self.state.states, self.state.values
        for size in range(len(states), 0, -1):
            stack = self.accepts("ERROR", states[:size])
            if stack is not None and self.accepts(token.type, stack):
                self._gave_up_names = True
                del states[size:], values[size - 1 :]
                self.state.feed(Token("ERROR", "", token.start, token.start))
                return True
        return False

    def _span(self, token: Token) -> Span:
        return Span(self.source, token.start, max(token.end, token.start + 1))


def _shown(token: Token) -> str:
    """The token as a message quotes it."""
    if token.type == "$END":
        return "the end of the file"
    return f"'{token.text[:40]}'" if token.text else spoken(token.type)
