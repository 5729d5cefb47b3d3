"""Values of expressions on their way through a generated function: as text that has no effect when it is evaluated.

What may fault or store something is a statement before. A text is evaluated where it is used, so a value that must
be older than a later statement is put into a local first (`Fn.hold`).
"""

from dataclasses import dataclass

from sortyard.plc.types import Elementary, EnumType, InterfaceType, RefType, StringType, SubrangeType, Type

SMALL_MAX = (1 << 30) - 1
SMALL_MIN = -(1 << 30)
"""Integers of MicroPython that take no memory, on 32-bit boards."""


class Unsupported(Exception):
    """The program has something that this back end cannot compile; `what` says it in words."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Num:
    """A small integer within `lo` to `hi`, congruent to the value modulo the type's width; `clean` says when equal."""

    text: str
    lo: int
    hi: int


@dataclass(frozen=True, slots=True)
class Wide:
    """32 bits in two halves of 16: `lo` without a sign; `hi` with the type's, or only congruent if not `is_clean`."""

    hi: str
    lo: str
    is_clean: bool = True


@dataclass(frozen=True, slots=True)
class Long:
    """64 bits in memory: the index of its first 16-bit word, as text."""

    at: str


@dataclass(frozen=True, slots=True)
class Truth:
    """A condition. `is_bit`: the text yields 0 or 1, not only something that is true or false."""

    text: str
    is_bit: bool = False


@dataclass(frozen=True, slots=True)
class Real:
    """`is_single`: the text yields exactly a value of its type; otherwise it still has to be rounded to REAL."""

    text: str
    is_single: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Bytes in memory: a string, an array or a structure at byte `at`, `size` bytes."""

    at: str
    size: int


Value = Num | Wide | Long | Truth | Real | Block


def shape_of(type_: Type) -> str:
    """How values of a type are computed: truth, num, wide, long, real, lreal, text or block."""
    match type_:
        case SubrangeType(base=base) | EnumType(base=base):
            return shape_of(base)
        case RefType():
            return "wide"
        case StringType():
            return "text"
        case InterfaceType():
            return "long"
        case Elementary(kind="bool"):
            return "truth"
        case Elementary(kind="real", size=4):
            return "real"
        case Elementary(kind="real"):
            return "lreal"
        case Elementary(kind="null"):
            return "wide"
        case Elementary(size=size):
            return {1: "num", 2: "num", 4: "wide", 8: "long"}[size]
    return "block"


@dataclass(frozen=True, slots=True)
class Whole:
    """The range of an integer type."""

    bits: int
    is_signed: bool

    @property
    def lowest(self) -> int:
        return -(1 << (self.bits - 1)) if self.is_signed else 0

    @property
    def highest(self) -> int:
        return (1 << (self.bits - self.is_signed)) - 1

    def has(self, lo: int, hi: int) -> bool:
        return self.lowest <= lo and hi <= self.highest


def whole(type_: Type) -> Whole:
    """Width and sign of an integer, bit string, enumeration, character or reference."""
    if isinstance(type_, (SubrangeType, EnumType)):
        return whole(type_.base)
    if isinstance(type_, RefType):
        return Whole(32, False)
    if isinstance(type_, InterfaceType):
        return Whole(64, False)
    assert isinstance(type_, Elementary)
    return Whole(8 * type_.size if type_.kind != "null" else 32, type_.is_signed)


def is_small(lo: int, hi: int) -> bool:
    return lo >= SMALL_MIN and hi <= SMALL_MAX


def plus(text: str, count: int) -> str:
    """An index `count` further on."""
    if text.isdecimal():
        return str(int(text) + count)
    return f"{text} + {count}" if count else text


def is_atom(text: str) -> bool:
    """True if evaluating the text again costs as little as a local."""
    return text.isidentifier() or text.isdecimal() or (text[:1] == "-" and text[1:].isdecimal())
