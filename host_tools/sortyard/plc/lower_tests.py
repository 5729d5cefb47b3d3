"""What only a TEST may say.

ASSERT(condition), ASSERT_EQUAL(actual, expected), ASSERT_NEAR(actual, expected, tolerance): a fault of kind ASSERTION
if it does not hold; each may have a text as its last argument, which is told then. ADVANCE(duration): the clock moves
on; blocks that are called after it see the new time.

What an assertion compares is kept in the image first (`Pou.assertions`), so that a failure can tell the values.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sortyard.plc import codec, ir
from sortyard.plc import tree as t
from sortyard.plc.faults import FaultKind
from sortyard.plc.layout import CLOCK_OFFSET
from sortyard.plc.lower_convert import is_unknown
from sortyard.plc.lower_places import refer
from sortyard.plc.symbols import Variable
from sortyard.plc.text_values import written
from sortyard.plc.types import BOOL, LTIME, Elementary, EnumType, StringType, SubrangeType

if TYPE_CHECKING:
    from sortyard.plc.lower_stmt import StatementLowerer

ASSERTIONS = {
    "ASSERT": ("condition",),
    "ASSERT_EQUAL": ("actual", "expected"),
    "ASSERT_NEAR": ("actual", "expected", "tolerance"),
    "ADVANCE": ("duration",),
}
"""Names, and what each takes."""
_COMPARISONS = ("EQ", "NE", "LT", "LE", "GT", "GE")
_SCALARS = (Elementary, EnumType, StringType, SubrangeType)


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a call of an assertion compares: `texts` as they are written, and where in the unit's frame the values lie
    while it fails, None for constants."""

    name: str
    texts: tuple[str, ...]
    kept: tuple[Variable | None, ...]
    message: str

    def failure(self, memory: bytearray | memoryview, frame: int) -> str:
        """What is wrong, in words, by an image and where the frame lies in it."""
        shown = [
            "" if kept is None else written(kept.type, codec.read(memory, frame + kept.offset, kept.type))
            for kept in self.kept
        ]
        if self.name == "ASSERT":
            values = [
                f"{text} is {value}" for text, value in zip(self.texts[1:], shown, strict=True) if value
            ]
            return (
                f"{self.texts[0]} does not hold" + (f", {', '.join(values)}" if values else "") + self.message
            )
        near = "near " if self.name == "ASSERT_NEAR" else ""
        was = f" {shown[0]}," if shown[0] else ""
        expected = f", which is {shown[1]}" if shown[1] else ""
        return f"{self.texts[0]} is{was} not {near}{self.texts[1]}{expected}{self.message}"


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
    texts = [_words(value) for value in values]
    kept: list[Variable | None] = []
    if name == "ASSERT":
        condition = lowerer.convert.to(operands[0], BOOL, "the condition")
        if (
            isinstance(condition, ir.Binary)
            and condition.op in _COMPARISONS
            and isinstance(values[0], t.Binary)
        ):
            texts += [_words(values[0].left), _words(values[0].right)]
            condition.left = _keep(lowerer, condition.left, kept)
            condition.right = _keep(lowerer, condition.right, kept)
    else:
        condition = _compared(lowerer, name, node, [_keep(lowerer, one, kept) for one in operands])
    if is_unknown(condition):
        return None
    assert lowerer.scope.pou is not None
    lowerer.scope.pou.assertions[node.span] = Assertion(name, tuple(texts), tuple(kept), message)
    fault = ir.Fault(node.span, FaultKind.ASSERTION, f"{texts[0]} does not hold{message}")
    return ir.If(node.span, [(ir.Complement(BOOL, node.span, condition), [fault])], [])


def _compared(lowerer: "StatementLowerer", name: str, node: t.Call, operands: list[ir.Expr]) -> ir.Expr:
    if name == "ASSERT_EQUAL":
        return lowerer.binary(node, "EQ", *operands)
    actual, expected, tolerance = operands
    above = lowerer.binary(node, "LE", actual, lowerer.binary(node, "PLUS", expected, tolerance))
    below = lowerer.binary(node, "GE", actual, lowerer.binary(node, "MINUS", expected, tolerance))
    return lowerer.binary(node, "AND", above, below)


def _keep(lowerer: "StatementLowerer", value: ir.Expr, kept: list[Variable | None]) -> ir.Expr:
    """The value from a place in the unit's frame, where it is stored before the statement; a constant as it is."""
    pou = lowerer.scope.pou
    if isinstance(value, ir.Const) or not isinstance(value.type, _SCALARS) or pou is None:
        kept.append(None)
        return value
    name = f"__KEPT{len(pou.work)}"
    variable = Variable(name, value.span, value.type, "VAR_TEMP", scope=pou.scope, storage="work")
    pou.variables[name] = variable
    pou.work.append(variable)
    place = ir.Place("local", 0, value.type, value.span, variable=variable)
    refer(place)
    lowerer.first.append(ir.Store(value.span, place, value))
    kept.append(variable)
    return ir.Load(value.type, value.span, place)


def _words(node: t.Expr) -> str:
    return " ".join(node.span.text().split())


def _advance(lowerer: "StatementLowerer", node: t.Call, duration: ir.Expr) -> ir.Stmt | None:
    wide = lowerer.convert.to(duration, LTIME, "ADVANCE")
    if is_unknown(wide):
        return None
    clock = ir.Place("image", CLOCK_OFFSET, LTIME, node.span)
    return ir.Store(node.span, clock, ir.Binary(LTIME, node.span, "PLUS", ir.Clock(LTIME, node.span), wide))
