"""Standard functions without state, by their names."""

from collections.abc import Callable

from sortyard.plc import ir, standard_time
from sortyard.plc.conversions import DAY_NS
from sortyard.plc.faults import FaultKind
from sortyard.plc.mpy import long, reals, support, texts, wide
from sortyard.plc.mpy.facts import may_pause
from sortyard.plc.mpy.fn import Fn
from sortyard.plc.mpy.places import At
from sortyard.plc.mpy.small import as_num, clean, masked
from sortyard.plc.mpy.stores import Cell, choice, store
from sortyard.plc.mpy.truth import as_condition, compare_values
from sortyard.plc.mpy.values import (
    SMALL_MAX,
    Long,
    Num,
    Real,
    Truth,
    Unsupported,
    Value,
    Wide,
    plus,
    shape_of,
    whole,
)
from sortyard.plc.mpy.wide import narrowed
from sortyard.plc.types import ULINT, kind_of


def intrinsic(fn: Fn, expr: ir.Intrinsic, into: str | None) -> Value:
    """The value of a standard function."""
    from sortyard.plc.mpy.expressions import values

    function = _FUNCTIONS.get(expr.name)
    if function is None and (expr.name.startswith("TRUNC") or "_TRUNC_" in expr.name):
        function = _trunc
    if function is None and "BCD" in expr.name:
        function = _from_bcd if "BCD_TO_" in expr.name else _to_bcd
    if function is None:
        raise Unsupported(f"{expr.name} cannot be compiled for MicroPython yet")
    operands = values(fn, expr.operands)
    if may_pause(expr):
        operands = [fn.steady(one) for one in operands]
    return function(fn, expr, operands, into)


def _move(fn: Fn, expr: ir.Intrinsic, operands: list[Value], into: str | None) -> Value:
    return operands[0]


def _sel(fn: Fn, expr: ir.Intrinsic, operands: list[Value], into: str | None) -> Value:
    test = as_condition(operands[0])
    if shape_of(expr.type) == "num":
        limits = whole(expr.type)
        a, b = (clean(as_num(fn, v), limits) for v in operands[1:])
        return Num(f"({b.text} if {test} else {a.text})", min(a.lo, b.lo), max(a.hi, b.hi))
    cell = Cell(fn, expr.type, operands[1])
    cell.replace(test, operands[2])
    return cell.value


def _mux(fn: Fn, expr: ir.Intrinsic, operands: list[Value], into: str | None) -> Value:
    kind = FaultKind.INDEX_OUT_OF_BOUNDS
    last = len(operands) - 2
    detail = f"MUX has inputs 0 to {last}"
    key = narrowed(fn, operands[0], expr.operands[0].type, kind, expr.span, detail)
    local = fn.kept(key.text) if may_pause(expr) else fn.name(key.text)
    if key.lo < 0 or key.hi > last:
        fn.check(f"{local} < 0 or {local} > {last}", kind, expr.span, detail=detail)
    cell = Cell(fn, expr.type, operands[1])
    for position, other in enumerate(operands[2:], 1):
        cell.replace(f"{local} == {position}", other)
    return cell.value


def _extreme(op: str) -> Callable[..., Value]:
    def function(fn: Fn, expr: ir.Intrinsic, operands: list[Value], into: str | None) -> Value:
        type_ = expr.operands[0].type
        return choice(fn, type_, operands, lambda a, b: compare_values(fn, op, type_, a, b).text)

    return function


def _limit(fn: Fn, expr: ir.Intrinsic, operands: list[Value], into: str | None) -> Value:
    type_ = expr.operands[0].type
    cell = Cell(fn, type_, operands[0])
    for op, other in (("GT", operands[1]), ("LT", operands[2])):
        cell.replace(compare_values(fn, op, type_, other, cell.value).text, other)
    return cell.value


