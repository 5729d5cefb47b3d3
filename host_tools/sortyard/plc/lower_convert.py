"""Implicit conversions made explicit, and constants folded as soon as their operands are known."""

from collections.abc import Callable

from sortyard.plc import ir
from sortyard.plc.conversion_hints import for_conversion, for_value
from sortyard.plc.conversions import convert
from sortyard.plc.diagnostics import Sink
from sortyard.plc.faults import PlcFault
from sortyard.plc.operators import clip, default_of, fits, single
from sortyard.plc.source import Span
from sortyard.plc.types import (
    DINT,
    INT,
    INT_LITERAL,
    LINT,
    NULL,
    REAL,
    REAL_LITERAL,
    ULINT,
    UNKNOWN,
    ArrayType,
    Elementary,
    InterfaceType,
    RefType,
    StringType,
    SubrangeType,
    Type,
    kind_of,
    plain,
    widens,
)

_NUMERIC = {"bool", "bits", "int", "uint", "real", "enum", "time", "date", "tod", "dt"}
_WHOLE = {"bits", "int", "uint"}
_SAME_FAMILY = {"bits", "int", "uint", "enum", "real"}


def unknown(span: Span) -> ir.Expr:
    """Stands for an expression that was told as wrong."""
    return ir.Const(UNKNOWN, span, 0)


def is_unknown(*expressions: ir.Expr) -> bool:
    return any(e.type is UNKNOWN for e in expressions)


def settle(expr: ir.Expr) -> ir.Expr:
    """An untyped number gets the first type that holds it: INT, DINT, LINT, ULINT; REAL."""
    if isinstance(expr, ir.Const) and expr.type is INT_LITERAL:
        type_ = next((c for c in (INT, DINT, LINT, ULINT) if fits(c, expr.value)), ULINT)
        return ir.Const(type_, expr.span, expr.value)
    if isinstance(expr, ir.Const) and expr.type is REAL_LITERAL:
        return ir.Const(REAL, expr.span, single(expr.value))
    return expr


