"""The plant wired to a virtual board, pin by pin: what `sortyard sim --firmware` runs.

Sensors are levels at the board's inputs, codes bytes of a scanner, the belt's drive an inverter on Modbus, and what
the board does is what its pins (`board_wires`) and its link (`board_link`, `board_books`) say.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterable, Sequence
from functools import partial

from sortyard.bundle.build import firmware_files
from sortyard.bundle.kept import kept_firmware
from sortyard.config.board_file import load_board
from sortyard.config.ecu_image import IMAGE_FILE
from sortyard.config.site import Site
from sortyard.config.units import units_of
from sortyard.errors import SortyardError
from sortyard.sim.board_chip import chip_of
from sortyard.sim.board_count import BoardCount
from sortyard.sim.board_host import BoardHost, Order, States
from sortyard.sim.board_link import STEP_US
from sortyard.sim.board_senses import BoardSenses
from sortyard.sim.output_kinds import EXTEND, RETRACT, SAFE
from sortyard.sim.outside_host import Outside
from sortyard.sim.wire_faults import BoardFaults, Strike, WireFaults
from sortyard.vm.step_cost import StepCostMeter
from sortyard.vm.virtual_board import VirtualBoard
from sortyard_c.belt_wires import BeltWires
from sortyard_c.board_loop import BoardLoop

PLAY_US = 5
"""By which a turn of the loop may begin sooner than the first one, to the millisecond."""
FRESH_MS = 500
"""Age at which the link's word about a gate is not about what it does now any more."""
BACKLOG_US = 30_000_000
"""In which a board has told the host everything, once the last parcel has left the line."""
NETWORK_FILE = b'{"ssid": "virtual", "key": "none"}'
_INBOX_RECORDS = 256
_NOT_TOLD = -2
"""Track of a gate that moves, until the link has said for whom."""


class RunOver(Exception):
    """The last parcel has left the line, and the host knows everything that the board has to tell."""


class PowerCut(Exception):
    """The board has lost its power."""


class BacklogError(SortyardError):
    """The board does not get rid of what it keeps for its host."""

    def __init__(self, waiting: int) -> None:
        count = f"{waiting} messages" if waiting >= 0 else "messages, nobody knows how many,"
        super().__init__(
            f"the board keeps {count} that the host has not acknowledged, {BACKLOG_US // 1_000_000} s after the "
            "last parcel has left the line",
            "look for a link that is cut for good, or one that is too slow for what the line has to tell",
        )


