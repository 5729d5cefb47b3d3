"""Engineering rules of `check` for expanders: how long a turn of the board's loop waits for their buses, and what
becomes of outputs on I2C while the board is reset.
"""

from collections.abc import Iterator

from sortyard.config.board_file import load_board
from sortyard.config.check_context import Context
from sortyard.config.driver_tables import driver_of
from sortyard.config.line import Ecu, Expander, Line
from sortyard.config.line_pins import INPUTS, Wire, wires_of

READ_BITS = 47
"""On the bus to read 16 inputs: five bytes, each with its acknowledgement, start and stop."""
WRITE_BITS = 38
"""To write 16 outputs."""
MOST_US = 300
"""Of a turn's millisecond that may be spent waiting: the rest is the gate logic's."""
WORST_FUEL = 170_000
"""What a turn takes at worst without such a bus, in the virtual machine's units: no more is allowed of hub16."""
TURN_US = 1000
FASTER_CHAIN = "leave baud out: 4000000 is what it is then"
FASTER = "set freq = 1000000 where it is less (chips at 4.5 V or more: at 3.3 V 400000 is their limit)"


def judge_buses(context: Context) -> None:
    """Add every finding about expanders on I2C and SPI."""
    line = context.line
    for ecu in line.ecu:
        on_bus = [
            (place, one)
            for place, one in enumerate(line.expander)
            if one.ecu == ecu.name and not one.pins.keys().isdisjoint(("scl", "clock"))
        ]
        if on_bus:
            _judge_time(context, ecu, on_bus)
        for place, one in on_bus:
            if _is_chip(one):
                _judge_reset(context, place, one)


def _is_chip(expander: Expander) -> bool:
    """On I2C; else it is a chain on SPI."""
    return "scl" in expander.pins


def _bit_us(expander: Expander) -> float:
    """Of its bus."""
    options = driver_of("expander", expander).options_of(expander)
    return 1e6 / int(options["freq" if _is_chip(expander) else "baud"])


def _wires_at(line: Line, expander: Expander) -> Iterator[tuple[Wire, int]]:
    """The wires that end at an expander, and at which of its chips."""
    per_chip = driver_of("expander", expander).places[0]
    for wire in wires_of(line):
        name, _, number = wire.pin.partition(".")
        if number and name == expander.name:
            yield wire, int(number) // per_chip


def bus_us(line: Line, on_bus: list[tuple[int, Expander]]) -> int:
    """What a turn waits at most: every chip or chain with eyes is read, and one with outputs is written."""
    reads = writes = 0.0
    for _, one in on_bus:
        read, written = _chip_bits(line, one) if _is_chip(one) else _chain_bits(one)
        reads += read * _bit_us(one)
        writes = max(writes, written * _bit_us(one))
    return round(reads + writes)


def _chip_bits(line: Line, expander: Expander) -> tuple[int, int]:
    """That are read in each turn, and written in one that has something to write."""
    wires = list(_wires_at(line, expander))
    read = len({chip for wire, chip in wires if wire.need in INPUTS}) * READ_BITS
    return read, WRITE_BITS if any(wire.need not in INPUTS for wire, _ in wires) else 0


def _chain_bits(expander: Expander) -> tuple[int, int]:
    """The same of a chain, which is read or written as a whole."""
    per_chip, way = driver_of("expander", expander).places
    bits = per_chip * expander.count
    return (bits, 0) if way == "in" else (0, bits)


def _judge_time(context: Context, ecu: Ecu, on_bus: list[tuple[int, Expander]]) -> None:
    us = bus_us(context.line, on_bus)
    board = load_board(ecu.board)
    rest_us = WORST_FUEL // board.model.fuel_per_us
    slowest = max(on_bus, key=lambda placed: bus_us(context.line, [placed]))
    path = ("expander", slowest[0], "options")
    names = ", ".join(one.name for _, one in on_bus)
    faster = FASTER if _is_chip(slowest[1]) else FASTER_CHAIN
    if us > MOST_US:
        context.error(
            path,
            f"a turn of {ecu.name} waits {us} us for {names}; it has {MOST_US} us of its millisecond for that",
            f"{faster}, wire the eyes to fewer chips, or use an hc165 for them",
        )
    elif us and rest_us + us > TURN_US:
        context.warning(
            path,
            f"a turn of {ecu.name} waits {us} us for {names}; with the {rest_us} us that the rest may take on a "
            f"{board.name} that is {rest_us + us - TURN_US} us more than its millisecond: such a turn makes the next "
            "one late, and is counted (overruns)",
            f"{faster}, use an hc165 for the eyes, or a faster board",
        )
    elif us and any(_is_chip(one) for _, one in on_bus):
        context.note(
            path,
            f"a turn of {ecu.name} waits {us} us for {names}; the rest takes {rest_us} us at worst",
            "nothing: it has time for that",
        )


def _judge_reset(context: Context, place: int, expander: Expander) -> None:
    gates = [wire for wire, _ in _wires_at(context.line, expander) if wire.need == "gate"]
    if gates and "reset" not in expander.pins:
        context.warning(
            ("expander", place, "pins"),
            f"{expander.name} drives {gates[0].part.name} on while {expander.ecu} is reset, for a second or so",
            'wire its RESET with a pull-down of 10 kohm: pins = { ..., reset = "..." }',
        )
