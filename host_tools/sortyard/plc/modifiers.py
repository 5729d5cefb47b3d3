"""`PUBLIC METHOD go` as in C#: told once, and read as what was meant, METHOD PUBLIC go."""

import re

from sortyard.plc.diagnostics import Sink
from sortyard.plc.keywords import MODIFIERS
from sortyard.plc.lexer import Token
from sortyard.plc.source import Source, Span

_MODIFIED = frozenset({"METHOD", "PROPERTY"})
_MOST = 3
"""Modifiers of one method that are looked at: an access, FINAL, OVERRIDE."""
_MAY_BE = re.compile(rf"\b(?:{'|'.join(sorted(MODIFIERS))})\s+(?:METHOD|PROPERTY)\b", re.IGNORECASE)


def in_order(tokens: list[Token], source: Source, sink: Sink) -> list[Token]:
    """The tokens with the words that modify METHOD and PROPERTY behind these, at the places that there are."""
    if not _MAY_BE.search(source.text):
        return tokens
    ordered = list(tokens)
    for at, token in enumerate(tokens):
        first = at
        while first > max(0, at - _MOST) and tokens[first - 1].type in MODIFIERS:
            first -= 1
        if token.type in _MODIFIED and first < at:
            words = " ".join(one.text for one in tokens[first:at])
            span = Span(source, tokens[first].start, tokens[at - 1].end)
            name = "".join(one.text for one in tokens[at + 1 : at + 2])
            hint = f"write {token.text} {words} {name}"
            sink.tell("SY1111", span, f"{words} stands before {token.text}", hint)
            places = tokens[first : at + 1]
            ordered[first : at + 1] = [
                one._replace(start=place.start, end=place.end)
                for one, place in zip([token, *tokens[first:at]], places, strict=True)
            ]
    return ordered
