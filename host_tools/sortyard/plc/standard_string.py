"""String functions. Positions count from 1; what reaches beyond a string is cut at its ends, nothing is a fault.

A count below 0 is 0. MID, DELETE and REPLACE at a position below 1 or behind the last character find nothing there:
MID gives an empty string, DELETE and REPLACE the string as it is (REPLACE just behind it appends). INSERT puts IN2
behind position P, at the front for P = 0 and below, at the end beyond it. FIND gives 0 if there is nothing to find.
"""

from collections.abc import Callable
from typing import Any

from sortyard.plc.types import StringType, Type

TABLE = """
    LEN(IN ANY_STRING) INT
    LEFT(IN T:ANY_STRING, L ANY_INT) T
    RIGHT(IN T:ANY_STRING, L ANY_INT) T
    MID(IN T:ANY_STRING, L ANY_INT, P ANY_INT) T
    CONCAT(IN1 T:ANY_STRING, IN2 T:ANY_STRING...) T+
    INSERT(IN1 T:ANY_STRING, IN2 T:ANY_STRING, P ANY_INT) T+
    DELETE(IN T:ANY_STRING, L ANY_INT, P ANY_INT) T
    REPLACE(IN1 T:ANY_STRING, IN2 T:ANY_STRING, L ANY_INT, P ANY_INT) T+
    FIND(IN1 T:ANY_STRING, IN2 T:ANY_STRING) INT
"""


def _cut(type_: Type, text: str) -> str:
    assert isinstance(type_, StringType)
    return text[: type_.length]


def _mid(type_: Type, text: str, count: int, position: int) -> str:
    return text[position - 1 : position - 1 + max(count, 0)] if position >= 1 else ""


def _insert(type_: Type, text: str, inserted: str, position: int) -> str:
    at = min(max(position, 0), len(text))
    return _cut(type_, text[:at] + inserted + text[at:])


def _replace(type_: Type, text: str, new: str, count: int, position: int) -> str:
    if not 1 <= position <= len(text) + 1:
        return text
    return _cut(type_, text[: position - 1] + new + text[position - 1 + max(count, 0) :])


def _find(type_: Type, text: str, wanted: str) -> int:
    return text.find(wanted) + 1 if wanted else 0


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "LEN": lambda type_, text: len(text),
    "LEFT": lambda type_, text, count: text[: max(count, 0)],
    "RIGHT": lambda type_, text, count: text[max(0, len(text) - max(count, 0)) :],
    "MID": _mid,
    "CONCAT": lambda type_, *texts: _cut(type_, "".join(texts)),
    "INSERT": _insert,
    "DELETE": lambda type_, text, count, position: _replace(type_, text, "", count, position),
    "REPLACE": _replace,
    "FIND": _find,
}
