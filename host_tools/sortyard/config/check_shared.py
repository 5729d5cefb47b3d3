"""Rules of `check` for parts on one bus, inverters on RS-485 and expanders on I2C.

A board sets a bus up once, as the first of its parts says: wires and clock are one for all. Addresses are each chip's
own.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sortyard.config.check_context import Context
from sortyard.config.driver_tables import Driver, driver_of
from sortyard.config.toml_lines import KeyPath

_OF_BUS = ("baud", "parity", "stop", "freq")
"""Options that are the bus's, not the part's."""


class _Member(NamedTuple):
    """A part on a bus."""

    path: KeyPath
    part: Any
    driver: Driver

    def option(self, name: str) -> int | str:
        """As it is given, or its default."""
        return self.driver.options_of(self.part)[name]


def judge_shared(context: Context) -> None:
    """Add every finding about parts that share wires."""
    for members in _buses(context):
        for one in members[1:]:
            _judge_wires(context, members[0], one)
            _judge_options(context, members[0], one)
        _judge_chips(context, members)


def _buses(context: Context) -> Iterator[list[_Member]]:
    """The parts of each bus, in the order of the line file: those that have one of its wires."""
    found: dict[tuple[str, str], list[_Member]] = {}
    for kind in ("expander", "motor"):
        for place, part in enumerate(getattr(context.line, kind)):
            driver = driver_of(kind, part)
            pin = next((part.pins[wire] for wire in driver.shared if wire in part.pins), None)
            if pin is not None:
                found.setdefault((part.ecu, pin), []).append(_Member((kind, place), part, driver))
    yield from found.values()


def _judge_wires(context: Context, first: _Member, one: _Member) -> None:
    for wire in one.driver.shared:
        there, here = first.part.pins.get(wire), one.part.pins.get(wire)
        if there != here:
            context.error(
                (*one.path, "pins"),
                f"{one.part.name} is on the bus of {first.part.name} and has {here or 'no pin'} for {wire}; the bus "
                f"has {there or 'none'}",
                f"give both the same pins for {', '.join(one.driver.shared)}",
            )


def _judge_options(context: Context, first: _Member, one: _Member) -> None:
    for name in _OF_BUS:
        if name in one.driver.defaults() and one.option(name) != first.option(name):
            context.error(
                (*one.path, "options", name),
                f"{one.part.name} is on the bus of {first.part.name}, where {name} is {first.option(name)}; it has "
                f"{one.option(name)}",
                f"set {name} of both to the same value",
            )


def _judge_chips(context: Context, members: list[_Member]) -> None:
    """Addresses of expanders; those of motors are judged with their keys."""
    taken: dict[int, str] = {}
    for one in members:
        options = {option.name: option for option in one.driver.options}
        if "first" not in options:
            continue
        name, first, last = one.part.name, int(one.option("first")), options["first"].most
        chips = range(first, first + one.part.count)
        path = (*one.path, "options", "first")
        if chips[-1] > last:
            context.error(
                path,
                f"the last of {one.part.count} chips of {name} would have address {chips[-1]}; there are "
                f"{options['first'].least} to {last}",
                f"set first to {last + 1 - one.part.count}, or use fewer chips"
                if one.part.count <= last + 1 - int(options["first"].least)
                else "use fewer chips, or another bus",
            )
        for address in chips:
            owner = taken.setdefault(address, name)
            if owner != name:
                context.error(
                    path,
                    f"{name} and {owner} have address {address} on the same bus",
                    "give each chip of a bus an address of its own",
                )
                break
