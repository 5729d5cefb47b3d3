"""Strings: bytes in memory, worked on in place. A result of a function goes to scratch memory first."""

from collections.abc import Iterable

from sortyard.plc import ir
from sortyard.plc.codec import encode
from sortyard.plc.mpy import support
from sortyard.plc.mpy.facts import is_bulky
from sortyard.plc.mpy.fn import Fn
from sortyard.plc.mpy.small import as_num, masked
from sortyard.plc.mpy.values import Block, Num, Truth, Unsupported, Value
from sortyard.plc.mpy.wide import saturated
from sortyard.plc.types import BYTE, ELEMENTARY, WORD, StringType, Type, kind_of

_FAR = 1 << 20
"""Beyond the end of every string."""


def constant(fn: Fn, type_: Type, content: object) -> Block:
    data = encode(type_, content)
    found = Block(str(fn.module.pool(data)), len(data))
    if isinstance(content, str):
        fn.module.known_lengths[found.at] = len(content)
    return found


def _string(type_: Type) -> StringType:
    assert isinstance(type_, StringType)
    return type_


def _place(value: Value, type_: Type) -> tuple[str, int]:
    """Where a string begins and how many characters it may have."""
    assert isinstance(value, Block)
    return value.at, value.size // _string(type_).align - 1


def _known_length(fn: Fn, value: Value, type_: Type) -> str:
    """The number of characters where it is known, else nothing."""
    at, cap = _place(value, type_)
    known = fn.module.known_lengths
    return str(min(known[at], cap)) if at in known else ""


def _length(fn: Fn, value: Value, type_: Type) -> str:
    """The number of characters, or text that yields it; what lies behind the first zero is zero too, or may be not."""
    at, cap = _place(value, type_)
    width = _string(type_).align
    if fn.module.has_raw_texts:
        state = fn.word("0")
        _step(fn, type_, "length_step", state[2:-1], at, cap, width)
        return state
    return support.ask(fn, "measure", at, cap, width)


def _measured(fn: Fn, value: Value, type_: Type) -> tuple[str, str]:
    """Where a string begins and its length, as text that outlives the slice."""
    known = _known_length(fn, value, type_)
    count = known or fn.word(_length(fn, value, type_))
    fn.rest()
    return _place(value, type_)[0], count


def _step(fn: Fn, type_: Type, name: str, *arguments: object) -> None:
    """Call a support function that works on a string of that type: once, where it is done then."""
    if is_bulky(type_):
        support.in_steps(fn, name, *arguments)
    else:
        support.do(fn, name, *arguments)


def _result(fn: Fn, type_: Type) -> tuple[Block, int]:
    """Scratch memory for a string, and how many characters it may have."""
    string = _string(type_)
    return Block(str(fn.scratch(string.size)), string.size), string.length


def fill_string(fn: Fn, at: str, value: Block, type_: StringType) -> None:
    """Store a string, cut at the variable's length."""
    if value.at == at:
        return
    source = value.at
    if is_bulky(type_):
        at, source = fn.kept(at), fn.kept(source)
    value = Block(source, value.size)
    # all that is behind its end is zero too, so it need not be measured
    cap = _place(value, type_)[1]
    count = _known_length(fn, value, type_) or (
        _length(fn, value, type_) if fn.module.has_raw_texts else str(cap)
    )
    state = fn.word("0")[2:-1]
    _step(fn, type_, "assign_step", state, at, type_.length, type_.align, source, count)


def compare(fn: Fn, sign: str, type_: Type, left: Value, right: Value) -> Truth:
    a, b = _measured(fn, left, type_), _measured(fn, right, type_)
    state = fn.scratch(4) // 2
    fn.emit(f"H[{state}] = 0")
    support.in_steps(fn, "compare_step", state, *a, *b, _string(type_).align)
    return Truth(f"(H[{state + 1}] {sign} 1)")


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
        from sortyard.plc.mpy.convert import resized, to_bool

        if kind_of(target) == "bool":
            return to_bool(fn, source, operand)
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
    _, count = _measured(fn, operand, source)
    if cap > length:
        count = fn.word(f"({count} if {count} < {length} else {length})")
    state = fn.word("0")
    support.in_steps(fn, "recode_step", state[2:-1], result.at, at, count, source.align)
    _step(fn, target, "end_step", state[2:-1], result.at, length, target.align)
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
    name, width = expr.name, first.align
    if name == "LEN":
        return Num(_measured(fn, operands[0], first)[1], 0, first.length)
    numbers = [
        fn.kept(saturated(fn, operand, one.type))
        for operand, one in zip(operands, expr.operands, strict=True)
        if not isinstance(one.type, StringType)
    ]
    if name == "CONCAT":
        pieces = (_measured(fn, value, one.type) for value, one in zip(operands, expr.operands, strict=True))
        return _joined(fn, expr.type, pieces)
    source = _measured(fn, operands[0], first)
    other = ("0", "0")
    if name in ("FIND", "INSERT", "REPLACE"):
        other = _measured(fn, operands[1], expr.operands[1].type)
    if name == "FIND":
        state = fn.scratch(6) // 2
        fn.emit(f"H[{state}] = 0; H[{state + 2}] = 0")
        support.in_steps(fn, "find_step", state, *source, *other, width)
        return Num(f"H[{state + 1}]", 0, first.length)
    return _joined(fn, expr.type, _pieces(fn, name, source, other, numbers, width))


def _pieces(
    fn: Fn, name: str, source: tuple[str, str], other: tuple[str, str], numbers: list[str], width: int
) -> list[tuple[str, str]]:
    """What a function's result is made of: where each piece begins, and how many characters it has."""
    state = fn.scratch(8) // 2
    at, count = source
    if name in ("LEFT", "RIGHT", "MID"):
        support.do(fn, "take", state, count, *_part(fn, name, numbers))
        fn.rest()
        return [(f"{at} + H[{state}] * {width}", f"H[{state + 1}]")]
    support.do(fn, "insert" if name == "INSERT" else "replace", state, count, other[1], *numbers)
    fn.rest()
    last = (f"{at} + H[{state + 2}] * {width}", f"H[{state + 3}]")
    middle = [] if name == "DELETE" else [(other[0], f"H[{state + 1}]")]
    return [(at, f"H[{state}]"), *middle, last]


def _joined(fn: Fn, type_: Type, pieces: Iterable[tuple[str, str]]) -> Block:
    """A string made of pieces, cut at its length."""
    result, cap = _result(fn, type_)
    width, state = _string(type_).align, fn.scratch(4) // 2
    fn.emit(f"H[{state}] = 0; H[{state + 1}] = 0")
    for at, count in pieces:
        _step(fn, type_, "append_step", state, result.at, cap, width, at, count)
        fn.rest()
    _step(fn, type_, "end_step", state, result.at, cap, width)
    fn.rest()
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
