"""Engineering rules of `check` for the wiring: can each pin of a board do what its wire asks, are there enough
UARTs, SPI buses and counters, and does nothing move while a board starts. Each finding names pins that would do.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sortyard.config.assign_search import shares_slice
from sortyard.config.board_file import Board, board_names, load_board
from sortyard.config.check_context import Context
from sortyard.config.driver_tables import driver_of
from sortyard.config.line import Ecu
from sortyard.config.line_pins import INPUTS, Wire, wires_of
from sortyard.config.pin_words import SAID, would_do
from sortyard.config.toml_findings import did_you_mean

_UNITS = ("uart", "spi", "i2c")
INTERRUPT_COUNTS_PER_S = 1000
"""Encoder counts a second that a board without counter or PIO can take as interrupts beside its control loop."""


class _Device(NamedTuple):
    """The wires of one part that go to its ECU's own pins, by wire."""

    name: str
    kind: str
    wires: dict[str, Wire]


def judge_boards(context: Context) -> None:
    """Add every finding about boards' pins and their units."""
    for ecu in context.line.ecu:
        _judge_ecu(context, ecu, load_board(ecu.board))


def _judge_ecu(context: Context, ecu: Ecu, board: Board) -> None:
    wires = [wire for wire in wires_of(context.line) if wire.ecu == ecu.name and "." not in wire.pin]
    free = [pin for pin in board.pins if pin not in {wire.pin for wire in wires}]
    sound = [wire for wire in wires if _judge_wire(context, board, wire, free)]
    devices = _devices(sound)
    for unit in _UNITS:
        _judge_units(context, board, unit, devices, free)
    pulses = [wire for wire in sound if wire.need == "pwm"]
    _judge_pwm(context, board, pulses, free)
    _judge_frequencies(context, board, pulses, free)
    _note_bare_inputs(context, board, sound)
    _tell_weak_inputs(context, board, sound)
    _note_floating_outputs(context, board, sound)
    if any(wire.kind == "encoder" for wire in sound):
        _judge_encoder(context, board)


def _judge_wire(context: Context, board: Board, wire: Wire, free: Sequence[str]) -> bool:
    """Whether the board has that pin and the pin can do what the wire asks."""
    need = wire.need
    if wire.pin not in board.pins:
        context.error(
            wire.path,
            f"{board.name} has no pin {wire.pin}",
            did_you_mean(wire.pin, board.pins)
            + would_do(board, need or "out", free, or_expander=wire.may_be_remote),
        )
        return False
    if not need:
        return True
    why = board.why_not(wire.pin, need)
    if why:
        context.error(
            wire.path,
            f"{wire.pin} of {board.name} cannot {SAID[need]}: {why}",
            would_do(board, need, free, or_expander=wire.may_be_remote),
        )
    return not why


def _devices(wires: Iterable[Wire]) -> list[_Device]:
    """Parts with their wires; those that share a bus are one device."""
    found: dict[tuple[str, str], _Device] = {}
    buses: dict[str, tuple[str, str]] = {}
    for wire in wires:
        name = getattr(wire.part, "name", wire.kind)
        key = (wire.kind, name)
        if wire.key in wire.driver.shared:
            key = buses.setdefault(wire.pin, key)
        device = found.setdefault(key, _Device(name, wire.kind, {}))
        device.wires.setdefault(wire.key, wire)
    return list(found.values())


def _judge_units(
    context: Context,
    board: Board,
    unit: str,
    devices: Sequence[_Device],
    free: Sequence[str],
) -> None:
    """Each device on a unit of its own, both its wires on the same one, and no more of them than there are."""
    users = [device for device in devices if any(_is_of(unit, wire) for wire in device.wires.values())]
    taken: dict[int, str] = {}
    for number, device in enumerate(users, start=1):
        wires = sorted(
            (wire for wire in device.wires.values() if _is_of(unit, wire)),
            key=lambda wire: list(wire.driver.pins).index(wire.key),
        )
        numbers = [set(board.units(wire.pin, wire.need)) for wire in wires]
        if not all(numbers):  # the chip puts any unit on any pin: only their number counts
            limit = getattr(board.resources, unit)
            if number > limit:
                context.error(
                    wires[0].path,
                    f"{device.name} is device {number} that needs a {unit.upper()}; {board.name} has {limit}",
                    f"put one of them on another board; they are {', '.join(one.name for one in users)}",
                )
            continue
        common = set.intersection(*numbers)
        if not common:
            context.error(
                wires[1].path,
                f"{wires[0].pin} and {wires[1].pin} of {board.name} belong to different {unit.upper()}s, "
                f"{_numbers(numbers[0])} and {_numbers(numbers[1])}",
                _of_unit(board, wires[1].need, numbers[0], free),
            )
        elif clash := sorted(common & taken.keys()):
            others = set(range(getattr(board.resources, unit))) - taken.keys()
            context.error(
                wires[0].path,
                f"{unit.upper()} {clash[0]} of {board.name} is taken by {taken[clash[0]]}",
                _of_unit(board, wires[0].need, others, free),
            )
        else:
            taken[min(common)] = device.name


def _is_of(unit: str, wire: Wire) -> bool:
    return wire.need.startswith(f"{unit}_")


def _numbers(units: set[int]) -> str:
    return " or ".join(str(number) for number in sorted(units))


