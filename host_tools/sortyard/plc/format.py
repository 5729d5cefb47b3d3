"""One layout for Structured Text: `sortyard plc fmt`.

Words and signs keep their order and their lines; between them stands what this file says: four blanks for each block
around a line, and one level more for a line that goes on; one blank around operators, none inside of parentheses; at
most one empty line; reserved words and elementary types in capitals. Comments and pragmas stay where they are, as they
are, a comment behind a line in its column if it has one. Formatting twice changes nothing more, and a formatted program
means the same.
"""

from dataclasses import dataclass
from typing import NamedTuple

from sortyard.plc.diagnostics import Sink
from sortyard.plc.keywords import OPENERS, RESERVED
from sortyard.plc.lexer import Token, tokenize
from sortyard.plc.source import Source
from sortyard.plc.types import ALIASES, ELEMENTARY

INDENT = "    "
_UNITS = frozenset({"FUNCTION", "FUNCTION_BLOCK", "PROGRAM", "METHOD", "TEST", "ACTION"})
"""Their content is not indented: VAR blocks and statements are easily told apart."""
_HEADS = _UNITS | {"CLASS", "INTERFACE", "ACTIONS", "NAMESPACE", "CONFIGURATION", "RESOURCE", "PROPERTY"}
"""What follows them on the line is their head, which ends with the line."""
_CLOSERS = frozenset(OPENERS.values())
_BETWEEN = frozenset({"ELSE", "ELSIF", "UNTIL"})
_ENDING = (
    frozenset({"SEMI", "THEN", "DO", "ELSE", "REPEAT", "STRUCT", "OVERLAP", "UNION", "TYPE", "GET", "SET"})
    | _CLOSERS
)
_SECTIONS = frozenset(word for word in OPENERS if word.startswith("VAR"))
_QUALIFIERS = frozenset(
    {"CONSTANT", "RETAIN", "NON_RETAIN", "PERSISTENT", "PUBLIC", "PRIVATE", "PROTECTED", "INTERNAL"}
)
_TIGHT_BEFORE = frozenset({"SEMI", "COMMA", "RPAR", "RBRACK", "DOT", "CARET", "RANGE"})
_TIGHT_AFTER = frozenset({"LPAR", "LBRACK", "DOT", "PREFIX", "RANGE"})
_DOTS = frozenset({"DOT", "RANGE"})
_NUMBERS = frozenset({"INT", "REAL", "BASED"})
_LITERALS = frozenset({"INT", "REAL", "BASED", "TIME", "DATE", "STRING", "WSTRING", "TRUE", "FALSE", "NULL"})
_VALUES = _LITERALS | {"NAME", "RBRACK", "RPAR", "CARET", "THIS", "SUPER", "ADDRESS", "PARTIAL"}
_STATEMENTS = frozenset({"IF", "CASE", "FOR", "WHILE"})
_CALLABLE = frozenset({"AND", "OR", "XOR", "MOD"})
_ELEMENTARY = frozenset({*ELEMENTARY, *ALIASES, "STRING", "WSTRING"})
_DECLARING = _SECTIONS | {"TYPE", "STRUCT", "UNION"}
_DECLARED_HEADS = _QUALIFIERS | {"FUNCTION", "METHOD", "PROPERTY", "FINAL", "ABSTRACT", "OVERRIDE"}
_BEFORE_TYPES = frozenset({"COLON", "OF", "TO", "REF_TO"})
_CALLED = frozenset({"ARRAY", "NAME", "RBRACK", "CARET", "THIS", "SUPER"})


class _Item(NamedTuple):
    """A token, comment or pragma: `type` is the token's, COMMENT or PRAGMA; `line` and `end_line` from 1.

    `column`: of a comment that stands apart from what is before it on its line, by two blanks or more; else 0.
    """

    type: str
    text: str
    line: int
    end_line: int
    column: int = 0


@dataclass(slots=True)
class _Block:
    """A block that is open.

    `is_head`: before THEN, DO or OF, and in the line of a unit's name. In a CASE: `is_labelled` behind a label,
    `is_else` behind its ELSE.
    """

    word: str
    is_head: bool
    is_labelled: bool = False
    is_else: bool = False


def format_text(source: Source) -> str:
    """The source in the one layout. It has to be free of syntax errors."""
    items = _items(source)
    layout = _Layout(items)
    return layout.text()


