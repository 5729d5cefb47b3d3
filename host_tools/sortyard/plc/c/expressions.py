"""Expressions as C: the checks that they need are written first, in the order in which the program does them."""

import re
from collections.abc import Sequence

from sortyard.plc import ir
from sortyard.plc.c import arithmetic as c
from sortyard.plc.c.code import Group, Operand, Text, Unsupported, Value, constant
from sortyard.plc.c.converting import Converting
from sortyard.plc.c.names import scalar
from sortyard.plc.c.places import outside
from sortyard.plc.faults import FaultKind
from sortyard.plc.operators import COMPARISONS
from sortyard.plc.symbols import Variable
from sortyard.plc.types import Type, kind_of

_NOT_ZERO = re.compile(r"-?[0-9.]*[1-9][0-9.]*f?")


class Expressions(Converting):
    """Adds `expr` for everything but calls."""

    def expr(self, expr: ir.Expr) -> Operand:
        """The value of an expression; what may fault or change memory is written before."""
        match expr:
            case ir.Const():
                return self._const(expr)
            case ir.Load(place=place):
                return self.load(place)
            case ir.ReadPart():
                return self._part(expr)
            case ir.AddressOf(place=place):
                spot = self.spot(place)
                return Value(f"plc_offset(plc, {spot.address})", "uint32_t", 0, (1 << 32) - 1, is_stable=True)
            case ir.Negate(operand=operand):
                return self._negate(expr.type, self.whole(operand))
            case ir.Complement(operand=operand):
                return self._complement(expr.type, self.whole(operand))
            case ir.Binary():
                return self._binary(expr)
            case ir.ShortCircuit():
                return self._short(expr)
            case ir.Convert(operand=operand):
                return self.convert(expr, self.expr(operand))
            case ir.Restrict():
                return self._restrict(expr)
            case ir.Intrinsic():
                return self.intrinsic(expr, self.operands(expr.operands))
            case ir.Clock():
                return Value("plc->image.clock", "int64_t", -(1 << 63), (1 << 63) - 1)
            case ir.Call():
                return self.call(expr)
            case ir.Dispatch(call=call):
                return self.call(call, expr)
            case ir.InterfaceOf(place=place, type_id=type_id):
                at = self.spot(place).address
                number = self.temporary(self.whole(type_id))
                text = f"((uint64_t){number.text} << 32 | plc_offset(plc, {at}))"
                return Value(text, "uint64_t", 0, (1 << 64) - 1, is_stable=True)
            case ir.CalleeValue():
                return self._results[expr.variable]
            case ir.Enabled():
                return Value(self.enabled, "uint8_t", 0, 255, is_stable=True)
        raise Unsupported(f"{type(expr).__name__} cannot be compiled to C")

    enabled = "1"
    _results: dict[Variable, Operand]
    """Outputs of the unit that was just called."""

    def call(self, expr: ir.Call, dispatch: ir.Dispatch | None = None) -> Operand:
        raise NotImplementedError

    def intrinsic(self, expr: ir.Intrinsic, operands: list[Operand]) -> Operand:
        raise NotImplementedError

    def operands(self, expressions: Sequence[ir.Expr]) -> list[Operand]:
        """Values from left to right; what a later one changes is kept first."""
        found: list[Operand] = []
        for expr in expressions:
            mark, before = len(self.out), self.clobbers
            value = self.expr(expr)
            if self.clobbers != before:
                lines = self.out[mark:]
                del self.out[mark:]
                found = [self.kept(v) for v in found]
                self.out += lines
            found.append(value)
        return found

    def wholes(self, *expressions: ir.Expr) -> list[Value]:
        """`operands` of expressions that are no strings and no groups."""
        values = self.operands(expressions)
        return [v for v in values if isinstance(v, Value)]

    # ---- leaves ----

    def _const(self, expr: ir.Const) -> Operand:
        if isinstance(expr.value, str):
            return self.string_constant(expr.type, expr.value)
        ctype = scalar(expr.type)
        if ctype is None:
            return Group(self.bytes_constant(expr.value), expr.type.size, is_stable=True)
        return constant(ctype, expr.value)

    def _part(self, expr: ir.ReadPart) -> Value:
        spot = self.spot(expr.place)
        size = expr.place.type.size
        whole = f"(uint{8 * size}_t){spot.lvalue}"
        text = f"({whole} >> {expr.shift})" if expr.shift else f"({whole})"
        high = (1 << expr.width) - 1
        if expr.shift + expr.width < 8 * size:
            text = f"({text} & {high}{'ULL' if size == 8 else 'u' if size == 4 else ''})"
        if expr.width < 32 and size >= 4:
            return Value(f"((int32_t){text})", "int32_t", 0, high)
        return (
            Value(text, {1: "int32_t", 2: "int32_t", 4: "uint32_t", 8: "uint64_t"}[size], 0, high)
            if (size < 8 or expr.width == 64)
            else Value(f"((uint32_t){text})", "uint32_t", 0, high)
        )

    # ---- operators ----

    def _negate(self, type_: Type, a: Value) -> Value:
        if a.ctype in ("float", "double"):
            return Value(f"(-{a.text})", a.ctype, is_stable=a.is_stable, is_number=a.is_number)
        return c.calculate("MINUS", type_, constant("int32_t", 0), a)

    @staticmethod
    def _complement(type_: Type, a: Value) -> Value:
        if kind_of(type_) == "bool":
            text = f"(!{a.text})" if a.high <= 1 else f"(~{a.text} & 1)"
            return Value(text, "int32_t", 0, 1, a.is_stable)
        ctype = scalar(type_)
        assert ctype is not None
        return c.cast(ctype, Value(f"(~{a.text})", a.ctype, is_stable=a.is_stable), *c.range_of(type_))

    def _binary(self, expr: ir.Binary) -> Value:
        a, b = self.operands([expr.left, expr.right])
        op, type_ = expr.op, expr.left.type
        if isinstance(a, Text) and isinstance(b, Text):
            return self.compare_texts(op, a, b)
        assert isinstance(a, Value)
        assert isinstance(b, Value)
        if op in COMPARISONS:
            return c.compare(op, a, b)
        if op in ("SLASH", "MOD"):
            return self.divide(expr, op, type_, a, b)
        if a.ctype in ("float", "double"):
            return c.real(op, a, b)
        return c.calculate(op, type_, a, b)

    def divide(self, expr: ir.Expr, op: str, type_: Type, a: Value, b: Value) -> Value:
        """Quotient or rest, checked: divisor 0, and the one quotient that does not fit."""
        if a.ctype in ("float", "double"):
            b = self.simple(b)
            if not _NOT_ZERO.fullmatch(b.text):
                self.check(f"{b.text} == 0", FaultKind.DIVIDE_BY_ZERO, expr.span, "divided by zero")
            return c.real(op, a, b)
        b = self.simple(b)
        if c.can_be(b, 0):
            self.check(
                f"{b.text} == 0", FaultKind.DIVIDE_BY_ZERO, expr.span, "{value} divided by zero", a.text
            )
        lowest = c.range_of(type_)[0]
        if not (c.is_signed(type_) and c.can_be(b, -1) and c.can_be(a, lowest)):
            return c.divided(op, type_, a, b)
        a = self.simple(a)
        if op == "SLASH":
            detail = f"{lowest} / -1 does not fit"
            wrong = f"{b.text} == -1 && {a.text} == {constant('int64_t', lowest).text}"
            self.check(wrong, FaultKind.OVERFLOW, expr.span, detail)
            quotient = c.divided(op, type_, a, b)
            return c.as_type(Value(quotient.text, quotient.ctype, *c.range_of(type_)), type_)
        rest = c.divided(op, type_, a, b)
        return Value(f"({b.text} == -1 ? 0 : {rest.text})", rest.ctype, rest.low, rest.high, rest.is_stable)

    def _short(self, expr: ir.ShortCircuit) -> Value:
        left = self.simple(self.whole(expr.left))
        before = self.clobbers
        with self.aside() as lines:
            right = self.whole(expr.right)
        low, high = min(left.low, right.low), max(left.high, right.high)
        is_and = expr.op == "AND_THEN"
        if not lines:
            self.clobbers = before
            chosen = f"{left.text} ? {right.text} : 0" if is_and else f"{left.text} == 1 ? 1 : {right.text}"
            return Value(f"({chosen})", "int32_t", low, high, left.is_stable and right.is_stable)
        name = self.names.fresh("t")
        self.emit(f"uint8_t {name} = {left.text};")
        lines.append(f"{name} = {right.text};")
        self.out += [f"if ({name}) {{" if is_and else f"if ({name} != 1) {{", lines, "}"]
        return Value(name, "uint8_t", low, high, is_stable=True)

    def _restrict(self, expr: ir.Restrict) -> Value:
        value = self.whole(expr.operand)
        if expr.lower <= value.low and value.high <= expr.upper:
            return value
        value = self.simple(value)
        detail = f"{{value}} is not within {expr.lower}..{expr.upper}"
        self.check(outside(value, expr.lower, expr.upper), FaultKind.SUBRANGE, expr.span, detail, value.text)
        low, high = max(value.low, expr.lower), min(value.high, expr.upper)
        return Value(value.text, value.ctype, low, high, value.is_stable)
