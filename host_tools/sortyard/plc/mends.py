"""What beginners write, and people who come from other languages: told as what it is, and read on as what was meant.

Each mend changes the stacks of the parse or the tokens ahead and returns the token to go on with, or None where it does
not apply. Nothing that was written is lost then, so that no message follows from the first one.
"""

from difflib import get_close_matches
from itertools import takewhile

from sortyard.plc.diagnostics import Sink
from sortyard.plc.foreign import WORDS
from sortyard.plc.keywords import KEYWORDS, OPENERS, spoken
from sortyard.plc.lalr import ParseState
from sortyard.plc.lexer import Token
from sortyard.plc.source import Source, Span
from sortyard.plc.types import ELEMENTARY

_IN_PLACE_OF = {
    "COLON": ("THEN", "DO", "ASSIGN"),
    "SEMI": ("COLON",),
    "COMMA": ("SEMI",),
    "EQ": ("ASSIGN", "COLON"),
    "ASSIGN": ("EQ", "COLON"),
    "RANGE": ("TO",),
    "DO": ("THEN", "OF"),
    "THEN": ("DO", "OF"),
}
"""Signs and words that are taken for others; the first that fits was meant."""
_SUPERFLUOUS = frozenset({"SEMI", "RPAR", "RBRACK", "COLON"})
_SECTIONS = frozenset(word for word, closer in OPENERS.items() if closer == "END_VAR")
_NEAR = 500
"""Tokens that a mend looks at: time grows with the source and not with its square."""
_SHORTEST = 4
"""Letters of a word that is taken for a misspelled one of the language."""
_MOST_GUESSES = 400
"""Words that are compared with those of the language: it takes half a millisecond."""
_LONG_WORDS = sorted(word for word in KEYWORDS if len(word) >= _SHORTEST)
_BEHIND_NAMES = frozenset({"ASSIGN", "OUT", "LPAR", "LBRACK", "DOT", "CARET", "COMMA", "COLON"})
_NUMBERS = frozenset({"INT", "REAL"})
_TEXTS = frozenset({"STRING", "WSTRING"})


