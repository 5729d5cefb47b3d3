"""Standard functions without state as C."""

from collections.abc import Callable

from sortyard.plc import ir
from sortyard.plc.c import arithmetic as c
from sortyard.plc.c.code import Operand, Text, Unsupported, Value
from sortyard.plc.c.expressions import Expressions
from sortyard.plc.c.names import limits, scalar
from sortyard.plc.c.places import outside
from sortyard.plc.faults import FaultKind
from sortyard.plc.types import StringType, kind_of, plain

INT64 = (-(1 << 63), (1 << 63) - 1)
_NUMBERS = {"int", "uint", "real"}


class Intrinsics(Expressions):
    """Adds `intrinsic`: one method for each function, found by its name."""

    def intrinsic(self, expr: ir.Intrinsic, operands: list) -> Operand:
        """The value of a standard function; functions that differ only in a type share one method."""
        name = expr.name
        method: Callable[[ir.Intrinsic, list], Operand] | None = getattr(self, f"do_{name.lower()}", None)
        if method is not None:
            return method(expr, operands)
        if "_BCD" in name or "BCD_" in name:
            return self._bcd(expr, operands)
        if "TRUNC" in name:
            return self._trunc(expr, operands)
        if name.endswith(("TO_REAL", "TO_LREAL", "TO_DWORD", "TO_LWORD")):
            return self._pattern(expr, operands)
        start = name.partition("_")[0]
        if start in ("ADD", "SUB", "MUL", "DIV"):
            return getattr(self, f"_time_{start.lower()}")(expr, operands)
        raise Unsupported(f"{name} cannot be compiled to C")

    # ---- numbers ----

    def do_abs(self, expr: ir.Intrinsic, operands: list[Value]) -> Value:
        a = self.simple(operands[0])
        if a.ctype in ("float", "double"):
            name = "__builtin_fabsf" if a.ctype == "float" else "__builtin_fabs"
            return Value(f"{name}({a.text})", a.ctype, is_stable=a.is_stable, is_number=a.is_number)
        if a.low >= 0:
            return a
        high = max(abs(a.low), abs(a.high))
        text = Value(f"({a.text} < 0 ? -{a.text} : {a.text})", a.ctype, 0, high, a.is_stable)
        low, top = c.range_of(expr.type)
        if high <= top:
            return text
        return c.cast(scalar(expr.type) or "", text, low, top)

    def do_move(self, expr: ir.Intrinsic, operands: list[Operand]) -> Operand:
        return operands[0]

    def do_sel(self, expr: ir.Intrinsic, operands: list[Operand]) -> Operand:
        gate = operands[0]
        assert isinstance(gate, Value)
        return self._chosen(f"{gate.text}", operands[2], operands[1], gate.is_stable)

    def _chosen(self, condition: str, a: Operand, b: Operand, is_stable: bool) -> Operand:
        """`condition ? a : b`."""
        is_stable = is_stable and a.is_stable and b.is_stable
        if isinstance(a, Value) and isinstance(b, Value):
            low, high = min(a.low, b.low), max(a.high, b.high)
            ctype = a.ctype if a.ctype == b.ctype or b.ctype in c.SMALL else b.ctype
            if a.ctype in c.SMALL and b.ctype in c.SMALL:
                ctype = "int32_t"
            is_number = a.is_number and b.is_number
            return Value(f"({condition} ? {a.text} : {b.text})", ctype, low, high, is_stable, is_number)
        if isinstance(a, Text) and isinstance(b, Text):
            gate = self.temporary(Value(f"({condition})", "uint8_t"))
            length = f"({gate.text} ? {a.length} : {b.length})"
            at = f"({gate.text} ? {a.at} : {b.at})"
            return Text(at, length, max(a.most, b.most), a.is_wide, is_stable)
        raise AssertionError(a)

    def do_mux(self, expr: ir.Intrinsic, operands: list[Operand]) -> Operand:
        k = operands[0]
        assert isinstance(k, Value)
        k = self.simple(k)
        last = len(operands) - 2
        if not 0 <= k.low <= k.high <= last:
            detail = f"MUX has inputs 0 to {last}, K is {{value}}"
            self.check(outside(k, 0, last), FaultKind.INDEX_OUT_OF_BOUNDS, expr.span, detail, k.text)
        found = operands[-1]
        for i in range(last - 1, -1, -1):
            found = self._chosen(f"{k.text} == {i}", operands[1 + i], found, k.is_stable)
        return found

    def do_max(self, expr: ir.Intrinsic, operands: list[Operand]) -> Operand:
        return self._extreme(">", operands)

    def do_min(self, expr: ir.Intrinsic, operands: list[Operand]) -> Operand:
        return self._extreme("<", operands)

    def _extreme(self, sign: str, operands: list[Operand]) -> Operand:
        """The first of the largest or smallest: a later one must beat it."""
        best = self.kept_simple(operands[0])
        for other in operands[1:]:
            best = self.kept_simple(self._better(sign, best, self.kept_simple(other)))
        return best

    def kept_simple(self, value: Operand) -> Operand:
        """The value in a form that may be written twice."""
        if isinstance(value, Value):
            return self.simple(value)
        return self.measured(value) if isinstance(value, Text) else value

    def _better(self, sign: str, best: Operand, other: Operand) -> Operand:
        """`other` if it beats `best`."""
        if isinstance(best, Text) and isinstance(other, Text):
            order = self.compare_texts("GT" if sign == ">" else "LT", other, best)
            return self._chosen(order.text, other, best, False)
        assert isinstance(best, Value)
        assert isinstance(other, Value)
        found = self._chosen(f"{other.text} {sign} {best.text}", other, best, True)
        assert isinstance(found, Value)
        # NaN beats nothing, so what follows a number is one
        found.is_number = best.is_number
        if best.ctype not in ("float", "double"):
            pick = max if sign == ">" else min
            found.low, found.high = pick(best.low, other.low), pick(best.high, other.high)
        return found

    def do_limit(self, expr: ir.Intrinsic, operands: list[Operand]) -> Operand:
        low, value, high = (self.kept_simple(operand) for operand in operands)
        if isinstance(expr.operands[0], ir.Const) and isinstance(expr.operands[2], ir.Const):
            assert isinstance(low, Value)
            assert isinstance(value, Value)
            assert isinstance(high, Value)
            if expr.operands[0].value <= expr.operands[2].value:
                return self._limited(low, value, high)
        inner = self.kept_simple(self._better(">", low, value))
        return self._better("<", inner, high)

    @staticmethod
    def _limited(low: Value, value: Value, high: Value) -> Value:
        """LIMIT with known ends in order; NaN becomes the lower one."""
        text = f"({value.text} > {low.text} ? {value.text} > {high.text} ? {high.text} : {value.text} : {low.text})"
        ends = max(low.low, min(value.low, high.low)), max(low.low, min(value.high, high.low))
        ctype = value.ctype if value.ctype not in c.SMALL else "int32_t"
        return Value(text, ctype, *ends, is_stable=value.is_stable, is_number=True)

    def do_is_valid(self, expr: ir.Intrinsic, operands: list[Value]) -> Value:
        text = f"(__builtin_isfinite({operands[0].text}) != 0)"
        return Value(text, "int32_t", 0, 1, operands[0].is_stable)

    def do_sqrt(self, expr: ir.Intrinsic, operands: list[Value]) -> Value:
        a = self.simple(operands[0])
        self.check(f"{a.text} < 0", FaultKind.DOMAIN, expr.span, "SQRT of a negative number is not defined")
        name = "__builtin_sqrtf" if a.ctype == "float" else "__builtin_sqrt"
        return Value(f"{name}({a.text})", a.ctype, is_stable=a.is_stable)

    def _trunc(self, expr: ir.Intrinsic, operands: list[Value]) -> Value:
        name = "__builtin_trunc" + ("f" if operands[0].ctype == "float" else "")
        return self.nearest(expr.type, Value(f"{name}({operands[0].text})", operands[0].ctype), expr.span)

    # ---- bits ----

    def _shift(self, name: str, expr: ir.Intrinsic, operands: list[Value]) -> Value:
        value, count = operands
        bits = 1 if kind_of(expr.type) == "bool" else 8 * expr.type.size
        wide = 64 if bits == 64 else 32
        if kind_of(expr.type) == "bool":
            value = Value(f"({value.text} & 1)", "int32_t", 0, 1, value.is_stable)
        turns = count.text
        if count.ctype == "uint64_t":
            # 64 is a multiple of every width
            turns = self.clamped(count) if name in ("shl", "shr") else f"({turns} & 63)"
        text = f"plc_{name}{wide}({self.unsigned(value, bits)}, {turns}, {bits})"
        low, high = c.range_of(expr.type)
        ctype = "uint64_t" if wide == 64 else "uint32_t"
        found = Value(text, ctype, 0, high, value.is_stable and count.is_stable)
        if low < 0:
            return c.cast(scalar(expr.type) or "", found, low, high)
        return c.as_type(found, expr.type) if bits != 1 else Value(f"((int32_t){text})", "int32_t", 0, 1)

    @staticmethod
    def unsigned(value: Value, bits: int) -> str:
        """The bits of a value as an unsigned number."""
        return value.text if value.low >= 0 or bits == 1 else f"(uint{bits}_t){value.text}"

    def do_shl(self, expr: ir.Intrinsic, operands: list[Value]) -> Value:
        return self._shift("shl", expr, operands)

    def do_shr(self, expr: ir.Intrinsic, operands: list[Value]) -> Value:
        return self._shift("shr", expr, operands)

    def do_rol(self, expr: ir.Intrinsic, operands: list[Value]) -> Value:
        return self._shift("rol", expr, operands)

    def do_ror(self, expr: ir.Intrinsic, operands: list[Value]) -> Value:
        return self._shift("ror", expr, operands)

    def do_is_valid_bcd(self, expr: ir.Intrinsic, operands: list[Value]) -> Value:
        return Value(f"plc_is_bcd({operands[0].text})", "int32_t", 0, 1)

    def _bcd(self, expr: ir.Intrinsic, operands: list[Value]) -> Value:
        value = self.temporary(operands[0])
        if "BCD_TO_" in expr.name:
            detail = "the number has digits above 9"
            self.check(f"!plc_is_bcd({value.text})", FaultKind.DOMAIN, expr.span, detail)
            found = Value(f"plc_from_bcd({value.text})", "uint64_t", 0, (1 << 64) - 1, is_stable=True)
            return c.wrapped(found, expr.type)
        bits = 8 * expr.type.size
        if value.low < 0:
            self.check(
                f"{value.text} < 0", FaultKind.OVERFLOW, expr.span, "{value} has no BCD form", value.text
            )
        detail = f"{{value}} has more digits than {expr.type}"
        wrong = f"(uint64_t){value.text} >= {10 ** (bits // 4)}ULL"
        self.check(wrong, FaultKind.OVERFLOW, expr.span, detail, value.text)
        return c.wrapped(Value(f"plc_to_bcd({value.text})", "uint64_t", 0, (1 << 64) - 1, True), expr.type)

    def _pattern(self, expr: ir.Intrinsic, operands: list[Value]) -> Value:
        goal = scalar(expr.type)
        value = operands[0]
        if isinstance(expr.operands[0], ir.Load) and value.ctype in ("float", "double"):
            # what a C variable holds may be a NaN that the image would not
            value.text = f"plc_real{32 if value.ctype == 'float' else 64}({value.text})"
        low, high = (0, 0) if goal in ("float", "double") else limits(plain(expr.type))
        names = {
            "float": "plc_as_float",
            "double": "plc_as_double",
            "uint32_t": "plc_bits32",
            "uint64_t": "plc_bits64",
        }
        return Value(f"{names[goal or '']}({value.text})", goal or "", low, high, value.is_stable)

    # ---- durations and dates ----

    def _time_sum(self, sign: str, expr: ir.Intrinsic, operands: list[Value]) -> Value:
        a, b = operands
        text = f"((int64_t){a.text} {sign} {b.text})"
        found = Value(text, "int64_t", *INT64, a.is_stable and b.is_stable)
        return self.day_part(found, "tod") if kind_of(expr.type) == "tod" else found

    def _time_add(self, expr: ir.Intrinsic, operands: list[Value]) -> Value:
        return self._time_sum("+", expr, operands)

    def _time_sub(self, expr: ir.Intrinsic, operands: list[Value]) -> Value:
        return self._time_sum("-", expr, operands)

    def _time_mul(self, expr: ir.Intrinsic, operands: list[Value]) -> Value:
        duration, factor = operands
        if kind_of(expr.operands[0].type) in _NUMBERS:
            duration, factor = factor, duration
        if factor.ctype in ("float", "double"):
            product = f"((double){duration.text} * (double){factor.text})"
            return self.nearest(expr.type, Value(product, "double"), expr.span)
        return c.calculate("STAR", expr.type, duration, c.wrapped(factor, expr.type))

    def _time_div(self, expr: ir.Intrinsic, operands: list[Value]) -> Value:
        a, b = operands
        if b.ctype in ("float", "double"):
            b = self.temporary(b)
            self.check(f"{b.text} == 0", FaultKind.DIVIDE_BY_ZERO, expr.span, "divided by zero")
            quotient = f"((double){a.text} / (double){b.text})"
            return self.nearest(expr.type, Value(quotient, "double"), expr.span)
        if b.ctype == "uint64_t":
            b = self.temporary(b)
            self.check(f"{b.text} == 0", FaultKind.DIVIDE_BY_ZERO, expr.span, "divided by zero")
            return Value(f"plc_divide_time({a.text}, {b.text})", "int64_t", *INT64)
        return self.divide(expr, "SLASH", expr.type, a, b)

    # ---- strings ----

    def do_len(self, expr: ir.Intrinsic, operands: list[Text]) -> Value:
        return Value(operands[0].length, "int32_t", 0, min(operands[0].most, 32767), operands[0].is_stable)

    def do_left(self, expr: ir.Intrinsic, operands: list) -> Text:
        text, count = self.measured(operands[0]), operands[1]
        return Text(text.at, self._count(count, text.length), text.most, text.is_wide, text.is_stable)

    def do_right(self, expr: ir.Intrinsic, operands: list) -> Text:
        text = self.measured(operands[0])
        count = self.temporary(Value(self._count(operands[1], text.length), "int32_t"))
        return Text(
            f"({text.at} + ({text.length} - {count.text}))",
            count.text,
            text.most,
            text.is_wide,
            text.is_stable,
        )

    def do_mid(self, expr: ir.Intrinsic, operands: list) -> Text:
        text = self.measured(operands[0])
        at = self.temporary(self._position(operands[2]))
        name = self.names.fresh("n")
        self.emit(
            f"const int32_t {name} = plc_middle({text.length}, {self.clamped(operands[1])}, {at.text});"
        )
        start = f"({text.at} + ({name} ? {at.text} - 1 : 0))"
        return Text(start, name, text.most, text.is_wide, text.is_stable)

    @staticmethod
    def clamped(value: Value) -> str:
        """A count or position of any whole type as a 32-bit number that means the same."""
        return value.text if value.ctype in c.SMALL else f"plc_clamp_{value.ctype[:-2]}({value.text})"

    def _position(self, value: Value) -> Value:
        return Value(self.clamped(value), "int32_t", *c.INT32)

    def _count(self, count: Value, length: str) -> str:
        return f"plc_count({self.clamped(count)}, {length})"

    def _built(self, expr: ir.Intrinsic, call: str, arguments: list[str]) -> Text:
        """A new string that a function of the support code writes; gives its length."""
        type_ = expr.type
        assert isinstance(type_, StringType)
        width = 16 if type_.is_wide else 8
        buffer, length = self.buffer(type_.length + 1, type_.is_wide), self.names.fresh("n")
        joined = ", ".join([buffer, str(type_.length), *arguments])
        self.emit(f"const int32_t {length} = plc_{call}{width}({joined});")
        return Text(buffer, length, type_.length, type_.is_wide, is_stable=True)

    def do_concat(self, expr: ir.Intrinsic, operands: list[Text]) -> Text:
        type_ = expr.type
        assert isinstance(type_, StringType)
        width = 16 if type_.is_wide else 8
        buffer, length = self.buffer(type_.length + 1, type_.is_wide), self.names.fresh("n")
        self.emit(f"int32_t {length} = 0;")
        for text in operands:
            self.emit(
                f"{length} = plc_append{width}({buffer}, {length}, {type_.length}, {text.at}, {text.length});"
            )
        return Text(buffer, length, type_.length, type_.is_wide, is_stable=True)

    def do_insert(self, expr: ir.Intrinsic, operands: list) -> Text:
        a, b, at = operands
        return self._built(expr, "insert", [a.at, a.length, b.at, b.length, self.clamped(at)])

    def do_delete(self, expr: ir.Intrinsic, operands: list) -> Text:
        a, count, at = operands
        nothing = "(const uint16_t *)0" if a.is_wide else "(const uint8_t *)0"
        return self._built(
            expr, "replace", [a.at, a.length, nothing, "0", self.clamped(count), self.clamped(at)]
        )

    def do_replace(self, expr: ir.Intrinsic, operands: list) -> Text:
        a, b, count, at = operands
        arguments = [a.at, a.length, b.at, b.length, self.clamped(count), self.clamped(at)]
        return self._built(expr, "replace", arguments)

    def do_find(self, expr: ir.Intrinsic, operands: list[Text]) -> Value:
        a, b = operands
        width = 16 if a.is_wide else 8
        text = f"plc_find{width}({a.at}, {a.length}, {b.at}, {b.length})"
        return Value(text, "int32_t", 0, 32767, a.is_stable and b.is_stable)
