"""Signs, numbers and words as other languages write them: told as what they are, read as what was meant.

`==`, `!=`, `&&`, `0xFF`, `5s`, ENDIF: each gives one message and the token that stands for it here, so that
everything behind it is read as if it had been right.
"""

import re

from sortyard.plc.diagnostics import Sink
from sortyard.plc.keywords import OPENERS
from sortyard.plc.source import Source, Span

SIGNS = {
    "==": ("EQ", "="),
    "!=": ("NE", "<>"),
    "&&": ("AND", "AND"),
    "||": ("OR", "OR"),
    "!": ("NOT", "NOT"),
    "~": ("NOT", "NOT"),
    "%": ("MOD", "MOD, or an address such as %IX0.1"),
    "+=": ("ASSIGN", "a := a + ..."),
    "-=": ("ASSIGN", "a := a - ..."),
    "*=": ("ASSIGN", "a := a * ..."),
    "/=": ("ASSIGN", "a := a / ..."),
}
"""Each with the kind of token that it stands for, and how that is written."""

WORDS = {closer.replace("_", ""): closer for closer in OPENERS.values()} | {
    "ELSEIF": "ELSIF",
    "ELIF": "ELSIF",
    "ELSE_IF": "ELSIF",
}
"""Words that are names, but for where the word that was meant fits."""

_OTHER_BASE = {"0X": "16#", "0B": "2#", "0O": "8#"}
_QUOTES = {"\u2018": "\u2019", "\u2019": "\u2019", "\u201c": "\u201d", "\u201d": "\u201d", "\u201e": "\u201c"}
_DURATION = re.compile(r"\d+(?:ms|us|ns|[dhms])", re.IGNORECASE)


def sign(text: str, span: Span, sink: Sink) -> str:
    """The kind of token that a sign of another language stands for; it is told."""
    kind, written = SIGNS[text]
    sink.tell("SY1006", span, f"{text} is not an operator of this language", f"write {written}")
    return kind


def number(text: str, span: Span, sink: Sink) -> tuple[str, str]:
    """Kind and text of the token that digits with letters behind them stand for; they are told."""
    base = _OTHER_BASE.get(text[:2].upper())
    if base is not None and len(text) > 2:
        return _meant("BASED", base + text[2:], span, sink)
    if _DURATION.fullmatch(text):
        return _meant("TIME", f"T#{text}", span, sink)
    sink.tell("SY1005", span, f"{text} is neither a number nor a name", "names begin with a letter")
    return "NAME", text


def run(source: Source, at: int, sink: Sink) -> tuple[str, str, int] | None:
    """Kind, text and end of what a sign begins that begins nothing here: a text in a word processor's quotes, and a
    comment, which has no kind. It is told; None if it is neither."""
    text = source.text
    line_end = (text + "\n").find("\n", at)
    before = text[text.rfind("\n", 0, at) + 1 : at].rstrip()
    if text[at] == "#" and (not before or before.endswith(";")):
        sink.tell("SY1001", Span(source, at, at + 1), "'#' begins no comment", "write // or (* ... *)")
        return "", "", line_end
    closing = _QUOTES.get(text[at])
    end = text.find(closing, at + 1, line_end) + 1 if closing else 0
    if not end:
        return None
    quote = "'" if text[at] in "\u2018\u2019" else '"'
    sink.tell(
        "SY1001", Span(source, at, end), f"{text[at]} {closing} are no quotes", f"write {quote} for both"
    )
    return ("STRING" if quote == "'" else "WSTRING"), f"{quote}{text[at + 1 : end - 1]}{quote}", end


def _meant(kind: str, written: str, span: Span, sink: Sink) -> tuple[str, str]:
    sink.tell("SY1005", span, f"{span.text()} is written {written} in this language", f"write {written}")
    return kind, written
