"""Types: sizes, groups (ANY_INT and so on), and which value may stand where another type is wanted.

Sizes and alignments are those of the process image, in bytes. Integers wrap at their width. TIME and LTIME are signed
64-bit nanoseconds, dates and times of day too (since 1970-01-01 00:00 and since midnight). A STRING[n] takes n + 1
bytes, a WSTRING[n] n + 1 16-bit units, both ended by a zero and zero behind it. A reference is an image offset of
32 bits, 0 = NULL.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sortyard.plc.symbols import Pou

DEFAULT_STRING_LENGTH = 80
MAX_STRING_LENGTH = 32_766
MAX_SIZE = 1 << 24
"""Largest image and largest variable in bytes."""


@dataclass(frozen=True, slots=True)
class Elementary:
    """A type of fixed size. `kind`: bool bits int uint real time date tod dt char wchar, or of constants only:
    int_literal real_literal null."""

    name: str
    kind: str
    size: int

    @property
    def align(self) -> int:
        return self.size

    @property
    def bits(self) -> int:
        return 1 if self.kind == "bool" else 8 * self.size

    @property
    def is_signed(self) -> bool:
        return self.kind in ("int", "time", "date", "tod", "dt")

    @property
    def lowest(self) -> int:
        return -(1 << (self.bits - 1)) if self.is_signed else 0

    @property
    def highest(self) -> int:
        return (1 << (self.bits - 1)) - 1 if self.is_signed else (1 << self.bits) - 1

    def __str__(self) -> str:
        return self.name


def _elementary() -> dict[str, Elementary]:
    rows = """BOOL bool 1|BYTE bits 1|WORD bits 2|DWORD bits 4|LWORD bits 8|SINT int 1|INT int 2|DINT int 4|LINT int 8
        |USINT uint 1|UINT uint 2|UDINT uint 4|ULINT uint 8|REAL real 4|LREAL real 8|TIME time 8|LTIME time 8
        |DATE date 8|LDATE date 8|TIME_OF_DAY tod 8|LTIME_OF_DAY tod 8|DATE_AND_TIME dt 8|LDATE_AND_TIME dt 8
        |CHAR char 1|WCHAR wchar 2"""
    types = {}
    for row in rows.split("|"):
        name, kind, size = row.split()
        types[name] = Elementary(name, kind, int(size))
    return types


ELEMENTARY = _elementary()
ALIASES = {
    "TOD": "TIME_OF_DAY", "LTOD": "LTIME_OF_DAY", "DT": "DATE_AND_TIME", "LDT": "LDATE_AND_TIME",
}  # fmt: skip
BOOL, BYTE, WORD, DWORD, LWORD = (ELEMENTARY[n] for n in ("BOOL", "BYTE", "WORD", "DWORD", "LWORD"))
CHAR, WCHAR = ELEMENTARY["CHAR"], ELEMENTARY["WCHAR"]
SINT, INT, DINT, LINT = (ELEMENTARY[n] for n in ("SINT", "INT", "DINT", "LINT"))
USINT, UINT, UDINT, ULINT = (ELEMENTARY[n] for n in ("USINT", "UINT", "UDINT", "ULINT"))
REAL, LREAL, TIME, LTIME = (ELEMENTARY[n] for n in ("REAL", "LREAL", "TIME", "LTIME"))
INT_LITERAL = Elementary("a whole number", "int_literal", 8)
REAL_LITERAL = Elementary("a number", "real_literal", 8)
NULL = Elementary("NULL", "null", 4)
VOID = Elementary("nothing", "void", 1)
UNKNOWN = Elementary("?", "unknown", 1)
"""Type of what could not be understood; nothing more is told about it."""


@dataclass(frozen=True, slots=True)
class StringType:
    """`length` in characters: bytes of a STRING, 16-bit units of a WSTRING."""

    is_wide: bool
    length: int

    @property
    def name(self) -> str:
        return f"{'WSTRING' if self.is_wide else 'STRING'}[{self.length}]"

    @property
    def align(self) -> int:
        return 2 if self.is_wide else 1

    @property
    def size(self) -> int:
        return (self.length + 1) * self.align

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class SubrangeType:
    name: str
    base: Elementary
    lower: int
    upper: int

    @property
    def size(self) -> int:
        return self.base.size

    @property
    def align(self) -> int:
        return self.base.size

    def __str__(self) -> str:
        return self.name


@dataclass(slots=True, eq=False)
class EnumType:
    """Named values of `base`; keys of `values` are upper case, in the order of declaration."""

    name: str
    base: Elementary
    values: dict[str, int] = field(default_factory=dict)
    spelling: dict[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return self.base.size

    @property
    def align(self) -> int:
        return self.base.size

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ArrayType:
    """`bounds` of each dimension, both ends included; the last index runs fastest. None: open (`*`)."""

    element: "Type"
    bounds: tuple[tuple[int, int] | None, ...]

    @property
    def is_open(self) -> bool:
        return None in self.bounds

    @property
    def count(self) -> int:
        """Elements in all; 0 of an open array."""
        total = 1
        for pair in self.bounds:
            total *= pair[1] - pair[0] + 1 if pair else 0
        return total

    @property
    def size(self) -> int:
        return self.count * self.element.size

    @property
    def align(self) -> int:
        return self.element.align

    @property
    def name(self) -> str:
        shown = ", ".join(f"{pair[0]}..{pair[1]}" if pair else "*" for pair in self.bounds)
        return f"ARRAY[{shown}] OF {self.element}"

    def __str__(self) -> str:
        return self.name


@dataclass(slots=True, eq=False)
class Field:
    """A member of a structure. `init` is the syntax tree of its own initial value, read with `scope`.

    `bit` is the bit of the byte at `offset`, -1 for whole members. One `AT %I*` has an `address`: here lies a reference
    to its place, whose first content is `place_init`.
    """

    name: str
    type: "Type"
    offset: int
    init: Any = None
    scope: Any = None
    bit: int = -1
    address: str | None = None
    place_init: Any = None

    @property
    def is_loose(self) -> bool:
        """It does not lie where its type is aligned."""
        return self.offset % self.type.align != 0


@dataclass(slots=True, eq=False)
class StructType:
    """`fields` by upper-case name. Those of a union may lie on each other, from 0 on if they say nothing else."""

    name: str
    fields: dict[str, Field] = field(default_factory=dict)
    is_union: bool = False
    size: int = 1
    align: int = 1
    is_relative: bool = False
    """Members have places of their own (`AT %B5`), aligned or not."""
    base: "StructType | None" = None
    """What it extends: its members come first, at the same offsets."""

    def add(
        self, name: str, type_: "Type", init: Any, scope: Any, at: tuple[int, int] | None = None
    ) -> Field:
        """Append a field at a byte and bit (-1: as a whole), or with natural alignment behind the others; the size
        stays a multiple of the alignment."""
        end = 0 if self.is_union else max((f.offset + f.type.size for f in self.fields.values()), default=0)
        offset, bit = (aligned(end, type_.align), -1) if at is None else at
        field = self.fields[name.upper()] = Field(name, type_, offset, init, scope, bit)
        self.align = max(self.align, type_.align)
        last = max(f.offset + f.type.size for f in self.fields.values())
        self.size = aligned(last, self.align)
        return field

    def __str__(self) -> str:
        return self.name


@dataclass(slots=True, eq=False)
class BlockType:
    """The instance data of a FUNCTION_BLOCK or PROGRAM. Sizes are set once its variables are laid out."""

    pou: "Pou"
    size: int = 1
    align: int = 1
    retain_slot: int | None = None
    """Offset of the hidden 32-bit offset of the retained part; None if nothing is retained."""
    retain_size: int = 0
    retain_align: int = 1
    has_type_id: bool = False
    """The type of objects may have to be known at run time: they begin with its number, 32 bits."""

    @property
    def name(self) -> str:
        return self.pou.name

    def __str__(self) -> str:
        return self.pou.name


@dataclass(frozen=True, slots=True)
class RefType:
    """`kind` is REF_TO, POINTER or REFERENCE (the last one is followed without `^`)."""

    target: "Type"
    kind: str = "REF_TO"

    @property
    def size(self) -> int:
        return 4

    @property
    def align(self) -> int:
        return 4

    @property
    def name(self) -> str:
        return f"{self.kind}{'' if self.kind == 'REF_TO' else ' TO'} {self.target}"

    def __str__(self) -> str:
        return self.name


@dataclass(slots=True, eq=False)
class InterfaceType:
    """An object of any type that has the interface. A value is a 64-bit number: the image offset of the object, and
    the number of its type (`Pou.type_id`) above; 0 is NULL."""

    pou: "Pou"
    size: int = 8
    align: int = 4

    @property
    def name(self) -> str:
        return self.pou.name

    def __str__(self) -> str:
        return self.pou.name


Type = (
    Elementary
    | StringType
    | SubrangeType
    | EnumType
    | ArrayType
    | StructType
    | BlockType
    | RefType
    | InterfaceType
)


VENDOR_TYPES: dict[str, Type] = {
    "BIT": BOOL,
    "PVOID": UDINT,
    **dict.fromkeys(("XWORD", "__XWORD"), DWORD),
    **dict.fromkeys(("XINT", "__XINT"), DINT),
    **dict.fromkeys(("UXINT", "__UXINT"), UDINT),
    "T_MAXSTRING": StringType(False, 255),
    "__SYSTEM.EXCEPTIONCODE": DINT,
}
"""What TwinCAT and CODESYS name besides; numbers as wide as an address have 32 bits here."""


def aligned(offset: int, align: int) -> int:
    """`offset` rounded up to a multiple of `align`."""
    return (offset + align - 1) // align * align


def plain(type_: Type) -> Type:
    """The type that a value computes in: a subrange's base; every other type itself."""
    return type_.base if isinstance(type_, SubrangeType) else type_


