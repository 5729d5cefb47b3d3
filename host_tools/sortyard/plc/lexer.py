"""Source text to tokens. Words are looked up among the keywords once they are whole, so `IFa` is a name.

Comments nest: `(* (* *) *)` and `/* */`; `//` runs to the end of the line. Pragmas `{...}` are kept with their
places. A character that belongs nowhere is told and left out; the tokens after it are still read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from lark.lexer import Lexer

from sortyard.plc import foreign
from sortyard.plc.diagnostics import Sink
from sortyard.plc.keywords import CONTEXTUAL, KEYWORDS, MODIFIERS, OLD_SPELLINGS, OPERATORS
from sortyard.plc.source import Source, Span

MAX_WORD_LENGTH = 1_000
"""Longest name or number in characters."""

# One alternative per kind of token. Real before based before integer, `1..2` stays two integers and a range.
_TOKEN = re.compile(
    r"""
      (?P<SKIP>[ \t\r\n\f\v\ufeff]+)
    | (?P<LINE>//[^\n]*)
    | (?P<COMMENT>\(\*|/\*)
    | (?P<PRAGMA>\{[^}]*\}?)
    | (?P<TIME>(?:LTIME|TIME|LT|T)\#[+-]?[0-9](?:[0-9A-Za-z_]|\.(?=[0-9])
          |(?<=[0-9]),(?=[0-9]+(?:ms|us|ns|[dhms])))*)
    | (?P<DATE>(?:LDATE_AND_TIME|DATE_AND_TIME|LTIME_OF_DAY|TIME_OF_DAY|LDATE|DATE|LTOD|TOD|LDT|DT|LD|D)
          \#[0-9](?:[0-9_:-]|\.(?=[0-9]))*)
    | (?P<REFASSIGN>REF=)
    | (?P<LATCH>[SR]=)
    | (?P<PREFIX>[A-Za-z_][A-Za-z0-9_]*\#)
    | (?P<NAME>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<REAL>[0-9][0-9_]*(?:\.[0-9][0-9_]*(?:[eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+))
    | (?P<BASED>[0-9]+\#[0-9A-Za-z_]+)
    | (?P<GLUED>[0-9][0-9_]*[A-Za-z][0-9A-Za-z_]*)
    | (?P<INT>[0-9][0-9_]*)
    | (?P<STRING>'(?:\$[^\n]|[^$'\n])*'?)
    | (?P<WSTRING>"(?:\$[^\n]|[^$"\n])*"?)
    | (?P<ADDRESS>%[IQM](?:[XBWDL]?\*|[XBWDL]?[0-9]+(?:\.[0-9]+)*))
    | (?P<PARTIAL>%[XBWDL][0-9]+)
    | (?P<FOREIGN>==|!=|&&|\|\||[-+*/]=|[!~%])
    | (?P<OPERATOR>:=|=>|\?=|\*\*|<>|<=|>=|\.\.|[-+*/<>=&^()\[\],;:.])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_COMMENT_MARK = {"(*": re.compile(r"\(\*|\*\)"), "/*": re.compile(r"/\*|\*/")}
_LATCHES = {"S=": "SETASSIGN", "R=": "RESETASSIGN"}
_PLACE_ENDS = frozenset({"NAME", "RBRACK", "CARET", "INT", "PARTIAL", "ADDRESS"}) | CONTEXTUAL
"""What a variable ends with: behind it `S=` and `R=` set and reset, elsewhere S and R are names."""
_TYPE_OF_WORD = (
    dict.fromkeys(foreign.WORDS, "FOREIGN_WORD") | {word: word for word in KEYWORDS} | OLD_SPELLINGS
)
_LONG_KINDS = frozenset(
    {"NAME", "GLUED", "REAL", "BASED", "INT", "TIME", "DATE", "PREFIX", "ADDRESS", "PARTIAL"}
)
_DIGITS = re.compile(r"[0-9_]+")
_OLD_WORD = re.compile(r"\bFUNCTIONBLOCK\b", re.IGNORECASE)
_BEGIN_OF_HEAD = MODIFIERS | {"NAME"}


class Token(NamedTuple):
    """A word, number, string or sign; `type` is a terminal of the grammar, the text stands at start..end."""

    type: str
    text: str
    start: int
    end: int


@dataclass(slots=True)
class Scan:
    """Everything read from one source: tokens, then what the grammar does not see."""

    tokens: list[Token] = field(default_factory=list)
    pragmas: list[Span] = field(default_factory=list)
    comments: list[Span] = field(default_factory=list)
    foreign_names: set[str] = field(default_factory=set)
    """Names with letters that the language does not have, each told once."""


def tokenize(source: Source, sink: Sink) -> Scan:
    """Read the whole source; never raises for its content."""
    scan = Scan()
    text, at, end = source.text, 0, len(source.text)
    match, add, operator, word = _TOKEN.match, scan.tokens.append, OPERATORS.get, _TYPE_OF_WORD.get
    last_double = text.rfind("}}")
    while at < end:
        found = match(text, at)
        if found is None:
            at = _strange(source, at, scan, sink)
            continue
        kind, start, at = found.lastgroup, at, found.end()
        if kind == "SKIP":
            continue
        value = found.group()
        if kind == "NAME":
            add(Token(word(value.upper(), "NAME"), value, start, at))
        elif kind == "OPERATOR":
            add(Token(operator(value, "SEMI"), value, start, at))
        elif kind == "COMMENT":
            at = _comment(source, start, value, sink)
            scan.comments.append(Span(source, start, at))
        elif kind == "LINE":
            scan.comments.append(Span(source, start, at))
        elif kind == "PRAGMA":
            # of Beremiz: single braces may stand within
            if value.startswith("{{") and start + 2 <= last_double:
                at = text.index("}}", start + 2) + 2
            pragma = _closed(source, start, at, "}", sink)
            _tell_inline_c(pragma, sink)
            scan.pragmas.append(pragma)
        elif kind == "FOREIGN":
            add(Token(foreign.sign(value, Span(source, start, at), sink), value, start, at))
        elif kind == "GLUED":
            add(_glued(source, start, at, sink))
            at = scan.tokens[-1].end
        elif kind == "LATCH" and not (scan.tokens and scan.tokens[-1].type in _PLACE_ENDS):
            at = start + 1
            add(Token("NAME", value[0], start, at))
        elif kind is not None:
            add(Token(_LATCHES[value.upper()] if kind == "LATCH" else kind, value, start, at))
            if kind in ("STRING", "WSTRING"):
                _closed(source, start, at, value[0], sink)
        if at - start > MAX_WORD_LENGTH and kind in _LONG_KINDS:
            _too_long(source, start, at, sink)
            if scan.tokens[-1].type != "NAME":
                scan.tokens.pop()
    if _OLD_WORD.search(text):
        _read_old_words(scan.tokens)
    return scan


def _read_old_words(tokens: list[Token]) -> None:
    """FUNCTIONBLOCK is the word of an early export only where the name of a unit follows; elsewhere it is a name."""
    for at, token in enumerate(tokens):
        if token.text.upper() == "FUNCTIONBLOCK":
            following = tokens[at + 1].type if at + 1 < len(tokens) else ""
            if following not in _BEGIN_OF_HEAD or (at and tokens[at - 1].type == "DOT"):
                tokens[at] = token._replace(type="NAME")


def _glued(source: Source, start: int, end: int, sink: Sink) -> Token:
    """Digits with letters behind them: `1TO` is a number before a word of the language, `5s` is told."""
    digits = _DIGITS.match(source.text, start, end)
    assert digits is not None
    if source.text[digits.end() : end].upper() in KEYWORDS:
        return Token("INT", digits.group(), start, digits.end())
    kind, text = "NAME", source.text[start:end]
    if end - start <= MAX_WORD_LENGTH:
        kind, text = foreign.number(text, Span(source, start, end), sink)
    return Token(kind, text, start, end)


def _strange(source: Source, at: int, scan: Scan, sink: Sink) -> int:
    """Tell a run of characters that start no token; returns where it ends."""
    if (meant := foreign.run(source, at, sink)) is not None:
        kind, text, end = meant
        if kind:
            scan.tokens.append(Token(kind, text, at, end))
        return end
    if source.text[at].isalpha():
        return _foreign_name(source, at, scan, sink)
    end = at + 1
    while end < len(source.text) and not _TOKEN.match(source.text, end):
        end += 1
    shown = source.text[at : min(end, at + 10)]
    hint = "remove it; names consist of letters A to Z, digits and _"
    if shown == "?":
        hint = "write SEL(condition, otherwise, then)"
    sink.tell("SY1001", Span(source, at, end), f"{shown!r} is not part of the language", hint)
    return end


def _foreign_name(source: Source, at: int, scan: Scan, sink: Sink) -> int:
    """`größe`: a name all the same; returns where it ends."""
    end = at + 1
    while end < len(source.text) and (source.text[end].isalnum() or source.text[end] == "_"):
        end += 1
    if scan.tokens and scan.tokens[-1].end == at and scan.tokens[-1].text.replace("_", "a").isalnum():
        at = scan.tokens.pop().start
    name = source.text[at:end]
    if name not in scan.foreign_names:
        hint = "names consist of letters A to Z, digits and _"
        sink.tell("SY1001", Span(source, at, end), f"{name} has letters that are not of the language", hint)
    scan.foreign_names.add(name)
    scan.tokens.append(Token("NAME", name, at, end))
    return end


def _comment(source: Source, start: int, mark: str, sink: Sink) -> int:
    """Where the comment that starts with `mark` ends, comments inside it counted."""
    depth = 0
    for found in _COMMENT_MARK[mark].finditer(source.text, start):
        depth += 1 if found.group() == mark else -1
        if depth == 0:
            return found.end()
    closing = "*)" if mark == "(*" else "*/"
    sink.tell("SY1002", Span(source, start, start + 2), "this comment never ends", f"close it with {closing}")
    return len(source.text)


def _closed(source: Source, start: int, end: int, last: str, sink: Sink) -> Span:
    """The span of a string or pragma; told if its last character is missing."""
    if end - start < 2 or source.text[end - 1] != last:
        what = "pragma" if last == "}" else "string"
        sink.tell(
            "SY1003", Span(source, start, start + 1), f"this {what} never ends", f"close it with {last}"
        )
    return Span(source, start, end)


def _tell_inline_c(pragma: Span, sink: Sink) -> None:
    """`{{ ... }}` holds statements of C for compilers that make C of a program; other pragmas only describe it."""
    text = pragma.text()
    if text.startswith("{{") and text.strip("{} \t\r\n"):
        begin = pragma._replace(end=pragma.start + 2)
        sink.tell(
            "SY2117", begin, "what is in {{ }} is C, which is left out here", "write it in Structured Text"
        )


def _too_long(source: Source, start: int, end: int, sink: Sink) -> None:
    sink.tell(
        "SY1004",
        Span(source, start, end),
        f"this word has {end - start} characters; at most {MAX_WORD_LENGTH} are read",
        "shorten it",
    )


class TokenFeed(Lexer):
    """The lexer's face to lark: tokens of a `Scan`, one after another."""

    def __init__(self, lexer_conf: object) -> None:
        pass

    def lex(self, data: Scan) -> Iterator[Token]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return iter(data.tokens)
