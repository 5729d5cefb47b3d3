"""A virtual board: the unmodified firmware in a MicroPython VM, with pins, UARTs, counters and time around it.

    board = VirtualBoard(files, world, meter, chip=RP2040)
    board.run()                                # until the world raises, or the firmware ends

The guest's clock moves with the instructions that it executes (fuel), and in its sleep. The world is moved along
with it: whenever the guest sleeps, the host catches up to where the guest is, looks at the pins that it drives,
and goes on to the guest's next awakening or the next interrupt. A handler runs in the guest's sleep, as of the time
at which the chip would have called it: the pins and counters that it reads are those of that time. Where handlers are
no hard interrupts, the last part of a sleep has none, and those that wait are few (`Chip`).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from functools import partial
from importlib import resources
from typing import NamedTuple, Protocol

from sortyard.vm.analog import Analog
from sortyard.vm.board_shim import image_layout as at
from sortyard.vm.chains import Chains
from sortyard.vm.chip import RP2040, Chip
from sortyard.vm.console import Console
from sortyard.vm.edge_counters import EdgeCounters
from sortyard.vm.errors import VmError
from sortyard.vm.flash import Flash
from sortyard.vm.machine import MicroPythonVM
from sortyard.vm.network import Network
from sortyard.vm.pio_pulses import PioPulses
from sortyard.vm.step_cost import StepCostMeter
from sortyard.vm.uart import UARTS, Uart
from sortyard_c.board_turns import BoardTurns
from sortyard_c.crew import Crew
from sortyard_c.guest_calls import FuelClock
from sortyard_c.watch import Watch

POWER_ON, WATCHDOG, BROWN_OUT = 1, 3, 6
"""Causes of a reset, as `machine.reset_cause` has them; the last one only a register of the RP2350 tells."""
HEAP_BYTES = 64 << 20
_FUEL_LIMIT = 4_000_000_000


class WatchdogBite(VmError):
    """The firmware has not fed its watchdog in time: a board restarts."""

    def __init__(self, timeout_ms: int) -> None:
        super().__init__(
            f"the virtual board's watchdog was not fed for {timeout_ms} ms",
            "look at what the board said to the host: its loop has stopped or is far too slow",
        )


class ResetByFirmware(VmError):
    """The firmware has asked for a reset, by `machine.reset`: a board restarts."""

    def __init__(self) -> None:
        super().__init__("the virtual board has reset itself", "start it again, with what it has kept")


class World(Protocol):
    """What is wired to the board. Times are microseconds since the board's power-up."""

    def advance(self, to_us: int) -> int:
        """Let the world go on to `to_us`, or to its next event before that; where it stands then."""
        ...

    def outputs(self, now_us: int, levels: int) -> None:
        """The firmware drives its outputs so: bit n is pin n, bit `chains.chain_bit(unit, n)` output n of a chain."""
        ...

    def uart_byte(self, unit: int, byte: int, now_us: int) -> None:
        """A byte has left UART `unit`."""
        ...

    def link_bytes(self, data: bytes, now_us: int) -> bytes:
        """What the firmware has written to its link; what the host sends."""
        ...


class _Interrupt(NamedTuple):
    time_us: int
    pin: int
    levels: int
    counters: bytes


