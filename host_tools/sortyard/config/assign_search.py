"""Which pin each wire gets: a search over the units of a board's chip, and a matching over its pins for the rest.

search = PinSearch(board, free, taken)
search.place(devices, singles)            # want -> pin; None: they do not all fit
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from sortyard.config.board_file import Board
from sortyard.config.toml_lines import KeyPath

UNITS = ("uart", "spi", "i2c", "pwm")
MOST_NODES = 4000
"""Choices of units and pins looked at before a board is given up: what fits is found among the first ones."""


class Want(NamedTuple):
    """A wire without a pin: where its pin will be written, whose it is, and what the pin must be able to do; of pulses
    how many a second, 0 where that changes."""

    path: KeyPath
    owner: str
    key: str
    need: str
    hertz: int = 0


class Device(NamedTuple):
    """Wires that belong on one unit of the chip, which nobody else has then; the unit of "pwm" is a channel."""

    unit: str
    wants: tuple[Want, ...]


def unit_of(need: str) -> str:
    """The kind of unit that a need belongs to: uart_tx to "uart"; "" if to none."""
    return next((unit for unit in UNITS if need == unit or need.startswith(f"{unit}_")), "")


def numbers_of(board: Board, pin: str, need: str) -> list[str]:
    """The units that a pin can be of; empty where the chip puts any unit on any pin."""
    if need == "pwm":
        slot = board.pins[pin].pwm
        return [] if slot is None else [slot]
    return [str(number) for number in board.units(pin, need)]


def frequencies(rates: Collection[int]) -> int:
    """How many frequencies there are among pulses; those that change (0) have one of their own each."""
    fixed = [rate for rate in rates if rate]
    return len(set(fixed)) + len(rates) - len(fixed)


def shares_slice(slot: str, hertz: int, taken: Mapping[str, int]) -> bool:
    """Whether a channel may have pulses of that frequency: both channels of a slice have the same one."""
    others = [rate for other, rate in taken.items() if other[:-1] == slot[:-1]]
    return all(hertz and rate == hertz for rate in others)


class PinSearch:
    """`free`: pins in the board's order; `taken`: units that are in use, by kind, each with its pulses a second."""

    def __init__(self, board: Board, free: Sequence[str], taken: Mapping[str, Mapping[str, int]]) -> None:
        self._board = board
        self._free = free
        self._taken = taken
        self._able: dict[str, list[str]] = {}
        self._nodes = 0

    def able(self, need: str) -> list[str]:
        """Free pins that can do something."""
        if need not in self._able:
            self._able[need] = [pin for pin in self._free if self._board.can(pin, need)]
        return self._able[need]

    def place(self, devices: Sequence[Device], singles: Sequence[Want]) -> dict[Want, str] | None:
        """A pin for every want, each device on a unit of its own; always the same one for the same question."""
        self._nodes = 0
        return self._go_on(devices, singles, {}, self._taken)

    def match(self, wants: Sequence[Want], given: Mapping[Want, str]) -> dict[Want, str]:
        """Pins for as many wants as possible, whatever units they are of (augmenting paths, Kuhn 1955)."""
        owners: dict[str, Want] = {}
        used = set(given.values())

        def find(want: Want, seen: set[str]) -> bool:
            for pin in self.able(want.need):
                if pin in used or pin in seen:
                    continue
                seen.add(pin)
                if pin not in owners or find(owners[pin], seen):
                    owners[pin] = want
                    return True
            return False

        for want in wants:
            find(want, set())
        return {want: pin for pin, want in owners.items()}

    def _go_on(
        self,
        devices: Sequence[Device],
        singles: Sequence[Want],
        given: dict[Want, str],
        taken: Mapping[str, Mapping[str, int]],
    ) -> dict[Want, str] | None:
        self._nodes += 1
        rest = [want for device in devices for want in device.wants] + list(singles)
        found = self.match(rest, given)
        if len(found) < len(rest):
            return None
        if not devices:
            return given | found
        first, *others = devices
        for number, pins in self._choices(first, set(given.values()), taken[first.unit]):
            if self._nodes >= MOST_NODES:
                return None
            more = given | dict(zip(first.wants, pins, strict=True))
            used = {**taken[first.unit], number: first.wants[0].hertz}
            result = self._go_on(others, singles, more, {**taken, first.unit: used})
            if result is not None:
                return result
        return None

    def _choices(
        self, device: Device, used: set[str], taken: Mapping[str, int]
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Units that are free, each with the pins that the device could have there."""
        resources = self._board.resources
        if len(taken) >= getattr(resources, device.unit):
            return
        rates = [*taken.values(), device.wants[0].hertz]
        if device.unit == "pwm" and resources.pwm_timers and frequencies(rates) > resources.pwm_timers:
            return
        able = [[pin for pin in self.able(want.need) if pin not in used] for want in device.wants]
        for pins in product(*able):
            if len(set(pins)) < len(pins):
                continue
            numbers = [
                numbers_of(self._board, pin, want.need) for pin, want in zip(pins, device.wants, strict=True)
            ]
            if not all(numbers):
                yield f"any {len(taken)}", pins
                continue
            common = set.intersection(*map(set, numbers)) - taken.keys()
            if device.unit == "pwm":
                common = {slot for slot in common if shares_slice(slot, device.wants[0].hertz, taken)}
            if common:
                yield min(common), pins
