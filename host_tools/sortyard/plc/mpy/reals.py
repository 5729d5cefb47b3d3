"""REAL: floats of MicroPython, rounded to single through memory after each operation. LREAL: floats as they are.

A board has single floats and rounds by itself; the virtual machine and the unix port have doubles. Rounding a double
sum, difference, product or quotient of singles gives the single result exactly.
"""

from sortyard.plc import ir
from sortyard.plc.faults import FaultKind
from sortyard.plc.mpy import support
from sortyard.plc.mpy.fn import Fn
from sortyard.plc.mpy.places import At
from sortyard.plc.mpy.values import Long, Real, Unsupported, Value, is_atom, plus

_SIGN = {"PLUS": "+", "MINUS": "-", "STAR": "*", "SLASH": "/"}


def single(fn: Fn, value: Value) -> str:
    """Text that yields the value as a single."""
    assert isinstance(value, Real)
    if value.is_single:
        return value.text
    at = fn.scratch(4) // 4
    fn.emit(f"f[{at}] = {value.text}")
    return f"f[{at}]"


def binary(fn: Fn, expr: ir.Binary, left: Value, right: Value) -> Real:
    """An operator on two values of REAL."""
    sign = _SIGN.get(expr.op)
    if sign is None:
        raise Unsupported(f"{expr.op} of REAL cannot be compiled for MicroPython")
    a, b = single(fn, left), single(fn, right)
    if sign == "/":
        b = fn.name(b, "r")
        fn.check(f"{b} == 0", FaultKind.DIVIDE_BY_ZERO, expr.span)
    return Real(f"({a} {sign} {b})", expr.left.type.size == 8)


def store(fn: Fn, at: At, size: int, value: Value) -> None:
    """Store a value of 4 or 8 bytes; every NaN in its one form."""
    assert isinstance(value, Real)
    word = at.word()
    if value.is_single and is_atom(value.text) and value.text in fn.module.real_names:
        words = fn.module.real_words(value.text)
        fn.emit("; ".join(f"H[{plus(word, i)}] = {one}" for i, one in enumerate(words)))
        return
    local = fn.name(value.text, "r")
    fn.emit(f"{'f' if size == 4 else 'D'}[{at.index(size)}] = {local}")
    nan = [0, 32704] if size == 4 else [0, 0, 0, 32760]
    fn.emit(
        f"if {local} != {local}: " + "; ".join(f"H[{plus(word, i)}] = {one}" for i, one in enumerate(nan))
    )


def from_long(fn: Fn, value: Long, is_signed: bool) -> Real:
    """64 bits as REAL, to nearest."""
    at = fn.scratch(8)
    value = fn.steady_long(value)
    fn.rest()
    support.do(fn, "whole_to_real", at // 2, value.at, int(is_signed))
    fn.rest()
    return Real(f"f[{at // 4}]", True)


def lreal_of(fn: Fn, value: Value, is_signed: bool) -> Real:
    """64 bits as LREAL: each half is exact, so there is one rounding."""
    assert isinstance(value, Long)
    words = [f"H[{plus(value.at, i)}]" for i in range(3)]
    top = fn.target.signed(plus(value.at, 3)) if is_signed else f"H[{plus(value.at, 3)}]"
    low = f"({words[1]} * 65536.0 + {words[0]})"
    return Real(fn.name(f"(({top} * 65536.0 + {words[2]}) * 4294967296.0 + {low})", "r"), True)


def root(fn: Fn, expr: ir.Expr, value: Value) -> Real:
    """SQRT; a fault below 0."""
    local = fn.name(single(fn, value), "r")
    fn.check(f"{local} < 0", FaultKind.DOMAIN, expr.span)
    if expr.type.size == 8:
        at = fn.scratch(8)
        support.do(fn, "lreal_root", at // 8, local)
        return Real(f"D[{at // 8}]", True)
    at = fn.scratch(4)
    support.do(fn, "root", at // 4, local)
    fn.rest()
    return Real(f"f[{at // 4}]", True)


def bits_of(fn: Fn, value: Value) -> At:
    """Where the bits of a REAL lie, NaN in its one form."""
    at = At(fn.scratch(4))
    store(fn, at, 4, value)
    return at
