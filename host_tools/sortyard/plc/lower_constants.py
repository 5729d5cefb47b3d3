"""Constant expressions of declarations: bounds, lengths, values of enumerations."""

from sortyard.plc import ir
from sortyard.plc import tree as t
from sortyard.plc.symbols import Scope
from sortyard.plc.types import UNKNOWN, EnumType, kind_of


def constant_int(
    node: t.Expr, scope: Scope, lowest: int, highest: int, own: EnumType | None = None
) -> int | None:
    """The whole number that an expression stands for; None, and told, if it is none or out of range.

    `own`: the enumeration being declared, whose earlier values may be named.
    """
    from sortyard.plc.lower_stmt import StatementLowerer

    sink = scope.project.sink
    lowerer = StatementLowerer(scope)
    lowerer.declared = own
    value = lowerer.expr(node, own)
    if value.type is UNKNOWN:
        return None
    if not isinstance(value, ir.Const):
        sink.tell(
            "SY1609", node.span, "this must be known before the program runs", "use numbers and constants"
        )
        return None
    if kind_of(value.type) not in ("int", "uint", "bits", "int_literal", "enum"):
        sink.tell("SY1312", node.span, f"a whole number is needed; this is {value.type}", "use an integer")
        return None
    if not lowest <= value.value <= highest:
        sink.tell("SY1607", node.span, f"{value.value} is not within {lowest}..{highest}", "")
        return None
    return value.value
