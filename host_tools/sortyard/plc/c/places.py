"""Places of the image, and variables of one call, as C expressions."""

from dataclasses import dataclass

from sortyard.plc import ir
from sortyard.plc.c.code import ON_STACK, Group, Operand, Sites, Text, Value, Writer
from sortyard.plc.c.names import SMALL, limits, scalar, unit_of
from sortyard.plc.c.structs import Member, Structs
from sortyard.plc.faults import FaultKind
from sortyard.plc.layout import AREAS_START
from sortyard.plc.symbols import Pou, Variable
from sortyard.plc.types import BOOL, DINT, ArrayType, BlockType, StringType, StructType, Type, plain


@dataclass(slots=True)
class Spot:
    """A place whose checks are done. `text` is a C lvalue, or where `is_raw` the address of its first byte."""

    text: str
    type: Type
    is_raw: bool = False
    is_own: bool = False
    """A scalar in a C variable, not in the image."""

    @property
    def lvalue(self) -> str:
        """For a scalar: what stands left of `=`. A reference may lead to any byte, so alignment is not assumed."""
        return f"(*(plc_{scalar(self.type)} *)({self.text}))" if self.is_raw else self.text

    @property
    def address(self) -> str:
        """A pointer to its first byte or character."""
        if isinstance(self.type, StringType):
            return f"(({unit_of(self.type)} *)({self.text}))" if self.is_raw else self.text
        if self.is_raw:
            return self.text
        return self.text if isinstance(self.type, ArrayType) else f"&{self.text}"


@dataclass(slots=True)
class Counter:
    """The C variable that stands for the variable of a FOR loop inside of the loop."""

    value: Value


class Unit:
    """What the places of one unit count from. `image` are the named members of the whole image.

    `faulting` are the C functions, of all units written so far, that may stop with a fault. `work_start`: from where on
    the unit may have buffers in the program's work area.
    """

    def __init__(
        self,
        pou: Pou | None,
        structs: Structs,
        image: list[Member],
        image_size: int,
        faulting: set[str],
        work_start: int,
    ) -> None:
        self.faulting = faulting
        self.work_start = work_start
        self.pou = pou
        self.structs = structs
        self.image = image
        self.image_size = image_size