def kind_of(type_: Type) -> str:
    """`Elementary.kind` of the plain type, or enum, string, wstring, array, struct, block, ref, interface."""
    match plain(type_):
        case Elementary(kind=kind):
            return kind
        case StringType(is_wide=is_wide):
            return "wstring" if is_wide else "string"
        case EnumType():
            return "enum"
        case ArrayType():
            return "array"
        case StructType():
            return "struct"
        case BlockType():
            return "block"
        case InterfaceType():
            return "interface"
    return "ref"


_NUM = {"int", "uint", "real", "int_literal", "real_literal"}
_INTS = {"int", "uint", "int_literal"}
_CHARS = {"char", "wchar", "string", "wstring"}
_DATES = {"date", "tod", "dt"}
_ELEMENTARY_KINDS = _NUM | {"bool", "bits", "time", "enum"} | _CHARS | _DATES
GROUPS: dict[str, set[str]] = {
    "ANY": _ELEMENTARY_KINDS | {"array", "struct", "ref", "null"},
    "ANY_ELEMENTARY": _ELEMENTARY_KINDS,
    "ANY_MAGNITUDE": _NUM | {"time"},
    "ANY_NUM": _NUM,
    "ANY_REAL": {"real", "real_literal"},
    "ANY_INT": _INTS,
    "ANY_BIT": {"bool", "bits"},
    "ANY_WHOLE": _INTS | {"bool", "bits"},
    "ANY_BYTES": _ELEMENTARY_KINDS - {"string", "wstring", "enum"},
    "ANY_STRING": {"string", "wstring"},
    "ANY_CHARS": _CHARS,
    "ANY_DATE": _DATES,
}
"""The kinds in each generic group of the standard; ANY_WHOLE and ANY_BYTES are ours."""


