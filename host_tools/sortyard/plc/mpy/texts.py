"""Strings: bytes in memory, worked on in place. A result of a function goes to scratch memory first."""

from sortyard.plc import ir
from sortyard.plc.codec import encode
from sortyard.plc.mpy import support
from sortyard.plc.mpy.fn import Fn
from sortyard.plc.mpy.small import as_num, masked
from sortyard.plc.mpy.values import Block, Num, Truth, Unsupported, Value
from sortyard.plc.mpy.wide import saturated
from sortyard.plc.types import BYTE, ELEMENTARY, WORD, StringType, Type, kind_of

_FAR = 1 << 20
"""Beyond the end of every string."""


def constant(fn: Fn, type_: Type, content: object) -> Block:
    data = encode(type_, content)
    return Block(str(fn.module.pool(data)), len(data))


def _string(type_: Type) -> StringType:
    assert isinstance(type_, StringType)
    return type_


def _place(value: Value, type_: Type) -> tuple[str, int]:
    """Where a string begins and how many characters it may have."""
    assert isinstance(value, Block)
    return value.at, value.size // _string(type_).align - 1


def _result(fn: Fn, type_: Type) -> tuple[Block, int]:
    """Scratch memory for a string, and how many characters it may have."""
    string = _string(type_)
    return Block(str(fn.scratch(string.size)), string.size), string.length


def fill_string(fn: Fn, at: str, value: Block, type_: StringType) -> None:
    """Store a string, cut at the variable's length."""
    if value.at != at:
        support.do(fn, "assign", at, type_.length, *_place(value, type_), type_.align)


def compare(fn: Fn, sign: str, type_: Type, left: Value, right: Value) -> Truth:
    width = _string(type_).align
    order = support.ask(fn, "compare", *_place(left, type_), *_place(right, type_), width)
    return Truth(f"({order} {sign} 0)")


# ---- conversions ----


def convert(fn: Fn, expr: ir.Convert, source: Type, target: Type, operand: Value) -> Value:
    """Between strings and characters, and characters and numbers; strings and numbers are the library's."""
    if isinstance(source, StringType) and isinstance(target, StringType):
        return _between(fn, source, target, operand)
    if isinstance(source, StringType) and kind_of(target) in ("char", "wchar"):
        assert isinstance(operand, Block)
        code = f"B[{operand.at}]" if source.align == 1 else f"(B[{operand.at}] | B[{operand.at} + 1] << 8)"
        return _as_character(Num(code, 0, 255 if source.align == 1 else 65535), target)
    if isinstance(target, StringType) and kind_of(source) in ("char", "wchar"):
        return _of_character(fn, as_num(fn, operand), source, target)
    if kind_of(source) in ("char", "wchar") and kind_of(target) in ("char", "wchar"):
        return _as_character(as_num(fn, operand), target)
    if kind_of(source) in ("char", "wchar"):
        from sortyard.plc.mpy.convert import resized

        return resized(fn, WORD if source.size == 2 else BYTE, target, operand, None)
    if kind_of(target) in ("char", "wchar"):
        from sortyard.plc.mpy.convert import resized

        return resized(fn, source, WORD if target.size == 2 else BYTE, operand, None)
    raise Unsupported(f"{source} to {target} cannot be compiled for MicroPython")


def _between(fn: Fn, source: StringType, target: StringType, operand: Value) -> Block:
    assert isinstance(operand, Block)
    at, cap = _place(operand, source)
    if source.is_wide == target.is_wide:
        return Block(at, (min(cap, target.length) + 1) * source.align)
    result, length = _result(fn, target)
    support.do(fn, "recode", result.at, length, at, cap, source.align)
    return result


def _as_character(code: Num, target: Type) -> Num:
    if kind_of(target) == "wchar" or code.hi < 256:
        return code
    return Num(f"({code.text} if {code.text} < 256 else 63)", 0, 255)


def _of_character(fn: Fn, code: Num, source: Type, target: StringType) -> Block:
    """A string of one character, or of none for the character 0."""
    if source.size == 2 and not target.is_wide:
        code = _as_character(Num(fn.name(code.text), code.lo, code.hi), ELEMENTARY["CHAR"])
    at = fn.scratch(target.align * 2)
    if target.is_wide:
        fn.emit(f"H[{at // 2}] = {masked(code, 16)}")
    else:
        fn.emit(f"B[{at}] = {masked(code, 8)}")
    return Block(str(at), 2 * target.align)


# ---- functions ----


def function(fn: Fn, expr: ir.Intrinsic, operands: list[Value]) -> Value:
    """LEN, LEFT, RIGHT, MID, CONCAT, INSERT, DELETE, REPLACE, FIND."""
    first = _string(expr.operands[0].type)
    source = _place(operands[0], first)
    name, width = expr.name, first.align
    if name == "LEN":
        return Num(support.ask(fn, "length", *source, width), 0, first.length)
    if name == "FIND":
        found = support.ask(fn, "find", *source, *_place(operands[1], expr.operands[1].type), width)
        return Num(found, 0, first.length)
    result, cap = _result(fn, expr.type)
    target = (result.at, cap)
    if name == "CONCAT":
        at = "0"
        for operand, one in zip(operands, expr.operands, strict=True):
            at = support.ask(fn, "append", *target, *_place(operand, one.type), width, at)
        return result
    numbers = [
        saturated(fn, operand, one.type)
        for operand, one in zip(operands, expr.operands, strict=True)
        if not isinstance(one.type, StringType)
    ]
    if name in ("LEFT", "RIGHT", "MID"):
        support.do(fn, "part", *target, *source, width, *_part(fn, name, numbers))
        return result
    other = ("0", 0) if name == "DELETE" else _place(operands[1], expr.operands[1].type)
    if name == "INSERT":
        support.do(fn, "splice", *target, *source, *other, width, numbers[0], 0)
    else:
        support.do(fn, "replace", *target, *source, *other, width, *numbers)
    return result


def _part(fn: Fn, name: str, numbers: list[str]) -> tuple[str, str]:
    """First character from 0 on, and how many."""
    if name == "LEFT":
        return "0", numbers[0]
    if name == "MID":
        count, position = numbers
        # below 1 there is nothing: as behind every end
        return f"({position} - 1 if {position} > 0 else {_FAR})", count
    count = numbers[0]
    return f"(-{count} if {count} > 0 else {_FAR})", str(_FAR)
