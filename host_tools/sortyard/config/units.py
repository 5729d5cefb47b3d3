"""Which unit of its board's chip each serial part of a line is on: UART, SPI or I2C bus.

    units_of(line, "line", board)["IO17"]       # of the wire that goes to IO17

The chip puts certain units on certain pins, or any of them on any pin: then they are given out in the order of the line
file. Parts on one wire (a bus) are on one unit.
"""

from sortyard.config.board_file import Board
from sortyard.config.driver_tables import UNIT_PINS
from sortyard.config.line import Line
from sortyard.config.line_pins import wires_of


def units_of(line: Line, ecu: str, board: Board) -> dict[str, int]:
    """Pin of `ecu` -> number of its unit, for every wire whose pin says it (`UNIT_PINS`)."""
    found: dict[str, int] = {}
    free = board.first.model_dump()
    for wire in wires_of(line):
        if wire.ecu != ecu or wire.need not in UNIT_PINS or wire.pin in found:
            continue
        fixed = board.units(wire.pin, wire.need)
        kind = wire.need.partition("_")[0]
        found[wire.pin] = fixed[0] if fixed else free[kind]
        free[kind] += not fixed
    return found
