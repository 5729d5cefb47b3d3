"""The plant wired to a virtual board, pin by pin: what `sortyard sim --firmware` runs.

Sensors are levels at the board's inputs, codes bytes of a scanner, the belt's drive an inverter on Modbus, and what
the board does is what its pins and its link say. The books get what the link tells; they are the host's.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import count
from typing import Any

from sorter_core import messages
from sorter_core.codes import FAULTS
from sorter_core.frames import MAX_FRAME
from sortyard.bundle.build import firmware_files, firmware_of
from sortyard.config.board_file import Board, load_board
from sortyard.config.check_drivers import END_SWITCHES
from sortyard.config.driver_tables import driver_of
from sortyard.config.ecu_image import IMAGE_FILE
from sortyard.config.line import Ecu, Line, LinkPort, Motor
from sortyard.config.link_times import options_of
from sortyard.config.site import Site
from sortyard.config.units import units_of
from sortyard.device.session import ANSWER_US, Message, Session, records_of
from sortyard.errors import SortyardError
from sortyard.sim.board_count import BoardCount
from sortyard.sim.board_host import BoardHost, Order, States
from sortyard.sim.end_levels import HOME, EndLevels
from sortyard.sim.expander_chips import ExpanderChips
from sortyard.sim.outside_host import Outside, OutsideHost
from sortyard.sim.outside_line import OutsideLine
from sortyard.sim.pulse_drive import WIRES, Arm, PulseDrive, PulseDrives
from sortyard.sim.scanner_makes import Scanner, frame_us, scanner_of
from sortyard.sim.station_line import StationVoice
from sortyard.sim.wire_faults import BoardFaults, Strike, WireFaults
from sortyard.sim.wiring import Inverter
from sortyard.vm.chains import chain_bit
from sortyard.vm.chip import Chip
from sortyard.vm.step_cost import StepCostMeter
from sortyard.vm.virtual_board import VirtualBoard
from sortyard_c.board_loop import BoardLoop

SAFE_US = 5000
"""From an emergency stop to the look at the gates' wires."""
PRESS_US = 150_000
"""How long a button is pressed."""
BOUNCES_US = (150, 280, 430, 700, 1000, 1600)
"""When a contact that bounces opens or closes again, after each of its edges; at last it is as it should be."""
JUNK_US = (0, 20_000, 130_000, 310_000)
"""When noise comes in on a silent serial line."""
FRESH_MS = 500
"""Age at which the link's word about a gate is not about what it does now any more."""
BACKLOG_US = 30_000_000
"""In which a board has told the host everything, once the last parcel has left the line."""
ASK_US = 2_000_000
"""How often the board is asked for its time."""
NETWORK_US = 3000
"""What a frame of the host takes through a network of a few devices."""
NETWORK_FILE = b'{"ssid": "virtual", "key": "none"}'
_INBOX_RECORDS = 256
_EXTEND, _RETRACT, _HOLD, _SAFE, _LINE, _INFEED, _MERGE = 1, 2, 3, 4, 5, 6, 7
_MOTORS = {"belt": _LINE, "meter": _INFEED, "loop": _MERGE}
"""What the gate logic says to each motor."""
_NOT_TOLD = -2
"""Track of a gate that moves, until the link has said for whom."""
_DISPOSITION, _DEST_REQUEST, _EVENT, _FAULT = 8, 9, 10, 11
_STRAY_SEEN = 8


class RunOver(Exception):
    """The last parcel has left the line, and the host knows everything that the board has to tell."""


class PowerCut(Exception):
    """The board has lost its power."""


class BoardReset(Exception):
    """The board has been reset while it ran."""


class BacklogError(SortyardError):
    """The board does not get rid of what it keeps for its host."""

    def __init__(self, waiting: int) -> None:
        count = f"{waiting} messages" if waiting >= 0 else "messages, nobody knows how many,"
        super().__init__(
            f"the board keeps {count} that the host has not acknowledged, {BACKLOG_US // 1_000_000} s after the "
            "last parcel has left the line",
            "look for a link that is cut for good, or one that is too slow for what the line has to tell",
        )


def chip_of(board: Board) -> Chip:
    """The virtual chip of a board."""
    model = board.model
    return Chip(
        port=board.port,
        name=model.mcu,
        board=model.machine or "virtual board",
        fuel_per_us=model.fuel_per_us,
        interrupt_us=model.interrupt_us,
        deaf_us=model.deaf_us,
        pending=model.pending,
        console_baud=board.console_baud,
    )