def _abs(fn: Fn, expr: ir.Intrinsic, operands: list[Value], into: str | None) -> Value:
    operand, shape = operands[0], shape_of(expr.type)
    if isinstance(operand, Real):
        return Real(f"abs({reals.single(fn, operand)})", True)
    limits = whole(expr.type)
    if not limits.is_signed:
        return operand
    if shape == "num" or isinstance(operand, Num):
        number = clean(as_num(fn, operand), limits) if shape == "num" else as_num(fn, operand)
        local = fn.name(number.text)
        if number.lo >= -SMALL_MAX:
            return Num(f"({local} if {local} >= 0 else -{local})", 0, max(abs(number.lo), abs(number.hi)))
    if isinstance(operand, Long):
        cell = Cell(fn, expr.type, operand)
        assert isinstance(cell.value, Long)
        cell.replace(f"{fn.target.signed(plus(operand.at, 3))} < 0", long.negate(fn, operand, None))
        return cell.value
    found = wide.settled(fn, operand, limits)
    high, low = wide.halves(fn, found)
    held = Cell(fn, expr.type, Wide(high, low))
    assert isinstance(held.value, Wide)
    held.replace(f"{held.value.hi} < 0", wide.subtract(fn, Num("0", 0, 0), held.value))
    return held.value