class BoardWorld(BoardSenses):
    """The line around one board, from its power-up to its next one. Implements `sortyard.vm.virtual_board.World`."""

    def __init__(
        self,
        site: Site,
        image: bytes,
        loop: BoardLoop,
        codes: Sequence[bytes],
        meter: StepCostMeter,
        cause: int,
        kept: bytes,
        faults: WireFaults | BoardFaults,
        states: States,
        orders: deque[Order],
        outside: Outside | None = None,
        flash: dict[str, bytes] | None = None,
    ) -> None:
        (ecu,) = site.line.ecu
        self._board_file = load_board(ecu.board)
        self._units = units_of(site.line, ecu.name, self._board_file)
        self._loop = loop
        self._plant = loop.plant
        self._codes = codes
        self._places = {code: place for place, code in enumerate(codes)}
        self._ask_us = 0
        self._is_hosted_here = outside is None
        self._wire_link(ecu.link)
        self._session = self._host_of(ecu, outside)
        self._host = BoardHost(self._session, states, faults)
        self._faults = faults
        self._noisy = set()
        self._orders = orders
        self._pace = None if outside is None else outside.pace
        self._inbox = array("i", bytes(4 * 5 * _INBOX_RECORDS))
        self._zero_us: int | None = None
        self._rated_mm_s = site.line.belt.speed_mm_s
        fresh_counts = site.line.belt.speed_mm_s * FRESH_MS // site.line.encoder.um_per_count
        self._counts = BoardCount(self._plant.position(), fresh_counts)
        self._driven = 0
        self._tracks: dict[int, int] = {}
        self._nameless: dict[int, int] = {}
        """gates that move for nobody knows whom, and the belt's count when their wires were switched"""
        self._asked: dict[int, int] = {}
        """slot of each track that the host was asked about"""
        self._is_estop = False
        self._pressed_at = 0
        """belt's count when the emergency stop was pressed"""
        self._over_us: int | None = None
        self._waiting = -1
        """messages that the board keeps, as its last heartbeat has it; -1 as long as there was none"""
        self._has_reported = False
        self.statistics: dict[str, int] = {}
        self.said: list[str] = []
        self._built = kept_firmware(firmware_files(), image, self._board_file.port)
        files = {**self._built.files, f"/{IMAGE_FILE}": image, "/network.json": NETWORK_FILE}
        chip = chip_of(self._board_file)
        self.board = VirtualBoard(files, self, meter, chip=chip, reset_cause=cause, kept=kept, flash=flash)
        self._wire(site)
        self._belt_wires = BeltWires(
            loop, self.board, self._counts, (self._a, self._b), self._half_count_us, faults, self._pace
        )

    def advance(self, to_us: int) -> int:
        """See `World.advance`; the plant's time goes on where it stood, with the first turn of the firmware's loop.

        Turns begin at full milliseconds of it, as the steps of a plain simulation do, or some microseconds later.
        """
        zero = self._zero_us
        if zero is None:
            zero = self._zero_us = self.board.wake_us - PLAY_US + -self._loop.now_us // STEP_US * STEP_US
        reached = self._belt_wires.run_to(to_us, zero)
        for at in range(0, 5 * self._loop.take(self._inbox), 5):
            self._happen(reached, *self._inbox[at : at + 5])
        for strike in self._strikes():
            self._befall(strike, reached)
        if self._loop.is_over and self._is_told(reached):
            raise RunOver
        if self._plant.is_down:
            raise PowerCut
        return reached

    def _strikes(self) -> Iterable[Strike]:
        """Faults of this board that have begun or ended."""
        assert isinstance(self._faults, WireFaults), "a board of several is told by the floor"
        return self._faults.look(self._loop.now_us, self._loop.parcels)

    def _is_told(self, now_us: int) -> bool:
        """The line is empty: has a heartbeat since then said that nothing waits for the host any more, and has the
        loop reported its figures?"""
        if self._over_us is None:
            self._over_us, self._waiting, self._has_reported = now_us, -1, False
        if self._faults.is_on("link_cut"):
            self._over_us = now_us  # its time begins when somebody hears it again
        is_told = not self._waiting and self._has_reported
        if not is_told and now_us - self._over_us > BACKLOG_US:
            raise BacklogError(self._waiting)
        return is_told

    def outputs(self, now_us: int, levels: int) -> None:
        """Valves and run contacts that the firmware switches, and arms on servos as their pulses send them."""
        self._switched = levels
        levels |= self._pulse_drives.levels | self._chips.levels
        changed, self._driven = levels ^ self._driven, levels
        is_safe_move = False
        for gate, bit in enumerate(self._gate_bits):
            if not changed >> bit & 1:
                continue
            if not levels >> bit & 1:
                if self._is_estop:
                    is_safe_move = True
                else:
                    self._command(RETRACT, gate)
                continue
            track = self._tracks.pop(gate, None)
            if track is None:
                self._nameless[gate] = self._counts.belt
            self._command(EXTEND, gate, _NOT_TOLD if track is None else track)
        if is_safe_move:
            self._command(SAFE)
        for bit, scanner in self._trigger_bits.items():
            if changed >> bit & 1:
                self.board.receive(scanner.unit, scanner.gate(bool(levels >> bit & 1)), now_us)
        self._pulse_drives.outputs(changed, levels)
        for kind, bit in self._motor_bits.items():
            if changed >> bit & 1:
                self._switch(kind, bool(levels >> bit & 1))

    def uart_byte(self, unit: int, byte: int, now_us: int) -> None:
        """A byte for the inverter, a scanner, or the host."""
        if unit == self._link_unit:
            if self._link_de < 0 or self._driven >> self._link_de & 1:  # else nobody drives the line
                self._from_board.append(byte)
            return
        for scanner, _ in self._scanners:
            if scanner.unit == unit:
                self.board.receive(unit, scanner.hear(byte), now_us)
        for there, inverter in self._inverters:
            if there == unit:
                self.board.at(inverter.hear(byte, now_us), partial(self._answer, unit, inverter))