def in_group(type_: Type, group: str) -> bool:
    return kind_of(type_) in GROUPS[group]


_RANK = {"SINT": 1, "INT": 2, "DINT": 3, "LINT": 4, "USINT": 1, "UINT": 2, "UDINT": 3, "ULINT": 4}
LONG_OF = {
    "TIME": "LTIME",
    "DATE": "LDATE",
    "TIME_OF_DAY": "LTIME_OF_DAY",
    "DATE_AND_TIME": "LDATE_AND_TIME",
}
_MANTISSA = {"REAL": 24, "LREAL": 53}


def is_kind_of(source: Type, target: Type) -> bool:
    """True for the same type, and for a block, class or structure that extends `target`."""
    if isinstance(source, StructType) and isinstance(target, StructType):
        return source is target or (source.base is not None and is_kind_of(source.base, target))
    if isinstance(source, BlockType) and isinstance(target, BlockType):
        return any(step is target.pou for step in lineage(source.pou))
    return source == target


def lineage(pou: "Pou") -> "Iterator[Pou]":
    """The unit, then its bases from the nearest on."""
    step: Pou | None = pou
    while step is not None:
        yield step
        step = step.base


def has_interface(pou: "Pou", interface: "Pou") -> bool:
    """True if objects of the unit, or of the interface `pou`, have that interface."""
    return (
        any(
            upper is interface or has_interface(upper, interface)
            for step in lineage(pou)
            for upper in step.interfaces
        )
        or pou is interface
    )


def widens(source: Type, target: Type) -> bool:
    """True if every value of `source` is one of `target`, so that it may be given without a conversion."""
    source, target = plain(source), plain(target)
    if source == target:
        return True
    if isinstance(source, StringType) and isinstance(target, StringType):
        return source.is_wide == target.is_wide
    if isinstance(source, RefType):
        return (
            isinstance(target, RefType)
            and source.kind == target.kind
            and is_kind_of(source.target, target.target)
        )
    if isinstance(source, InterfaceType):
        return isinstance(target, InterfaceType) and has_interface(source.pou, target.pou)
    if not (isinstance(source, Elementary) and isinstance(target, Elementary)):
        return source is NULL and isinstance(target, (RefType, InterfaceType))
    pair = (source.kind, target.kind)
    if pair in (("int", "int"), ("uint", "uint"), ("bits", "bits"), ("bool", "bits"), ("real", "real")):
        return source.size < target.size or source.kind == "bool"
    if pair == ("uint", "int"):
        return source.size < target.size
    if source.kind in ("int", "uint") and target.kind == "real":
        return source.bits <= _MANTISSA[target.name]
    return LONG_OF.get(source.name) == target.name


_WIDENING_ORDER = [ELEMENTARY[name] for name in ELEMENTARY]


def common_type(a: Type, b: Type) -> Type | None:
    """The smallest type that both widen to, or None."""
    a, b = plain(a), plain(b)
    if widens(a, b):
        return b
    if widens(b, a):
        return a
    fitting = [candidate for candidate in _WIDENING_ORDER if widens(a, candidate) and widens(b, candidate)]
    return min(fitting, key=lambda candidate: (candidate.kind == "real", candidate.size), default=None)
