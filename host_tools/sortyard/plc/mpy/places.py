"""Places as indices of the views of memory: B bytes, b signed bytes, H 16-bit words, h signed ones, f singles."""

from dataclasses import dataclass

from sortyard.plc import ir
from sortyard.plc.faults import FaultKind
from sortyard.plc.layout import AREAS_START
from sortyard.plc.mpy.fn import Fn
from sortyard.plc.mpy.values import Num, Unsupported, Wide
from sortyard.plc.symbols import Pou, Variable
from sortyard.plc.types import ArrayType, RefType


@dataclass(frozen=True, slots=True)
class At:
    """A byte offset: `const`, plus each (text, scale). `is_loose`: it may be at any byte, aligned or not."""

    const: int
    terms: tuple[tuple[str, int], ...] = ()
    is_loose: bool = False

    def plus(self, offset: int) -> "At":
        return At(self.const + offset, self.terms, self.is_loose)

    def index(self, unit: int) -> str:
        """As an index of a view with elements of `unit` bytes."""
        parts = [_scaled(text, scale, unit) for text, scale in self.terms]
        if self.const or not parts:
            parts.append(str(self.const // unit))
        return parts[0] if len(parts) == 1 else f"({' + '.join(parts)})".replace("+ -", "- ")

    @property
    def byte(self) -> str:
        return self.index(1)

    def word(self, offset: int = 0) -> str:
        """The 16-bit word `offset` words further."""
        return self.plus(2 * offset).index(2)


def _scaled(text: str, scale: int, unit: int) -> str:
    if scale % unit == 0:
        return text if scale == unit else f"{text} * {scale // unit}"
    if text == "s":
        return f"s{unit}"  # the function's first lines halve its instance once
    return f"({text} // {unit})" if scale == 1 else f"({text} * {scale} // {unit})"


def variable_at(fn: Fn, variable: Variable, pou: Pou, instance: At) -> At:
    """Where a unit's own variable lies, given its instance."""
    match variable.storage:
        case "work":
            return At(fn.module.work_start + pou.work_offset + variable.offset)
        case "frame":
            return At(pou.frame_offset + variable.offset)
        case "image":
            return At(variable.offset)
        case "retain":
            assert pou.type is not None
            assert pou.type.retain_slot is not None
            return At(variable.offset, ((_offset(fn, instance.plus(pou.type.retain_slot)), 1),))
    return instance.plus(variable.offset)


def own_instance(fn: Fn) -> At:
    """The instance that the function runs on."""
    return At(fn.self_at) if fn.self_at is not None else At(0, (("s", 1),))


def address(fn: Fn, place: ir.Place) -> At:
    """The place's offset; statements before it check indices and references."""
    match place.base:
        case "image":
            at = At(0)
        case "self":
            at = own_instance(fn)
        case "local":
            assert place.variable is not None
            assert fn.pou is not None
            at = variable_at(fn, place.variable, fn.pou, own_instance(fn))
        case _:
            at = _behind_pointer(fn, place)
            if fn.has_stop(*[index for one in place.indexings for index in one.indices]):
                at = At(0, ((fn.kept(at.byte), 1),), at.is_loose)
    at = At(at.const + place.offset, at.terms, at.is_loose or place.is_loose)
    for position, indexing in enumerate(place.indexings):
        later = [index for one in place.indexings[position + 1 :] for index in one.indices]
        at = _indexed(fn, at, indexing, later)
    if place.base == "pointer" and not _is_trusted(place):
        at = _within_image(fn, at, place)
    return at


def _is_trusted(place: ir.Place) -> bool:
    """True for references that only the compiler makes: VAR_IN_OUT and the way to retained data."""
    return isinstance(place.pointer, ir.Load) and not isinstance(place.pointer.type, RefType)


def _offset(fn: Fn, slot: At) -> str:
    """A reference that the compiler made, as a local."""
    if fn.module.memory_size <= 0xFFFF:
        return fn.name(f"H[{slot.word()}]")
    return fn.name(f"(H[{slot.word()}] | H[{slot.word(1)}] << 16)")


def _behind_pointer(fn: Fn, place: ir.Place) -> At:
    from sortyard.plc.mpy.expressions import value

    assert place.pointer is not None
    if _is_trusted(place):
        assert isinstance(place.pointer, ir.Load)
        return At(0, ((_offset(fn, address(fn, place.pointer.place)), 1),))
    found = value(fn, place.pointer)
    if isinstance(found, Num):
        local = fn.name(found.text)
        fn.check(f"{local} == 0", FaultKind.NULL_REFERENCE, place.span)
    else:
        assert isinstance(found, Wide)
        high, low = fn.name(found.hi), fn.name(found.lo)
        fn.check(f"{high} == 0 and {low} == 0", FaultKind.NULL_REFERENCE, place.span)
        # beyond every image, but still a small integer with all that indices add to it
        local = fn.name(f"({high} if {high} < 1024 else 1024) << 16 | {low}")
    return At(0, ((local, 1),), fn.module.has_loose_pointers)


def _within_image(fn: Fn, at: At, place: ir.Place) -> At:
    local = fn.name(at.byte)
    last = fn.module.work_start - place.type.size
    fn.check(f"{local} < {AREAS_START} or {local} > {last}", FaultKind.BAD_REFERENCE, place.span)
    return At(0, ((local, 1),), at.is_loose)


def _indexed(fn: Fn, at: At, indexing: ir.Indexing, later: list[ir.Expr]) -> At:
    from sortyard.plc.mpy.expressions import value

    found: list[str] = []
    for dimension, expr in enumerate(indexing.indices):
        lower, upper = bounds(fn, indexing, dimension)
        local = _checked(fn, value(fn, expr), expr, lower, upper, indexing)
        is_kept = fn.has_stop(*indexing.indices[dimension + 1 :], *later)
        found.append(fn.kept(local) if is_kept else local)
    terms, const = list(at.terms), at.const
    for dimension, (local, step) in enumerate(zip(found, _strides(fn, indexing), strict=True)):
        lower, _ = bounds(fn, indexing, dimension)
        if isinstance(step, int) and isinstance(lower, int):
            const -= lower * step
            if local.lstrip("-").isdecimal():
                const += int(local) * step
            else:
                terms.append(fn.scaled(local, step))
        else:
            terms.append((fn.name(f"({local} - {lower}) * {step}"), 1))
    return At(const, tuple(terms), at.is_loose)


def _strides(fn: Fn, indexing: ir.Indexing) -> list[int | str]:
    """Bytes from one index of each dimension to the next: numbers, or locals where the array is open."""
    strides: list[int | str] = []
    stride: int | str = indexing.array.element.size
    for dimension in reversed(range(len(indexing.indices))):
        strides.insert(0, stride)
        lower, upper = bounds(fn, indexing, dimension)
        if isinstance(lower, int) and isinstance(upper, int) and isinstance(stride, int):
            stride *= upper - lower + 1
        elif dimension:
            stride = fn.name(f"({upper} - {lower} + 1) * {stride}")
    return strides


def bounds(fn: Fn, indexing: ir.Indexing, dimension: int) -> tuple[int | str, int | str]:
    """Both ends of a dimension: numbers, or texts that read the descriptor of an open array."""
    pair = indexing.array.bounds[dimension]
    if pair is not None:
        if not -(1 << 28) <= pair[0] <= pair[1] <= 1 << 28:
            raise Unsupported(f"the bounds of {indexing.array} are too far from 0", "at most 268435456")
        return pair
    assert indexing.descriptor is not None
    slot = address(fn, indexing.descriptor).plus(8 * dimension)
    ends = [fn.target.small32(slot.word(2 * i), slot.word(2 * i + 1)) for i in (0, 1)]
    return ends[0], ends[1]


def _checked(
    fn: Fn, found: object, expr: ir.Expr, lower: int | str, upper: int | str, indexing: ir.Indexing
) -> str:
    """An index as a local or number that is within the bounds."""
    from sortyard.plc.mpy.wide import narrowed

    kind, span = FaultKind.INDEX_OUT_OF_BOUNDS, indexing.span
    known = isinstance(lower, int) and isinstance(upper, int)
    detail = f"the index is not within {lower}..{upper}" if known else ""
    found = narrowed(fn, found, expr.type, kind, span, detail)
    if known and lower <= found.lo and found.hi <= upper:  # pyright: ignore[reportOperatorIssue]
        return fn.name(found.text)
    local = fn.name(found.text)
    tests = []
    if not isinstance(lower, int) or found.lo < lower:
        tests.append(f"{local} < {lower}")
    if not isinstance(upper, int) or found.hi > upper:
        tests.append(f"{local} > {upper}")
    fn.check(" or ".join(tests), kind, span, detail=detail)
    return local


def is_open(place: ir.Place) -> bool:
    return isinstance(place.type, ArrayType) and place.type.is_open
