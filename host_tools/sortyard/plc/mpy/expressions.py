"""Expressions: which way each typed operation is computed, by the shape of its type."""

from sortyard.plc import ir
from sortyard.plc.layout import CLOCK_OFFSET
from sortyard.plc.mpy import long, reals, texts, wide
from sortyard.plc.mpy.convert import convert
from sortyard.plc.mpy.facts import may_pause
from sortyard.plc.mpy.fn import Fn
from sortyard.plc.mpy.intrinsics import intrinsic
from sortyard.plc.mpy.nodes import If
from sortyard.plc.mpy.places import At, address
from sortyard.plc.mpy.small import binary_num, clean, complement_num, negate_num, restrict_num
from sortyard.plc.mpy.truth import as_bit, as_condition, binary_truth, compare_values
from sortyard.plc.mpy.values import (
    Block,
    Long,
    Num,
    Real,
    Truth,
    Unsupported,
    Value,
    Wide,
    is_small,
    shape_of,
    whole,
)
from sortyard.plc.operators import COMPARISONS
from sortyard.plc.types import Type, kind_of


def value(fn: Fn, expr: ir.Expr, into: str | None = None) -> Value:
    """The value of an expression; statements before it do what it needs. 64-bit values may be put to word `into`."""
    found = _value(fn, expr, into)
    if id(expr) in fn.module.long_work.parts:
        found = fn.lasting(found)
        fn.rest()
    return found


