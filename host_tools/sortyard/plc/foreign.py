"""Signs, numbers and words as other languages write them: told as what they are, read as what was meant.

`==`, `!=`, `&&`, `0xFF`, `5s`, ENDIF: each gives one message and the token that stands for it here, so that
everything behind it is read as if it had been right.
"""

import re

from sortyard.plc.diagnostics import Sink
from sortyard.plc.keywords import OPENERS
from sortyard.plc.source import Span

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


def _meant(kind: str, written: str, span: Span, sink: Sink) -> tuple[str, str]:
    sink.tell("SY1005", span, f"{span.text()} is written {written} in this language", f"write {written}")
    return kind, written
