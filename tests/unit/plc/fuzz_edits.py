"""What fuzzing does to a text: rough edits, after which little is left in order, and exchanges of words for others of
their kind, after which many a program still compiles and means something else."""

import random

from sortyard.plc.diagnostics import Sink
from sortyard.plc.lexer import Token, tokenize
from sortyard.plc.source import Source
from sortyard.plc.types import ELEMENTARY
from unit.plc.fuzz_sources import SIGNS

_KINDS = (
    ("=", "<>", "<", "<=", ">", ">="),
    ("+", "-", "*", "/", "MOD"),
    ("AND", "OR", "XOR", "AND_THEN", "OR_ELSE", "&"),
    ("VAR", "VAR_INPUT", "VAR_OUTPUT", "VAR_IN_OUT", "VAR_TEMP", "VAR_GLOBAL", "VAR RETAIN", "VAR CONSTANT"),
    ("TRUE", "FALSE"),
    ("EXIT", "CONTINUE", "RETURN"),
    (":=", "=>", "?="),
)
_BY_TYPE = {
    "INT": ("0", "1", "2", "7", "32_767", "32_768", "65_535", "2_147_483_648", "18_446_744_073_709_551_615"),
    "BASED": ("2#1", "8#17", "16#FF", "16#FFFF_FFFF", "16#8000_0000_0000_0000"),
    "REAL": ("0.0", "1.0", "-0.5", "3.4E38", "1.0E-45", "1.0E308"),
    "TIME": ("T#0s", "T#-1ms", "T#25ms", "LTIME#1ns", "T#106751d", "TOD#23:59:59.999", "D#1970-01-01"),
    "STRING": ("''", "'a'", '"a"', "'$L$00'", "'more than twenty characters'"),
}


def edited(text: str, edits: list[tuple[int, int, int, str]]) -> str:
    """The text with pieces removed, repeated, and words or characters put in."""
    for kind, at, length, word in edits:
        at %= len(text) + 1
        end = min(len(text), at + length)
        middle = ["", f" {word} ", text[at:end] * 3, SIGNS[length % len(SIGNS)], text[at:end] + word]
        text = text[:at] + middle[kind] + (text[at:] if kind in (1, 3) else text[end:])
    return text


def exchanged(text: str, count: int, draw: random.Random) -> str:
    """The text with so many of its words exchanged for others of their kind."""
    for _ in range(count):
        tokens = tokenize(Source("s", text), Sink()).tokens
        token = draw.choice(tokens)
        others = _others(token, tokens)
        if others:
            text = text[: token.start] + draw.choice(others) + text[token.end :]
    return text


def _others(token: Token, tokens: list[Token]) -> tuple[str, ...] | list[str]:
    """What stands where the token can; nothing for brackets and the like."""
    for kind in _KINDS:
        if token.text.upper() in kind:
            return kind
    if token.text.upper() in ELEMENTARY:
        return list(ELEMENTARY)
    if token.type == "NAME":
        return [other.text for other in tokens if other.type == "NAME"]
    return _BY_TYPE.get(token.type, ())
