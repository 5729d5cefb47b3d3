"""C names and C types of what a program declares."""

import re

from sortyard.plc.types import (
    ArrayType,
    Elementary,
    EnumType,
    InterfaceType,
    RefType,
    StringType,
    SubrangeType,
    Type,
)

_WORDS = """
    auto break case char const continue default do double else enum extern float for goto if inline int long
    register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while asm
    typeof bool true false nullptr constexpr alignas alignof thread_local static_assert int8_t int16_t int32_t int64_t
    uint8_t uint16_t uint32_t uint64_t memcpy memset memmove memcmp plc self errno unix linux
"""
_RESERVED = frozenset(_WORDS.split())
_NOT_C = re.compile(r"\W")
_TAKEN = re.compile(
    r"plc_|PLC_|_|NULL$|offsetof$|(U?INT|SIZE|WCHAR|WINT|PTRDIFF|SIG_ATOMIC)[A-Z0-9_]*_(MAX|MIN|C)$"
)
"""Beginnings and macros of the support code and of C's own headers."""
SMALL = frozenset({"uint8_t", "int8_t", "uint16_t", "int16_t", "int32_t"})
"""C types that arithmetic turns into int."""


def identifier(name: str) -> str:
    """An ST name as a C identifier: A.B becomes A_B, a word that C has taken becomes vWORD_."""
    clean = _NOT_C.sub("_", name)
    return f"v{clean}_" if clean in _RESERVED or _TAKEN.match(clean) else clean


class Names:
    """Gives each thing of one C scope a name of its own."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._of: dict[int, str] = {}
        self._next: dict[str, int] = {}

    def of(self, thing: object, wanted: str) -> str:
        """The name of `thing`, `wanted` if it is free. The thing must live as long as this table."""
        if id(thing) not in self._of:
            self._of[id(thing)] = self.fresh(wanted)
        return self._of[id(thing)]

    def fresh(self, wanted: str) -> str:
        """A name that nothing else has."""
        stem = name = identifier(wanted)
        number = self._next.get(stem, 2)
        while name in self._taken:
            name, number = f"{stem}_{number}", number + 1
        self._taken.add(name)
        self._next[stem] = number
        return name


def scalar(type_: Type) -> str | None:
    """The C type of a value in one register; None for strings, arrays, structures and blocks."""
    match type_:
        case Elementary(kind="real", size=size):
            return "float" if size == 4 else "double"
        case Elementary(size=size):
            return f"{'' if type_.is_signed else 'u'}int{8 * size}_t"
        case SubrangeType(base=base) | EnumType(base=base):
            return scalar(base)
        case RefType():
            return "uint32_t"
        case InterfaceType():
            return "uint64_t"
    return None


def limits(type_: Type) -> tuple[int, int]:
    """Lowest and highest value that memory of a scalar whole type can hold."""
    if isinstance(type_, (SubrangeType, EnumType)):
        type_ = type_.base
    if isinstance(type_, Elementary):
        return type_.lowest, type_.highest
    return 0, (1 << 8 * type_.size) - 1


def unit_of(type_: StringType) -> str:
    """The C type of one character."""
    return "uint16_t" if type_.is_wide else "uint8_t"


def dimensions(type_: ArrayType) -> tuple[list[tuple[int, int] | None], Type]:
    """All bounds of an array of arrays, outermost first, and the innermost element."""
    bounds: list[tuple[int, int] | None] = list(type_.bounds)
    element = type_.element
    while isinstance(element, ArrayType):
        bounds += element.bounds
        element = element.element
    return bounds, element


def literal(ctype: str, value: int | float) -> str:
    """A constant of a C type."""
    if ctype in ("float", "double"):
        return _real_literal(ctype, float(value))
    number = int(value)
    if -(1 << 31) < number < 1 << 31:
        return str(number)
    if number == -(1 << 31):
        return "INT32_MIN"
    if number == -(1 << 63):
        return "INT64_MIN"
    return f"{number}{ {'uint32_t': 'u', 'int64_t': 'LL', 'uint64_t': 'ULL'}[ctype] }"


def _real_literal(ctype: str, value: float) -> str:
    suffix = "f" if ctype == "float" else ""
    if value != value:
        return f'__builtin_nan{suffix}("")'
    if value in (float("inf"), float("-inf")):
        return f"{'-' if value < 0 else ''}__builtin_inf{suffix}()"
    return f"{value!r}{suffix}"