def _value(fn: Fn, expr: ir.Expr, into: str | None) -> Value:
    if not fn.module.has_doubles and kind_of(expr.type) == "real" and expr.type.size == 8:
        raise Unsupported("LREAL needs double floats, which no supported board has", "use REAL")
    match expr:
        case ir.Const():
            return constant(fn, expr.type, expr.value)
        case ir.Load():
            return load(fn, expr.place, expr.type)
        case ir.ReadPart():
            return read_part(fn, expr)
        case ir.AddressOf():
            return Num(fn.name(address(fn, expr.place).byte), 0, fn.module.memory_size)
        case ir.Binary():
            return _binary(fn, expr, into)
        case ir.ShortCircuit():
            return _short_circuit(fn, expr)
        case ir.Negate():
            return _negate(fn, expr, into)
        case ir.Complement():
            return _complement(fn, expr, into)
        case ir.Convert():
            return convert(fn, expr, into)
        case ir.Restrict():
            return _restrict(fn, expr)
        case ir.Intrinsic():
            return intrinsic(fn, expr, into)
        case ir.Clock():
            return Long(str(CLOCK_OFFSET // 2))
        case ir.CalleeValue():
            return fn.results[expr.variable]
        case ir.Enabled():
            return fn.results["EN"]
        case ir.Call():
            from sortyard.plc.mpy.calls import call

            return call(fn, expr)
        case ir.Dispatch():
            from sortyard.plc.mpy.calls import call

            return call(fn, expr.call, expr)
        case ir.InterfaceOf():
            return _interface(fn, expr)
    raise Unsupported(f"{type(expr).__name__} cannot be compiled for MicroPython")


def _interface(fn: Fn, expr: ir.InterfaceOf) -> Long:
    """The object's offset and the number of its type."""
    at = fn.kept(address(fn, expr.place).byte)
    number = value(fn, expr.type_id)
    into = fn.scratch(8) // 2
    wide.store(fn, str(into), str(into + 1), Num(at, 0, fn.module.memory_size))
    wide.store(fn, str(into + 2), str(into + 3), number)
    return Long(str(into))


def values(fn: Fn, exprs: list[ir.Expr]) -> list[Value]:
    """The values of operands from left to right; none changes by what a later one does."""
    found = []
    for position, expr in enumerate(exprs):
        one = value(fn, expr)
        found.append(fn.older(one, *exprs[position + 1 :]))
    return found


def constant(fn: Fn, type_: Type, content: object) -> Value:
    shape = shape_of(type_)
    if shape == "truth":
        return Truth(str(int(bool(content))), True)
    if isinstance(content, str) and shape == "num":
        content = ord(content)
    if shape in ("num", "wide"):
        assert isinstance(content, int)
        return wide.constant(content, whole(type_))
    if shape == "long":
        assert isinstance(content, int)
        return Long(str(fn.module.pool((content & (1 << 64) - 1).to_bytes(8, "little")) // 2))
    if shape == "real":
        assert isinstance(content, float)
        return Real(fn.module.real(content), True)
    if shape == "lreal":
        assert isinstance(content, float)
        return Real(fn.module.real(content, 8), True)
    return texts.constant(fn, type_, content)


def load(fn: Fn, place: ir.Place, type_: Type) -> Value:
    """The value at a place."""
    known = fn.known.get(place_key(place))
    if known is not None:
        return known
    return load_at(fn, address(fn, place), type_, is_ordinary(fn, place))


def is_ordinary(fn: Fn, place: ir.Place) -> bool:
    """True if a BOOL at that place is 0 or 1 for sure: nothing else can be written there."""
    is_plain = place.base != "pointer" or not fn.module.has_loose_pointers
    is_located = place.variable is not None and place.variable.address is not None
    return is_plain and not is_located and not fn.module.has_unions


def load_at(fn: Fn, at: At, type_: Type, is_bit: bool = True) -> Value:
    """The value of a type at an offset."""
    shape, target = shape_of(type_), fn.target
    if at.is_loose and type_.size > 1 and shape not in ("text", "block"):
        at = _aligned(fn, at, type_.size)
    if shape == "truth":
        return Truth(f"B[{at.byte}]", is_bit)
    if shape == "num":
        limits = whole(type_)
        unsigned = f"B[{at.byte}]" if limits.bits == 8 else f"H[{at.word()}]"
        if limits.is_signed:
            unsigned = target.signed8(at.byte) if limits.bits == 8 else target.signed(at.word())
        return Num(unsigned, limits.lowest, limits.highest)
    if shape == "wide":
        high = at.word(1)
        return Wide(target.signed(high) if whole(type_).is_signed else f"H[{high}]", f"H[{at.word()}]")
    if shape == "long":
        return Long(at.word())
    if shape == "real":
        return Real(f"f[{at.index(4)}]", True)
    if shape == "lreal":
        return Real(f"D[{at.index(8)}]", True)
    return Block(at.byte, type_.size)


def _aligned(fn: Fn, at: At, size: int) -> At:
    """A copy of a value that may lie at any byte."""
    into = fn.scratch(8)
    start = fn.name(at.byte)
    for i in range(size):
        fn.emit(f"B[{into + i}] = B[{start} + {i}]")
    return At(into)


def place_key(place: ir.Place) -> object:
    """Names a scalar variable at a fixed place, None for what lies elsewhere."""
    if place.base == "pointer" or place.indexings:
        return None
    return (place.base, place.variable if place.base == "local" else None, place.offset)


def read_part(fn: Fn, expr: ir.ReadPart) -> Value:
    at = address(fn, expr.place)
    at = at.plus(expr.shift // 8)
    if expr.width == 1:
        bit = expr.shift % 8
        return Truth(f"(B[{at.byte}] >> {bit} & 1)" if bit else f"(B[{at.byte}] & 1)", True)
    if at.is_loose:
        at = _aligned(fn, at, expr.width // 8)
    if expr.width == 8:
        return Num(f"B[{at.byte}]", 0, 255)
    if expr.width == 16:
        return Num(f"H[{at.word()}]", 0, 65535)
    return Wide(f"H[{at.word(1)}]", f"H[{at.word()}]")


def _binary(fn: Fn, expr: ir.Binary, into: str | None) -> Value:
    type_, op = expr.left.type, expr.op
    shape = shape_of(type_)
    left, right = values(fn, [expr.left, expr.right])
    if may_pause(expr):
        left, right = fn.steady(left), fn.steady(right)
    if op in COMPARISONS:
        return compare_values(fn, op, type_, left, right)
    match shape:
        case "truth":
            return binary_truth(fn, op, left, right)
        case "num":
            return binary_num(fn, expr, left, right)
        case "wide":
            return wide.binary(fn, expr, left, right)
        case "long":
            return long.binary(fn, expr, left, right, into)
        case "real" | "lreal":
            return reals.binary(fn, expr, left, right)
    raise Unsupported(f"{op} of {type_} cannot be compiled for MicroPython")


def _short_circuit(fn: Fn, expr: ir.ShortCircuit) -> Value:
    word = "and" if expr.op == "AND_THEN" else "or"
    left = value(fn, expr.left)
    assert isinstance(left, Truth)
    with fn.into([]) as later:
        right = value(fn, expr.right)
    assert isinstance(right, Truth)
    if not later:
        return Truth(f"({left.text} {word} {right.text})", left.is_bit and right.is_bit)
    held = f"B[{fn.module.byte_scratch(fn)}]" if fn.has_stop(expr.right) else fn.temp()
    with fn.into(later):
        fn.emit(f"{held} = {as_bit(fn, right)}")
    fn.emit(f"{held} = {as_bit(fn, left)}")
    fn.put(If(held if word == "and" else f"not {held}", later))
    return Truth(held, True)


def _negate(fn: Fn, expr: ir.Negate, into: str | None) -> Value:
    operand = value(fn, expr.operand)
    if isinstance(operand, Real):
        return Real(f"(-{operand.text})", operand.is_single)
    if isinstance(operand, Long):
        return long.negate(fn, operand, into)
    if isinstance(operand, Num) and is_small(-operand.hi, -operand.lo):
        return negate_num(operand)
    assert isinstance(operand, (Num, Wide))
    return wide.subtract(fn, Num("0", 0, 0), operand)


def _complement(fn: Fn, expr: ir.Complement, into: str | None) -> Value:
    operand = value(fn, expr.operand)
    match operand:
        case Truth():
            return Truth(f"({operand.text} ^ 1)", True) if operand.is_bit else Truth(f"(not {operand.text})")
        case Num():
            return complement_num(operand)
        case Wide():
            return wide.complement(operand, whole(expr.type))
        case Long():
            return long.complement(fn, operand, into)
    raise Unsupported(f"NOT of {expr.type} cannot be compiled for MicroPython")


def _restrict(fn: Fn, expr: ir.Restrict) -> Value:
    operand = value(fn, expr.operand)
    if isinstance(operand, Num) and shape_of(expr.operand.type) == "num":
        return restrict_num(fn, expr, clean(operand, whole(expr.operand.type)))
    if isinstance(operand, (Num, Wide)):
        return wide.restrict(fn, expr, operand)
    assert isinstance(operand, Long)
    return long.restrict(fn, expr, operand)


__all__ = ["as_condition", "constant", "load", "load_at", "place_key", "value", "values"]
