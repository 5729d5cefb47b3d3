"""Stores: a value of each shape to a place in memory, and cells that a choice fills."""

from collections.abc import Callable

from sortyard.plc import ir
from sortyard.plc.mpy import long, reals, wide
from sortyard.plc.mpy.fn import Fn
from sortyard.plc.mpy.nodes import If
from sortyard.plc.mpy.places import At
from sortyard.plc.mpy.small import as_num, clean, masked
from sortyard.plc.mpy.truth import as_bit
from sortyard.plc.mpy.values import Block, Long, Num, Real, Truth, Unsupported, Value, Wide, shape_of, whole
from sortyard.plc.types import Type


def store(fn: Fn, at: At, type_: Type, value: Value) -> None:
    """Store a value of exactly that type."""
    shape = shape_of(type_)
    if at.is_loose and type_.size > 1 and shape not in ("text", "block"):
        _store_loose(fn, at, type_, value)
        return
    match shape:
        case "truth":
            text = value.text if isinstance(value, Truth) and value.is_bit else as_bit(fn, value)
            fn.emit(f"B[{at.byte}] = {text}")
        case "num":
            view, index = ("B", at.byte) if type_.size == 1 else ("H", at.word())
            fn.emit(f"{view}[{index}] = {masked(as_num(fn, value), 8 * type_.size)}")
        case "wide":
            wide.store(fn, at.word(), at.word(1), value)
        case "long":
            assert isinstance(value, Long)
            if value.at != at.word():
                long.copy(fn, at.word(), value.at)
        case "real":
            reals.store(fn, at, 4, value)
        case "lreal":
            reals.store(fn, at, 8, value)
        case _:
            assert isinstance(value, Block)
            fn.module.fill(fn, at.byte, value, type_)


def _store_loose(fn: Fn, at: At, type_: Type, value: Value) -> None:
    """Through aligned scratch memory to any byte."""
    start = fn.name(at.byte)
    aligned = At(fn.scratch(8))
    store(fn, aligned, type_, value)
    for i in range(type_.size):
        fn.emit(f"B[{start} + {i}] = B[{aligned.const + i}]")


def copy_scalar(fn: Fn, at: At, source: At, type_: Type) -> bool:
    """Copy a variable of 4 or 8 bytes word by word; False if it is not one of those."""
    if shape_of(type_) not in ("wide", "long") or at.is_loose or source.is_loose:
        return False
    for i in range(type_.size // 2):
        fn.emit(f"H[{at.word(i)}] = H[{source.word(i)}]")
    return True


class Cell:
    """Holds one of several values of a type, as the program runs decides."""

    def __init__(self, fn: Fn, type_: Type, first: Value) -> None:
        self.fn = fn
        self.type = type_
        self.shape = shape_of(type_)
        self.value = self._new(first)

    def _new(self, first: Value) -> Value:
        fn = self.fn
        match self.shape:
            case "num":
                number = clean(as_num(fn, first), whole(self.type))
                return Num(self._local(number.text), number.lo, number.hi)
            case "wide":
                high, low = wide.halves(fn, wide.settled(fn, first, whole(self.type)))
                return Wide(self._local(high), self._local(low))
            case "real" | "lreal":
                return Real(self._local(reals.single(fn, first), "r"), True)
            case "truth":
                return Truth(self._local(as_bit(fn, first)), True)
            case "long":
                # where it lies, not what it is: nothing is stored before the choice is used or held
                assert isinstance(first, Long)
                return Long(self._local(first.at))
        at = fn.scratch(self.type.size)
        store(fn, At(at), self.type, first)
        self._rest()
        return Block(str(at), self.type.size)

    def _local(self, text: str, letter: str = "v") -> str:
        local = self.fn.temp(letter)
        self.fn.emit(f"{local} = {text}")
        return local

    def replace(self, test: str, other: Value) -> None:
        """Hold the other value instead where the test is true."""
        fn = self.fn
        with fn.into([]) as then:
            self._assign(other)
        fn.put(If(test, then))
        self._rest()

    def _rest(self) -> None:
        if self.shape == "text":
            self.fn.rest()

    def _assign(self, other: Value) -> None:
        fn, held = self.fn, self.value
        match held:
            case Num(text=text, lo=lo, hi=hi):
                number = clean(as_num(fn, other), whole(self.type))
                fn.emit(f"{text} = {number.text}")
                self.value = Num(text, min(lo, number.lo), max(hi, number.hi))
            case Wide(hi=high, lo=low):
                a, b = wide.halves(fn, wide.settled(fn, other, whole(self.type)))
                fn.emit(f"{high} = {a}; {low} = {b}")
            case Real(text=text):
                fn.emit(f"{text} = {reals.single(fn, other)}")
            case Truth(text=text):
                fn.emit(f"{text} = {as_bit(fn, other)}")
            case Long(at=at):
                assert isinstance(other, Long)
                fn.emit(f"{at} = {other.at}")
            case Block(at=at):
                store(fn, At(int(at)), self.type, other)


def choice(fn: Fn, type_: Type, values: list[Value], is_better: Callable[[Value, Value], str]) -> Value:
    """The first value, replaced by each later one that is better than what is held."""
    cell = Cell(fn, type_, values[0])
    for other in values[1:]:
        cell.replace(is_better(other, cell.value), other)
    return cell.value


def store_part(fn: Fn, statement: ir.StorePart, at: At, value: Value) -> None:
    """Replace some bits of a bit string."""
    at = at.plus(statement.shift // 8)
    if statement.width == 1:
        bit = 1 << statement.shift % 8
        index = fn.name(at.byte) if at.terms else at.byte
        assert isinstance(value, Truth)
        fn.emit(f"B[{index}] = B[{index}] | {bit} if {value.text} else B[{index}] & {255 - bit}")
        return
    from sortyard.plc.types import BYTE, DWORD, WORD

    part = {8: BYTE, 16: WORD, 32: DWORD}.get(statement.width)
    if part is None:
        raise Unsupported(f"a part of {statement.width} bits cannot be compiled for MicroPython")
    store(fn, at, part, value)