def _items(source: Source) -> list[_Item]:
    scan = tokenize(source, Sink())
    types = _types(scan.tokens)
    found = [
        (token.start, token.end, token.type, token.text.upper() if at in types else token.text)
        for at, token in enumerate(scan.tokens)
    ]
    found += [(span.start, span.end, "COMMENT", span.text()) for span in scan.comments]
    found += [(span.start, span.end, "PRAGMA", span.text()) for span in scan.pragmas]
    items = []
    for start, end, type_, text in sorted(found):
        shown = text.upper() if type_ in RESERVED and text.upper() in RESERVED else text
        shown = "\n".join(line.rstrip() for line in shown.splitlines()) if type_ == "COMMENT" else shown
        line, column = source.position(start)
        apart = _apart(source.line(line)[: column - 1]) if type_ == "COMMENT" else 0
        items.append(_Item(type_, shown, line, source.position(max(start, end - 1))[0], apart))
    return items


def _types(tokens: list[Token]) -> set[int]:
    """Which tokens are names of elementary types, where a type is declared, or before the sign of a typed literal."""
    found, where = set(), ""
    for at, token in enumerate(tokens):
        before = tokens[at - 1].type if at else ""
        if token.type in _DECLARING:
            where = "block"
        elif token.type == "NAME" and before in _DECLARED_HEADS and where != "block":
            where = "head"
        elif token.type in ("END_VAR", "END_TYPE"):
            where = ""
        is_place = token.type == "NAME" and before in _BEFORE_TYPES and where
        word = token.text.upper().removesuffix("#")
        if (is_place or token.type == "PREFIX") and word in _ELEMENTARY:
            found.add(at)
        if where == "head" and before == "COLON":
            where = ""  # the result's type ends a head
    return found


def _apart(before: str) -> int:
    """How wide the text before a comment is, if it is text and the comment was put into a column of its own."""
    before = before.expandtabs(4)
    return len(before) if before.strip() and before.endswith("  ") else 0


