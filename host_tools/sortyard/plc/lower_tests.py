"""What only a TEST may say.

ASSERT(condition), ASSERT_EQUAL(actual, expected), ASSERT_NEAR(actual, expected, tolerance): a fault of kind ASSERTION
if it does not hold; each may have a text as its last argument, which is told then. ADVANCE(duration): the clock moves
on; blocks that are called after it see the new time.
"""

from typing import TYPE_CHECKING

from sortyard.plc import ir
from sortyard.plc import tree as t
from sortyard.plc.faults import FaultKind
from sortyard.plc.layout import CLOCK_OFFSET
from sortyard.plc.lower_convert import is_unknown
from sortyard.plc.types import BOOL, LTIME

if TYPE_CHECKING:
    from sortyard.plc.lower_stmt import StatementLowerer

ASSERTIONS = {
    "ASSERT": ("condition",),
    "ASSERT_EQUAL": ("actual", "expected"),
    "ASSERT_NEAR": ("actual", "expected", "tolerance"),
    "ADVANCE": ("duration",),
}
"""Names, and what each takes."""


def lower_assertion(lowerer: "StatementLowerer", name: str, node: t.Call) -> ir.Stmt | None:
    """The statement that such a call stands for."""
    wanted = ASSERTIONS[name]
    values = [a.value for a in node.arguments if not a.is_output]
    message = ""
    if name != "ADVANCE" and len(values) == len(wanted) + 1:
        text = values.pop()
        if isinstance(text, t.Literal) and isinstance(text.value, str):
            message = f": {text.value}"
        else:
            lowerer.sink.tell("SY1609", text.span, "the message of an assertion is a literal", "write '...'")
    if len(values) != len(wanted):
        lowerer.sink.tell(
            "SY1406", node.span, f"{name} takes {', '.join(wanted)}", f"{name}({', '.join(wanted)})"
        )
        return None
    operands = [lowerer.expr(value) for value in values]
    if is_unknown(*operands):
        return None
    if name == "ADVANCE":
        return _advance(lowerer, node, operands[0])
    condition = _condition(lowerer, name, node, operands)
    if is_unknown(condition):
        return None
    shown = [" ".join(value.span.text().split()) for value in values]
    words = {
        "ASSERT": f"{shown[0]} does not hold",
        "ASSERT_EQUAL": f"{shown[0]} is not {shown[-1]}",
        "ASSERT_NEAR": f"{shown[0]} is not near {shown[1 % len(shown)]}",
    }
    fault = ir.Fault(node.span, FaultKind.ASSERTION, words[name] + message)
    return ir.If(node.span, [(ir.Complement(BOOL, node.span, condition), [fault])], [])


def _condition(lowerer: "StatementLowerer", name: str, node: t.Call, operands: list[ir.Expr]) -> ir.Expr:
    if name == "ASSERT":
        return lowerer.convert.to(operands[0], BOOL, "the condition")
    if name == "ASSERT_EQUAL":
        return lowerer.binary(node, "EQ", *operands)
    actual, expected, tolerance = operands
    above = lowerer.binary(node, "LE", actual, lowerer.binary(node, "PLUS", expected, tolerance))
    below = lowerer.binary(node, "GE", actual, lowerer.binary(node, "MINUS", expected, tolerance))
    return lowerer.binary(node, "AND", above, below)


def _advance(lowerer: "StatementLowerer", node: t.Call, duration: ir.Expr) -> ir.Stmt | None:
    wide = lowerer.convert.to(duration, LTIME, "ADVANCE")
    if is_unknown(wide):
        return None
    clock = ir.Place("image", CLOCK_OFFSET, LTIME, node.span)
    return ir.Store(node.span, clock, ir.Binary(LTIME, node.span, "PLUS", ir.Clock(LTIME, node.span), wide))
