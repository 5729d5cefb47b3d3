"""[program.map]: which address of the program stands for which variable of the line's parts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from sortyard.config.line import Line, Program
from sortyard.config.toml_file import Located
from sortyard.config.toml_findings import did_you_mean
from sortyard.config.toml_lines import KeyPath
from sortyard.errors import Finding
from sortyard.plc.diagnostics import Sink
from sortyard.plc.image import Address, address_of
from sortyard.plc.line.parts import Part
from sortyard.plc.line.unheard import tell_unheard
from sortyard.plc.program import Compiled
from sortyard.plc.symbols import Variable
from sortyard.plc.types import BlockType, Type, plain

_MAPPED = "IQ"


class Copy(NamedTuple):
    """A variable that is copied from or to a channel: see `sortyard_c.program_io`."""

    channel: int
    offset: int
    width: int
    bit: int


@dataclass
class Mapping:
    """Copies of the addresses; `given` are the channels of requests that an address gives."""

    reads: list[Copy] = field(default_factory=list)
    writes: list[Copy] = field(default_factory=list)
    given: dict[int, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


class _Reader:
    def __init__(self, located: Located[Line], parts: list[Part], compiled: Compiled, sink: Sink) -> None:
        self.located = located
        self.parts = {part.name.upper(): part for part in parts}
        self.compiled = compiled
        self.sink = sink
        self.mapping = Mapping()
        self.places: dict[tuple[str, int, int], str] = {}

    def tell(self, path: KeyPath, reason: str, remedy: str) -> None:
        self.mapping.findings.append(self.located.finding(path, reason, remedy))

    def entry(self, text: str, target: str) -> Address | None:
        """One line of the map; its address if it is one."""
        path = ("program", "map", text)
        address = address_of(text)
        if address is None or address.area not in _MAPPED or address.bit > 7:
            self.tell(path, f"{text} is no address of an input or output", "write %IX0.0, %IB1, %QW2, %QD4")
            return None
        self._overlap(path, text, address)
        found = self._target(path, target)
        if found is None:
            return address
        part, variable = found
        is_read = variable in part.reads
        if is_read != (address.area == "I"):
            needed = "%I, the line gives it" if is_read else "%Q, the program gives it"
            self.tell(
                path, f"{part.name}.{variable} cannot be at {text}", f"it is for an address with {needed}"
            )
            return address
        channel = (part.reads if is_read else part.writes)[variable]
        if not is_read:
            first = self.mapping.given.setdefault(channel, text)
            if first != text:
                self.tell(
                    path, f"{part.name}.{variable} is mapped twice, to {first} and {text}", "remove one"
                )
        if self._fits(path, text, address, part, variable):
            self._copy(address, channel, is_read)
        return address

    def _overlap(self, path: KeyPath, text: str, address: Address) -> None:
        bits = [address.bit] if address.size == 0 else range(8)
        for place in range(address.offset, address.offset + max(address.size, 1)):
            for bit in bits:
                first = self.places.setdefault((address.area, place, bit), text)
                if first != text:
                    self.tell(path, f"{text} and {first} are the same place", "choose another address")
                    return

    def _target(self, path: KeyPath, target: str) -> tuple[Part, str] | None:
        name, _, variable = target.rpartition(".")
        part = self.parts.get(name.upper())
        if part is None:
            known = [one.name for one in self.parts.values()]
            remedy = did_you_mean(name, known) + "write a part of this line and its variable: PE-END.BLOCKED"
            self.tell(path, f'there is no part "{name}"', remedy)
            return None
        known = [*part.reads, *part.writes]
        if variable.upper() not in known:
            remedy = did_you_mean(variable.upper(), known) + f"{part.name} has {', '.join(known)}"
            self.tell(path, f"{part.name} has no {variable} to be mapped", remedy)
            return None
        return part, variable.upper()

    def _fits(self, path: KeyPath, text: str, address: Address, part: Part, variable: str) -> bool:
        """Size of the address, and the program's variable there."""
        wanted = self._type_of(part, variable)
        if wanted is None:
            return False
        size = 0 if str(wanted) == "BOOL" else wanted.size
        if size != address.size:
            letter = {0: "X", 1: "B", 2: "W", 4: "D", 8: "L"}[size]
            reason = f"{part.name}.{variable} is {wanted}, and {text} is not of its size"
            self.tell(path, reason, f"write %{address.area}{letter}...")
            return False
        here = [one for one in self._located() if address_of(one.address or "") == address]
        if not here:
            there_are = ", ".join(one.address or "" for one in self._located()) or "none"
            self.tell(path, f"the program has no variable AT {text}", f"it has addresses: {there_are}")
            return False
        for one in here:
            if str(plain(one.type)) != str(plain(wanted)):
                message = f"{one.name} is {one.type}, and {part.name}.{variable} at {text} is {wanted}"
                self.sink.tell("SY1802", one.span, message, f"declare it as {wanted}, or map something else")
        return True

    def _type_of(self, part: Part, variable: str) -> Type | None:
        for one in self.compiled.variables:
            if one.name == part.identifier and isinstance(one.type, BlockType):
                return one.type.pou.variables[variable].type
        return None

    def _copy(self, address: Address, channel: int, is_read: bool) -> None:
        slices = self.compiled.image.slices
        if slices:
            start = slices["inputs" if is_read else "outputs"][0]
            row = Copy(channel, start + address.offset, max(address.size, 1), address.bit)
            (self.mapping.reads if is_read else self.mapping.writes).append(row)

    def _located(self) -> Iterator[Variable]:
        return (one for one in self.compiled.variables if one.address and one.address[1] in _MAPPED)

    def left_over(self, mapped: set[Address]) -> None:
        """Addresses of the program that nothing is mapped to."""
        for one in self._located():
            address = address_of(one.address or "")
            if address is not None and address not in mapped:
                message = f"nothing of the line is mapped to {one.address}"
                self.sink.tell("SY2201", one.span, message, f'add "{one.address}" = "..." to [program.map]')


def read_map(
    located: Located[Line], program: Program, parts: list[Part], compiled: Compiled, sink: Sink
) -> Mapping:
    """The map of a line file. Mistakes in it are its `findings`; those of the program go to the sink."""
    reader = _Reader(located, parts, compiled, sink)
    mapped = {reader.entry(text, target) for text, target in program.map.items()}
    reader.left_over({address for address in mapped if address is not None})
    tell_unheard(compiled, parts, reader.mapping.given, sink)
    return reader.mapping