def _shift(name: str) -> Callable[..., Value]:
    """SHL SHR ROL ROR. A count below 0 is 0."""

    def function(fn: Fn, expr: ir.Intrinsic, operands: list[Value], into: str | None) -> Value:
        bits = 1 if kind_of(expr.type) == "bool" else whole(expr.type).bits
        count = _count(fn, operands[1], expr.operands[1])
        if bits == 1:
            assert isinstance(operands[0], Truth)
            return operands[0] if name[0] == "R" else Truth(f"({operands[0].text} and {count} == 0)")
        if bits <= 16:
            return _shifted(fn, name, masked(as_num(fn, operands[0]), bits), count, bits)
        at = At(fn.scratch(8))
        value = operands[0]
        store(fn, at, expr.type, value)
        word = at.const // 2
        kind = ("SHL", "SHR", "ROL", "ROR").index(name)
        count = fn.kept(count)
        fn.rest()
        support.do(fn, "shift", word, bits // 16, kind, count)
        fn.rest()
        return Long(str(word)) if bits == 64 else wide.load_word(fn, word, whole(expr.type))

    return function


def _count(fn: Fn, value: Value, expr: ir.Expr) -> str:
    """The count as a local or number from 0 to 1,000,000,000 with the same remainder by 64 where it matters."""
    limits = whole(expr.type)
    if isinstance(value, (Num, Truth)) and (
        limits.bits < 32 or as_num(fn, value).lo >= 0 or limits.is_signed
    ):
        number = clean(as_num(fn, value), limits) if limits.bits < 32 else as_num(fn, value)
        if number.lo >= 0:
            return fn.name(number.text)
        local = fn.name(number.text)
        return fn.name(f"({local} if {local} > 0 else 0)")
    if isinstance(value, Long):
        words = [f"H[{plus(value.at, i)}]" for i in (1, 2, 3)]
        sign = fn.target.signed(plus(value.at, 3))
        low = f"H[{value.at}]"
        large = f"({' or '.join(words)})"
    else:
        found = wide.settled(fn, value, limits)
        assert isinstance(found, Wide)
        sign, large, low = found.hi, found.hi, found.lo
    # 64 turns more than any number of turns, and the same rotation
    counted = f"({low} & 63 | 64 if {large} else {low})"
    return fn.name(f"(0 if {sign} < 0 else {counted})" if limits.is_signed else counted)


def _shifted(fn: Fn, name: str, text: str, count: str, bits: int) -> Num:
    mask = (1 << bits) - 1
    if name == "SHR":
        return Num(f"({text} >> {count} if {count} < {bits} else 0)", 0, mask)
    if name == "SHL":
        local = fn.name(text)
        return Num(f"(({local} & ({mask} >> {count})) << {count} if {count} < {bits} else 0)", 0, mask)
    local = fn.name(text)
    turn = fn.name(f"({count} & {bits - 1})" if name == "ROL" else f"(-{count} & {bits - 1})")
    return Num(f"(({local} & ({mask} >> {turn})) << {turn} | {local} >> ({bits} - {turn}))", 0, mask)


def _trunc(fn: Fn, expr: ir.Intrinsic, operands: list[Value], into: str | None) -> Value:
    from sortyard.plc.mpy.convert import rounded

    return rounded(fn, expr, expr.type, operands[0], 1, expr.operands[0].type.size == 8)


def _sqrt(fn: Fn, expr: ir.Intrinsic, operands: list[Value], into: str | None) -> Value:
    return reals.root(fn, expr, operands[0])


def _bits_to_real(fn: Fn, expr: ir.Intrinsic, operands: list[Value], into: str | None) -> Value:
    return Real(f"f[{wide.in_memory(fn, operands[0]) // 2}]", True)


def _real_to_bits(fn: Fn, expr: ir.Intrinsic, operands: list[Value], into: str | None) -> Value:
    return wide.load_word(fn, reals.bits_of(fn, operands[0]).const // 2, whole(expr.type))


def _day_of_week(fn: Fn, expr: ir.Intrinsic, operands: list[Value], into: str | None) -> Value:
    """0 is Sunday, and 1970-01-01 was a Thursday."""
    from sortyard.plc.mpy.times import divided_by, time_of_day

    day = operands[0]
    assert isinstance(day, Long)
    day = fn.steady_long(day)
    midnight = long.target_of(fn, None)
    support.do(fn, "sub64", midnight, day.at, time_of_day(fn, day).at)
    days = divided_by(fn, Long(midnight), DAY_NS)
    # a date is at most 106,751 days from then
    low = fn.target.small32(days.at, f"{days.at} + 1")
    return Num(f"(({low} + 4) % 7)", 0, 6)


def _is_valid(fn: Fn, expr: ir.Intrinsic, operands: list[Value], into: str | None) -> Value:
    local = fn.name(reals.single(fn, operands[0]), "r")
    return Truth(fn.name(f"({local} - {local} == 0)"))


def _sum(name: str) -> Callable[..., Value]:
    """ADD_TIME and SUB_TIME, with dates too; a time of day goes on at midnight."""

    def function(fn: Fn, expr: ir.Intrinsic, operands: list[Value], into: str | None) -> Value:
        from sortyard.plc.mpy.times import time_of_day

        a, b = operands
        assert isinstance(a, Long)
        assert isinstance(b, Long)
        target = long.target_of(fn, into if kind_of(expr.type) != "tod" else None)
        support.do(fn, name, target, a.at, b.at)
        is_clock = kind_of(expr.type) == "tod"
        return time_of_day(fn, Long(target)) if is_clock else Long(target)

    return function


def _scale(fn: Fn, expr: ir.Intrinsic, operands: list[Value], into: str | None) -> Value:
    """MUL_TIME and DIV_TIME with whole numbers."""
    if any(isinstance(value, Real) for value in operands):
        return _scale_by_real(fn, expr, operands)
    limits = [whole(one.type) for one in expr.operands]
    a, b = (long.in_memory(fn, v, n) for v, n in zip(operands, limits, strict=True))
    if expr.name.startswith("MUL"):
        target = long.target_of(fn, None)
        support.do(fn, "mul64", target, a, b)
        fn.rest()
        return Long(target)
    return long.divide(fn, expr, a, b, whole(expr.type), not limits[1].is_signed)


def _scale_by_real(fn: Fn, expr: ir.Intrinsic, operands: list[Value]) -> Value:
    """To the nearest nanosecond."""
    from sortyard.plc.mpy.convert import rounded
    from sortyard.plc.mpy.times import span_by_real

    span, factor = operands if isinstance(operands[0], Long) else operands[::-1]
    size = max(one.type.size for one in expr.operands if kind_of(one.type) == "real")
    assert isinstance(span, Long)
    is_division = expr.name.startswith("DIV")
    by = fn.name(reals.single(fn, factor), "r")
    if is_division:
        fn.check(f"{by} == 0", FaultKind.DIVIDE_BY_ZERO, expr.span)
    if size == 4:
        return span_by_real(fn, expr, span.at, Real(by, True), int(is_division))
    whole_span = reals.lreal_of(fn, span, True)
    result = Real(f"({whole_span.text} {'/' if is_division else '*'} {by})", True)
    return rounded(fn, expr, expr.type, result, 0, True)


def _bits_to_lreal(fn: Fn, expr: ir.Intrinsic, operands: list[Value], into: str | None) -> Value:
    at = fn.scratch(8)
    value = operands[0]
    assert isinstance(value, Long)
    long.copy(fn, str(at // 2), value.at)
    return Real(f"D[{at // 8}]", True)


def _lreal_to_bits(fn: Fn, expr: ir.Intrinsic, operands: list[Value], into: str | None) -> Value:
    at = At(fn.scratch(8))
    reals.store(fn, at, 8, operands[0])
    return Long(at.word())


def _is_bcd(fn: Fn, expr: ir.Intrinsic, operands: list[Value], into: str | None) -> Value:
    state = _decoded(fn, expr, operands[0])
    return Truth(f"(H[{state + 5}] == 0)")


def _decoded(fn: Fn, expr: ir.Intrinsic, value: Value) -> int:
    """The first word of a number that was read from decimal digits."""
    limits = whole(expr.operands[0].type)
    a = long.in_memory(fn, value, limits)
    state = fn.scratch(12) // 2
    support.do(fn, "bcd_begin", state, limits.bits // 4)
    support.in_steps(fn, "from_bcd_step", state, a)
    return state


def _from_bcd(fn: Fn, expr: ir.Intrinsic, operands: list[Value], into: str | None) -> Value:
    from sortyard.plc.mpy.convert import resized

    state = _decoded(fn, expr, operands[0])
    fn.check(f"H[{state + 5}]", FaultKind.DOMAIN, expr.span)
    return resized(fn, ULINT, expr.type, Long(str(state)), None)


def _to_bcd(fn: Fn, expr: ir.Intrinsic, operands: list[Value], into: str | None) -> Value:
    from sortyard.plc.mpy.convert import resized

    limits = whole(expr.operands[0].type)
    a = str(fn.scratch(8) // 2)
    long.copy(fn, a, long.in_memory(fn, operands[0], limits))
    if limits.is_signed:
        fn.check(f"H[{plus(a, 3)}] > 32767", FaultKind.OVERFLOW, expr.span)
    state, digits = fn.scratch(12) // 2, whole(expr.type).bits // 4
    support.do(fn, "bcd_begin", state, digits)
    support.in_steps(fn, "to_bcd_step", state, a, digits)
    fn.check(f"H[{state + 5}]", FaultKind.OVERFLOW, expr.span)
    return resized(fn, ULINT, expr.type, Long(str(state)), None)


_FUNCTIONS: dict[str, Callable[[Fn, ir.Intrinsic, list[Value], str | None], Value]] = {
    "MOVE": _move, "SEL": _sel, "MUX": _mux, "MAX": _extreme("GT"), "MIN": _extreme("LT"), "LIMIT": _limit,
    "ABS": _abs, "SHL": _shift("SHL"), "SHR": _shift("SHR"), "ROL": _shift("ROL"), "ROR": _shift("ROR"),
    "SQRT": _sqrt, "DWORD_TO_REAL": _bits_to_real, "REAL_TO_DWORD": _real_to_bits,
    "LWORD_TO_LREAL": _bits_to_lreal, "LREAL_TO_LWORD": _lreal_to_bits, "IS_VALID_BCD": _is_bcd,
    "DAY_OF_WEEK": _day_of_week, "IS_VALID": _is_valid, "CONCAT_DATE_TOD": _sum("add64"),
}  # fmt: skip


def _text(fn: Fn, expr: ir.Intrinsic, operands: list[Value], into: str | None) -> Value:
    return texts.function(fn, expr, operands)


for _name in ("LEN", "LEFT", "RIGHT", "MID", "CONCAT", "INSERT", "DELETE", "REPLACE", "FIND"):
    _FUNCTIONS[_name] = _text
for _name in standard_time.FUNCTIONS:
    _start = _name[:4]
    _FUNCTIONS[_name] = _sum("add64") if _start == "ADD_" else _sum("sub64") if _start == "SUB_" else _scale
