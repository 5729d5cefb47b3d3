"""BOOL: conditions and bits. Operands have no effect, so AND and OR may skip what no longer matters."""

from sortyard.plc.mpy import long, reals, texts, wide
from sortyard.plc.mpy.fn import Fn
from sortyard.plc.mpy.small import as_num, clean
from sortyard.plc.mpy.values import Real, Truth, Unsupported, Value, shape_of, whole
from sortyard.plc.types import Type

SYMBOLS = {"EQ": "==", "NE": "!=", "LT": "<", "LE": "<=", "GT": ">", "GE": ">="}


def as_condition(value: Value) -> str:
    assert isinstance(value, Truth)
    return value.text


def as_bit(fn: Fn, value: Value) -> str:
    """Text that yields 0 or 1."""
    assert isinstance(value, Truth)
    return value.text if value.is_bit else f"(1 if {value.text} else 0)"


def binary_truth(fn: Fn, op: str, left: Value, right: Value) -> Truth:
    assert isinstance(left, Truth)
    assert isinstance(right, Truth)
    if op == "XOR":
        return Truth(f"({as_bit(fn, left)} ^ {as_bit(fn, right)})", True)
    word = {"AND": "and", "OR": "or"}.get(op)
    if word is None:
        raise Unsupported(f"{op} of BOOL cannot be compiled for MicroPython")
    return Truth(f"({left.text} {word} {right.text})", left.is_bit and right.is_bit)


def compare_values(fn: Fn, op: str, type_: Type, left: Value, right: Value) -> Truth:
    """`left op right` of two values of one type."""
    sign = SYMBOLS[op]
    match shape_of(type_):
        case "truth":
            return Truth(f"({as_bit(fn, left)} {sign} {as_bit(fn, right)})")
        case "num":
            limits = whole(type_)
            a, b = (clean(as_num(fn, v), limits) for v in (left, right))
            return Truth(f"({a.text} {sign} {b.text})")
        case "wide":
            return wide.compare(fn, sign, whole(type_), left, right)
        case "long":
            return long.compare(fn, sign, whole(type_), left, right)
        case "real" | "lreal":
            assert isinstance(left, Real)
            assert isinstance(right, Real)
            # at once: loading floats takes heap, which a condition further on does not have
            return Truth(fn.name(f"({reals.single(fn, left)} {sign} {reals.single(fn, right)})"))
        case "text":
            return texts.compare(fn, sign, type_, left, right)
    raise Unsupported(f"comparing {type_} cannot be compiled for MicroPython")
