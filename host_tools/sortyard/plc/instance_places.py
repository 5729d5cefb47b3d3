"""The places that `x AT %I*` of blocks and structures has, one for each instance: a reference leads there."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from sortyard.plc.initial import Initial
from sortyard.plc.layout import Area
from sortyard.plc.source import Span
from sortyard.plc.symbols import Project, Variable
from sortyard.plc.types import ArrayType, BlockType, Field, RefType, StructType, Type

if TYPE_CHECKING:
    from sortyard.plc.image import Instance


class Placed(NamedTuple):
    """A variable `AT %Q*` of one instance of a block: its path, its place in the image, and where VAR_CONFIG has it."""

    path: str
    variable: Variable | Field
    offset: int
    size: int
    span: Span


Fixed = Callable[[str, Type, Span], tuple[int, int] | None]
"""Byte and bit of its area that an address means for a type; None, and told, where it cannot."""


class InstancePlaces:
    """Those of all global variables and instances of programs, always in the same order."""

    def __init__(self, project: Project, instances: "list[Instance]") -> None:
        self.project = project
        self.instances = instances
        self._set: set[str] = set()
        """Paths of variables that VAR_CONFIG has placed."""
        self._given: dict[int, int] = {}
        """Where the places lie, by their numbers."""

    def place(self, letter: str, start: int, area: Area, fixed: Fixed) -> None:
        """Give each `x AT %I*` of a block its place: what VAR_CONFIG says, or the next free one."""
        free: list[tuple[int, Type]] = []
        for row, (variable, _, path) in enumerate(self._all()):
            if not variable.address or variable.address[1] != letter:
                continue
            assert isinstance(variable.type, RefType)
            setting = self.project.placed.get(path.upper())
            if setting is None or setting.address is None:
                free.append((row, variable.type.target))
                continue
            self._set.add(path.upper())
            if setting.address[1] != letter:
                what = f"{setting.address} is not in {variable.address}"
                self.project.sink.tell("SY1318", setting.path.span, what, "use the same area")
            found = fixed(setting.address, variable.type.target, setting.path.span)
            if found is not None and found[1] >= 0:
                hint = "declare it in the program and hand it to the block"
                self.project.sink.tell(
                    "SY1318", setting.path.span, "a BOOL of a block has no bit of its own", hint
                )
            self._given[row] = start + (found[0] if found is not None else 0)
            area.end = max(area.end, self._given[row] + variable.type.target.size)
        for row, type_ in free:
            self._given[row] = area.take(type_.size, type_.align)

    def tell_unknown(self) -> None:
        """What VAR_CONFIG places and no block has."""
        for path, setting in self.project.placed.items():
            if path not in self._set:
                hint = "declare it AT %I*, %Q* or %M* in a function block"
                self.project.sink.tell("SY1318", setting.path.span, f"{path} waits for no address", hint)

    def placed(self) -> Iterator[Placed]:
        """Those that VAR_CONFIG has placed."""
        for row, (variable, _, path) in enumerate(self._all()):
            setting = self.project.placed.get(path.upper())
            if setting is not None and row in self._given:
                assert isinstance(variable.type, RefType)
                yield Placed(path, variable, self._given[row], variable.type.target.size, setting.path.span)

    def fill(self, memory: bytearray, initial: Initial) -> None:
        """Let each reference lead to its place, and give that its first content."""
        for row, (variable, slot, _) in enumerate(self._all(memory)):
            assert isinstance(variable.type, RefType)
            target, place = variable.type.target, self._given[row]
            memory[slot : slot + 4] = place.to_bytes(4, "little")
            content = initial.type(target)
            if variable.place_init is not None and variable.scope is not None:
                content = initial.constant(target, variable.place_init, variable.scope)
            put(memory, place, content)

    def _all(self, memory: bytes | bytearray = b"") -> Iterator[tuple[Variable | Field, int, str]]:
        """Every `x AT %I*` of blocks and structures, always in the same order, with the offset of the reference to its
        place (the right one once `memory` has the retained parts of the blocks) and its path."""
        for variable in dict.fromkeys([*shared_variables(self.project), *self.project.located]):
            if variable.storage == "image":
                yield from self._within(variable.type, variable.offset, memory, variable.name)
        for instance in self.instances:
            assert instance.pou.type is not None
            yield from self._within(instance.pou.type, instance.offset, memory, instance.name)

    def _within(
        self, type_: Type, offset: int, memory: bytes | bytearray, path: str
    ) -> Iterator[tuple[Variable | Field, int, str]]:
        if isinstance(type_, ArrayType) and has_blocks(type_.element):
            for i in range(type_.count):
                at = offset + i * type_.element.size
                yield from self._within(type_.element, at, memory, f"{path}[]")
        elif isinstance(type_, StructType):
            for member in type_.fields.values():
                own = f"{path}.{member.name}"
                if member.address is not None:
                    yield member, offset + member.offset, own
                yield from self._within(member.type, offset + member.offset, memory, own)
        elif isinstance(type_, BlockType):
            slot = offset + (type_.retain_slot or 0)
            starts = {"instance": offset, "retain": int.from_bytes(memory[slot : slot + 4], "little")}
            for variable in type_.pou.variables.values():
                if variable.storage in starts and not variable.by_reference:
                    place = starts[variable.storage] + variable.offset
                    own = f"{path}.{variable.name}"
                    if variable.address is not None:
                        yield variable, place, own
                    yield from self._within(variable.type, place, memory, own)


def shared_variables(project: Project) -> list[Variable]:
    """Variables that belong to no instance."""
    return [*project.globals.values(), *project.statics]


def put(memory: bytearray, offset: int, content: bytes) -> None:
    """Replace the bytes from an offset on."""
    memory[offset : offset + len(content)] = content


def has_blocks(type_: Type) -> bool:
    """True if there may be blocks within a variable of that type."""
    if isinstance(type_, ArrayType):
        return has_blocks(type_.element)
    return isinstance(type_, (StructType, BlockType))
