"""C text in the making: lines in blocks, temporaries, values with their ranges, places of faults."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sortyard.errors import SortyardError
from sortyard.plc.c.names import Names, literal
from sortyard.plc.faults import FaultKind
from sortyard.plc.source import Span


class Unsupported(SortyardError):
    """Something that this back end does not know; the message names it."""

    exit_code = 2

    def __init__(self, message: str) -> None:
        super().__init__(message, "use --backend ref")


_ATOM = re.compile(r"[\w.]+|[A-Za-z_]\w*(?:->|\.|\w|\[\w+\])*")
ON_STACK = 512
"""Largest variable and buffer on C's stack, in bytes or characters."""
Lines = list[Any]
"""Lines of C; a list inside is a block of its own, indented."""


@dataclass(slots=True)
class Value:
    """A C expression without side effects, of C type `ctype`, which cannot fault any more.

    Of a whole number, `low` and `high` bound it. A value of an ST type T has the C type of T, or one that C widens to
    int. `is_stable`: nothing that runs later changes it. `is_number`: it is not NaN.
    """

    text: str
    ctype: str
    low: int = 0
    high: int = 0
    is_stable: bool = False
    is_number: bool = False


@dataclass(slots=True)
class Text:
    """A string: a pointer to its first character (uint8_t or uint16_t) and how many there are, `most` at most."""

    at: str
    length: str
    most: int
    is_wide: bool
    is_stable: bool = False


@dataclass(slots=True)
class Group:
    """An array, structure or block: the address of its first byte."""

    at: str
    size: int
    is_stable: bool = False


Operand = Value | Text | Group


@dataclass(slots=True)
class Site:
    """One place where a program may stop; `detail` is the message, with {value} for what was found.

    `is_library`: users know no places there, so the place of the fault is that of their call.
    """

    kind: FaultKind
    span: Span
    detail: str
    is_library: bool


@dataclass(slots=True)
class Sites:
    """All places of faults of a program; the number of each is its index."""

    all: list[Site] = field(default_factory=list)
    _known: dict[tuple[FaultKind, Span, str, bool], int] = field(default_factory=dict)

    def number(self, kind: FaultKind, span: Span, detail: str, is_library: bool) -> int:
        """The number of a place, a new one if it is not known."""
        key = (kind, span, detail, is_library)
        if key not in self._known:
            self._known[key] = len(self.all)
            self.all.append(Site(*key))
        return self._known[key]


@dataclass(slots=True)
class Region:
    """A loop that keeps variables of the image in C variables; `write_back` are the lines that put them back."""

    number: int
    write_back: list[str]
    stops: bool = False


class Writer:
    """Writes the body of one C function."""

    def __init__(self, sites: Sites) -> None:
        self.out: Lines = []
        self.names = Names()
        self.sites = sites
        self.region: Region | None = None
        self.is_library = False
        self.may_fault = False
        self.work_end = self.work_most = 0
        """Bytes of the program's work area that are taken, and the most that were."""
        self.exits = 0
        """Counts what may leave a loop before its end."""
        self.clobbers = 0
        """Counts what may change memory; a value that is not stable is read before the next one."""
        for name in ("plc", "self", "result"):
            self.names.fresh(name + "_")

    def emit(self, line: str) -> None:
        self.out.append(line)

    @contextmanager
    def block(self, head: str = "{", tail: str = "}") -> Iterator[Lines]:
        """What is written inside goes into a block."""
        outer, inner = self.out, []
        self.out = inner
        try:
            yield inner
        finally:
            self.out = outer
        self.out += [head, inner, tail]

    @contextmanager
    def aside(self) -> Iterator[Lines]:
        """What is written inside goes into a list that the caller places."""
        outer, inner = self.out, []
        self.out = inner
        try:
            yield inner
        finally:
            self.out = outer

    def temporary(self, value: Value, stem: str = "t") -> Value:
        """The value, held in a C variable from here on."""
        return self.hold(value, len(self.out), stem)

    def hold(self, value: Value, at: int, stem: str = "t") -> Value:
        """The value, held in a C variable from line `at` of the block on."""
        name = self.names.fresh(stem)
        self.out.insert(at, f"const {value.ctype} {name} = {stripped(value.text)};")
        return replace(value, text=name, is_stable=True)

    def buffer(self, count: int, is_wide: bool) -> str:
        """Room for characters or bytes until the end of the statement: a small one on C's stack, else in the program.

        So the depth of the stack does not depend on the lengths of strings.
        """
        name, unit, size = self.names.fresh("s"), "uint16_t" if is_wide else "uint8_t", max(count, 1)
        if size <= ON_STACK:
            self.emit(f"{unit} {name}[{size}] __attribute__((aligned(8)));")
        else:
            self.emit(f"{unit} *const {name} = ({unit} *)(plc->work + {self.work_end});")
            self.work_end += (size * (2 if is_wide else 1) + 7) // 8 * 8
            self.work_most = max(self.work_most, self.work_end)
        return name

    def simple(self, value: Value) -> Value:
        """The value, in a form that may be written twice."""
        return value if _ATOM.fullmatch(value.text.lstrip("-")) else self.temporary(value)

    def site(self, kind: FaultKind, span: Span, detail: str) -> int:
        """The number of a place where the unit may stop."""
        return self.sites.number(kind, span, detail, self.is_library)

    def check(self, wrong: str, kind: FaultKind, span: Span, detail: str, value: str = "0") -> None:
        """Leave with a fault where the condition `wrong` is true."""
        number = self.site(kind, span, detail)
        self.emit(f"if (PLC_RARELY({wrong})) {self.stop(number, value)}")

    def stop(self, number: int, value: str) -> str:
        """The C statement that leaves with a fault."""
        self.exits += 1
        self.may_fault = True
        if self.region is None:
            return f"plc_stop(plc, {number}, {value});"
        self.region.stops = True
        end = self.region.number
        return f"{{ plc_site_{end} = {number}; plc_value_{end} = {value}; goto plc_stop_{end}; }}"


def constant(ctype: str, value: int | float) -> Value:
    """A constant of a C type."""
    text = literal(ctype, value)
    if ctype in ("float", "double"):
        return Value(text, ctype, is_stable=True, is_number=value == value)
    number = int(value)
    own = "int32_t" if -(1 << 31) <= number < 1 << 31 else ctype
    return Value(text, own, number, number, is_stable=True)


def stripped(text: str) -> str:
    """An expression without the parentheses around all of it."""
    if not text.startswith("(") or not text.endswith(")"):
        return text
    depth = 0
    for at, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if depth == 0 and at < len(text) - 1:
            return text
    return text[1:-1]


def flat(lines: Lines, depth: int = 0) -> Iterator[str]:
    """Lines with their indentation."""
    for line in lines:
        if isinstance(line, list):
            yield from flat(line, depth + 1)
        else:
            yield f"{'    ' * depth}{line}"
