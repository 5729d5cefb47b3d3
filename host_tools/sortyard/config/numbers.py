"""Read numbers as exports write them: decimal comma or point, thousands, a unit behind the number.

A number is read only when there is one way to read it: `1,500` is a thousand and a half in one country and
one and a half in another, and is refused unless the other numbers of the file show which.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple


class Unit(NamedTuple):
    """A unit as `factor` times a base unit."""

    base: str
    factor: float


class Quantity(NamedTuple):
    """What a number measures: base unit, least and greatest value allowed."""

    unit: str
    least: int
    most: int


UNITS = {
    "mm": Unit("mm", 1),
    "cm": Unit("mm", 10),
    "m": Unit("mm", 1000),
    "in": Unit("mm", 25.4),
    "g": Unit("g", 1),
    "kg": Unit("g", 1000),
    "lb": Unit("g", 453.59237),
    "oz": Unit("g", 28.349523125),
    "s": Unit("s", 1),
    "ms": Unit("s", 0.001),
}

_NUMBER = re.compile(r"([+-]?[\d.,]*\d)\s*([A-Za-z]*)")
_SCIENTIFIC = re.compile(r"\d[.,]\d+E\+\d+")
_PLAIN = re.compile(r"[+-]?(?:\d+|\d*[.,]\d+)")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:(?:,\d{3})+(?:\.\d+)?|(?:\.\d{3})+(?:,\d+)?)")
_EITHER_WAY = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_REMEDY = "write a number, with its unit if it is not that of the column"


class NumberReader:
    """Reads the numbers of one file; all cells are looked at first, to learn its decimal sign."""

    def __init__(self, cells: Iterable[str]) -> None:
        seen = {sign for cell in cells if (sign := _certain_decimal_sign(cell))}
        # Without any comma the point is decimal, as everywhere in this project.
        self._decimal = "," if seen == {","} else "." if "." in seen else ""

    @staticmethod
    def is_scientific(text: str) -> bool:
        """Whether a spreadsheet has turned a long number into a rounded one (4.20E+29)."""
        return _SCIENTIFIC.fullmatch(text) is not None

    def read(self, cell: str, quantity: Quantity, unit: str) -> tuple[float, tuple[str, str] | None]:
        """The value in the quantity's base unit; or 0 and (reason, remedy) why it cannot be taken.

        `unit` holds for a number that brings none of its own.
        """
        if not cell:
            return 0.0, ("the value is missing", f"give it in {unit}, or take the row out")
        match = _NUMBER.fullmatch(cell)
        if match is None:
            return 0.0, (f'"{cell}" is not a number', _REMEDY)
        own = match.group(2).lower() or unit
        if own not in UNITS or UNITS[own].base != quantity.unit:
            known = ", ".join(name for name, entry in UNITS.items() if entry.base == quantity.unit)
            return 0.0, (f'"{cell}" has the unit "{match.group(2)}"; allowed: {known}', _REMEDY)
        number = self._number(match.group(1))
        if number is None:
            return 0.0, (
                f'"{cell}" can be read in two ways',
                "write it without thousands, with a decimal point",
            )
        value = number * UNITS[own].factor
        if not quantity.least <= round(value, 6) <= quantity.most:
            allowed = f"{quantity.least} to {quantity.most} {quantity.unit}"
            return 0.0, (f"found {cell}; allowed: {allowed}", "correct the value, or take the row out")
        return value, None

    def _number(self, text: str) -> float | None:
        if _EITHER_WAY.fullmatch(text):
            sign = "," if "," in text else "."
            if self._decimal == sign or (sign == "." and self._decimal == ""):
                return float(text.replace(",", "."))
            return None
        if _PLAIN.fullmatch(text):
            return float(text.replace(",", "."))
        if not _GROUPED.fullmatch(text):
            return None
        last = max(text.rfind(","), text.rfind("."))
        if text.count(text[last]) > 1:
            return float(text.replace(",", "").replace(".", ""))
        return float(text[:last].replace(",", "").replace(".", "") + "." + text[last + 1 :])


def _certain_decimal_sign(cell: str) -> str:
    """The decimal sign of a number that has only one reading, else nothing."""
    match = _NUMBER.fullmatch(cell)
    text = match.group(1) if match else ""
    if _EITHER_WAY.fullmatch(text):
        return ""
    if _PLAIN.fullmatch(text):
        return "," if "," in text else "." if "." in text else ""
    if _GROUPED.fullmatch(text) and "," in text and "." in text:
        return max(",.", key=text.rfind)
    return ""
