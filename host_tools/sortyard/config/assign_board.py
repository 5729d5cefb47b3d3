"""One board's parts on its pins, with or without shift registers that are added; what is short if they do not fit."""

from collections.abc import Sequence
from itertools import chain
from itertools import count as count_from
from typing import NamedTuple

from sortyard.config.assign_parts import BarePart
from sortyard.config.assign_search import UNITS, Device, PinSearch, Want, frequencies, numbers_of, unit_of
from sortyard.config.board_file import Board
from sortyard.config.driver_tables import driver_of, drivers_of
from sortyard.config.line import Ecu, Expander, Line
from sortyard.config.line_pins import INPUTS, wires_of
from sortyard.config.pin_words import SAID
from sortyard.config.toml_file import Located
from sortyard.config.toml_lines import KeyPath
from sortyard.errors import Finding

_CHAINS = {"in": "hc165", "out": "hc595"}
"""What is added where pins are short."""
_ADDED = ("expander", "added")
"""Path of a chain that the line file does not have yet, before its name."""
_MOST_CHIPS = 16
_MOST_TOLD = 12


class Given(NamedTuple):
    """The pins of one part."""

    path: KeyPath
    owner: str
    ecu: str
    pins: dict[str, str]


def _way(need: str) -> str:
    return "in" if need in INPUTS else "out"


