"""The plant wired to the virtual boards of a line's zones: `sortyard sim --firmware` where several boards sort.

Each board is what `sortyard.sim.firmware` makes of one; the host carries what they say to each other
(`sortyard.device.relay`).
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from threading import Event, Thread
from typing import Literal

from sorter_core import messages
from sortyard.config.ecu_image import ecu_image
from sortyard.config.line import Ecu
from sortyard.config.link_times import options_of
from sortyard.config.numbering import number
from sortyard.config.site import Site
from sortyard.config.zones import Zone, zones_of
from sortyard.device.relay import Relay, wires_of
from sortyard.device.session import Message, Session
from sortyard.sim.board_host import Order, States
from sortyard.sim.board_senses import BoardReset
from sortyard.sim.boots import RESTART_US, STEP_US, LoopFigures
from sortyard.sim.firmware import BoardWorld, PowerCut, RunOver
from sortyard.sim.lockstep import Lockstep
from sortyard.sim.outside_host import Outside, OutsideHost
from sortyard.sim.outside_line import OutsideLine, OutsideVoice
from sortyard.sim.station_line import StationLine, StationVoice
from sortyard.sim.wire_faults import BoardFaults, Strike, WireFaults
from sortyard.vm.errors import VmError
from sortyard.vm.virtual_board import POWER_ON, WATCHDOG, ResetByFirmware, WatchdogBite
from sortyard_c.board_loop import BoardLoop
from sortyard_c.zone_numbers import ZoneNumbers

LEAD_US = 800_000
"""The boards have been on for so long when the plant's time begins: they know each other by then."""
LONG_LEAD_US = 4_000_000
"""The same of boards that have to join a network first, or whose host has to find them."""
_INBOX_RECORDS = 256
_GATE_HOLD, _SAFE, _LINE, _INFEED, _MERGE, _DISPOSITION, _EVENT = 3, 4, 5, 6, 7, 8, 10
_HANDED, _BOUND = 12, 13
_READ, _GATE_END, _DRIVE = 3, 7, 8
_LOST_BY_REBOOT = 4 + 16 * 15
_LOW = 0xFFFF


@dataclass(frozen=True)
class Outage:
    """Something befalls one board: it is reset, and back after that time, or its link is cut for so long."""

    ecu: str
    at_us: int
    for_us: int
    what: Literal["reset", "link"]


class Reset(VmError):
    """Somebody has pressed a board's reset button."""

    def __init__(self, outage: Outage) -> None:
        super().__init__(f"{outage.ecu} was reset", "nothing: it comes back")
        self.outage = outage


