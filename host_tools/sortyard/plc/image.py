"""The flat process image of a resource: where everything lies, what it holds at first, and names for all of it.

    0    8 bytes of zero: offset 0 is NULL
    8    clock: nanoseconds since the start (64 bits), frozen for a scan
    16   inputs %I, then outputs %Q, then memory %M, each from a multiple of 8 on
         global variables and program instances
         retain slice: retained globals, then the retained parts of instances
         frames: variables that live for one call and have references to them (symbols.Pou), zero until that call

`%IX2.3` is bit 3 of byte 2 of the inputs, `%IB2` that byte; `%IW2`, `%ID2`, `%IL2` count in units of their own size
(2, 4, 8 bytes). A BOOL at a bit address is that bit; every other BOOL is a byte of 0 or 1. A text, array or structure
begins at its address, whatever its size. `%I*` takes the next free bytes. Other variables that live for one call are
not part of the image.

After a scan, and after a fault, every back end leaves the same bytes. So, beside little-endian and natural alignment:

    padding         zero from the start on; nothing but a copy of a whole structure or a pointer writes there
    BOOL            stored as 0 or 1; what a pointer, a union or an overlapping address put there reads as 1 if not 0
    REAL, LREAL     every NaN that is stored is 7FC00000, 7FF8000000000000
    STRING          a store writes the characters, then zeros up to the variable's end; reading stops at the first zero
                    or after `length` characters
    whole arrays, structures     copied byte by byte, whatever is in them
    interface       the image offset of an instance, then the number of its type, 32 bits each; both 0 are NULL
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from sortyard.plc import ir
from sortyard.plc import tree as t
from sortyard.plc.declare_members import is_data
from sortyard.plc.initial import Initial
from sortyard.plc.instance_places import InstancePlaces, Placed, has_blocks, put, shared_variables
from sortyard.plc.layout import AREAS_START, Area
from sortyard.plc.source import Span
from sortyard.plc.symbols import Pou, Project, Scope, Variable
from sortyard.plc.types import (
    BOOL,
    MAX_SIZE,
    ArrayType,
    BlockType,
    StringType,
    StructType,
    Type,
    aligned,
)

_ADDRESS = re.compile(r"%([IQM])([XBWDL]?)(?:\*|([0-9]+)(?:\.([0-9]+))?)$")
_PATH = re.compile(r"%([IQM])(?:([BWDL])[0-9]+(?:\.[0-9]+)+|X?[0-9]+(?:\.[0-9]+){2,})$")
_UNIT = {"": 0, "X": 0, "B": 1, "W": 2, "D": 4, "L": 8}
MAX_ADDRESS = 1 << 16
"""Bytes that %I, %Q and %M may each have."""


class Address(NamedTuple):
    """`%QX2.3`: area "Q", byte 2 of it, bit 3, `size` 0 for a bit, else 1, 2, 4 or 8 bytes (bit -1)."""

    area: str
    offset: int
    bit: int
    size: int


def address_of(text: str) -> Address | None:
    """An address with a place of its own, perhaps with a bit beyond 7; None for anything else."""
    found = _ADDRESS.match(text)
    if found is None or found[3] is None:
        return None
    number, bit, size = int(found[3]), found[4], _UNIT[found[2]]
    if size:
        return Address(found[1], number * size, -1, size) if bit is None else None
    offset, place = (number, int(bit)) if bit is not None else divmod(number, 8)
    return Address(found[1], offset, place, 0)


@dataclass(slots=True, repr=False)
class Instance:
    """A program as it runs: `task` is its task's name, None for every scan; `resource` the namespace it sees first.

    Also a block that a task of its own runs: the variable `block` of the program `owner`.
    """

    name: str
    pou: Pou
    span: Span
    task: str | None = None
    offset: int = 0
    is_retained: bool = False
    arguments: list[t.Argument] = field(default_factory=list)
    resource: str = ""
    blocks: list[tuple[t.Path, str]] = field(default_factory=list)
    owner: "Instance | None" = None
    block: Variable | None = None
    call: "ir.Call | None" = None
    """How it is run, arguments of its declaration included."""


@dataclass(slots=True, repr=False)
class Image:
    """`slices` gives start and end of inputs, outputs, memory, variables, retain and frames.

    `symbols`: upper-case name to (offset, type, bit or -1) of globals and program instances; watch.py goes into them.
    `names` has their spelling. `places`: addresses that code names and no variable is declared at. `fault_blocks`: unit
    and offset of each PLC_FAULT.
    """

    size: int = 0
    initial: bytes = b""
    slices: dict[str, tuple[int, int]] = field(default_factory=dict)
    symbols: dict[str, tuple[int, Type, int]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)
    fault_blocks: list[tuple[Pou, int]] = field(default_factory=list)


class ImageBuilder:
    """Lays out a project. `place` before bodies are lowered (they need offsets), `fill` after."""

    def __init__(self, project: Project, instances: list[Instance]) -> None:
        self.project = project
        self.sink = project.sink
        self.instances = instances
        self.image = Image()
        self._retained: list[tuple[BlockType, int]] = []
        self._places = InstancePlaces(project, instances)

    def place(self) -> None:
        """Give every global variable, located variable and instance its offset."""
        end = AREAS_START
        for letter, name in (("I", "inputs"), ("Q", "outputs"), ("M", "memory")):
            start = aligned(end, 8)
            end = self._located(letter, start)
            self.image.slices[name] = (start, end)
        self._places.tell_unknown()
        area = Area(aligned(end, 8))
        start = area.end
        shared = [v for v in shared_variables(self.project) if v.storage == "image" and v.address is None]
        for variable in shared:
            if not variable.is_retained:
                variable.offset = area.take(variable.type.size, variable.type.align)
        for instance in self.instances:
            if not instance.is_retained:
                self._take(instance, area)
        self.image.slices["variables"] = (start, area.end)
        area.take(0, 8)
        self._retain_start = area.end
        for variable in shared:
            if variable.is_retained:
                variable.offset = area.take(variable.type.size, variable.type.align)
        for instance in self.instances:
            if instance.is_retained:
                self._take(instance, area)
        self._area = area
        self._check_size()

    def _take(self, instance: Instance, area: Area) -> None:
        assert instance.pou.type is not None
        instance.offset = area.take(instance.pou.type.size, instance.pou.type.align)
        for program in self.project.programs.values():
            if program.type is instance.pou.type and not program.offset:
                program.offset = instance.offset

    def _check_size(self) -> None:
        if self._area.end > MAX_SIZE and self.instances:
            span = self.instances[0].span
            self.sink.tell(
                "SY1604", span, f"the image takes {self._area.end} bytes", f"at most {MAX_SIZE} are possible"
            )

    # ---- located variables ----

    def _located(self, letter: str, start: int) -> int:
        """Place the variables of one area; returns its end."""
        own = [v for v in self.project.located if v.address and v.address[1] == letter]
        paths = [v for v in own if _is_path(v)]
        area = Area(start)
        for variable in own:
            found = _ADDRESS.match(variable.address or "")
            if found is None and variable not in paths:
                is_path = _PATH.match(variable.address or "") is not None
                what = f"does not have the size of {variable.type}" if is_path else "is not an address"
                hint = "X bit, B 1, W 2, D 4, L 8 bytes" if is_path else "write %IX0.1, %QW2, %MD4"
                self.sink.tell("SY1318", variable.span, f"{variable.address} {what}", hint)
            elif found is not None and found[3] is not None and variable not in paths:
                area.end = max(area.end, self._at(variable, start))
        for variable in own:
            if variable.address and variable.address.endswith("*"):
                variable.offset = area.take(variable.type.size, variable.type.align)
        self._place_paths(paths, area)
        self._places.place(letter, start, area, self._fixed)
        return area.end

    def _place_paths(self, variables: list[Variable], area: Area) -> None:
        """`%IW2.5.7.1` leads through racks and modules that only its PLC has: each such address has a place of its own
        behind the others."""
        places: dict[str, tuple[int, int]] = {}
        for variable in variables:
            key, size = variable.address or "", variable.type.size
            if key not in places:
                places[key] = area.take(size, variable.type.align), size
            variable.offset = places[key][0]
            if places[key][1] != size:
                message = f"{key} has {places[key][1]} bytes elsewhere, {variable.type} has {size}"
                self.sink.tell("SY1318", variable.span, message, "declare it with one type")

    def _at(self, variable: Variable, start: int) -> int:
        """Place one variable; returns the end of the bytes it needs."""
        found = self._fixed(variable.address or "", variable.type, variable.span, is_data(variable.type))
        if found is None:
            return start
        variable.offset, variable.bit = start + found[0], found[1]
        return variable.offset + variable.type.size

    def _fixed(
        self, text: str, type_: Type, span: Span, may_be_loose: bool = False
    ) -> tuple[int, int] | None:
        """Byte and bit (-1: none) of its area that an address means for a type; None, and told, where it cannot.

        `may_be_loose`: at any byte.
        """
        address = address_of(text)
        is_bool = type_.size == 1 and str(type_) == "BOOL"
        if address is None or not (
            is_bool if address.size == 0 else address.size == type_.size or _is_group(type_)
        ):
            hint = "X bit, B 1, W 2, D 4, L 8 bytes"
            self.sink.tell("SY1318", span, f"{text} does not have the size of {type_}", hint)
            return None
        if address.bit > 7 or address.offset + type_.size > MAX_ADDRESS:
            hint = f"bits 0 to 7, bytes below {MAX_ADDRESS}"
            self.sink.tell("SY1318", span, f"{text} is out of range", hint)
            return None
        if address.offset % type_.align and not may_be_loose:
            message = f"{type_} does not lie at {text}: it begins at a multiple of {type_.align} bytes"
            self.sink.tell("SY1318", span, message, "choose another address")
            return None
        return address.offset, address.bit

    def placed(self) -> Iterator[Placed]:
        """What VAR_CONFIG has placed within blocks."""
        return self._places.placed()

    # ---- contents ----

    def fill(self, pous: list[Pou]) -> Image:
        """The finished image with its first content. `pous` get their frames."""
        initial = Initial(self.project)
        memory = bytearray(self._area.end)
        for variable in self._placed():
            if variable.bit < 0:
                put(memory, variable.offset, initial.variable(variable))
                self._collect(variable.type, variable.offset)
            elif variable.init is not None:
                memory[variable.offset] |= (initial.variable(variable)[0] & 1) << variable.bit
        for instance in self.instances:
            assert instance.pou.type is not None
            put(memory, instance.offset, initial.type(instance.pou.type))
            self._collect(instance.pou.type, instance.offset)
        self._fill_retained(memory, initial)
        self._places.fill(memory, initial)
        image = self.image
        image.slices["retain"] = (self._retain_start, self._area.end)
        start = self._area.take(0, 8)
        for pou in pous:
            if pou.frame_size:
                pou.frame_offset = self._area.take(pou.frame_size, 8)
        image.slices["frames"] = (start, self._area.end)
        self._check_size()
        for name, variable in self.project.globals.items():
            if variable.storage == "image":
                image.symbols[name] = (variable.offset, variable.type, variable.bit)
                namespace, dot, _ = name.rpartition(".")
                image.names[name] = f"{namespace}{dot}{variable.name}"
        image.places = [v.name for v in self.project.located if v.name == v.address]
        for instance in self.instances:
            assert instance.pou.type is not None
            image.symbols[instance.name.upper()] = (instance.offset, instance.pou.type, -1)
            image.names[instance.name.upper()] = instance.name
        self._fill_settings(memory, initial)
        image.size = aligned(self._area.end, 8)
        image.initial = bytes(memory).ljust(image.size, b"\0")
        return image

    def _fill_settings(self, memory: bytearray, initial: Initial) -> None:
        """What VAR_CONFIG gives to variables within blocks and structures of a program."""
        from sortyard.plc.watch import Watch

        for path, setting in self.project.settings:
            try:
                offset, type_, bit = Watch(self.image, memory).find(path)
            except KeyError as error:
                self.sink.tell("SY1310", setting.path.span, str(error.args[0]), "correct the name")
                continue
            assert setting.init is not None
            content = initial.value(type_, setting.init, Scope(self.project))
            if bit >= 0:
                content = bytes([memory[offset] & ~(1 << bit) | content[0] << bit])
            put(memory, offset, content)

    def _placed(self) -> Iterator[Variable]:
        yield from (v for v in shared_variables(self.project) if v.storage == "image" and v.address is None)
        # what says nothing of its first content leaves that to others at the same place
        yield from sorted(self.project.located, key=lambda variable: variable.init is not None)

    def _collect(self, type_: Type, offset: int) -> None:
        """Note every block inside that has a retained part, and every PLC_FAULT."""
        if isinstance(type_, ArrayType) and has_blocks(type_.element):
            for i in range(type_.count):
                self._collect(type_.element, offset + i * type_.element.size)
        elif isinstance(type_, StructType):
            for member in type_.fields.values():
                self._collect(member.type, offset + member.offset)
        elif isinstance(type_, BlockType):
            if type_.retain_slot is not None:
                self._retained.append((type_, offset))
            if type_.pou is self.project.library["PLC_FAULT"]:
                self.image.fault_blocks.append((type_.pou, offset))
            for variable in type_.pou.variables.values():
                if variable.storage == "instance" and not variable.by_reference:
                    self._collect(variable.type, offset + variable.offset)

    def _fill_retained(self, memory: bytearray, initial: Initial) -> None:
        """Give each such block its part of the retain slice; parts may hold blocks with parts of their own."""
        while self._retained:
            type_, offset = self._retained.pop(0)
            assert type_.retain_slot is not None
            part = self._area.take(type_.retain_size, max(4, type_.retain_align))
            if self._area.end > MAX_SIZE:
                self._check_size()
                return
            memory.extend(bytes(self._area.end - len(memory)))
            put(memory, part, initial.block(type_, "retain", type_.retain_size))
            slot = offset + type_.retain_slot
            memory[slot : slot + 4] = part.to_bytes(4, "little")
            for variable in type_.pou.variables.values():
                if variable.storage == "retain":
                    self._collect(variable.type, part + variable.offset)


def _is_path(variable: Variable) -> bool:
    """True for an address of several levels whose size is the variable's."""
    found = _PATH.match(variable.address or "")
    return found is not None and _UNIT[found[2] or ""] in (
        variable.type.size,
        0 if variable.type is BOOL else -1,
    )


def _is_group(type_: Type) -> bool:
    """True for what an address only says the beginning of."""
    return isinstance(type_, (ArrayType, StructType, StringType))