class _Layout:
    """Walks over the items once and writes lines."""

    def __init__(self, items: list[_Item]) -> None:
        self.items = items
        self.blocks: list[_Block] = []
        self.lines: list[str] = []
        self.last = ""
        """The type of the last token, comments left out."""
        self.before_last = ""
        self.parentheses = 0
        self.is_start = True
        """The next token starts a statement or declaration."""
        self.label_end = -1
        """Where the colon of a label stands."""

    def text(self) -> str:
        at = 0
        while at < len(self.items):
            first = self.items[at]
            if at and first.line > self.items[at - 1].end_line + 1:
                self.lines.append("")
            end = at + 1
            while end < len(self.items) and self.items[end].line == self.items[end - 1].end_line:
                end += 1
            self._line(at, end)
            at = end
        return "\n".join(self.lines) + "\n" if self.lines else ""

    # ---- one line ----

    def _line(self, at: int, end: int) -> None:
        level = self._level(at)
        text = ""
        for index in range(at, end):
            item = self.items[index]
            if index > at and self._is_apart(self.items[index - 1], item, index):
                width = item.column - level * len(INDENT) if index == end - 1 else 0
                text = f"{text:<{max(len(text) + 1, width)}}"
            text += item.text
            if item.type not in ("COMMENT", "PRAGMA"):
                self._take(item, index)
        self.lines.append((INDENT * level + text).rstrip())
        if self.blocks and self.blocks[-1].word in _HEADS and self.blocks[-1].is_head:
            self.blocks[-1].is_head = False
            self.is_start = True

    def _level(self, at: int) -> int:
        """How deep the line that starts with this item stands."""
        word = next((i.type for i in self.items[at:] if i.type not in ("COMMENT", "PRAGMA")), "")
        is_comment = self.items[at].type in ("COMMENT", "PRAGMA")
        blocks = self.blocks
        if not is_comment and (word in _CLOSERS or word in _BETWEEN) and blocks:
            outer = blocks[:-1]
            return self._depth(outer) + (bool(outer) and outer[-1].is_labelled)
        level = self._depth(blocks)
        if word in ("RPAR", "RBRACK") and not is_comment:
            return level
        if blocks and blocks[-1].is_labelled and not self._is_label(at):
            level += 1
        return level + (not self.is_start and not is_comment and word not in OPENERS)

    @staticmethod
    def _depth(blocks: list[_Block]) -> int:
        depth = 0
        for outer, block in zip([None, *blocks], blocks, strict=False):
            depth += block.word not in _UNITS and not (block.is_head and block.word in _STATEMENTS)
            depth += outer is not None and outer.is_labelled
        return depth

    # ---- what tokens do ----

    def _take(self, item: _Item, index: int) -> None:
        word = item.type
        if self._is_label(index):
            self.label_end = self._colon(index)
            self.blocks[-1].is_labelled = True
        self._nest(word, index)
        self.parentheses += (word in ("LPAR", "LBRACK")) - (word in ("RPAR", "RBRACK"))
        self.before_last, self.last = self.last, word
        self.is_start = self._ends(word, index)

    def _nest(self, word: str, index: int) -> None:
        """Open and close blocks; a task's PROGRAM and a name that is spelled like a word open nothing."""
        if word in _CLOSERS:
            while self.blocks and OPENERS[self.blocks.pop().word] != word:
                pass
        elif word in OPENERS and self._opens(word, index):
            self.blocks.append(_Block(word, word in _HEADS or word in _STATEMENTS))
        elif word in ("THEN", "DO", "OF") and self.blocks and self.blocks[-1].word in _STATEMENTS:
            self.blocks[-1].is_head = False
        elif self.blocks and word == "ELSIF":
            self.blocks[-1].is_head = True
        elif word == "ELSE" and self.blocks and self.blocks[-1].word == "CASE":
            self.blocks[-1].is_labelled, self.blocks[-1].is_else = False, True

    def _opens(self, word: str, index: int) -> bool:
        following = self.items[index + 1].type if index + 1 < len(self.items) else ""
        if word == "PROGRAM":
            return not any(block.word in ("CONFIGURATION", "RESOURCE") for block in self.blocks)
        if word in ("GET", "SET"):
            return bool(self.blocks) and self.blocks[-1].word == "PROPERTY"
        if word == "TEST":
            return following == "STRING" and not self.blocks
        return True

    def _ends(self, word: str, index: int) -> bool:
        """True if a statement, declaration or head ends with the token."""
        if self.parentheses > 0:
            return False
        if index == self.label_end or word in _ENDING or word in _SECTIONS:
            return True
        if word in _QUALIFIERS:
            return bool(self.blocks) and self.blocks[-1].word in _SECTIONS
        return word == "OF" and bool(self.blocks) and self.blocks[-1].word == "CASE"

    def _is_label(self, at: int) -> bool:
        is_case = bool(self.blocks) and self.blocks[-1].word == "CASE" and not self.blocks[-1].is_else
        return is_case and self.is_start and self._colon(at) >= 0

    def _colon(self, at: int) -> int:
        """Where the colon of a label that starts here stands; -1 if none does."""
        depth = 0
        for index in range(at, len(self.items)):
            word = self.items[index].type
            depth += (word in ("LPAR", "LBRACK")) - (word in ("RPAR", "RBRACK"))
            if word == "COLON" and depth == 0:
                return index
            if word in ("SEMI", "ASSIGN") or word in OPENERS or word in _CLOSERS or word in _BETWEEN:
                return -1
        return -1

    # ---- blanks ----

    def _is_apart(self, left: _Item, right: _Item, index: int) -> bool:
        """True if a blank stands between two neighbours on a line."""
        if "COMMENT" in (left.type, right.type) or "PRAGMA" in (left.type, right.type):
            return True
        if left.type in _TIGHT_AFTER or right.type in _TIGHT_BEFORE:
            return self._would_join(left, right)
        if right.type == "COLON":
            return index != self.label_end
        if left.type in ("MINUS", "PLUS"):
            return self.before_last in _VALUES
        if left.type in _CALLABLE and right.type == "LPAR":
            return self.before_last in _VALUES  # an operator, not the function of that name
        return right.type not in ("LPAR", "LBRACK") or left.type not in _CALLED

    def _would_join(self, left: _Item, right: _Item) -> bool:
        """True if two that stand tight would be read as one: two dots as a range, 1 . 2 as a REAL."""
        if right.type in _DOTS:
            return left.type in _DOTS
        return left.type == "DOT" and self.before_last in _NUMBERS and right.type in _NUMBERS
