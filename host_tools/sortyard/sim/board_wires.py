"""What hangs at a virtual board's wires: switches, valves, motors, inverters and scanners, each at its pin.

Drives and valves become the plant's commands, as their wires say. `BoardWorld` has the board and its plant.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial

from sortyard.config.belt_speed import speed_step
from sortyard.config.board_file import Board
from sortyard.config.check_drivers import END_SWITCHES
from sortyard.config.driver_tables import driver_of
from sortyard.config.line import Diverter, Eye, Line, Motor
from sortyard.config.site import Site
from sortyard.sim.end_levels import HOME, EndLevels
from sortyard.sim.expander_chips import ExpanderChips
from sortyard.sim.output_kinds import INFEED, LINE, MOTORS, RETRACT, SAFE
from sortyard.sim.pulse_drive import WIRES, Arm, PulseDrive, PulseDrives, Trend
from sortyard.sim.scanner_makes import Scanner, scanner_of
from sortyard.sim.sensed import options_of_part, scanner_hold_ms
from sortyard.sim.wire_faults import BoardFaults, WireFaults
from sortyard.sim.wiring import Inverter
from sortyard.vm.chains import chain_bit
from sortyard.vm.virtual_board import VirtualBoard
from sortyard_c.board_loop import BoardLoop
from sortyard_c.plant import Plant


class BoardWires(ABC):
    """The wires of one board."""

    board: VirtualBoard
    _board_file: Board
    _units: dict[str, int]
    """of UARTs and the like, by their pins"""
    _loop: BoardLoop
    _plant: Plant
    _codes: Sequence[bytes]
    _faults: WireFaults | BoardFaults
    _rated_mm_s: int
    _is_estop: bool

    @abstractmethod
    def outputs(self, now_us: int, levels: int) -> None:
        """Something is switched: by the firmware, or by what its pulses and its chips say."""

    @abstractmethod
    def _full_step_us(self) -> int:
        """The plant's next full millisecond, in the board's time."""

    def _outward(self, kind: int, a: int, b: int, c: int) -> tuple[int, int, int]:
        """An output's values in the numbers of the whole line; here the board has the whole line."""
        return a, b, c

    def _wire(self, site: Site) -> None:
        line = site.line
        self._wire_expanders(line)
        self._wire_eyes(site.numbering.eyes)
        self._wire_gates(site.numbering.gates)
        self._wire_motors(line)
        self._wire_encoder(line)
        self._wire_serial(site)
        for ends in self._ends:
            if ends is not None:
                ends.show(HOME, 0)
        self._contacts = {key: self._number(pin) for key, pin in line.ecu[0].pins.items()}
        self._estop_pins = [pin for key, pin in self._contacts.items() if key in ("estop", "estop2")]
        errors = [self._number(one.pins["fault"]) for one in line.motor if "fault" in one.pins]
        for idle_high in (*errors, *self._estop_pins):
            self.board.set_pin(idle_high, 1, 0)

    def _wire_expanders(self, line: Line) -> None:
        self._chains: dict[str, int] = {}
        self._chips = ExpanderChips(self.board, lambda now_us: self.outputs(now_us, self._switched))
        for one in line.expander:
            if "scl" in one.pins:
                first = options_of_part("expander", one)["first"]
                self._chips.add(one.name, self._units[one.pins["scl"]], first, one.count)
                continue
            unit = self._chains[one.name] = self._units[one.pins["clock"]]
            enable = self._number(one.pins["enable"]) if "enable" in one.pins else -1
            self.board.chains.add(unit, one.count, self._number(one.pins["latch"]), enable)

    def _wire_eyes(self, eyes: Sequence[Eye]) -> None:
        wires = [eye.pins.get("signal") for eye in eyes]
        self._eye_levels = bytearray(len(wires))
        self._eye_wires = [self._input(wire) if wire else None for wire in wires]
        self._free_levels = bytes(1 - options_of_part("eye", eye)["blocked"] for eye in eyes)
        """of the eyes' wires while their beams are free, and while they are cut: so they are pulled"""
        for wire, level in zip(self._eye_wires, self._free_levels, strict=True):
            if wire is not None and level:
                wire(level, 0)

    def _wire_gates(self, gates: Sequence[Diverter]) -> None:
        self._gate_bits = [
            self._output(next(gate.pins[key] for key in ("extend", "lift", "pulse") if key in gate.pins))
            for gate in gates
        ]
        self._safe_mask = sum(
            1 << bit for bit, gate in zip(self._gate_bits, gates, strict=True) if gate.safe_state != "hold"
        )
        self._ends = [
            EndLevels(
                [self._input(gate.pins[key]) for key in END_SWITCHES],
                options_of_part("diverter", gate)["at_end"],
            )
            if set(END_SWITCHES) <= set(gate.pins)
            else None
            for gate in gates
        ]

    def _wire_motors(self, line: Line) -> None:
        self._motor_bits = {
            MOTORS[one.drives]: self._output(one.pins["run"])
            for one in line.motor
            if "run" in one.pins and WIRES.get(one.driver) not in one.pins
        }
        self._wire_pulses(line)
        self._closed = {
            MOTORS[one.drives]: self._number(one.pins["closed"]) for one in line.motor if "closed" in one.pins
        }
        """auxiliary contacts of contactors"""
        self._by_wire |= {RETRACT, SAFE, *self._motor_bits}

    def _wire_encoder(self, line: Line) -> None:
        counts_s = line.belt.speed_mm_s * 1000 / line.encoder.um_per_count
        counted = driver_of("encoder", line.encoder, self._board_file)
        self._half_count_us = 0 if counted.takes else int(450_000 / counts_s)
        """of an encoder that handlers count, at full speed"""
        self._a, self._b = (self._number(line.encoder.pins[key]) for key in ("a", "b"))

    def _wire_pulses(self, line: Line) -> None:
        """Motors that are driven by pulses, by the pin that has them, and by their run contacts."""
        self._is_turning = False
        """the belt, by pulses"""
        self._by_wire: set[int] = set()
        self._switched = 0
        self._pulse_drives = PulseDrives(self.board, lambda now_us: self.outputs(now_us, self._switched))
        for gate in line.diverter:
            if "pulse" in gate.pins:
                options = options_of_part("diverter", gate)
                arm = Arm(options["home_us"], options["extended_us"])
                self._pulse_drives.add_arm(self._number(gate.pins["pulse"]), arm)
        for one in line.motor:
            wire = WIRES.get(one.driver, "")
            if wire in one.pins:
                kind = MOTORS[one.drives]
                self._by_wire.add(kind)
                turn = (
                    self._turn if kind == LINE else Trend(speed_step(line), partial(self._switch, kind)).tell
                )
                run_bit = self._output(one.pins["run"]) if "run" in one.pins else -1
                options = options_of_part("motor", one)
                drive = PulseDrive(one.driver, options, run_bit >= 0, turn)
                self._pulse_drives.add(self._number(one.pins[wire]), run_bit, drive)

    def _turn(self, share: float) -> None:
        """The belt's motor has another speed. Of meter and loop the plant knows how steeply they come to theirs."""
        if share:
            self._plant.set_speed(round(share * 1000 * self._rated_mm_s))
        if self._is_turning != (share > 0):
            self._is_turning = share > 0
            self._switch(LINE, share > 0)

    def _wire_serial(self, site: Site) -> None:
        line = site.line
        hold = scanner_hold_ms(site, max(map(len, self._codes), default=0))
        self._scanners: list[tuple[Scanner, int]] = []
        self._trigger_bits: dict[int, Scanner] = {}
        for one, ms in zip(line.scanner, hold, strict=True):
            unit = self._units[one.pins["tx"]]
            scanner = scanner_of(one.driver, unit, options_of_part("scanner", one), one.trigger is not None)
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
        kind, options = MOTORS[motor.drives], options_of_part("motor", motor)

        def run(is_on: bool) -> None:
            inverter.is_running = is_on
            self._switch(kind, is_on)

        if kind == LINE:
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

    def _answer(self, unit: int, inverter: Inverter, now_us: int) -> None:
        """What an inverter says, if the frame on its bus is over and was for it."""
        said = inverter.answer(now_us)
        if said:
            self.board.receive(unit, self._faults.spoilt(said), now_us)

    def _switch(self, kind: int, is_on: bool) -> None:
        """A motor runs or stands: what drives the belt, the meter or the lane at the loop's end.

        It looks at what it is told once a millisecond, so that the belt is as far at each of its steps as in a plain
        simulation, however long the turn was that has told it.
        """
        value = int(not is_on if kind == INFEED else is_on)
        is_start = is_on and not self._is_estop

        def obey(time_us: int) -> None:
            if not (is_start and self._is_estop):  # that has taken its power meanwhile
                self._command(kind, value)
                if kind != LINE:  # of the belt the plant says when it runs
                    self._show_closed(kind, is_on, time_us)

        self.board.at(self._full_step_us(), obey)

    def _show_closed(self, kind: int, is_on: bool, now_us: int) -> None:
        """A contactor has closed or opened."""
        if kind in self._closed:
            self.board.set_pin(self._closed[kind], int(is_on), now_us)

    def _set_speed(self, value: int) -> None:
        """The inverter has been told another speed."""
        assert self._inverter is not None, "it is the inverter that says so"
        if self._inverter.full_speed:
            self._plant.set_speed(value * 1000 * self._rated_mm_s // self._inverter.full_speed)

    def _command(self, kind: int, a: int = 0, b: int = 0) -> None:
        self._plant.command(kind, *self._outward(kind, a, b, 0), self._plant.position())