class Converter:
    """Gives expressions the types that their surroundings want; tells what does not go."""

    def __init__(self, sink: Sink, is_strict: bool) -> None:
        self.sink = sink
        self.is_strict = is_strict
        self.checked: Callable[[ir.Expr, SubrangeType], ir.Expr | None] = lambda value, target: None
        """The program's own check of a value that goes to a subrange, None if it has none (lower_vendor.py)."""

    def to(self, expr: ir.Expr, target: Type, what: str = "") -> ir.Expr:
        """`expr` as a value of `target`; `what` names the receiver in messages (a variable, a parameter)."""
        if is_unknown(expr) or target is UNKNOWN:
            return ir.Const(target, expr.span, default_of(target))
        if isinstance(target, SubrangeType):
            return self._restrict(self.to(expr, target.base, what), target)
        base = plain(target)
        if plain(expr.type) == base:
            expr.type = base
            return expr
        if isinstance(expr, ir.Const):
            constant = self._constant(expr, base)
            if constant is not None:
                return constant
        if isinstance(expr.type, ArrayType) and isinstance(base, ArrayType) and expr.type == base:
            return expr
        if isinstance(base, InterfaceType) and widens(expr.type, base):
            expr.type = base
            return expr
        if widens(expr.type, base):
            return self.explicit(expr, base)
        return self._not_wider(expr, target, what)

    def explicit(self, expr: ir.Expr, target: Type) -> ir.Expr:
        """A conversion that is wanted, folded where the operand is constant."""
        expr = settle(expr)
        if plain(expr.type) == plain(target):
            return expr
        if isinstance(expr, ir.Const):
            try:
                return ir.Const(target, expr.span, convert(expr.type, target, expr.value))
            except PlcFault as fault:
                self.sink.tell("SY1606", expr.span, fault.detail, f"write a value of {target}")
                return ir.Const(UNKNOWN, expr.span, 0)
        return ir.Convert(target, expr.span, expr)

    def _restrict(self, expr: ir.Expr, target: SubrangeType) -> ir.Expr:
        if is_unknown(expr):
            return expr
        if isinstance(expr, ir.Const):
            if not target.lower <= expr.value <= target.upper:
                message = f"{expr.value} is not within {target.lower}..{target.upper}"
                code, hint = ("SY1607", "") if self.is_strict else ("SY2101", "it is stored as it is")
                self.sink.tell(code, expr.span, message, hint)
            return ir.Const(target.base, expr.span, expr.value)
        checked = self.checked(expr, target)
        if checked is not None:
            return checked
        return ir.Restrict(target.base, expr.span, expr, target.lower, target.upper)

    def _constant(self, expr: ir.Const, target: Type) -> ir.Expr | None:
        """An untyped constant as a value of the target, or None if other rules decide."""
        kind, value = kind_of(target), expr.value
        is_nothing = expr.type is NULL or (expr.type is INT_LITERAL and not value and not self.is_strict)
        if is_nothing and isinstance(target, (RefType, InterfaceType)):
            return ir.Const(target, expr.span, 0)
        if expr.type is INT_LITERAL and kind in ("int", "uint", "bits", "bool"):
            return self._integer(expr, target)
        if expr.type in (INT_LITERAL, REAL_LITERAL) and kind == "real":
            real = float(value)
            return ir.Const(target, expr.span, single(real) if target is REAL else real)
        if expr.type is INT_LITERAL and kind == "enum" and not self.is_strict:
            return ir.Const(target, expr.span, value)
        if isinstance(expr.type, StringType) and kind in ("char", "wchar") and len(value) == 1:
            return ir.Const(target, expr.span, value)
        if isinstance(target, StringType) and isinstance(expr.type, StringType):
            return self._string(expr, target) if expr.type.is_wide == target.is_wide else None
        return None

    def _string(self, expr: ir.Const, target: StringType) -> ir.Expr:
        if len(expr.value) > target.length:
            message = f"{len(expr.value)} characters are cut to {target.length}"
            self.sink.tell("SY2102", expr.span, message, "use a longer string")
        return ir.Const(target, expr.span, clip(target, expr.value))

    def _integer(self, expr: ir.Const, target: Type) -> ir.Expr:
        if fits(target, expr.value):
            return ir.Const(target, expr.span, expr.value)
        base = plain(target)
        assert isinstance(base, Elementary)
        span = f"{base.lowest} to {base.highest}"
        if not self.is_strict and -(1 << base.bits) < expr.value < (1 << base.bits):
            self.sink.tell(
                "SY2101", expr.span, f"{expr.value} is not a value of {target} ({span})", "it wraps"
            )
            return ir.Const(target, expr.span, convert(LINT if expr.value < 0 else ULINT, target, expr.value))
        hint = "write TRUE or FALSE" if base.kind == "bool" else "use another type"
        self.sink.tell("SY1607", expr.span, f"{expr.value} is not a value of {target} ({span})", hint)
        return ir.Const(UNKNOWN, expr.span, 0)

    def _not_wider(self, expr: ir.Expr, target: Type, what: str) -> ir.Expr:
        expr = settle(expr)
        source, goal = kind_of(expr.type), kind_of(target)
        if not self.is_strict and _is_mixed(source, goal):
            if {source, goal} <= _WHOLE and isinstance(expr, ir.Const) and fits(target, expr.value):
                return self.explicit(expr, target)
            self.sink.tell(
                "SY2101",
                expr.span,
                f"{expr.type} becomes {target}{_into(what)}",
                for_conversion(expr.type, target),
            )
            return self.explicit(expr, target)
        if (
            not self.is_strict
            and {source, goal} <= {"ref", "bits", "uint", "null"}
            and "ref" in (source, goal)
        ):
            return ir.Convert(target, expr.span, expr)
        message = f"{expr.type} does not become {target} by itself{_into(what)}"
        if source in _SAME_FAMILY and goal in _SAME_FAMILY and source != "enum" != goal:
            message += ": values or bits could be lost"
        self.sink.tell("SY1308", expr.span, message, for_value(expr, target))
        return ir.Const(UNKNOWN, expr.span, 0)


def _is_mixed(source: str, goal: str) -> bool:
    """True for kinds that vendors let become each other; of numbers only whole ones become an enumeration."""
    others = ("bits", "int", "uint") if goal == "enum" else _NUMERIC
    return goal in _NUMERIC and source in others


def _into(what: str) -> str:
    return f" for {what}" if what else ""