class BoardAttempt:
    """One board's parts with the chains `added`: `pins` is what each want gets, None if they do not all fit."""

    def __init__(
        self,
        line: Line,
        ecu: Ecu,
        board: Board,
        parts: Sequence[BarePart],
        added: Sequence[str],
        names: set[str],
    ) -> None:
        self._chains: list[Expander] = []
        self._board = board
        self._ecu = ecu
        self._wired = [wire for wire in wires_of(line) if wire.ecu == ecu.name]
        self._parts = list(parts)
        self._sharing: dict[KeyPath, KeyPath] = {}
        places = self._places(line)
        away, self._wants = self._send_away(places, added, names)
        devices, singles = self._divided()
        own = {wire.pin for wire in self._wired}
        self._search = PinSearch(board, [pin for pin in board.pins if pin not in own], self._taken())
        self._devices, self._singles = devices, singles
        found = self._search.place(devices, singles)
        self.pins = None if found is None else away | found

    @property
    def missing(self) -> int:
        """How many wires have no pin at best."""
        wants = [want for device in self._devices for want in device.wants] + self._singles
        return len(wants) - len(self._search.match(wants, {}))

    def given(self) -> list[Given]:
        """The pins of each part that the line has."""
        own = [part for part in self._parts if part.part not in self._chains]
        return [Given(part.path, part.owner, self._ecu.name, self._pins_of(part)) for part in own]

    def expanders(self) -> list[Expander]:
        """The chains that are added, with their pins."""
        added = [part for part in self._parts if part.part in self._chains]
        return [part.part.model_copy(update={"pins": self._pins_of(part)}) for part in added]

    def _pins_of(self, part: BarePart) -> dict[str, str]:
        assert self.pins is not None, "asked of an attempt that fits"
        path = self._sharing.get(part.path, part.path)
        pins = {want.key: pin for want, pin in self.pins.items() if want.path == path}
        return {wire: pins[wire] for wire in part.wires}

    # --- which wires go where ---

    def _places(self, line: Line) -> list[tuple[str, list[str]]]:
        """Free places of the expanders that the line has on this board: direction, places."""
        taken = {wire.pin for wire in self._wired}
        found = []
        for one in line.expander:
            if one.ecu == self._ecu.name:
                per_chip, direction = driver_of("expander", one).places
                places = [f"{one.name}.{place}" for place in range(per_chip * one.count)]
                found.append((direction, [place for place in places if place not in taken]))
        return found

    def _send_away(
        self, places: list[tuple[str, list[str]]], added: Sequence[str], names: set[str]
    ) -> tuple[dict[Want, str], list[Want]]:
        """Wires to places on expanders, those of chains that are added included; the wires that are left."""
        away: dict[Want, str] = {}
        left: list[Want] = []
        waiting: dict[str, list[Want]] = {"in": [], "out": []}
        for part in self._parts:
            for want in part.wants():
                way = _way(want.need)
                room = next(
                    (free for direction, free in places if free and direction in (way, "either")), None
                )
                if part.is_exact or want.key not in part.driver.on_expander:
                    left.append(want)
                elif room:
                    away[want] = room.pop(0)
                elif way in added:
                    waiting[way].append(want)
                else:
                    left.append(want)
        for way, wants in waiting.items():
            per_chip = drivers_of("expander")[_CHAINS[way]].places[0]
            fits = wants[: per_chip * _MOST_CHIPS]
            left += wants[len(fits) :]
            if fits:
                added_chain = self._add_chain(way, -(-len(fits) // per_chip), names)
                away |= {want: f"{added_chain.name}.{place}" for place, want in enumerate(fits)}
                left += self._parts[-1].wants()
        return away, left

    def _add_chain(self, way: str, count: int, names: set[str]) -> Expander:
        own = f"{way}-{self._ecu.name}"[:28]
        free = chain((way, own), (f"{own}-{n}" for n in count_from(2)))
        name = next(one for one in free if one not in names)
        added = Expander(name=name, kind=_CHAINS[way], count=count, ecu=self._ecu.name)
        self._chains.append(added)
        driver = driver_of("expander", added)
        path = (*_ADDED, name)
        self._parts.append(BarePart(path, "expander", added, added.ecu, driver, tuple(driver.pins), True))
        return added

    def _divided(self) -> tuple[list[Device], list[Want]]:
        """Wires that belong on one unit together, and the others."""
        devices: dict[KeyPath, list[Want]] = {}
        singles: list[Want] = []
        self._share_buses()
        for want in self._wants:
            unit = unit_of(want.need)
            if want.path in self._sharing:
                continue
            if unit:
                key = (*want.path, want.key if unit == "pwm" else unit)
                devices.setdefault(key, []).append(want)
            else:
                singles.append(want)
        return [Device(unit_of(wants[0].need), tuple(wants)) for wants in devices.values()], singles

    def _share_buses(self) -> None:
        """Parts with the same driver and options share the wires of a bus, if their addresses differ."""
        buses: dict[str, tuple[KeyPath, set[int]]] = {}
        for part in self._parts:
            address = getattr(part.part, "address", None)
            if address is None or not set(part.wires) <= set(part.driver.shared):
                continue
            path, addresses = buses.setdefault(f"{part.driver.path} {part.part.options}", (part.path, set()))
            if path != part.path and address not in addresses:
                self._sharing[part.path] = path
            addresses.add(address)

    def _taken(self) -> dict[str, dict[str, int]]:
        """Units that wires of the line have already, with their pulses a second; where any unit is on any pin, each
        device counts by its first."""
        taken: dict[str, dict[str, int]] = {unit: {} for unit in UNITS}
        for wire in self._wired:
            unit = unit_of(wire.need)
            if wire.pin not in self._board.pins or not unit:
                continue
            numbers = numbers_of(self._board, wire.pin, wire.need)
            hertz = wire.driver.pulses_a_second(wire.part) if unit == "pwm" else 0
            if numbers:
                taken[unit][numbers[0]] = hertz
            elif wire.need in ("uart_tx", "spi_sck", "i2c_scl", "pwm"):
                taken[unit][wire.pin] = hertz
        return taken

    # --- what is short ---

    def tell(self, located: Located[Line]) -> list[Finding]:
        """Why they do not fit: which resource is short, and which pins would do."""
        return self._tell_units(located) or self._tell_frequencies(located) or self._tell_pins(located)

    def _finding(self, located: Located[Line], want: Want, reason: str, remedy: str) -> Finding:
        place = located.model.ecu.index(self._ecu)
        path = ("ecu", place, "board") if want.path[: len(_ADDED)] == _ADDED else want.path
        return located.finding(path, reason, remedy)

    def _tell_units(self, located: Located[Line]) -> list[Finding]:
        """Units of the chip of which there are too few."""
        board, taken, findings = self._board, self._taken(), []
        for unit in UNITS:
            users = [device for device in self._devices if device.unit == unit]
            limit, used = getattr(board.resources, unit), len(taken[unit])
            if users and len(users) + used > limit:
                want = users[max(limit - used, 0)].wants[0]
                reason = (
                    f"{len(users)} parts without pins need a {unit.upper()} of {self._ecu.name} each; {board.name} "
                    f"has {limit}, {used} of them taken: none is left for {want.owner}"
                )
                remedy = f"pins that can {SAID[want.need]}: {_listed(board.pins_for(want.need))}; "
                findings.append(
                    self._finding(located, want, reason, f"{remedy}wire one of the parts to another board")
                )
        return findings

    def _tell_frequencies(self, located: Located[Line]) -> list[Finding]:
        """More pulses of different frequencies than the chip has slices or timers for."""
        most = self._board.resources.pwm_timers or self._board.resources.pwm // 2
        pulses = [device.wants[0] for device in self._devices if device.unit == "pwm"]
        rates = list(self._taken()["pwm"].values())
        for want in pulses:
            rates.append(want.hertz)
            needed = frequencies(rates)
            if needed > most:
                reason = (
                    f"{want.key} of {want.owner} needs pulses of a frequency of its own, and {needed} are needed on "
                    f"{self._ecu.name}; {self._board.name} has {most}"
                )
                remedy = "give some parts the same freq, or put some of them on another board"
                return [self._finding(located, want, reason, remedy)]
        return []

    def _tell_pins(self, located: Located[Line]) -> list[Finding]:
        """One finding for each thing that too few pins can do."""
        wants = [want for device in self._devices for want in device.wants] + self._singles
        found = self._search.match(wants, {})
        short: dict[str, list[Want]] = {}
        for want in wants:
            if want not in found:
                short.setdefault(want.need, []).append(want)
        if not short:  # enough pins, but not on the units that they would have to be of
            short = {device.wants[0].need: [device.wants[0]] for device in self._devices}
        findings = []
        for need, those in short.items():
            free = self._search.able(need)
            reason = (
                f"{len(wants)} wires of {self._ecu.name} need pins of {self._board.name} itself. {len(those)} that "
                f"must {SAID[need]} get none, first {those[0].key} of {those[0].owner}: {len(free)} free pins can do "
                "that, and others need them, too"
            )
            remedy = (
                f"pins that would do: {_listed(self._board.pins_for(need))}; wire some parts to another board"
            )
            findings.append(self._finding(located, those[0], reason, remedy))
        return findings


def _listed(pins: Sequence[str]) -> str:
    more = f" ... ({len(pins)} in all)" if len(pins) > _MOST_TOLD else ""
    return (", ".join(pins[:_MOST_TOLD]) or "none") + more