def _options(kind: str, part: Any) -> dict[str, Any]:
    """What the driver of a part is set to."""
    return {**driver_of(kind, part).defaults(), **part.options}


def scanner_hold_ms(site: Site, longest: int) -> list[int]:
    """For each scanner how much earlier the plant has to tell a read, so that its last byte comes in time."""
    made = [scanner_of(one.driver, 0, _options("scanner", one), False) for one in site.line.scanner]
    return [frame_us(scanner, longest) // 1000 for scanner in made]


def sensed(site: Site, codes: Sequence[bytes]) -> Line:
    """The line as its sensors tell it: edges before they are debounced, reads before they are on the wire."""
    hold = scanner_hold_ms(site, max(map(len, codes), default=0))
    eyes = [eye.model_copy(update={"debounce_mm": 0}) for eye in site.line.eye]
    scanners = [
        one.model_copy(update={"latency_ms": max(one.latency_ms - ms, 0)})
        for one, ms in zip(site.line.scanner, hold, strict=True)
    ]
    policy = site.line.policy.model_copy(
        update={"host_lost": "sort"}
    )  # its own link tells the board when to stop
    return site.line.model_copy(update={"eye": eyes, "scanner": scanners, "policy": policy})


class BoardWorld:
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
        self._built = firmware_of(firmware_files(), image, self._board_file.port)
        files = {**self._built.files, f"/{IMAGE_FILE}": image, "/network.json": NETWORK_FILE}
        chip = chip_of(self._board_file)
        self.board = VirtualBoard(files, self, meter, chip=chip, reset_cause=cause, kept=kept, flash=flash)
        self._wire(site)

    def _wire(self, site: Site) -> None:
        line, numbering = site.line, site.numbering
        self._chains: dict[str, int] = {}
        self._chips = ExpanderChips(self.board, lambda now_us: self.outputs(now_us, self._switched))
        for one in line.expander:
            if "scl" in one.pins:
                first = _options("expander", one)["first"]
                self._chips.add(one.name, self._units[one.pins["scl"]], first, one.count)
                continue
            unit = self._chains[one.name] = self._units[one.pins["clock"]]
            enable = self._number(one.pins["enable"]) if "enable" in one.pins else -1
            self.board.chains.add(unit, one.count, self._number(one.pins["latch"]), enable)
        wires = [eye.pins.get("signal") for eye in numbering.eyes]
        self._eye_levels = bytearray(len(wires))
        self._eye_wires = [self._input(wire) if wire else None for wire in wires]
        self._gate_bits = [
            self._output(next(gate.pins[key] for key in ("extend", "lift", "pulse") if key in gate.pins))
            for gate in numbering.gates
        ]
        self._ends = [
            EndLevels(
                [self._input(gate.pins[key]) for key in END_SWITCHES], _options("diverter", gate)["at_end"]
            )
            if set(END_SWITCHES) <= set(gate.pins)
            else None
            for gate in numbering.gates
        ]
        self._motor_bits = {
            _MOTORS[one.drives]: self._output(one.pins["run"])
            for one in line.motor
            if "run" in one.pins and WIRES.get(one.driver) not in one.pins
        }
        self._wire_pulses(line)
        belt = [one.pins for one in line.motor if one.drives == "belt"]
        self._belt_contacts = [self._number(pins["closed"]) for pins in belt if "closed" in pins]
        self._by_wire = {_RETRACT, _SAFE, *self._motor_bits, *self._turning}
        self._safe_mask = sum(
            1 << bit
            for bit, gate in zip(self._gate_bits, numbering.gates, strict=True)
            if gate.safe_state != "hold"
        )
        counts_s = line.belt.speed_mm_s * 1000 / line.encoder.um_per_count
        counted = driver_of("encoder", line.encoder, self._board_file)
        self._half_count_us = 0 if counted.takes else int(450_000 / counts_s)
        """of an encoder that handlers count, at full speed"""
        self._a, self._b = (self._number(line.encoder.pins[key]) for key in ("a", "b"))
        self._contacts = {key: self._number(pin) for key, pin in line.ecu[0].pins.items()}
        self._wire_serial(site)
        for ends in self._ends:
            if ends is not None:
                ends.show(HOME, 0)
        idle_high = [self._number(one.pins["fault"]) for one in line.motor if "fault" in one.pins]
        self._estop_pins = [pin for key, pin in self._contacts.items() if key in ("estop", "estop2")]
        idle_high += self._estop_pins
        for pin in idle_high:
            self.board.set_pin(pin, 1, 0)

    def _wire_pulses(self, line: Line) -> None:
        """Motors that are driven by pulses, by the pin that has them, and by their run contacts."""
        self._turning: dict[int, bool] = {}
        self._switched = 0
        self._pulse_drives = PulseDrives(self.board, lambda now_us: self.outputs(now_us, self._switched))
        for gate in line.diverter:
            if "pulse" in gate.pins:
                options = _options("diverter", gate)
                arm = Arm(options["home_us"], options["extended_us"])
                self._pulse_drives.add_arm(self._number(gate.pins["pulse"]), arm)
        for one in line.motor:
            wire = WIRES.get(one.driver, "")
            if wire in one.pins:
                kind = _MOTORS[one.drives]
                self._turning[kind] = False
                run_bit = self._output(one.pins["run"]) if "run" in one.pins else -1
                options = _options("motor", one)
                drive = PulseDrive(one.driver, options, run_bit >= 0, partial(self._turn, kind))
                self._pulse_drives.add(self._number(one.pins[wire]), run_bit, drive)

    def _turn(self, kind: int, share: float) -> None:
        """A motor has another speed; only the belt's plant knows more of it than whether it stands."""
        if kind == _LINE and share:
            self._plant.set_speed(round(share * 1000 * self._rated_mm_s))
        if self._turning[kind] != (share > 0):
            self._turning[kind] = share > 0
            self._switch(kind, share > 0)

    def _host_of(self, ecu: Ecu, outside: Outside | None) -> Session | StationVoice | OutsideHost:
        """The host at the other end of the board's link."""
        options = options_of(ecu)
        station = int(options.get("station", 0))
        if outside is None:
            answer_us = ANSWER_US + MAX_FRAME * 10_000_000 // int(options.get("baud", 115_200))
            return Session(count(1).__next__, station, answer_us)
        if station:
            return OutsideLine(outside.servers[0]).join(station, self._hear_line)
        return OutsideHost(outside.servers[0])

    def _hear_line(self, data: bytes) -> None:
        """Somebody else speaks on the line that this board shares. One that is starting hears nothing."""
        if self._zero_us is not None:
            self._send_on_line(self._faults.carried(data), self._world_us() + self._zero_us)

    def _world_us(self) -> int:
        """Where the plant's time stands."""
        return self._loop.now_us

    def _wire_link(self, port: LinkPort) -> None:
        """Where the link's bytes are: on USB, in the network, or on a UART, with a pin for its direction or without."""
        self._is_networked = port.driver == "tcp"
        self._is_reachable = True
        self._from_board = bytearray()
        self._link_unit = self._units[port.pins["tx"]] if "tx" in port.pins else -1
        self._link_de = self._number(port.pins["de"]) if "de" in port.pins else -1

    def _wire_serial(self, site: Site) -> None:
        line = site.line
        hold = scanner_hold_ms(site, max(map(len, self._codes), default=0))
        self._scanners: list[tuple[Scanner, int]] = []
        self._trigger_bits: dict[int, Scanner] = {}
        for one, ms in zip(line.scanner, hold, strict=True):
            unit = self._units[one.pins["tx"]]
            scanner = scanner_of(one.driver, unit, _options("scanner", one), one.trigger is not None)
            self._scanners.append((scanner, 1000 * ms))
            self._beat(scanner, 0)
            if "trigger" in one.pins:
                self._trigger_bits[self._number(one.pins["trigger"])] = scanner
        self._inverter: Inverter | None = None
        """the belt's"""
        self._inverters: list[tuple[int, Inverter]] = []
        for motor in line.motor:
            if "tx" in motor.pins:
                self._wire_inverter(motor)

    def _wire_inverter(self, motor: Motor) -> None:
        """The belt's runs when the plant says that the belt does, others when they are told."""
        kind, options = _MOTORS[motor.drives], _options("motor", motor)

        def run(is_on: bool) -> None:
            inverter.is_running = is_on
            self._switch(kind, is_on)

        if kind == _LINE:
            inverter = Inverter(options, motor.address, partial(self._switch, kind), self._set_speed)
            self._inverter = inverter
        else:
            inverter = Inverter(options, motor.address, run)
        self._by_wire.add(kind)
        self._inverters.append((self._units[motor.pins["tx"]], inverter))

    def _beat(self, scanner: Scanner, now_us: int) -> None:
        """The scanner's heartbeats, each asking for the next one."""
        data, every_us = scanner.heartbeat()
        if every_us:
            if now_us:
                self.board.receive(scanner.unit, data, now_us)
            self.board.at(now_us + every_us, lambda time_us: self._beat(scanner, time_us))

    def _input(self, pin: str) -> Callable[[int, int], None]:
        """What sets the level of an input: (level, now_us)."""
        name, _, number = pin.partition(".")
        if name in self._chips:
            return lambda level, _now: self._chips.set_input(name, int(number), level)
        if number:
            return partial(lambda unit, place, level, _now: self.board.chains.set(unit, place, level),
                           self._chains[name], int(number))  # fmt: skip
        return partial(lambda place, level, now: self.board.set_pin(place, level, now), self._number(pin))

    def _output(self, pin: str) -> int:
        """Place of an output among the levels that the board drives."""
        name, _, number = pin.partition(".")
        if name in self._chips:
            return self._chips.output_bit(name, int(number))
        return chain_bit(self._chains[name], int(number)) if number else self._number(pin)

    def _number(self, pin: str) -> int:
        return self._board_file.pins[pin].number

    # --- what the virtual board asks of its world ---

    def advance(self, to_us: int) -> int:
        """See `World.advance`; the plant's time goes on where it stood when the firmware began its loop."""
        zero = self._zero_us
        if zero is None:
            zero = self._zero_us = to_us - self._loop.now_us
        if self._half_count_us:
            to_us = min(to_us, self._loop.now_us + zero + self._half_count_us // 2)
        reached = self._loop.run_to(to_us - zero) + zero
        if self._pace is not None:
            self._pace.keep(reached)
        self._turn_encoder(reached)
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
        if now_us - self._over_us > BACKLOG_US:
            raise BacklogError(self._waiting)
        return not self._waiting and self._has_reported

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
                    self._command(_RETRACT, gate)
                continue
            track = self._tracks.pop(gate, None)
            if track is None:
                self._nameless[gate] = self._counts.belt
            self._command(_EXTEND, gate, _NOT_TOLD if track is None else track)
        if is_safe_move:
            self._command(_SAFE)
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

    def _answer(self, unit: int, inverter: Inverter, now_us: int) -> None:
        """What an inverter says, if the frame on its bus is over and was for it."""
        said = inverter.answer(now_us)
        if said:
            self.board.receive(unit, self._faults.spoilt(said), now_us)

    def link_bytes(self, data: bytes, now_us: int) -> bytes:
        """The host's end of the link: books what it is told, and answers."""
        if self._is_networked:
            return self._link_over_network(now_us)
        if self._link_unit >= 0:
            data = bytes(self._from_board)
            self._from_board.clear()
            self._send_on_line(self._converse(data, now_us), now_us)
            return b""
        return self._converse(data, now_us)

    def _link_over_network(self, now_us: int) -> bytes:
        """The host connects as soon as the board is there, and again when they have lost each other."""
        network = self.board.network
        if self._is_reachable and network.is_listening(now_us) and not network.is_connected:
            network.connect()
        said = self._converse(network.take(), now_us)
        if said:
            self.board.at(now_us + NETWORK_US, lambda _time: network.put(said))
        return b""

    def _send_on_line(self, data: bytes, now_us: int) -> None:
        """Bytes of the host on a UART; a board that speaks itself does not hear them."""
        if data and (self._link_de < 0 or not self._driven >> self._link_de & 1):
            self.board.receive(self._link_unit, data, now_us)

    def _converse(self, data: bytes, now_us: int) -> bytes:
        if now_us >= self._ask_us and self._is_hosted_here:
            self._ask_us = now_us + ASK_US
            self._host.say(messages.TIME_ASK, 0)
        while self._orders and self._loop.now_us >= self._orders[0].at_us:
            order = self._orders.popleft()
            self._host.say(order.kind, *order.fields)
        return self._host.exchange(data, now_us, self._take)

    # --- the plant's inputs, as levels and bytes ---

    def _turn_encoder(self, now_us: int) -> None:
        """Every count since the last look as an edge of A and the one of B that goes with it.

        Where a handler counts A it finds B as it is then: half a count later is B's turn.
        """
        is_reversed = self._faults.is_on("encoder_reversed")
        steps = self._counts.move(self._plant.position(), self.board.turns, is_reversed)
        if not steps:
            return
        first, second = (self._a, self._b) if (steps > 0) != is_reversed else (self._b, self._a)
        board = self.board
        if not self._half_count_us:
            board.turn_encoder_by(abs(steps), first, second, now_us)
            return
        for _ in range(abs(steps)):
            board.turn_encoder(first, now_us)
            board.at(now_us + self._half_count_us, partial(board.turn_encoder, second))

    def _happen(self, now_us: int, kind: int, index: int, position: int, a: int, b: int) -> None:
        board = self.board
        if kind <= 2:
            self._see(now_us, index, int(kind == 1))
        elif kind == 3:
            scanner, hold_us = self._scanners[index]
            data = scanner.read(self._codes[a])
            heard = self._faults.spoilt(data)
            if heard != data:
                self._plant.misread(a)
            wait_us = max(0, hold_us - round(len(data) * scanner.byte_us))
            board.at(now_us + wait_us, lambda time_us: board.receive(scanner.unit, heard, time_us))
        elif kind == 7:
            ends = self._ends[index]
            assert ends is not None, "only diverters with feedback tell their ends"
            ends.show(a, now_us)
        elif kind == 8:
            if self._inverter is not None:
                self._inverter.is_running = a != 0
            for pin in self._belt_contacts:
                board.set_pin(pin, a != 0, now_us)
        elif kind == 9:
            for pin in self._estop_pins:
                board.set_pin(pin, not a, now_us)
            self._is_estop = a != 0
            if a:
                self._pressed_at = self._counts.belt
                board.at(now_us + SAFE_US, self._see_whether_safe)
        else:
            self._press_or_send(now_us, kind, index, a, b)

    def _press_or_send(self, now_us: int, kind: int, index: int, a: int, b: int) -> None:
        """A button where one is wired; what no wire carries comes over the link."""
        button = {10: "reset", 11: "start", 13: "stop"}.get(kind, "")
        if button in self._contacts:
            pin = self._contacts[button]
            self.board.set_pin(pin, 1, now_us)
            self.board.at(now_us + PRESS_US, lambda time_us: self.board.set_pin(pin, 0, time_us))
        elif kind == 4:
            self._host.say(messages.DEST_ANSWER, a, b, self._asked.pop(a, 0))
        elif kind == 5:
            self._host.say(messages.CHUTE, index, a)
        elif kind == 6:
            self._host.say(messages.GATE, index, a)
        else:
            self._host.say(messages.COMMAND, kind, a)

    def _see(self, now_us: int, eye: int, level: int) -> None:
        """An eye's signal changes, as far as its wire and its contact are whole."""
        self._eye_levels[eye] = level
        if self._is_at("cut_wire", eye):
            return
        self._set_eye(eye, level, now_us)
        if self._is_at("contact_bounce", eye):
            for number, after_us in enumerate(BOUNCES_US):
                flip = 1 - number % 2
                self.board.at(
                    now_us + after_us,
                    lambda time_us, flip=flip: self._set_eye(eye, self._eye_levels[eye] ^ flip, time_us),
                )

    def _set_eye(self, eye: int, level: int, now_us: int) -> None:
        """The level at the board's end of an eye's wire, if it has one."""
        wire = self._eye_wires[eye]
        if wire is not None:
            wire(level, now_us)

    def _is_at(self, fault: str, eye: int) -> bool:
        return self._faults.is_on(fault) and self._faults.place(fault) % len(self._eye_levels) == eye

    def _see_whether_safe(self, now_us: int) -> None:
        """In an emergency stop: gates whose wires are all as they have to be are in their safe states."""
        if self._is_estop and not self._driven & self._safe_mask:
            self._command(_SAFE)

    def _befall(self, strike: Strike, now_us: int) -> None:
        """A fault of the wires begins, or is over."""
        name, is_on, place = strike
        if name == "cut_wire":
            eye = place % len(self._eye_levels)
            self._set_eye(eye, 0 if is_on else self._eye_levels[eye], now_us)
        elif name == "uart_noise" and is_on:
            units = {scanner.unit for scanner, _ in self._scanners} | {unit for unit, _ in self._inverters}
            for unit in sorted(units):
                for after_us in JUNK_US:
                    self.board.at(
                        now_us + after_us,
                        lambda time_us, unit=unit: self.board.receive(unit, self._faults.junk(), time_us),
                    )
        elif name == "encoder_reversed":
            self._plant.miscount()
        elif name == "link_cut" and self._is_networked:
            self._is_reachable = not is_on
            if is_on:
                self.board.network.hang_up()
        elif name == "ecu_reset" and is_on:
            raise BoardReset
        elif name == "watchdog_bite" and is_on:
            self.board.hang()

    # --- what the board has said ---

    def _take(self, message: Message) -> bool:
        """Books what the board says."""
        kind, values = message.kind, message.fields
        if kind == messages.RECORDS:
            for turn, (tag, *fields) in records_of(message):
                if tag < messages.RECORD_OUT:
                    fields[1] = self._counts.of_belt(fields[1], turn)
                    self._told(tag, *fields)
                else:
                    fields[3] = self._counts.of_belt(fields[3], turn)
                    self._said(tag - messages.RECORD_OUT, *fields)
                    self._do(tag - messages.RECORD_OUT, *fields)
        elif kind == messages.DISPOSITION:
            track, result, slot, position, turn, *_ = values
            position = self._counts.of_belt(position, turn)
            self._said(_DISPOSITION, track, result, slot, position)
            self._plant.command(_DISPOSITION, track, result, slot, position)
        elif kind == messages.TRACK:
            event, track, detail, position, turn, *_ = values
            position = self._counts.of_belt(position, turn)
            self._said(_EVENT, event, track, detail, position)
            *told, place = self._outward(_EVENT, event, track, detail)
            if event == _STRAY_SEEN and not self._counts.is_fresh(position):
                place = -1
            self._plant.command(_EVENT, *told, place, position)
        elif kind == messages.FAULT:
            code, index, detail, position, turn, *_ = values
            self._said(_FAULT, code, index, detail, self._counts.of_belt(position, turn))
        elif kind == messages.DEST_REQUEST:
            self._said(_DEST_REQUEST, values[0], values[1], 0, 0)
            self._asked[values[0]] = values[1]
            # of a code that noise has made the host knows nothing
            if self._is_hosted_here and message.tail in self._places:
                self._plant.ask_host(values[0], self._places[message.tail])
        elif kind == messages.HEARTBEAT:
            self._waiting = values[4]
        elif kind == messages.STATISTICS:
            self.statistics = dict(zip(messages.FIELDS[kind][1:], values, strict=False))
            self._has_reported = True
        elif kind == messages.LOG:
            self.said.append(self._built.names.meanings().readable(message.tail.decode("utf-8", "replace")))
        elif kind == messages.OLD_FAULT:
            boots_ago, code, index, detail, *_ = values
            self.said.append(
                f"{boots_ago} boots ago: {FAULTS.get(code, code)}, index {index}, detail {detail}"
            )
        return True

    def _told(self, kind: int, index: int, position: int, a: int, b: int) -> None:
        """An input of the board's gate logic, for the books."""
        self._loop.told(kind, index, position, a, b)

    def _said(self, kind: int, a: int, b: int, c: int, position: int) -> None:
        """An output of the board's gate logic, for the books."""
        self._loop.said(kind, *self._outward(kind, a, b, c), position)

    def _outward(self, kind: int, a: int, b: int, c: int) -> tuple[int, int, int]:
        """An output's values in the numbers of the whole line; here the board has the whole line."""
        return a, b, c

    def _do(self, kind: int, a: int, b: int, c: int, position: int) -> None:
        """What no contact and no bus carries: pulses, for one. A gate's wire does not tell for whom it moves.

        A gate is done with what has waited for the link for long.
        """
        if kind == _EXTEND:
            switched = self._nameless.get(a)
            if switched is not None and self._counts.is_fresh(position, switched):
                del self._nameless[a]
                self._plant.own(self._outward(_EXTEND, a, b, c)[0], b)
            elif self._counts.is_fresh(position):
                self._tracks[a] = b
        elif kind == _HOLD and not self._is_of_now(position):
            return
        elif kind not in self._by_wire:
            self._plant.command(kind, *self._outward(kind, a, b, c), position)

    def _is_of_now(self, position: int) -> bool:
        """Whether a gate that was held at `position` may be held still: its wire does not change for that."""
        if self._is_estop and not self._counts.is_since(position, self._pressed_at):
            return False
        return self._counts.is_fresh(position)

    def _switch(self, kind: int, is_on: bool) -> None:
        """A motor runs or stands: what drives the belt, the meter or the lane at the loop's end."""
        self._command(kind, int(not is_on if kind == _INFEED else is_on))

    def _set_speed(self, value: int) -> None:
        """The inverter has been told another speed."""
        assert self._inverter is not None, "it is the inverter that says so"
        if self._inverter.full_speed:
            self._plant.set_speed(value * 1000 * self._rated_mm_s // self._inverter.full_speed)

    def _command(self, kind: int, a: int = 0, b: int = 0) -> None:
        self._plant.command(kind, *self._outward(kind, a, b, 0), self._plant.position())
