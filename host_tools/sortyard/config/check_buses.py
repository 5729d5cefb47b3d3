"""Engineering rules of `check` for expanders on I2C: how long a turn of the board's loop waits for its bus, and what
becomes of outputs while the board is reset.
"""

from collections.abc import Iterator

from sortyard.config.check_context import Context
from sortyard.config.driver_tables import driver_of
from sortyard.config.line import Expander, Line
from sortyard.config.line_pins import INPUTS, Wire, wires_of

READ_BITS = 47
"""On the bus to read 16 inputs: five bytes, each with its acknowledgement, start and stop."""
WRITE_BITS = 38
"""To write 16 outputs."""
MOST_US = 300
"""Of a turn's millisecond that may be spent waiting: the rest is the gate logic's."""


def judge_buses(context: Context) -> None:
    """Add every finding about expanders on I2C."""
    line = context.line
    for ecu in line.ecu:
        on_bus = [
            (place, one)
            for place, one in enumerate(line.expander)
            if one.ecu == ecu.name and "scl" in one.pins
        ]
        if on_bus:
            _judge_time(context, ecu.name, on_bus)
        for place, one in on_bus:
            _judge_reset(context, place, one)


def _freq(expander: Expander) -> int:
    """Of the bus; a value that the driver does not take is told elsewhere."""
    (option,) = [one for one in driver_of("expander", expander).options if one.name == "freq"]
    given = expander.options.get("freq", option.default)
    return int(given if option.takes(given) else option.default)


def _wires_at(line: Line, expander: Expander) -> Iterator[tuple[Wire, int]]:
    """The wires that end at an expander, and at which of its chips."""
    per_chip = driver_of("expander", expander).places[0]
    for wire in wires_of(line):
        name, _, number = wire.pin.partition(".")
        if number and name == expander.name:
            yield wire, int(number) // per_chip


def bus_us(line: Line, on_bus: list[tuple[int, Expander]]) -> int:
    """What a turn waits at most: every chip with eyes is read, and one with outputs is written."""
    reads = writes = 0.0
    for _, one in on_bus:
        bit_us = 1e6 / _freq(one)
        wires = list(_wires_at(line, one))
        reads += len({chip for wire, chip in wires if wire.need in INPUTS}) * READ_BITS * bit_us
        if any(wire.need not in INPUTS for wire, _ in wires):
            writes = max(writes, WRITE_BITS * bit_us)
    return round(reads + writes)


def _judge_time(context: Context, ecu: str, on_bus: list[tuple[int, Expander]]) -> None:
    us = bus_us(context.line, on_bus)
    path = ("expander", on_bus[0][0], "options")
    names = ", ".join(one.name for _, one in on_bus)
    if us > MOST_US:
        context.error(
            path,
            f"a turn of {ecu} waits {us} us for {names}; it has {MOST_US} us of its millisecond for that",
            "set freq = 1000000 where it is less, wire the eyes to fewer chips, or use an hc165 for them",
        )
    elif us:
        context.note(
            path, f"a turn of {ecu} waits {us} us for {names}", "nothing; a higher freq makes that shorter"
        )


def _judge_reset(context: Context, place: int, expander: Expander) -> None:
    gates = [wire for wire, _ in _wires_at(context.line, expander) if wire.need == "gate"]
    if gates and "reset" not in expander.pins:
        context.warning(
            ("expander", place, "pins"),
            f"{expander.name} drives {gates[0].part.name} on while {expander.ecu} is reset, for a second or so",
            'wire its RESET with a pull-down of 10 kohm: pins = { ..., reset = "..." }',
        )
