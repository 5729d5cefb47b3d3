"""Strings, arrays and structures: bytes in memory, worked on in place."""

from sortyard.plc import ir
from sortyard.plc.codec import encode
from sortyard.plc.mpy.fn import Fn
from sortyard.plc.mpy.values import Block, Truth, Unsupported, Value
from sortyard.plc.types import StringType, Type


def constant(fn: Fn, type_: Type, content: object) -> Block:
    data = encode(type_, content)
    return Block(str(fn.module.pool(data)), len(data))


def compare(fn: Fn, sign: str, type_: Type, left: Value, right: Value) -> Truth:
    raise Unsupported("comparing strings cannot be compiled for MicroPython")


def convert(fn: Fn, expr: ir.Convert, source: Type, target: Type, operand: Value) -> Value:
    if isinstance(source, StringType) and isinstance(target, StringType) and source.is_wide == target.is_wide:
        assert isinstance(operand, Block)
        return operand
    raise Unsupported(f"{source} to {target} cannot be compiled for MicroPython")


def fill_string(fn: Fn, at: str, value: Block, type_: StringType) -> None:
    raise Unsupported("strings cannot be compiled for MicroPython")