class Mends:
    """The mends of one parse; they share its stacks and tokens."""

    def __init__(self, state: ParseState, tokens: list[Token], source: Source, sink: Sink) -> None:
        self.state = state
        self.tokens = tokens
        self.source = source
        self.sink = sink
        self.has_lost_names = False
        self.is_strict = True
        self._guesses = _MOST_GUESSES

    def word(self, at: int) -> Token:
        """A word that is a keyword elsewhere is a name here; ENDIF and its like are what they are taken for, if that
        fits and no name would."""
        token = self.tokens[at]
        meant = WORDS.get(token.text.upper(), "") if token.type == "FOREIGN_WORD" else ""
        if not meant or self.tokens[at + 1].type in _BEHIND_NAMES or not self._closes(meant):
            return token._replace(type="NAME")
        self.sink.tell("SY1111", self._span(token), f"{token.text} is written {meant}", f"write {meant}")
        return token._replace(type=meant)

    def _closes(self, meant: str) -> bool:
        stack = self._after(meant)
        if stack is None and (separated := self._after("SEMI")):
            stack = self.state.after(meant, separated)
        return stack is not None

    def before_insertion(self, at: int) -> int | None:
        """What is more likely than a missing sign in front of `tokens[at]`."""
        kind = self.tokens[at].type
        if at == 0:
            return self._misspelled(at)
        if self.tokens[at - 1].type == "RETURN":
            return self._returned_value(at)
        if kind == "NAME":
            found = self._type_before_name(at) or self._label_without_colon(at) or self._misspelled(at)
            return found or self._misspelled_before(at)
        if kind == "SEMI":
            return self._semicolon_in_call(at)
        if kind in _NUMBERS:
            return self._power(at)
        if kind in _TEXTS:
            return self._doubled_quote(at)
        if kind == "RBRACK":
            return self._bounds(at)
        if kind == "COLON":
            return self._case_before_label(at) or self._label(at)
        if kind == "COMMA":
            return self._decimal_comma(at)
        if kind == "TO":
            return self._for_with_equals(at)
        if kind in _SECTIONS:
            return self._result_without_colon(at) or self._comma_too_many(at) or self._late_section(at)
        found = self._end_of_variables(at) or self._end_in_two_words(at) or self._comma_too_many(at)
        return found or self._misspelled_before(at)

    def after_insertion(self, at: int) -> int | None:
        """One sign in the place of another, or one too many."""
        token = self.tokens[at]
        for meant in _IN_PLACE_OF.get(token.type, ()):
            if token.type == "COMMA" and not self._is_among_variables():
                continue
            if self._goes_on(self._after(meant), at + 1):
                code = "SY1109" if (token.type, meant) == ("ASSIGN", "EQ") else "SY1111"
                message = "':=' assigns a value" if code == "SY1109" else f"'{token.text}' does not fit here"
                hint = f"to compare write {spoken(meant)}" if code == "SY1109" else f"write {spoken(meant)}"
                self.sink.tell(code, self._span(token), message, hint)
                self.state.feed(token._replace(type=meant))
                return at + 1
        is_between = token.type != "SEMI" or self.tokens[at + 1].type in KEYWORDS
        if token.type in _SUPERFLUOUS and is_between and self._goes_on(self.state.states, at + 1, 2):
            self.sink.tell("SY1111", self._span(token), f"'{token.text}' does not fit here", "remove it")
            return at + 1
        return None

    def _is_among_variables(self) -> bool:
        behind = self._after("SEMI")
        return behind is not None and self.state.after("END_VAR", behind) is not None

    # ---- misspelled words of the language ----

    def _misspelled(self, at: int) -> int | None:
        """`IF x THNE`: a name where none fits, and something like it does."""
        token = self.tokens[at]
        meant = self._keyword_like(token, self.state.states, at)
        if meant is None or token.type != "NAME":
            return None
        self._tell(token, f"{token.text} is no word of the language", f"did you mean {meant}?")
        self.state.feed(token._replace(type=meant))
        return at + 1

    def _misspelled_before(self, at: int) -> int | None:
        """`WHIL x DO`: the name before has been read as a variable."""
        token = self.tokens[at - 1]
        size = len(self.state.values) - 1
        if self._top() is not token or token.type != "NAME":
            return None
        meant = self._keyword_like(token, self.state.states[: size + 1], at - 1)
        if meant is None:
            return None
        self._tell(token, f"{token.text} is no word of the language", f"did you mean {meant}?")
        self._back_to(size)
        self.state.feed(token._replace(type=meant))
        return at

    def _keyword_like(self, token: Token, states: list[int], at: int) -> str | None:
        """The word that a misspelled one was meant to be: it fits there, and what follows fits behind it."""
        if len(token.text) < _SHORTEST or self._guesses == 0:
            return None
        self._guesses -= 1
        alike = get_close_matches(token.text.upper(), _LONG_WORDS, n=3, cutoff=0.75)
        return next((word for word in alike if self._goes_on(self.state.after(word, states), at + 1)), None)

    # ---- declarations ----

    def _type_before_name(self, at: int) -> int | None:
        """`INT a;` as in C: the two change places."""
        type_, name = self.tokens[at - 1], self.tokens[at]
        if type_.text.upper() not in ELEMENTARY or self._top() is not type_ or not self._after("COLON"):
            return None
        self._tell(name, "the name stands before its type", f"write {name.text} : {type_.text}")
        self.state.values[-1] = type_._replace(text=name.text)
        self.tokens[at] = name._replace(text=type_.text)
        self._feed("COLON", type_.end)
        return at

    def _bounds(self, at: int) -> int | None:
        """`ARRAY[10]` and `ARRAY[1.10]`."""
        number = self.tokens[at - 1]
        if self._top() is not number or number.type not in _NUMBERS or self._after("RBRACK"):
            return None
        first, _, last = number.text.partition(".")
        if number.type == "INT":
            first, last = "0", str(max(0, int(number.text.replace("_", "")) - 1))
        self._back_to(len(self.state.values) - 1)
        if not last.isdigit() or not self._after("INT") or self._after("END_IF"):
            return None
        self.state.feed(number._replace(type="INT", text=first))
        if not self._after("RANGE"):
            return None
        self._tell(number, "an array has a first and a last index", f"write {first}..{last}")
        self._feed("RANGE", number.end)
        self.state.feed(number._replace(type="INT", text=last))
        return at

    def _end_of_variables(self, at: int) -> int | None:
        """`a := 1;` where END_VAR is missing: the name has already been read as one that is declared."""
        name = self.tokens[at - 1]
        size = len(self.state.values) - 1
        if self._top() is not name or name.type != "NAME":
            return None
        stack = self.state.after("END_VAR", self.state.states[: size + 1])
        if stack is None or not self._goes_on(stack, at - 1, 2):
            return None
        self._back_to(size)
        self.sink.tell(
            "SY1101", self._span(name), f"END_VAR is missing before '{name.text}'", "write END_VAR"
        )
        self._feed("END_VAR", name.start)
        return at - 1

    def _result_without_colon(self, at: int) -> int | None:
        """`FUNCTION f INT`."""
        if at < 3 or self.tokens[at - 3].type not in ("FUNCTION", "METHOD"):
            return None
        name, type_ = self.tokens[at - 2], self.tokens[at - 1]
        size = self._row(name)
        if type_.type != "NAME" or size is None or self._row(type_) is None:
            return None
        if any(isinstance(value, Token) and value.type == "COLON" for value in self.state.values[size:]):
            return None
        self._back_to(size + 1)
        message = f"':' is missing before '{type_.text}'"
        self.sink.tell("SY1101", self._span(type_), message, f"write {name.text} : {type_.text}")
        self._feed("COLON", name.end)
        return at - 1

    def _late_section(self, at: int) -> int | None:
        """VAR among the statements: its names are not known."""
        if not (self._after("SEMI") and self._after("IF")):
            return None
        token = self.tokens[at]
        near = range(at, min(len(self.tokens), at + _NEAR))
        end = next((i for i in near if self.tokens[i].type == "END_VAR"), None)
        if end is None or any(row.type in ("PROGRAM", "FUNCTION") for row in self.tokens[at:end]):
            return None
        message = f"{token.text} stands among the statements"
        self.sink.tell("SY1106", self._span(token), message, "move it up, before the first statement")
        self.has_lost_names = True
        return end + 1

    # ---- statements ----

    def _label_without_colon(self, at: int) -> int | None:
        """`1 a := 2;` in a CASE."""
        label = self.tokens[at - 1]
        if label.type != "INT" or self._top() is not label or not self._goes_on(self._after("COLON"), at):
            return None
        message = f"':' is missing before '{self.tokens[at].text}'"
        self.sink.tell("SY1101", self._span(label), message, f"write {label.text}:")
        self._feed("COLON", label.end)
        return at

    def _returned_value(self, at: int) -> int | None:
        """`RETURN a + b;`"""
        near = range(at, min(len(self.tokens), at + _NEAR))
        end = next((i for i in near if self.tokens[i].type == "SEMI"), None)
        if end is None or any(token.type in OPENERS for token in self.tokens[at:end]):
            return None
        self._tell(self.tokens[at], "RETURN takes no value", "assign it to the function's name, then RETURN;")
        return end

    def _case_before_label(self, at: int) -> int | None:
        """`CASE 1:` as in C."""
        word, label = self.tokens[at - 2], self.tokens[at - 1]
        size = self._row(word)
        if word.type != "CASE" or size is None or not self.state.after("INT", self.state.states[: size + 1]):
            return None
        self._tell(word, "a label stands alone", f"write {label.text}:")
        self._back_to(size)
        return at - 1

    def _label(self, at: int) -> int | None:
        """`start: x := 1;` outside of a CASE."""
        label = self.tokens[at - 1]
        size = len(self.state.values) - 1
        if label.type != "NAME" or self._top() is not label or not self._after("ASSIGN"):
            return None
        if [token.type for token in self.tokens[at + 1 : at + 3]] != ["NAME", "ASSIGN"]:
            return None
        self.sink.tell("SY1701", self._span(label), "there are no labels", "remove it; use a loop or IF")
        self._back_to(size)
        return at + 1

    def _semicolon_in_call(self, at: int) -> int | None:
        """`t(IN := x; PT := T#1s);`"""
        near = self.tokens[at + 1 : at + _NEAR]
        rest = [token.type for token in takewhile(lambda token: token.type != "SEMI", near)]
        if rest.count("RPAR") <= rest.count("LPAR") or not self._goes_on(self._after("COMMA"), at + 1, 2):
            return None
        self._tell(self.tokens[at], "';' does not fit here", "write ','")
        self.state.feed(self.tokens[at]._replace(type="COMMA"))
        return at + 1

    def _for_with_equals(self, at: int) -> int | None:
        """`FOR i = 1 TO 10`."""
        near = range(max(0, at - _NEAR), at)
        opened = max((i for i in near if self.tokens[i].type == "FOR"), default=at)
        equals = next((i for i in range(opened, at) if self.tokens[i].type == "EQ"), None)
        size = self._row(self.tokens[opened])
        if equals is None or size is None:
            return None
        self.sink.tell("SY1111", self._span(self.tokens[equals]), "'=' does not fit here", "write ':='")
        self.tokens[equals] = self.tokens[equals]._replace(type="ASSIGN")
        self._back_to(size + 1)
        return opened + 1

    def _power(self, at: int) -> int | None:
        """`r ^ 2`."""
        sign = self.tokens[at - 1]
        if sign.type != "CARET" or self._top() is not sign:
            return None
        self._tell(sign, "^ follows a reference", "a power is written **")
        self._back_to(len(self.state.values) - 1)
        self.state.feed(sign._replace(type="POWER"))
        return at

    def _decimal_comma(self, at: int) -> int | None:
        """`1,5`."""
        whole, comma, rest = self.tokens[at - 1], self.tokens[at], self.tokens[at + 1]
        if not (whole.type == rest.type == "INT" and whole.end == comma.start and comma.end == rest.start):
            return None
        if self._top() is not whole:
            return None
        self._tell(comma, "a number has a decimal point", f"write {whole.text}.{rest.text}")
        self._back_to(len(self.state.values) - 1)
        self.state.feed(Token("REAL", f"{whole.text}.{rest.text}", whole.start, rest.end))
        return at + 2

    def _comma_too_many(self, at: int) -> int | None:
        """`EXTENDS Base,`: nothing follows."""
        comma, size = self.tokens[at - 1], len(self.state.values) - 1
        if comma.type != "COMMA" or self._top() is not comma:
            return None
        if not self._goes_on(self.state.states[: size + 1], at):
            return None
        code = "SY3104" if not self.is_strict and self._is_base(at - 2) else "SY1111"
        self.sink.tell(code, self._span(comma), "nothing follows the comma", "remove it")
        self._back_to(size)
        return at

    def _is_base(self, at: int) -> bool:
        """A name behind EXTENDS or IMPLEMENTS, which vendors' editors leave a comma behind."""
        before = self.tokens[max(0, at - _NEAR) : at + 1]
        last = next(
            (token.type for token in reversed(before) if token.type not in ("NAME", "DOT", "COMMA")), ""
        )
        return last in ("EXTENDS", "IMPLEMENTS")

    def _doubled_quote(self, at: int) -> int | None:
        """`'it''s'`."""
        before, rest = self.tokens[at - 1], self.tokens[at]
        if before.type != rest.type or before.end != rest.start:
            return None
        quote = rest.text[0]
        self._tell(rest, "a quote within a text is not doubled", f"write ${quote} for a quote")
        return at + 1

    def _end_in_two_words(self, at: int) -> int | None:
        """`END IF`."""
        word, opened = self.tokens[at - 1], self.tokens[at]
        closer = OPENERS.get(opened.type)
        size = len(self.state.values) - 1
        if word.text.upper() != "END" or self._top() is not word or closer is None:
            return None
        stack = self.state.after(closer, self.state.states[: size + 1])
        if stack is None:
            return None
        span = Span(self.source, word.start, opened.end)
        self.sink.tell("SY1111", span, f"{closer} is one word", f"write {closer}")
        self._back_to(size)
        self._feed(closer, opened.end)
        return at + 1

    # ---- stacks ----

    def _top(self) -> object:
        return self.state.values[-1] if self.state.values else None

    def _row(self, token: Token) -> int | None:
        """Where a token lies on the stack of values: the last time, and None if it has become a part of something."""
        values = self.state.values
        return next((i for i in range(len(values) - 1, -1, -1) if values[i] is token), None)

    def _back_to(self, size: int) -> None:
        """Only the first `size` values stay."""
        del self.state.values[size:], self.state.states[size + 1 :]

    def _after(self, kind: str) -> list[int] | None:
        return self.state.after(kind)

    def _goes_on(self, stack: list[int] | None, at: int, count: int = 1) -> bool:
        """`count` tokens from `tokens[at]` on fit behind that stack of states."""
        for token in self.tokens[at : at + count]:
            if stack is None:
                return False
            following = self.state.after(token.type, stack)
            if following is None and token.type in KEYWORDS:
                following = self.state.after("NAME", stack)
            stack = following
        return stack is not None

    def _feed(self, kind: str, at: int) -> None:
        self.state.feed(Token(kind, "", at, at))

    def _span(self, token: Token) -> Span:
        return Span(self.source, token.start, max(token.end, token.start + 1))

    def _tell(self, token: Token, message: str, suggestion: str) -> None:
        self.sink.tell("SY1111", self._span(token), message, suggestion)