class VirtualBoard(BoardTurns):
    """One boot of one board. `files` are what lies on its file system; `meter` gets every turn."""

    turns: int
    """of the firmware's loop, as far as they have begun"""

    def __init__(
        self,
        files: Mapping[str, bytes],
        world: World,
        meter: StepCostMeter,
        *,
        chip: Chip = RP2040,
        reset_cause: int = POWER_ON,
        kept: bytes = b"",
        flash: dict[str, bytes] | None = None,
    ) -> None:
        self.kept = kept
        """what outlives a reset but no power cut, as it is when `run` has ended"""
        self._flash = Flash({} if flash is None else flash)
        self.lost_interrupts = 0
        self.bytes_allocated = 0
        """from the first sleep to the end, by a heap on which nothing is ever freed; known when `run` has ended"""
        self._allocated_before = 0
        self._world = world
        self._reset_cause = reset_cause
        self._chip = chip
        super().__init__(world, meter, FuelClock(chip.fuel_per_us), EdgeCounters(self.level))
        shim = resources.files("sortyard.vm") / "board_shim"
        guest = {
            f"/lib/{node.name}": node.read_bytes() for node in shim.iterdir() if node.name.endswith(".py")
        }
        self._vm = MicroPythonVM(
            {**files, **guest},
            host_call=self._answer,
            heap_bytes=HEAP_BYTES,
            fuel_limit=_FUEL_LIMIT,
            clock=self.clock,
            on_turn=self.take_turn,
        )
        self._waiting = 0
        self._uarts = [Uart(number, self.at, world.uart_byte) for number in range(UARTS)]
        self._pulse_makers: dict[int, PioPulses] = {}
        self.analog = Analog()
        self.chains = Chains()
        self._driven = 0
        self._call_costs = array("i", bytes(4 * at.KINDS))
        console = Console(chip.console_baud) if chip.console_baud else None
        self.connect(self._vm.wasi.stdin, self._vm.wasi.stdout, console, self.chains)

    def run(self) -> None:
        """Run the firmware. Raises what the world raises, WatchdogBite, ResetByFirmware, and the errors of the VM."""
        try:
            self._vm.run("/lib/guest_ecu.py")
        finally:
            if self.is_ready:
                self.kept = bytes(self._kept[: self._state[at.KEPT]])
            self._vm.close()

    # --- for the world ---

    @property
    def wake_us(self) -> int:
        """When the guest, which sleeps, wakes up by itself."""
        assert self.is_asleep, "it has slept before the world goes on"
        return self.wakes_us

    def compute_aside(
        self, begins: Callable[[], None], ends: Callable[[], None], crew: Crew, place: int
    ) -> None:
        """Have `begins()` called when the guest begins to compute, and `ends()` when it has, before anybody is told.

        Between the two it looks at nothing outside, nor may the world touch the board; so `crew` may compute for it, of
        whose guests it is number `place`.
        """
        self._vm.task.join(crew, place)

        def take_turn() -> None:
            ends()
            self.turn()
            if self._state[at.IRQ_PIN] == at.NO_PIN:  # a handler is done sooner than others could begin
                begins()

        self.aside = take_turn

    def hang(self) -> None:
        """The program gets nothing done any more, and its outputs stay as they are, until its watchdog bites."""
        self.is_hanging = True

    def receive(self, unit: int, data: bytes, begin_us: int) -> None:
        """Bytes begin to come in on a UART; each takes its time on the line."""
        self._uarts[unit].receive(data, begin_us)

    # --- the guest's calls ---

    def _answer(self, name: str, text: str) -> str:
        if name == "flash":
            self._flash.locate(self._vm.memory.view(int(text), at.FLASH_BYTES))
            return ""
        if name.startswith("flash"):
            return self._flash.answer(name, text)
        numbers = [int(word) for word in text.split()]
        if name == "board":
            self._locate(numbers)
        elif name == "uart":
            self._uarts[numbers[0]].byte_us = numbers[2] * 1e6 / numbers[1]
        elif name == "pio":
            self.counters.add_machine(numbers)
        elif name == "pio_pulses":
            unit, bottom, top, hertz, pin, *words = numbers
            on_edge = partial(self.analog.edge, pin)
            self._pulse_makers[unit] = PioPulses(words, (bottom, top), hertz, on_edge)
            self.is_always_looked_at = True
        elif name == "pcnt":
            self.counters.add_pulse_counter(numbers)
        elif name in ("i2c0", "i2c1"):
            self.analog.transfer(int(name[-1]), self.now_us)
        elif name == "pio_active":
            self.counters.activate(numbers[0], bool(numbers[1]), self.levels)
        elif name == "fuel":
            used = self._vm.fuel_used()
            self._vm.refuel()
            return str(used)
        elif name == "costs":
            self._call_costs[:] = array("i", numbers)
        elif name == "spi":
            return str(self.chains.latch_of(numbers[0]))
        elif name == "chip":
            return f"{self._chip.port} {self._chip.name} {self._chip.board}"
        elif name == "reset":
            raise ResetByFirmware
        elif name == "reset_cause":
            return str(self._reset_cause)
        return ""

    def _locate(self, addresses: list[int]) -> None:
        memory = self._vm.memory
        self._state = memory.ints(addresses[0], at.SIZE)
        self.counters.locate(self._state)
        self._kept = memory.view(addresses[-3], at.KEPT_BYTES)
        self._kept[: len(self.kept)] = self.kept
        self._state[at.KEPT] = len(self.kept)
        calls = self._state[at.CALLS : at.CALLS + at.KINDS]
        self.clock.count(calls, self._call_costs, at.CALL_TICKS - at.CALLS)
        rings = [memory.view(one, at.UART_BYTES) for one in addresses[1 : 1 + 2 * UARTS]]
        for uart, received, sent in zip(self._uarts, rings, rings[UARTS:], strict=False):
            uart.locate(self._state, received, sent)
        chained = [memory.view(one, at.SPI_BYTES) for one in addresses[1 + 2 * UARTS : -4]]
        self.analog.locate(self._state, memory.view(addresses[-4], at.I2C_BUFFER))
        self.chains.locate(chained[: at.SPIS], chained[at.SPIS :])
        outputs = [
            self._state[at.OUT_LEVELS : at.OUT_ENABLED + 1],
            self._state[at.HIGH : at.HIGH + at.OUT_ENABLED + 1],
            self._state[at.UART_ROW : at.PWM_CHANGES + 1],
        ]
        self.share(self._state, Watch([*outputs, *chained[at.SPIS :]]))
        self.chains.show()
        self.network = Network(self._state, *(memory.view(one, at.UART_BYTES) for one in addresses[-2:]))

    def _heap_counted(self, allocated: int) -> None:
        """The guest has said what it has allocated, before its first turn and behind the last one."""
        if self.ending is not None:
            self.bytes_allocated = allocated - self._allocated_before
            raise self.ending
        self._allocated_before = allocated

    def _bite(self, timeout_ms: int) -> None:
        """The watchdog has waited for so long."""
        raise WatchdogBite(timeout_ms)

    def _let_handle(self, interrupt: _Interrupt) -> None:
        """Let a handler run: with the pins and counters as they were."""
        self.is_handling = True
        self._state[at.IRQ_PIN] = interrupt.pin
        self.counters.show_as(interrupt.counters)
        self.let_go_on(interrupt.levels, interrupt.time_us)

    def _edge(self, pin: int, now_us: int) -> None:
        """A pin has changed that has a handler for that."""
        self.at(now_us + self._chip.interrupt_us, lambda time_us: self._interrupt(time_us, pin))

    def _interrupt(self, time_us: int, pin: int) -> None:
        """A handler falls due: it is called now, or with the guest's awakening."""
        chip, wake_us = self._chip, self.wakes_us
        if chip.pending and self._waiting + len(self.ready) >= chip.pending:
            self.lost_interrupts += 1
        elif self.is_asleep and wake_us - chip.deaf_us < time_us < wake_us:
            self._waiting += 1
            self.at(wake_us, lambda time_us: self._call_late(time_us, pin))
        else:
            self._call(time_us, pin)

    def _call_late(self, time_us: int, pin: int) -> None:
        self._waiting -= 1
        self._call(time_us, pin)

    def _call(self, time_us: int, pin: int) -> None:
        self.ready.append(_Interrupt(time_us, pin, self.levels, self.counters.snapshot()))

    def _look_at_pins(self, now_us: int) -> None:
        """Pins that the guest has changed, and what it sends."""
        state = self._state
        high = state[at.OUT_LEVELS + at.HIGH] & state[at.OUT_ENABLED + at.HIGH]
        enabled = state[at.OUT_ENABLED] | state[at.OUT_ENABLED + at.HIGH] << at.PORT_PINS
        driven = state[at.OUT_LEVELS] & state[at.OUT_ENABLED] | high << at.PORT_PINS
        driven |= self.chains.driven(enabled & ~driven)
        for unit, maker in self._pulse_makers.items():
            maker.serve(state, at.PIO_PUT + at.PIO_PUT_FIELDS * unit, self.now_us)
        if self.analog.has_news():
            self.catch_up(now_us)
            self.analog.tell(now_us)
        if driven != self._driven or self._vm.wasi.stdout or not self.is_ready:
            self.catch_up(now_us)
        if driven != self._driven:
            self._driven = driven
            self._world.outputs(now_us, driven)
        for uart in self._uarts:
            uart.look(now_us)
