"""Parts of a line without pins, and the wires that they want: what `assign` finds pins for."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sortyard.config.assign_search import Want
from sortyard.config.board_file import Board
from sortyard.config.check_drivers import END_SWITCHES, parts_of
from sortyard.config.driver_tables import Driver, driver_of
from sortyard.config.line import Line
from sortyard.config.toml_lines import KeyPath

_EXACT = ("infeed", "meter", "merge")


class BarePart(NamedTuple):
    """A part without pins, and the wires that it wants."""

    path: KeyPath
    kind: str
    part: Any
    ecu: str
    driver: Driver
    wires: tuple[str, ...]
    is_exact: bool

    @property
    def owner(self) -> str:
        """What the part is called in findings."""
        return self.kind if self.kind == "encoder" else f"{self.kind} {self.part.name}"

    def wants(self) -> Iterator[Want]:
        """One for each of its wires."""
        hertz = self.driver.pulses_a_second(self.part) if "pwm" in self.driver.pins.values() else 0
        for wire in self.wires:
            yield Want(self.path, self.owner, wire, self.driver.pins[wire], hertz)


def bare_parts(line: Line, boards: Mapping[str, Board]) -> Iterator[BarePart]:
    """Every part that has no pins and needs some; `boards` by the name of their ECU."""
    home = next((eye.ecu for eye in line.eye if eye.role == "infeed"), line.encoder.ecu)
    triggers = {scanner.trigger for scanner in line.scanner}
    for path, kind, part in parts_of(line):
        ecu = part.name if kind == "ecu" else part.ecu
        if part.pins:
            continue
        driver = driver_of(kind, part, boards.get(ecu))
        wires = _wires_of(kind, part, driver)
        if kind == "ecu":
            wires = wires if ecu == home else wires[:1]
        is_exact = kind == "eye" and (part.role in _EXACT or part.name in triggers)
        if wires:
            yield BarePart((*path, "pins"), kind, part, ecu, driver, wires, is_exact)
    for place, ecu in enumerate(line.ecu):
        if ecu.name != line.encoder.ecu and not ecu.encoder:
            driver = driver_of("encoder", line.encoder, boards.get(ecu.name))
            path = ("ecu", place, "encoder")
            yield BarePart(path, "encoder", line.encoder, ecu.name, driver, tuple(driver.pins), True)


def _wires_of(kind: str, part: Any, driver: Driver) -> tuple[str, ...]:
    """The wires that a part has to have, in the order of its driver's table."""
    if kind == "ecu":
        return ("estop", "start", "reset")
    wires = {wire for wire in driver.pins if wire not in driver.optional}
    if kind == "diverter" and part.feedback:
        wires |= set(END_SWITCHES) & set(driver.pins)
    if driver.any_of and not wires & set(driver.any_of):
        wires.add(driver.any_of[0])
    return tuple(wire for wire in driver.pins if wire in wires)
