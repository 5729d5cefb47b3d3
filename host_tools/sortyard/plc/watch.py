"""Variables by their names, while a program runs: `main.doors[3].timer.ET`; places of %I, %Q, %M: `%IX0.3`."""

import re
from typing import Any

from sortyard.plc import codec
from sortyard.plc.diagnostics import nearest
from sortyard.plc.image import Image, address_of
from sortyard.plc.layout import has_retained
from sortyard.plc.symbols import Variable
from sortyard.plc.types import (
    BOOL,
    BYTE,
    DWORD,
    LWORD,
    WORD,
    ArrayType,
    BlockType,
    InterfaceType,
    RefType,
    StructType,
    Type,
)

_STEP = re.compile(r"\.?([A-Za-z_]\w*|%[A-Za-z]+\d+(?:\.\d+)*)|\[([-\d,\s]+)\]")
"""A name, an address in place of one, or indices."""
_AREAS = {"I": "inputs", "Q": "outputs", "M": "memory"}
_WORDS: dict[int, Type] = {0: BOOL, 1: BYTE, 2: WORD, 4: DWORD, 8: LWORD}


class Watch:
    """Reads and writes variables of an image in `memory`. Unknown names raise KeyError with a suggestion."""

    def __init__(self, image: Image, memory: bytearray | memoryview) -> None:
        self.image = image
        self.memory = memory

    def find(self, path: str) -> tuple[int, Type, int]:
        """(offset, type, bit or -1) of a variable, or of an address that the program has: BOOL, BYTE, WORD, ..."""
        __tracebackhide__ = True
        if path.startswith("%"):
            return self._place(path)
        steps = list(_STEP.finditer(path))
        if "".join(step[0] for step in steps) != path or not steps or steps[0][1] is None:
            raise KeyError(f"{path!r} is not a variable's name")
        first, used = self._root(steps)
        offset, type_, bit = self._entry(self.image.symbols, first, path)
        for step in steps[used:]:
            if step[2] is not None:
                offset, type_ = self._element(offset, type_, step[2], path)
            else:
                offset, type_, bit = self._member(offset, type_, step[1], path)
        return offset, type_, bit

    def _place(self, path: str) -> tuple[int, Type, int]:
        __tracebackhide__ = True
        address = address_of(path.upper())
        if address is None or address.bit > 7:
            raise KeyError(f"{path!r} is no address; write %IX0.0, %QB1, %MW2, %MD4")
        start, end = self.image.slices[_AREAS[address.area]]
        offset = start + address.offset
        if offset + max(address.size, 1) > end:
            there = (
                f"has {end - start} bytes at %{address.area}" if end > start else f"uses no %{address.area}"
            )
            raise KeyError(f"{path} is not a place of this program, which {there}")
        return offset, _WORDS[address.size], address.bit

    def _root(self, steps: list[re.Match[str]]) -> tuple[str, int]:
        """The global variable or program that a path begins with, and its steps: several of one in a namespace."""
        name = ""
        for used, step in enumerate(steps, 1):
            if step[1] is None:
                break
            name = f"{name}.{step[1]}" if name else step[1]
            if name.upper() in self.image.symbols:
                return name, used
        return steps[0][1], 1

    @staticmethod
    def _entry(table: dict, name: str, path: str) -> Any:
        __tracebackhide__ = True
        if name.upper() not in table:
            raise KeyError(
                f"{path}: there is no {name}; {nearest(name, table) or 'known: ' + ', '.join(list(table)[:8])}"
            )
        return table[name.upper()]

    def _member(self, offset: int, type_: Type, name: str, path: str) -> tuple[int, Type, int]:
        __tracebackhide__ = True
        if isinstance(type_, StructType):
            field = self._entry(type_.fields, name, path)
            if field.address is not None and isinstance(field.type, RefType):
                slot = offset + field.offset
                return int.from_bytes(self.memory[slot : slot + 4], "little"), field.type.target, -1
            return offset + field.offset, field.type, field.bit
        if not isinstance(type_, BlockType):
            raise KeyError(f"{path}: {type_} has no members")
        variable: Variable = self._entry(type_.pou.variables, name, path)
        if variable.storage == "retain":
            assert type_.retain_slot is not None
            slot = offset + type_.retain_slot
            return int.from_bytes(self.memory[slot : slot + 4], "little") + variable.offset, variable.type, -1
        if variable.storage == "image":
            return variable.offset, variable.type, variable.bit
        if variable.storage != "instance" or variable.by_reference:
            raise KeyError(f"{path}: {name} has no place of its own")
        if variable.address is not None and isinstance(variable.type, RefType):
            slot = offset + variable.offset
            return int.from_bytes(self.memory[slot : slot + 4], "little"), variable.type.target, -1
        return offset + variable.offset, variable.type, -1

    @staticmethod
    def _element(offset: int, type_: Type, text: str, path: str) -> tuple[int, Type]:
        __tracebackhide__ = True
        for part in text.split(","):
            if not isinstance(type_, ArrayType) or type_.bounds[0] is None:
                raise KeyError(f"{path}: {type_} has no elements")
            lower, upper = type_.bounds[0]
            index = int(part)
            if not lower <= index <= upper:
                raise KeyError(f"{path}: index {index} is not within {lower}..{upper}")
            rest: Type = (
                ArrayType(type_.element, type_.bounds[1:]) if len(type_.bounds) > 1 else type_.element
            )
            offset, type_ = offset + (index - lower) * rest.size, rest
        return offset, type_

    def get(self, path: str) -> Any:
        """The value of a scalar (int, float, str); arrays and structures as bytes."""
        return self.at(self.find(path))

    def at(self, place: tuple[int, Type, int]) -> Any:
        """The value at a place that `find` gave."""
        offset, type_, bit = place
        return (self.memory[offset] >> bit) & 1 if bit >= 0 else codec.read(self.memory, offset, type_)

    def set(self, path: str, value: Any) -> None:
        """Replace a scalar. Raises ValueError for a value that its type does not have."""
        offset, type_, bit = self.find(path)
        if reason := codec.unfit(type_, value):
            raise ValueError(f"{path}: {reason}")
        self.put((offset, type_, bit), value)

    def put(self, place: tuple[int, Type, int], value: Any) -> None:
        """Replace the scalar at a place that `find` gave by a value that its type has."""
        offset, type_, bit = place
        if bit >= 0:
            self.memory[offset] = self.memory[offset] & ~(1 << bit) | int(value) << bit
        else:
            codec.write(self.memory, offset, type_, value)

    def scalars(self, within: tuple[int, int] | None = None) -> "list[tuple[str, int, Type, int]]":
        """Every scalar variable: path, offset, type, bit. Large arrays make this long.

        `within`: only those that lie from the first offset up to the second one.
        """
        return self._scalars(within, with_hidden=True)

    def shown(self) -> "list[tuple[str, int, Type, int]]":
        """Those of `scalars` that the program's author has declared, and places that are named by addresses alone."""
        places = [(place, *self.find(place)) for place in self.image.places]
        return self._scalars(None, with_hidden=False) + places

    def _scalars(
        self, within: tuple[int, int] | None, with_hidden: bool
    ) -> "list[tuple[str, int, Type, int]]":
        found: list[tuple[str, int, Type, int]] = []
        for name, (offset, type_, bit) in self.image.symbols.items():
            self._leaves(self.image.names[name], offset, type_, bit, found, within, with_hidden)
        return found

    def _leaves(
        self,
        path: str,
        offset: int,
        type_: Type,
        bit: int,
        found: list,
        within: tuple[int, int] | None,
        with_hidden: bool,
    ) -> None:
        if within and not within[0] <= offset < within[1] and not has_retained(type_):
            return
        if isinstance(type_, ArrayType) and type_.bounds[0] is not None:
            for index in range(type_.bounds[0][0], type_.bounds[0][1] + 1):
                element = self._element(offset, type_, str(index), path)
                self._leaves(f"{path}[{index}]", *element, -1, found, within, with_hidden)
        elif isinstance(type_, (StructType, BlockType)):
            names = type_.fields if isinstance(type_, StructType) else type_.pou.variables
            for name, entry in names.items():
                if isinstance(entry, Variable) and (
                    entry.by_reference or entry.storage in ("none", "work", "frame")
                ):
                    continue
                if isinstance(entry, Variable) and (
                    entry.section == "VAR_GLOBAL" or (entry.is_hidden and not with_hidden)
                ):
                    continue
                member = self._member(offset, type_, name, path)
                self._leaves(f"{path}.{entry.name}", *member, found, within, with_hidden)
        else:
            found.append((path, offset, type_, bit))

    def referred(self, path: str) -> str | None:
        """What a reference or interface variable refers to: NULL, a variable's name, or an offset where there is none.

        None for a variable of any other type.
        """
        if not isinstance(self.find(path)[1], (RefType, InterfaceType)):
            return None
        offset = self.get(path) & 0xFFFFFFFF
        if not offset:
            return "NULL"
        target = self.target(path)
        return f"offset {offset}" if target is None else f"REF({target})"

    def target(self, path: str) -> str | None:
        """The name of the variable that a reference or interface variable refers to, None where there is none."""
        type_ = self.find(path)[1]
        offset = self.get(path) & 0xFFFFFFFF
        goal = type_.target if isinstance(type_, RefType) else None
        for name, (start, root, _) in self.image.symbols.items():
            found = self._lying(self.image.names[name], start, root, offset, goal)
            if found is not None:
                return found
        return None

    def _lying(self, path: str, start: int, type_: Type, offset: int, goal: Type | None) -> str | None:
        """The part of a variable that lies at an offset; without a goal, or with a block, any block will do."""
        if not start <= offset < start + type_.size:
            return None
        is_object = isinstance(type_, BlockType) and (goal is None or isinstance(goal, BlockType))
        if start == offset and (type_ == goal or is_object):
            return path
        if isinstance(type_, ArrayType) and type_.bounds[0] is not None:
            step = self._element(start, type_, str(type_.bounds[0][0]), path)[1].size
            index = type_.bounds[0][0] + (offset - start) // step
            return self._lying(
                f"{path}[{index}]", *self._element(start, type_, str(index), path), offset, goal
            )
        if not isinstance(type_, (StructType, BlockType)):
            return None
        names = type_.fields if isinstance(type_, StructType) else type_.pou.variables
        for name, entry in names.items():
            if isinstance(entry, Variable) and (entry.storage != "instance" or entry.by_reference):
                continue
            at, inner, _ = self._member(start, type_, name, path)
            found = self._lying(f"{path}.{entry.name}", at, inner, offset, goal)
            if found is not None:
                return found
        return None