class Places(Writer):
    """Adds `spot` and `load` to the writer. `expr` comes from expressions.py."""

    exposed: set[Variable] | None = None
    """Variables that something refers to; None where a reference may lead anywhere."""

    def __init__(self, unit: Unit, sites: Sites) -> None:
        super().__init__(sites)
        self.unit = unit
        self.work_end = self.work_most = unit.work_start
        self.counters: dict[object, Counter] = {}
        self.held: dict[tuple[str, int], str] = {}
        """C variables that stand for scalars of the image in the loop being written."""
        self.local_names: dict[Variable, str] = {}
        """C names of what lives for one call: variables, or pointers to frames and to what VAR_IN_OUT stands for."""
        if unit.pou is not None:
            self.is_library = unit.pou.is_library
            for variable in unit.pou.variables.values():
                if variable.storage in ("work", "frame") or variable.by_reference:
                    self.local_names[variable] = self.names.fresh(variable.name)

    def expr(self, expr: ir.Expr) -> Operand:
        raise NotImplementedError

    def whole(self, expr: ir.Expr) -> Value:
        """The value of an expression that is no string and no group."""
        value = self.expr(expr)
        assert isinstance(value, Value)
        return value

    # ---- from places to spots ----

    def spot(self, place: ir.Place) -> Spot:
        """The C form of a place; references are checked first, then indices from left to right."""
        if place.base == "pointer":
            variable = self._referenced(place)
            if variable is not None:
                return self._parameter(place, variable)
            return self._pointed(place)
        held = self.held.get((place.base, place.offset)) if not place.indexings else None
        if held is not None:
            return Spot(held, place.type, is_own=True)
        if (
            place.base == "local"
            and place.variable
            and place.variable.storage == "work"
            and scalar(place.variable.type)
        ):
            return Spot(self.local_names[place.variable], place.type, is_own=True)
        indices = [self._indices(indexing) for indexing in place.indexings]
        path = self._path(place, indices)
        if path is not None:
            return Spot(path, place.type)
        return Spot(self._bytes(self._start(place), place.offset, place, indices), place.type, True)

    def _start(self, place: ir.Place) -> str:
        if place.base == "local":
            assert place.variable is not None
            name = self.local_names[place.variable]
            return f"(uint8_t *){name if is_pointer(place.variable) else f'&{name}'}"
        return "(uint8_t *)self" if place.base == "self" else "(uint8_t *)plc"

    def _path(self, place: ir.Place, indices: list[list[str]]) -> str | None:
        """Names of members from the base to the place, or None where the place has another type than lies there."""
        rows = list(zip(place.indexings, indices, strict=True))
        if place.base == "self":
            assert self.unit.pou is not None
            assert self.unit.pou.block is not None
            return self._walk("self->", self.unit.pou.block, place.offset, rows, place.type)
        if place.base == "image":
            member = next(
                (m for m in self.unit.image if m.offset <= place.offset < m.offset + m.type.size), None
            )
            if member is None:
                return None
            start = f"plc->image.{member.name}"
            return self._walk(start, member.type, place.offset - member.offset, rows, place.type)
        variable = place.variable
        assert variable is not None
        name = self.local_names[variable]
        if variable.by_reference:
            return f"plc_bounds_{name}[{(place.offset - 4) // 4}]"
        start = f"{name}->" if is_pointer(variable) else name
        return self._walk(start, variable.type, place.offset, rows, place.type)

    def _walk(
        self,
        start: str,
        type_: Type,
        offset: int,
        indexings: list[tuple[ir.Indexing, list[str]]],
        goal: Type,
    ) -> str | None:
        text, rest = start, list(indexings)
        while offset or rest or not _is_same(type_, goal):
            if isinstance(type_, ArrayType):
                if not rest or rest[0][0].array != type_:
                    return None
                text = _followed(text) + "".join(f"[{index}]" for index in rest.pop(0)[1])
                type_ = type_.element
            elif isinstance(type_, (StructType, BlockType)):
                member = self._member(type_, offset, goal, bool(rest))
                if member is None:
                    return None
                text += member.name if text.endswith("->") else f".{member.name}"
                type_, offset = member.type, offset - member.offset
            else:
                return None
        return _followed(text)

    def _member(
        self, type_: StructType | BlockType, offset: int, goal: Type, is_indexed: bool
    ) -> Member | None:
        """The member that lies at an offset; of those of a union the one that is meant."""
        there = self.unit.structs.members_at(type_, offset)
        if len(there) < 2:
            return there[0] if there else None
        exact = [m for m in there if m.offset == offset and _is_same(m.type, goal) and not is_indexed]
        return exact[0] if exact else None

    def _bytes(self, start: str, offset: int, place: ir.Place, indices: list[list[str]]) -> str:
        """The address as a sum of bytes."""
        text = f"{start} + {offset}" if offset else start
        for indexing, values in zip(place.indexings, indices, strict=True):
            text += f" + ({self._linear(indexing, values)}) * {indexing.array.element.size}"
        return text

    def _linear(self, indexing: ir.Indexing, values: list[str]) -> str:
        """How many elements lie before the one that is meant."""
        linear = ""
        for dimension, (pair, value) in enumerate(zip(indexing.array.bounds, values, strict=True)):
            if pair is not None:
                count = str(pair[1] - pair[0] + 1)
            else:
                low, high = self._ends(indexing, dimension)
                count = f"((int64_t){high} - {low} + 1)"
            linear = f"({linear} * {count} + {value})" if linear else f"(int64_t){value}"
        return linear

    def _ends(self, indexing: ir.Indexing, dimension: int) -> tuple[str, str]:
        """Both ends of a dimension of an open array."""
        slot = indexing.descriptor
        assert slot is not None
        ends = [slot.member(8 * dimension + 4 * end, DINT, slot.span) for end in (0, 1)]
        low, high = (self._open_end(end) for end in ends)
        return low, high

    def _open_end(self, place: ir.Place) -> str:
        if place.base == "self" and self.exposed is not None:
            before = [v for v in self.local_names if v.by_reference and v.offset < place.offset]
            own = max((v for v in before if v.storage == "instance"), key=lambda v: v.offset)
            return f"plc_bounds_{self.local_names[own]}[{(place.offset - own.offset - 4) // 4}]"
        return self.spot(place).lvalue

    # ---- references ----

    def _referenced(self, place: ir.Place) -> Variable | None:
        """The VAR_IN_OUT of the running unit that a place leads through, or None."""
        slot = place.pointer.place if isinstance(place.pointer, ir.Load) else None
        if slot is None or slot.indexings or slot.base not in ("self", "local"):
            return None
        if slot.base == "local":
            return slot.variable if slot.variable and slot.variable.by_reference else None
        if self.exposed is None:
            return None
        own = (v for v in self.local_names if v.by_reference and v.storage == "instance")
        return next((v for v in own if v.offset == slot.offset), None)

    def _parameter(self, place: ir.Place, variable: Variable) -> Spot:
        name = self.local_names[variable]
        rows = [(indexing, self._indices(indexing)) for indexing in place.indexings]
        start, type_ = f"{name}->", variable.type
        if isinstance(type_, ArrayType) and type_.is_open:
            if not rows:
                return Spot(name, place.type)
            start, type_ = f"{name}[{self._linear(*rows.pop(0))}]", type_.element
        path = self._walk(start, type_, place.offset, rows, place.type)
        if path is not None:
            return Spot(path, place.type)
        begin = f"(uint8_t *){name}" if start.endswith("->") else f"(uint8_t *)&{start}"
        rest = ir.Place("", 0, place.type, place.span, indexings=[row[0] for row in rows])
        return Spot(self._bytes(begin, place.offset, rest, [row[1] for row in rows]), place.type, True)

    def _pointed(self, place: ir.Place) -> Spot:
        """Behind a reference that may lead anywhere: within the image, or a fault."""
        assert place.pointer is not None
        target = self.temporary(self.whole(place.pointer))
        span = place.span
        self.check(f"{target.text} == 0", FaultKind.NULL_REFERENCE, span, "the reference is NULL")
        indices = [self._indices(indexing) for indexing in place.indexings]
        offset = self._bytes(f"(int64_t){target.text}", place.offset, place, indices)
        at = self.names.fresh("at")
        self.emit(f"const int64_t {at} = {offset};")
        last = self.unit.image_size - place.type.size
        wrong = f"(uint64_t)({at} - {AREAS_START}) > {last - AREAS_START}u" if last >= AREAS_START else "1"
        self.check(wrong, FaultKind.BAD_REFERENCE, span, "{value} is not the place of a variable", at)
        return Spot(f"(uint8_t *)plc + {at}", place.type, True)

    # ---- indices ----

    def _indices(self, indexing: ir.Indexing) -> list[str]:
        """Each index, counted from 0, with its check behind it."""
        texts, lines = [], []
        for dimension, expr in enumerate(indexing.indices):
            mark, before = len(self.out), self.clobbers
            value = self.whole(expr)
            if self.clobbers != before:
                lines = [self._held_index(v, mark) for v in lines]
            pair = indexing.array.bounds[dimension]
            if pair is None:
                lines.append(self._open(value, indexing, dimension))
            else:
                lines.append(self._bounded(value, pair, indexing))
        for value in lines:
            texts.append(value.text)
        return texts

    def _held_index(self, value: Value, mark: int) -> Value:
        return value if value.is_stable else self.hold(value, mark, "i")

    def _bounded(self, value: Value, pair: tuple[int, int], indexing: ir.Indexing) -> Value:
        lower, upper = pair
        if not (lower <= value.low and value.high <= upper):
            value = self.simple(value)
            value = value if value.is_stable else self.temporary(value, "i")
            detail = f"index {{value}} is not within {lower}..{upper}"
            wrong = outside(value, lower, upper)
            self.check(wrong, FaultKind.INDEX_OUT_OF_BOUNDS, indexing.span, detail, value.text)
        if not lower:
            return value
        sign = "-" if lower > 0 else "+"
        wide = "" if value.ctype in SMALL and abs(lower) < 1 << 31 else "(int64_t)"
        return Value(f"({wide}{value.text} {sign} {abs(lower)})", "int64_t", is_stable=value.is_stable)

    def _open(self, value: Value, indexing: ir.Indexing, dimension: int) -> Value:
        low, high = self._ends(indexing, dimension)
        # no index fits in a ULINT's upper half: read as signed it is below every array
        value = self.temporary(Value(f"(int64_t){value.text}", "int64_t"), "i")
        detail = "index {value} is not within {low}..{high}"
        number = self.site(FaultKind.INDEX_OUT_OF_BOUNDS, indexing.span, detail)
        wrong = f"{value.text} < {low} || {value.text} > {high}"
        ends = f"plc->low = {low}; plc->high = {high};"
        self.emit(f"if (PLC_RARELY({wrong})) {{ {ends} {self.stop(number, value.text)} }}")
        return Value(f"({value.text} - {low})", "int64_t", is_stable=True)

    # ---- reading ----

    def load(self, place: ir.Place) -> Operand:
        """The value at a place."""
        counter = None if place.indexings else self.counters.get(counter_key(place))
        if counter is not None and scalar(place.type):
            return counter.value
        return self.read(self.spot(place))

    def read(self, spot: Spot) -> Operand:
        """The value at a spot."""
        type_ = plain(spot.type)
        if isinstance(type_, StringType):
            at, most = spot.address, type_.length
            width = 16 if type_.is_wide else 8
            return Text(at, f"plc_length{width}({at}, {most})", most, type_.is_wide)
        ctype = scalar(type_)
        if ctype is None:
            return Group(spot.address, type_.size)
        if ctype in ("float", "double"):
            return Value(spot.lvalue, ctype)
        if type_ is BOOL:
            return Value(f"({spot.lvalue} != 0)", "int32_t", 0, 1)
        return Value(spot.lvalue, ctype, *limits(type_))


