"""The process image as plain C structures: the same offsets, asserted by the C compiler."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from sortyard.plc.c.names import Names, dimensions, identifier, scalar, unit_of
from sortyard.plc.image import Image
from sortyard.plc.layout import CLOCK_OFFSET, slot_of
from sortyard.plc.symbols import Variable
from sortyard.plc.types import (
    BYTE,
    DINT,
    LTIME,
    UDINT,
    ULINT,
    ArrayType,
    BlockType,
    InterfaceType,
    StringType,
    StructType,
    Type,
    aligned,
)


class Member(NamedTuple):
    """One member of a C structure. A slot of a reference is a UDINT, its bounds an array of DINT."""

    name: str
    type: Type
    offset: int


class Structs:
    """Definitions of all structures that a program needs, each behind those that it contains."""

    def __init__(self) -> None:
        self.names = Names()
        self.functions = Names()
        self.text: list[str] = ["typedef uint64_t plc_interface __attribute__((aligned(4)));", ""]
        self._members: dict[Type, list[Member]] = {}

    def struct(self, type_: StructType | BlockType) -> str:
        """`struct NAME`, defined on first use."""
        self.members(type_)
        keyword = "union" if _is_union(type_) else "struct"
        return f"{keyword} {self.names.of(type_, type_.name)}"

    def declare(self, type_: Type, name: str) -> str:
        """The C declaration of a variable of that type."""
        if isinstance(type_, ArrayType):
            bounds, element = dimensions(type_)
            counts = "".join(f"[{pair[1] - pair[0] + 1}]" for pair in bounds if pair)
            return self.declare(element, name + counts)
        if isinstance(type_, StringType):
            return f"{unit_of(type_)} {name}[{type_.length + 1}]"
        if isinstance(type_, (StructType, BlockType)):
            return f"{self.struct(type_)} {name}"
        if isinstance(type_, InterfaceType):
            return f"plc_interface {name}"
        return f"{scalar(type_)} {name}"

    def pointer(self, type_: Type, name: str) -> str:
        """The C declaration of a pointer to a variable of that type."""
        return self.declare(type_, f"(*{name})" if isinstance(type_, (ArrayType, StringType)) else f"*{name}")

    def members(self, type_: StructType | BlockType) -> list[Member]:
        """Its members in the order of their offsets."""
        if type_ not in self._members:
            own = _fields(type_) if isinstance(type_, StructType) else list(_block_members(type_))
            self._members[type_] = own
            if isinstance(type_, StructType) and type_.is_relative:
                self._define_bytes(type_)
            else:
                self._define(type_, own)
        return self._members[type_]

    def _define_bytes(self, type_: StructType) -> None:
        """One whose members lie at any byte: C knows its size alone, its members are reached by their addresses."""
        bytes_ = f"uint8_t plc_bytes[{type_.size}] __attribute__((aligned({type_.align})));"
        name = self.names.of(type_, type_.name)
        size = f'_Static_assert(sizeof(struct {name}) == {type_.size}, "{name} is as large as in the image");'
        self.text += [f"struct {name} {{ {bytes_} }};", size, ""]

    def members_at(self, type_: StructType | BlockType, offset: int) -> list[Member]:
        """Those that have the byte at an offset: none in a gap, several of a union."""
        members = self.members(type_)
        if _is_union(type_):
            return [member for member in members if offset < member.type.size]
        behind = bisect_right(members, offset, key=lambda member: member.offset)
        while behind and not members[behind - 1].type.size:
            behind -= 1
        there = members[behind - 1] if behind else None
        return [there] if there and offset < there.offset + there.type.size else []

    def _define(self, type_: StructType | BlockType, members: list[Member]) -> None:
        rows = self._rows(type_, members)
        keyword = "union" if _is_union(type_) else "struct"
        name = f"{keyword} {self.names.of(type_, type_.name)}"
        rows = [f"{name} {{", *(rows or ["    uint8_t nothing;"]), "};"]
        rows += [
            f"_Static_assert(offsetof({name}, {member.name}) == {member.offset}, "
            f'"{member.name} lies as in the image");'
            for member in members
        ]
        rows.append(f'_Static_assert(sizeof({name}) == {type_.size}, "{name} is as large as in the image");')
        self.text += [*rows, ""]

    def _rows(self, type_: StructType | BlockType, members: list[Member]) -> list[str]:
        """Declarations, with the gaps that C would not leave: behind what a base has."""
        rows, end = [], 0
        is_union = _is_union(type_)
        for member in members:
            if not is_union and member.offset > aligned(end, member.type.align):
                rows.append(f"    uint8_t plc_gap_{end}[{member.offset - end}];")
            rows.append(f"    {self.declare(member.type, member.name)};")
            end = member.offset + member.type.size
        return rows

    # ---- the whole image ----

    def image(self, image: Image) -> list[Member]:
        """Defines `struct plc_image`; returns its members that have names in ST."""
        rows, found, end = [], [], 0
        for member in _image_members(image):
            if member.offset > end:
                rows.append(f"    uint8_t plc_gap_{end}[{member.offset - end}];")
            rows.append(f"    {self.declare(member.type, member.name)};")
            end = member.offset + member.type.size
            found.append(member)
        if image.size > end:
            rows.append(f"    uint8_t plc_gap_{end}[{image.size - end}];")
        asserts = [
            f"_Static_assert(offsetof(struct plc_image, {m.name}) == {m.offset}, "
            f'"{m.name} lies as in the image");'
            for m in found
        ]
        size = f'_Static_assert(sizeof(struct plc_image) == {image.size}, "no gap at the end");'
        self.text += ["struct plc_image {", *rows, "};", *asserts, size, ""]
        return found


def _is_union(type_: StructType | BlockType) -> bool:
    return isinstance(type_, StructType) and type_.is_union and not type_.is_relative


def _fields(type_: StructType) -> list[Member]:
    if type_.is_relative:
        return []
    return [Member(identifier(f.name), f.type, f.offset) for f in type_.fields.values()]


def _block_members(type_: BlockType) -> Iterator[Member]:
    found = [Member("plc_type", UDINT, 0)] if type_.has_type_id else []
    for variable in type_.pou.variables.values():
        if variable.storage == "instance" and variable.section != "VAR_GLOBAL":
            found += slot_members(variable)
    if type_.retain_slot is not None:
        found.append(Member("plc_retained", UDINT, type_.retain_slot))
    yield from sorted(found, key=lambda member: member.offset)


def slot_members(variable: Variable) -> Iterator[Member]:
    """A variable's own place: its value, or a reference to it with the bounds of an open array."""
    name = identifier(variable.name)
    if not variable.by_reference:
        yield Member(name, variable.type, variable.offset)
        return
    yield Member(name, UDINT, variable.offset)
    bounds = (slot_of(variable)[0] - UDINT.size) // DINT.size
    if bounds:
        yield Member(f"{name}_bounds", ArrayType(DINT, ((0, bounds - 1),)), variable.offset + UDINT.size)


def _image_members(image: Image) -> list[Member]:
    """Members of the image that do not overlap: areas of addresses as bytes, then variables by name."""
    names = Names()
    rows = [Member("null", ULINT, 0), Member("clock", LTIME, CLOCK_OFFSET)]
    for taken in ("null", "clock", "inputs", "outputs", "memory"):
        names.fresh(taken)
    for area in ("inputs", "outputs", "memory"):
        start, end = image.slices[area]
        if end > start:
            rows.append(Member(area, ArrayType(BYTE, ((0, end - start - 1),)), start))
    after = image.slices["memory"][1]
    for key, (offset, type_, _) in sorted(image.symbols.items(), key=lambda item: item[1][0]):
        if offset >= after:
            rows.append(Member(names.fresh(image.names[key]), type_, offset))
    return rows