def _of_unit(board: Board, need: str, units: set[int], free: Iterable[str]) -> str:
    able = [pin for pin in free if board.can(pin, need) and units & set(board.units(pin, need))]
    if not able:
        return f"no free pin of {board.name} can {SAID[need]} there: use another board, or free a pin"
    return f"free pins that would do: {', '.join(able)}"


def _judge_pwm(context: Context, board: Board, wires: Sequence[Wire], free: Sequence[str]) -> None:
    for wire in wires[board.resources.pwm :]:
        context.error(
            wire.path,
            f"{wire.pin} is one of {len(wires)} pins that need pulses; {board.name} has "
            f"{board.resources.pwm} channels for them",
            "put some of them on another board",
        )
    first: dict[str, Wire] = {}
    for wire in wires:
        slot = board.pins[wire.pin].pwm
        if slot is not None and first.setdefault(slot, wire) is not wire:
            context.error(
                wire.path,
                f"{wire.pin} and {first[slot].pin} of {board.name} are one PWM channel, {slot}",
                _of_slices(board, wire, wires, free),
            )


def _frequency(wire: Wire) -> int:
    return wire.driver.pulses_a_second(wire.part)


def _of_slices(board: Board, wire: Wire, wires: Sequence[Wire], free: Iterable[str]) -> str:
    """Pins whose channel is free, and whose slice has no other frequency."""
    others = {board.pins[one.pin].pwm or "": _frequency(one) for one in wires if one is not wire}

    def suits(pin: str) -> bool:
        slot = board.pins[pin].pwm
        return slot is None or (slot not in others and shares_slice(slot, _frequency(wire), others))

    return would_do(board, "pwm", [pin for pin in free if suits(pin)], or_expander=False)


def _judge_frequencies(context: Context, board: Board, wires: Sequence[Wire], free: Sequence[str]) -> None:
    """Pulses of one slice or timer have one frequency."""
    first: dict[str, Wire] = {}
    for wire in wires:
        slot = board.pins[wire.pin].pwm
        other = first.setdefault(slot[:-1], wire) if slot is not None else wire
        is_told = slot is not None and slot == board.pins[other.pin].pwm  # they are one channel
        if (
            other is not wire
            and not is_told
            and not (_frequency(wire) and _frequency(wire) == _frequency(other))
        ):
            told = " and ".join(f"{one.pin} {_frequency(one) or 'one that changes'}" for one in (other, wire))
            context.error(
                wire.path,
                f"{wire.pin} and {other.pin} of {board.name} are one PWM slice, which has one frequency: {told}",
                _of_slices(board, wire, wires, free),
            )
    most = board.resources.pwm_timers
    needed = {_frequency(wire) or wire.pin: wire for wire in wires}
    for wire in list(needed.values())[most:] if most else ():
        context.error(
            wire.path,
            f"{wire.pin} needs pulses of a frequency of its own, and {len(needed)} are needed; {board.name} has {most} "
            "timers for them",
            "give some parts the same freq, or put some of them on another board",
        )


def _note_bare_inputs(context: Context, board: Board, wires: Sequence[Wire]) -> None:
    bare = [wire for wire in wires if wire.need in INPUTS and not board.can(wire.pin, "pulled")]
    if bare:
        context.note(
            bare[0].path,
            f"{', '.join(wire.pin for wire in bare)} of {board.name}: nothing holds an input there whose wire is cut",
            "fit a resistor of 10 kohm to the level of a free eye or an open contact",
        )


def _tell_weak_inputs(context: Context, board: Board, wires: Sequence[Wire]) -> None:
    """Of a chip whose own pull-downs are not enough; that an emergency stop is cut must be seen."""
    weak = [wire for wire in wires if wire.need in INPUTS]
    if board.pull_down is None or not weak:
        return
    tell = context.warning if any(wire.need == "pulled" for wire in weak) else context.note
    tell(
        weak[0].path,
        f"{', '.join(wire.pin for wire in weak)} of {board.name}: {board.pull_down.why}",
        f"fit a resistor of {board.pull_down.ohm / 1000:g} kohm or less to ground to each",
    )


def _note_floating_outputs(context: Context, board: Board, wires: Sequence[Wire]) -> None:
    floating = [
        wire for wire in wires if wire.need in ("gate", "pwm") and board.pins[wire.pin].boot == "float"
    ]
    if floating:
        context.note(
            floating[0].path,
            f"{', '.join(wire.pin for wire in floating)} of {board.name}: nobody drives them from power-up until the "
            "firmware begins",
            "fit a resistor of 10 kohm to ground to each, so that nothing moves",
        )


def _judge_encoder(context: Context, board: Board) -> None:
    """Without PIO and pulse counter every count is an interrupt."""
    line = context.line
    rate = line.belt.speed_mm_s * 1000 // line.encoder.um_per_count
    driver = driver_of("encoder", line.encoder, board)
    if not driver.takes and rate > INTERRUPT_COUNTS_PER_S:
        has_counter = board.resources.pio or board.resources.pcnt
        able = [
            name
            for name in board_names()
            if load_board(name).resources.pio or load_board(name).resources.pcnt
        ]
        context.error(
            ("encoder", "ecu"),
            f"{driver.name + ' uses' if has_counter else board.name + ' has'} no counter: "
            f"{rate} counts a second would be as many interrupts, it can take {INTERRUPT_COUNTS_PER_S}",
            f"use a board that counts in hardware ({', '.join(able)}), or a coarser encoder",
        )
