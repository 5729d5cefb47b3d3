"""Typed operations: what a program means once nothing is implicit any more.

Every conversion is a `Convert`, every check a node or a property of one, every place says what its offset counts from.
Back ends (the interpreter is one) need these classes, types.py, operators.py and budget.py, never the syntax tree.

Order of evaluation: operands, arguments and indices from left to right; a store evaluates its value before its place.
The place behind a pointer: the pointer, NULL checked; then the indices, each checked; then whether all bytes of the
value lie within the image. Call says the order of its own. It counts: after a fault the image is as it was left.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sortyard.plc.faults import FaultKind
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
    """Where a value lies: base, plus `offset`, plus what each of `indexings` adds.

    `base` says what that counts from:

    image      the image's start
    self       the running block's instance
    local      the start of `variable`, which lives for one call: in the unit's frame in the image if its storage is
               frame, else in the unit's work area, which no reference leads to: a back end may keep it in a register
    pointer    the image offset that `pointer` yields. 0 is a fault (NULL_REFERENCE); so is a value that does not lie
               within the image behind AREAS_START as a whole (BAD_REFERENCE). It need not be aligned
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
    is_loose: bool = False
    """It lies at any byte, within a structure whose members have places of their own."""

    def member(self, offset: int, type_: Type, span: Span) -> "Place":
        """The place `offset` bytes further."""
        return replace(
            self,
            offset=self.offset + offset,
            type=type_,
            span=span,
            indexings=list(self.indexings),
            is_open=None,
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
    """Runs a unit. `instance` is the block's place, None for a function. In this order:

    1. `enable` (EN): where it yields 0 only 8 follows, and the call yields the type's initial value (arrays and
       structures: zero bytes)
    2. the address of `instance`, the values of `inputs`, the addresses of `references`
    3. the budget is charged 1
    4. the callee's variables that live for one call get their initial values (`Compiled.templates`)
    5. inputs are stored, then references: the image offset, and the bounds of an open array behind it
    6. the callee runs
    7. its result and all variables of `outputs` are read, then each statement of `outputs` is done: in it CalleeValue
       stands for what was read
    8. `enable_out` (ENO) is done: in it Enabled stands for what `enable` yielded, 1 without one

    A fault inside of a unit of the library (`pou.is_library`) has its place at the call: users know no other.
    """

    pou: "Pou"
    instance: Place | None
    inputs: "list[tuple[Variable, Expr]]"
    references: "list[tuple[Variable, Place]]"
    outputs: "list[tuple[Variable, Stmt]]"
    enable: Expr | None = None
    enable_out: "Stmt | None" = None


@dataclass(slots=True, eq=False)
class Dispatch(Expr):
    """`call`, run by the unit of `targets` that has the number `type_id` (32 bits, read right after the address of the
    call's instance; BAD_REFERENCE if none has it). `call.pou` only declares what is given: each variable of its
    inputs, references and outputs stands for the target's variable of the same name, and so does the result.
    """

    call: Call
    type_id: Expr
    targets: "dict[int, Pou]"


@dataclass(slots=True, eq=False)
class InterfaceOf(Expr):
    """An object as a value of an interface: the address of `place` (first), and `type_id` in the upper 32 bits."""

    place: Place
    type_id: Expr


@dataclass(slots=True, eq=False)
class CalleeValue(Expr):
    """What the variable of the unit that was just called held; only within `Call.outputs`."""

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
class Fault(Stmt):
    """Ends the scan with a fault of that kind; `detail` says why."""

    kind: FaultKind
    detail: str


@dataclass(slots=True, eq=False)
class Jump(Stmt):
    """RETURN, EXIT or CONTINUE."""

    kind: str
