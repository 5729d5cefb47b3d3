"""Conversions between types as C, and strings as pointers with lengths."""

from dataclasses import replace

from sortyard.plc import ir
from sortyard.plc.c import arithmetic as c
from sortyard.plc.c.code import Group, Operand, Text, Value
from sortyard.plc.c.names import limits, scalar
from sortyard.plc.c.places import Places, outside
from sortyard.plc.conversions import DAY_NS, unit_ns
from sortyard.plc.faults import FaultKind
from sortyard.plc.source import Span
from sortyard.plc.types import EnumType, StringType, Type, kind_of, plain

_TIMES = {"time", "date", "tod", "dt"}
_CHARACTERS = {"char", "wchar", "string", "wstring"}
INT64 = (-(1 << 63), (1 << 63) - 1)


class Converting(Places):
    """Adds `convert`, and what all strings need."""

    def convert(self, expr: ir.Convert, value: Operand) -> Operand:
        """The operand as a value of the expression's type; see conversions.py for what that means."""
        source, target = (_base(t) for t in (expr.operand.type, expr.type))
        origin, goal = kind_of(source), kind_of(target)
        if origin in _CHARACTERS or goal in _CHARACTERS:
            return self._characters(source, target, value)
        assert isinstance(value, Value)
        if goal == "bool":
            return Value(f"({value.text} != 0)", "int32_t", 0, 1, value.is_stable)
        if origin in _TIMES:
            return self._from_time(source, target, value, origin, goal)
        if goal in _TIMES:
            return self._to_time(target, value, expr.span)
        if goal == "real":
            return self.to_real(target, value)
        if origin == "real":
            return self.nearest(target, value, expr.span)
        return c.wrapped(value, target)

    @staticmethod
    def to_real(target: Type, value: Value) -> Value:
        """Rounded once."""
        ctype = scalar(target)
        assert ctype is not None
        if value.ctype == ctype:
            return value
        is_number = value.is_number or value.ctype not in ("float", "double")
        return Value(f"(({ctype}){value.text})", ctype, is_stable=value.is_stable, is_number=is_number)

    def nearest(self, target: Type, value: Value, span: Span) -> Value:
        """The nearest whole number, halves to even; a fault where the type has no such value."""
        low, high = limits(plain(target))
        value = value if value.is_stable else self.temporary(value)
        detail = f"the number does not fit {target}"
        if high < 1 << 53:
            name = self.names.fresh("n")
            suffix = "f" if value.ctype == "float" else ""
            self.emit(f"const int64_t {name} = plc_nearest{suffix}({value.text});")
            found = Value(name, "int64_t", *INT64, is_stable=True)
            self.check(outside(found, low, high), FaultKind.OVERFLOW, span, detail)
            ctype = scalar(target)
            assert ctype is not None
            return c.cast(ctype, found, low, high)
        end = "9223372036854775808.0" if low < 0 else "18446744073709551616.0"
        start = "-9223372036854775808.0" if low < 0 else "-0.5"
        self.check(f"!({value.text} >= {start} && {value.text} < {end})", FaultKind.OVERFLOW, span, detail)
        if low < 0:
            return Value(f"plc_nearest({value.text})", "int64_t", low, high, is_stable=True)
        return Value(f"plc_nearest_unsigned({value.text})", "uint64_t", low, high, is_stable=True)

    # ---- durations and dates ----

    def _from_time(self, source: Type, target: Type, value: Value, origin: str, goal: str) -> Value:
        if goal in _TIMES:
            if origin == "dt" and goal in ("date", "tod"):
                return self.day_part(value, goal)
            return value
        unit = unit_ns(source)
        whole = value
        if unit > 1:
            whole = Value(
                f"({value.text} / {unit})", "int64_t", INT64[0] // unit, INT64[1] // unit, value.is_stable
            )
        return self.to_real(target, whole) if goal == "real" else c.wrapped(whole, target)

    def day_part(self, value: Value, goal: str) -> Value:
        """The midnight before, or the time since then."""
        value = self.simple(value)
        clock = f"plc_of_day({value.text})"
        if goal == "tod":
            return Value(clock, "int64_t", 0, DAY_NS - 1, value.is_stable)
        return Value(f"({value.text} - {clock})", "int64_t", *INT64, value.is_stable)

    def _to_time(self, target: Type, value: Value, span: Span) -> Value:
        unit = unit_ns(target)
        if value.ctype in ("float", "double"):
            scaled = Value(f"((double){value.text} * {unit}.0)", "double", is_stable=value.is_stable)
            return self.nearest(target, scaled, span)
        text = f"((int64_t){value.text} * {unit})" if unit > 1 else f"((int64_t){value.text})"
        return Value(text, "int64_t", *INT64, value.is_stable)

    # ---- strings ----

    def string_constant(self, type_: Type, value: str) -> Operand:
        """A string or character that is known."""
        if not isinstance(type_, StringType):
            number = ord(value)
            return Value(str(number), "int32_t", number, number, is_stable=True)
        if type_.is_wide:
            body = "".join(f"\\x{ord(ch):04x}" for ch in value)
            return Text(f'((const uint16_t *)u"{body}")', str(len(value)), len(value), True, True)
        body = "".join(
            ch if (ch.isalnum() and ch.isascii()) or ch in " .,:;_-#" else f"\\{ord(ch):03o}" for ch in value
        )
        return Text(f'((const uint8_t *)"{body}")', str(len(value)), len(value), False, True)

    def bytes_constant(self, value: bytes) -> str:
        """The address of constant bytes."""
        body = "".join(f"\\{b:03o}" for b in value)
        return f'((const uint8_t *)"{body}")'

    def measured(self, text: Text) -> Text:
        """The string with a length that may be written twice."""
        if text.length.isidentifier() or text.length.isdigit():
            return text
        name = self.names.fresh("n")
        self.emit(f"const int32_t {name} = {text.length};")
        return replace(text, length=name)

    def kept(self, value: Operand) -> Operand:
        """The value as it is now, whatever changes memory later."""
        if value.is_stable:
            return value
        if isinstance(value, Value):
            return self.temporary(value)
        if isinstance(value, Group):
            name = self.buffer(value.size, False)
            self.emit(f"memcpy({name}, {value.at}, {value.size});")
            return Group(name, value.size, is_stable=True)
        value = self.measured(value)
        name = self.buffer(value.most, value.is_wide)
        size = f"{value.length} * 2" if value.is_wide else value.length
        self.emit(f"memcpy({name}, {value.at}, {size});")
        return replace(value, at=name, is_stable=True)

    def cut(self, text: Text, length: int) -> Text:
        """The string, cut at a length."""
        if text.most <= length:
            return text
        return replace(text, length=f"plc_least({text.length}, {length})", most=length)

    def compare_texts(self, op: str, a: Text, b: Text) -> Value:
        """0 or 1: strings are ordered by their characters' codes."""
        width = 16 if a.is_wide else 8
        order = f"plc_compare{width}({a.at}, {a.length}, {b.at}, {b.length})"
        return c.compare(op, Value(order, "int32_t", -1, 1), Value("0", "int32_t", 0, 0))

    def _characters(self, source: Type, target: Type, value: Operand) -> Operand:
        """Conversions from and to characters and strings."""
        if isinstance(value, Text):
            return self._from_text(target, value)
        assert isinstance(value, Value)
        if isinstance(target, StringType):
            return self._to_text(source, target, value)
        origin, goal = kind_of(source), kind_of(target)
        if origin == "wchar" and goal == "char":
            value = self.simple(value)
            return Value(f"({value.text} < 256 ? {value.text} : 63)", "int32_t", 0, 255, value.is_stable)
        if goal == "real":
            return self.to_real(target, value)
        if goal == "bool":
            return Value(f"({value.text} != 0)", "int32_t", 0, 1, value.is_stable)
        return c.wrapped(value, target)

    def _from_text(self, target: Type, value: Text) -> Operand:
        if isinstance(target, StringType):
            value = self._as_wide(value, target.is_wide)
            return self.cut(value, target.length)
        if kind_of(target) in ("char", "wchar"):
            value = self._as_wide(self.measured(value), kind_of(target) == "wchar")
            text = f"({value.length} ? {value.at}[0] : 0)"
            return Value(text, scalar(target) or "", *limits(target), value.is_stable)
        raise AssertionError(target)

    def _as_wide(self, value: Text, is_wide: bool) -> Text:
        """The string with characters of that width; a wide character without a narrow one becomes a `?`."""
        if value.is_wide == is_wide:
            return value
        value = self.measured(value)
        name = self.buffer(value.most, is_wide)
        self.emit(f"plc_{'widen' if is_wide else 'narrow'}({name}, {value.at}, {value.length});")
        return Text(name, value.length, value.most, is_wide, is_stable=True)

    def _to_text(self, source: Type, target: StringType, value: Value) -> Text:
        value = self.temporary(value)
        if kind_of(source) == "wchar" and not target.is_wide:
            value = self.temporary(Value(f"({value.text} < 256 ? {value.text} : 63)", "uint16_t"))
        name = self.names.fresh("s")
        self.emit(f"const {'uint16_t' if target.is_wide else 'uint8_t'} {name}[1] = {{{value.text}}};")
        return self.cut(Text(name, f"({value.text} != 0)", 1, target.is_wide, True), target.length)


def _base(type_: Type) -> Type:
    return type_.base if isinstance(type_, EnumType) else plain(type_)


def is_group(type_: Type) -> bool:
    """True for what is copied byte by byte."""
    return scalar(type_) is None and not isinstance(type_, StringType)
