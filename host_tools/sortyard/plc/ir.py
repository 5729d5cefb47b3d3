"""Typed operations: what a program means once nothing is implicit any more.

Every conversion is a `Convert`, every check a node or a property of one, every place says what its offset counts from.
Back ends (the interpreter is one) need these classes, types.py, operators.py and budget.py, never the syntax tree.

Order of evaluation: operands, arguments and indices from left to right; a store evaluates its value before the indices
of its place. A call evaluates all arguments, then stores them into the callee's variables, then runs it, then copies
outputs from left to right.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sortyard.plc.source import Span
from sortyard.plc.types import ArrayType, Type

if TYPE_CHECKING:
    from sortyard.plc.symbols import Pou, Variable


@dataclass(slots=True, eq=False)
class Expr:
    """Yields one value of `type` (see operators.py for how values look)."""

    type: Type
    span: Span


# ---- places ----


@dataclass(slots=True, eq=False)
class Indexing:
    """One array access: `indices` of `array`, each checked against its bounds.

    The bounds of an open array are read from `descriptor`: pairs of 32-bit lower and upper ends at that place.
    """

    array: ArrayType
    indices: list[Expr]
    span: Span
    descriptor: "Place | None" = None


@dataclass(slots=True, eq=False)
class Place:
    """Where a variable lies: base, plus `offset`, plus what each of `indexings` adds.

    `base`: image or work (offset counts from its start), self (from the running block's instance), or pointer: from
    the image offset that `pointer` yields; NULL and offsets outside of all variables are faults then.
    """

    base: str
    offset: int
    type: Type
    span: Span
    pointer: Expr | None = None
    indexings: list[Indexing] = field(default_factory=list)
    variable: "Variable | None" = None
    is_open: "Place | None" = None
    """The descriptor of bounds if the place is an open array parameter."""

    def member(self, offset: int, type_: Type, span: Span) -> "Place":
        """The place `offset` bytes further."""
        return Place(
            self.base, self.offset + offset, type_, span, self.pointer, list(self.indexings), self.variable
        )


@dataclass(slots=True, eq=False)
class Const(Expr):
    value: Any


@dataclass(slots=True, eq=False)
class Load(Expr):
    place: Place


@dataclass(slots=True, eq=False)
class ReadPart(Expr):
    """`width` bits of the unsigned value at `place` from bit `shift` on."""

    place: Place
    shift: int
    width: int


@dataclass(slots=True, eq=False)
class AddressOf(Expr):
    """The image offset of a place."""

    place: Place


# ---- operations ----


@dataclass(slots=True, eq=False)
class Negate(Expr):
    operand: Expr


@dataclass(slots=True, eq=False)
class Complement(Expr):
    operand: Expr


@dataclass(slots=True, eq=False)
class Binary(Expr):
    """`operators.binary(op, left.type, ...)`; both operands have the same type."""

    op: str
    left: Expr
    right: Expr


@dataclass(slots=True, eq=False)
class ShortCircuit(Expr):
    """AND_THEN, OR_ELSE: the right side only if the left one does not decide."""

    op: str
    left: Expr
    right: Expr


@dataclass(slots=True, eq=False)
class Convert(Expr):
    """`conversions.convert(operand.type, type, value)`: the operand as a value of `type`."""

    operand: Expr


@dataclass(slots=True, eq=False)
class Restrict(Expr):
    """The operand, checked against `lower` and `upper` (a subrange): outside is a fault."""

    operand: Expr
    lower: int
    upper: int


@dataclass(slots=True, eq=False)
class Intrinsic(Expr):
    """A standard function without state: `function(result type, *values)`; `name` for other back ends."""

    name: str
    function: Callable[..., Any]
    operands: list[Expr]


@dataclass(slots=True, eq=False)
class Clock(Expr):
    """Nanoseconds since the start, frozen for the scan: the image's clock."""


@dataclass(slots=True, eq=False)
class Call(Expr):
    """Runs a unit. `instance` is the block's place, None for a function, whose variables are cleared first.

    `enable` (EN): where it yields 0 nothing else happens, and the result is the type's initial value.
    `inputs` and `references` fill the callee's variables, `outputs` copy from them: (place or part to store, value).
    `enable_out` (ENO) gets what `enable` yielded, 1 without one.
    """

    pou: "Pou"
    instance: Place | None
    inputs: "list[tuple[Variable, Expr]]"
    references: "list[tuple[Variable, Place]]"
    outputs: "list[Stmt]"
    enable: Expr | None = None
    enable_out: "Stmt | None" = None


@dataclass(slots=True, eq=False)
class CalleeValue(Expr):
    """A variable of the unit that was just called; only within `Call.outputs`."""

    variable: "Variable"


@dataclass(slots=True, eq=False)
class Enabled(Expr):
    """What EN of the call was, 0 or 1; only within `Call.enable_out`."""


# ---- statements ----


@dataclass(slots=True, eq=False)
class Stmt:
    span: Span


@dataclass(slots=True, eq=False)
class Store(Stmt):
    """`value` has exactly the place's type (strings are cut by a Convert before)."""

    place: Place
    value: Expr


@dataclass(slots=True, eq=False)
class StorePart(Stmt):
    """Replace `width` bits from `shift` on of the value at `place`."""

    place: Place
    shift: int
    width: int
    value: Expr


@dataclass(slots=True, eq=False)
class Evaluate(Stmt):
    """Run a call and drop its result."""

    value: Expr


@dataclass(slots=True, eq=False)
class If(Stmt):
    branches: list[tuple[Expr, list[Stmt]]]
    otherwise: list[Stmt]


@dataclass(slots=True, eq=False)
class Case(Stmt):
    """The first branch with a range (both ends included) that has the selector."""

    selector: Expr
    branches: list[tuple[list[tuple[Any, Any]], list[Stmt]]]
    otherwise: list[Stmt]


@dataclass(slots=True, eq=False)
class For(Stmt):
    """Start, end and step are evaluated once, in this order. The number of turns is `budget.trip_count`; the loop also
    ends when the variable, stepped (and wrapped) after a turn, is past the end. It is left stepped.
    """

    place: Place
    start: Expr
    end: Expr
    step: Expr
    body: list[Stmt]


@dataclass(slots=True, eq=False)
class While(Stmt):
    condition: Expr
    body: list[Stmt]


@dataclass(slots=True, eq=False)
class Repeat(Stmt):
    body: list[Stmt]
    until: Expr


@dataclass(slots=True, eq=False)
class Jump(Stmt):
    """RETURN, EXIT or CONTINUE."""

    kind: str