def is_pointer(variable: Variable) -> bool:
    """True for a variable of one call that its C name only leads to: in the image's frame, or too large for a stack."""
    return variable.storage == "frame" or (scalar(variable.type) is None and variable.type.size > ON_STACK)


def counter_key(place: ir.Place) -> object:
    """What tells the variables of loops apart."""
    return place.variable if place.base == "local" else (place.base, place.offset)


def _followed(text: str) -> str:
    """A pointer with `->` behind it as what it leads to."""
    return f"(*{text[:-2]})" if text.endswith("->") else text


def _is_same(type_: Type, goal: Type) -> bool:
    """True if a C lvalue of the one type is one of the other."""
    if type_ == goal:
        return True
    ctype = scalar(type_)
    return ctype is not None and ctype == scalar(goal)


def outside(value: Value, lower: int, upper: int) -> str:
    """True in C where the value is not within the bounds; one comparison where both ends are open."""
    if value.low > upper or value.high < lower:
        return "1"
    if value.low >= lower:
        return f"{value.text} > {upper}"
    if value.high <= upper:
        return f"{value.text} < {lower}"
    if value.ctype in ("int64_t", "uint64_t"):
        shifted = f"(uint64_t){value.text} - (uint64_t){lower}" if lower else f"(uint64_t){value.text}"
        return f"{shifted} > {upper - lower}u"
    shifted = f"(uint32_t){value.text} - (uint32_t){lower}" if lower else f"(uint32_t){value.text}"
    return f"{shifted} > {upper - lower}u"