class ZoneWorld(BoardWorld):
    """The line around the board of one zone, from its power-up to its next one."""

    def __init__(self, floor: ZoneBoots, place: int, cause: int, kept: bytes) -> None:
        self._floor = floor
        self._place = place
        self._numbers = floor.numbers
        zone = floor.zones[place]
        image = ecu_image(floor.site, zone.ecu.name)
        super().__init__(
            zone_site(floor.site, zone),
            image,
            floor.loop,
            floor.codes,
            floor.figures.meter,
            cause,
            kept,
            BoardFaults(floor.faults, place, len(floor.zones)),
            floor.states[place],
            deque() if place else floor.orders,
            None if floor.outside is None else replace(floor.outside, servers=[floor.outside.servers[place]]),
            floor.flash[place],
        )
        if place:
            # The belt, its feeder and its loop hang on the board of the infeed.
            self._by_wire |= {_LINE, _INFEED, _MERGE}
        self._missed: list[Callable[[], None]] = []
        """what has happened to the board while it computed"""
        steps = floor.steps
        self.board.compute_aside(partial(steps.let_go, place), self._come_back, steps.crew, place)

    def _come_back(self) -> None:
        self._floor.steps.come_back(self._place)
        for happen in self._missed:
            happen()
        self._missed.clear()

    def _befalls(self, happen: Callable[[], None]) -> None:
        """Something happens to the board, once it does not compute any more."""
        if self._floor.steps.is_aside(self._place):
            self._missed.append(happen)
        else:
            happen()

    def _host_of(self, ecu: Ecu, outside: Outside | None) -> Session | StationVoice | OutsideHost:
        if ecu.link.driver != "rs485":
            return super()._host_of(ecu, outside)
        return self._floor.station_line.join(int(options_of(ecu)["station"]), self._hear_line)

    def _hear_line(self, data: bytes) -> None:
        if not self._floor.is_cut(self._place):
            super()._hear_line(data)
            self._floor.steps.poked.add(self._place)

    def _send_on_line(self, data: bytes, now_us: int) -> None:
        self._befalls(partial(super()._send_on_line, data, now_us))

    def _world_us(self) -> int:
        return self._floor.steps.now_us

    def advance(self, to_us: int) -> int:
        """See `World.advance`."""
        steps = self._floor.steps
        if self._zero_us is None:
            self._zero_us = to_us - steps.now_us
        if self._half_count_us:  # a handler is to find B as it was at the edge of A
            to_us = min(to_us, steps.now_us + self._zero_us + self._half_count_us // 2)
        reached = steps.wait(self._place, to_us - self._zero_us) + self._zero_us
        self._belt_wires.turn(reached)
        self._floor.befall(self._place)
        for strike in self._strikes():
            self._befall(strike, reached)
        return reached

    def _strikes(self) -> Iterable[Strike]:
        strikes = self._floor.strikes[self._place]
        while strikes:
            yield strikes.popleft()

    def _converse(self, data: bytes, now_us: int) -> bytes:
        """The host's end of the link, with what the other boards have to say."""
        if self._floor.is_cut(self._place):
            return b""
        if not isinstance(self._session, OutsideHost):
            self._floor.relay.speak(self._place, self._session)
        said = super()._converse(data, now_us)
        if not isinstance(self._session, OutsideHost):
            self._floor.relay.speak_of_chutes(self._place, self._session)
        return said

    def happens(self, kind: int, index: int, position: int, a: int, b: int) -> None:
        """An input of the plant, in the numbers of this zone. A board that is starting finds levels, not events."""
        if self._zero_us is None:
            if kind not in (_READ, 10, 11, 13):
                self._happen(0, kind, index, position, a, b)
        else:
            now_us = self._floor.steps.now_us + self._zero_us
            self._befalls(partial(self._happen, now_us, kind, index, position, a, b))

    def _happen(self, now_us: int, kind: int, index: int, position: int, a: int, b: int) -> None:
        # What another board is wired to, that one tells the host, and the host this one.
        is_other_s = kind in self._floor.buttons - self._floor.wires[self._place].buttons
        if not is_other_s and (kind != _DRIVE or self._floor.wires[self._place].has_belt):
            super()._happen(now_us, kind, index, position, a, b)

    def is_told(self) -> bool:
        """Whether the board has nothing left to tell now that the line is empty."""
        return self._zero_us is not None and self._is_told(self._floor.steps.now_us + self._zero_us)

    def drop(self) -> None:
        """Without its firmware the board's outputs are off, and an inverter that hears nothing stops."""
        if isinstance(self._session, StationVoice | OutsideVoice):
            self._session.leave()
        self._command(_SAFE)
        if not self._place:
            self._command(_INFEED, 1)
            self._command(_MERGE)
            self._command(_LINE)

    def _take(self, message: Message) -> bool:
        relay, fields, now_us = self._floor.relay, message.fields, self._floor.steps.now_us
        if message.kind == messages.HEARTBEAT:
            relay.beat(self._place, now_us, fields[0], fields[3])
        elif message.kind == messages.HAND_OVER:
            track, origin, length, bound, facts = fields
            self._loop.said(_HANDED, track, length, facts >> 16, self._counts.of_belt(origin))
            self._loop.said(_BOUND, track, bound & _LOW, facts & _LOW, self._counts.of_belt(origin))
            relay.hand_over(self._place, *fields)
        return super()._take(message)

    def _outward(self, kind: int, a: int, b: int, c: int) -> tuple[int, int, int]:
        return self._numbers.outward(self._place, kind, a, b, c)

    def _told(self, kind: int, index: int, position: int, a: int, b: int) -> None:
        # The drive, the buttons and the like reach every board; the books have them once.
        self._floor.relay.given(self._place, self._floor.steps.now_us, kind, a)
        if not self._place or kind <= _GATE_END:
            super()._told(kind, self._numbers.index_outward(self._place, kind, index), position, a, b)

    def _said(self, kind: int, a: int, b: int, c: int, position: int) -> None:
        if kind == _EVENT:
            self._floor.relay.happened(self._place, a, b, c)
        elif kind == _DISPOSITION:
            self._floor.relay.ended(a, b & 15)
        elif kind == _LINE and not a:
            self._floor.relay.stopped(self._place)
        if not self._place or not _LINE <= kind <= _MERGE:
            super()._said(kind, a, b, c, position)


def zone_site(site: Site, zone: Zone) -> Site:
    """The site as the board of a zone has it."""
    return replace(site, located=replace(site.located, model=zone.line), numbering=number(zone.line))


class ZoneBoots:
    """All boots of all boards of one run."""

    def __init__(
        self,
        site: Site,
        loop: BoardLoop,
        codes: Sequence[bytes],
        faults: WireFaults,
        outages: Sequence[Outage] = (),
        orders: Sequence[Order] = (),
        outside: Outside | None = None,
    ) -> None:
        self.site = site
        self.loop = loop
        self.codes = codes
        self.zones = zones_of(site.line)
        self.wires = wires_of(site.line)
        self.buttons = frozenset[int]().union(*(one.buttons for one in self.wires))
        self.numbers = ZoneNumbers(self.zones)
        self.figures = LoopFigures()
        shared = [n for n, zone in enumerate(self.zones) if zone.ecu.link.driver == "rs485"]
        if shared and outside is not None:
            self.station_line = OutsideLine(outside.servers[shared[0]])
        elif shared:
            ecus = [self.zones[n].ecu for n in shared]
            self.station_line = StationLine(ecus, lambda: self.steps.now_us)
        self.outside = outside
        """a host there carries what the boards say to each other"""
        self.faults = faults
        self.strikes: list[deque[Strike]] = [deque() for _ in self.zones]
        """faults that have begun or ended, for each board to look at"""
        self.states: list[States] = [{} for _ in self.zones]
        self.flash: list[dict[str, bytes]] = [{} for _ in self.zones]
        self._outages = list(outages)
        self.orders = deque(orders)
        self._levels: list[dict[tuple[int, int], tuple[int, ...]]] = [{} for _ in self.zones]
        """for each zone the inputs that last, as they are now"""
        self._inbox = array("i", bytes(4 * 5 * _INBOX_RECORDS))
        self._error: BaseException | None = None
        self.is_over = False

    def run_one(self) -> None:
        """From power-up until the run is over, or power is back after a cut for all."""
        n = len(self.zones)
        self.relay = Relay(self.wires)
        self.relay.states = self.states
        is_networked = any(zone.ecu.link.driver == "tcp" for zone in self.zones)
        lead_us = LONG_LEAD_US if is_networked or self.outside else LEAD_US
        self.steps = Lockstep(n, self.loop.now_us - lead_us, self._move)
        self.worlds: list[ZoneWorld | None] = [None] * n
        self._alive, self._all_left = set(range(n)), Event()
        lives = [Thread(target=self._live, args=(place,), daemon=True) for place in range(n)]
        for life in lives:
            life.start()
        self.steps.begin()
        try:
            # not by join: one that Ctrl-C interrupts takes its thread for ended
            self._all_left.wait()
        except KeyboardInterrupt as error:
            self.steps.fail(error)
            self._all_left.wait()
            raise
        finally:
            for life in lives:
                life.join()
            self.steps.end()
        self.loop.steps = self.figures.turns
        if self._error is not None:
            raise self._error
        if not self.is_over:
            while self.loop.boot == self.loop.plant.boots:
                self.loop.run_to(self.loop.now_us + STEP_US)
            self.loop.restarted()

    def _live(self, place: int) -> None:
        """One board, boot after boot, in its thread."""
        steps = self.steps
        steps.enter(place)
        try:
            cause, kept = POWER_ON, b""
            while True:
                down_us, cause, kept = self._boot(place, cause, kept)
                steps.wait(place, steps.now_us + down_us)
        except (RunOver, PowerCut):
            pass
        except BaseException as error:
            self._error = self._error or error
            steps.fail(error)
        finally:
            self._alive.discard(place)
            if not self._alive:
                self._all_left.set()
            steps.leave(place)

    def _boot(self, place: int, cause: int, kept: bytes) -> tuple[int, int, bytes]:
        """One boot; for how long the board is down when it has ended by itself, cause and what is kept."""
        world = self.worlds[place] = ZoneWorld(self, place, cause, kept)
        self.figures.begin(world)
        for record in self._levels[place].values():
            world.happens(*record)
        self.relay.restarted(place)
        self.strikes[place].clear()
        down_us = RESTART_US
        try:
            world.board.run()
        except (WatchdogBite, ResetByFirmware) as end:
            self.figures.bites += isinstance(end, WatchdogBite)
            cause = WATCHDOG
        except Reset as reset:
            down_us, cause = reset.outage.for_us, POWER_ON
        except BoardReset:
            cause = POWER_ON
        finally:
            self.steps.come_back(place)
            self.figures.add(world)
        self.worlds[place] = None
        world.drop()
        return down_us, cause, world.board.kept

    def _close(self) -> None:
        """The host closes tracks that no board has any more."""
        position = self.loop.plant.position()
        while self.relay.closed:
            track = self.relay.closed.popleft()
            self.loop.said(_DISPOSITION, track, _LOST_BY_REBOOT, 0, position)
            self.loop.plant.command(_DISPOSITION, track, _LOST_BY_REBOOT, 0, position)

    def _close_rest(self) -> None:
        """A host outside closes what it could not hand over, as this one does it for itself."""
        if self.outside is not None:
            self.relay.closed.extend(sorted(self.relay.owner))
            self._close()

    def befall(self, place: int) -> None:
        """Raise Reset if this board is reset now."""
        for outage in self._outages:
            if outage.what == "reset" and self.steps.now_us >= outage.at_us and self._is_of(outage, place):
                self._outages.remove(outage)
                raise Reset(outage)

    def is_cut(self, place: int) -> bool:
        """Whether this board's link is cut now."""
        now_us = self.steps.now_us
        return any(
            outage.what == "link"
            and outage.at_us <= now_us < outage.at_us + outage.for_us
            and self._is_of(outage, place)
            for outage in self._outages
        )

    def _is_of(self, outage: Outage, place: int) -> bool:
        return self.zones[place].ecu.name == outage.ecu

    def _move(self, to_us: int) -> int:
        """Let the plant go on, and tell each board what has happened to it."""
        loop = self.loop
        is_early = to_us <= loop.now_us  # the boards begin before the plant does
        reached = to_us if is_early else loop.run_to(to_us)
        if self.outside is not None:
            self.outside.pace.keep(reached)
        if is_early:
            return reached
        self.steps.now_us = reached
        for at in range(0, 5 * loop.take(self._inbox), 5):
            self._deliver(*self._inbox[at : at + 5])
        for name, is_on, where in self.faults.look(reached, loop.parcels):
            board = where % len(self.zones)
            self.strikes[board].append(Strike(name, is_on, where // len(self.zones)))
            self.steps.poked.add(board)
        self.relay.look(reached)
        self._close()
        if loop.is_over and all(world is None or world.is_told() for world in self.worlds):
            self._close_rest()
            self.is_over = True
            raise RunOver
        if loop.plant.is_down:
            raise PowerCut
        return reached

    def _deliver(self, kind: int, index: int, position: int, a: int, b: int) -> None:
        zone, place = self.numbers.inward(kind, index)
        for number_, world in enumerate(self.worlds):
            if zone not in (-1, number_):
                continue
            record = (kind, place, position, a, b)
            if kind not in (_READ, 4, 10, 11, 13):
                self._levels[number_][max(kind, 2), place] = record
            if world is not None:
                world.happens(*record)
                self.steps.poked.add(number_)
