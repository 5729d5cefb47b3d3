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

import heapq
from array import array
from collections.abc import Callable, Mapping
from functools import partial
from importlib import resources
from itertools import count
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
from sortyard_c.crew import Crew
from sortyard_c.guest_calls import FuelClock
from sortyard_c.watch import Watch

POWER_ON, WATCHDOG, BROWN_OUT = 1, 3, 6
"""Causes of a reset, as `machine.reset_cause` has them; the last one only a register of the RP2350 tells."""
HEAP_BYTES = 64 << 20
_FUEL_LIMIT = 4_000_000_000
_PORT = (1 << at.PORT_PINS) - 1


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


class VirtualBoard:
    """One boot of one board. `files` are what lies on its file system; `meter` gets every turn."""

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
        self.turns = 0
        self.is_ready = False
        self.bytes_allocated = 0
        """from the first sleep to the end, by a heap on which nothing is ever freed; known when `run` has ended"""
        self._allocated_before = 0
        self._ending: Exception | None = None
        self._world = world
        self._meter = meter
        self._reset_cause = reset_cause
        self._chip = chip
        self._console = Console(chip.console_baud) if chip.console_baud else None
        self._clock = FuelClock(chip.fuel_per_us)
        shim = resources.files("sortyard.vm") / "board_shim"
        guest = {
            f"/lib/{node.name}": node.read_bytes() for node in shim.iterdir() if node.name.endswith(".py")
        }
        self._vm = MicroPythonVM(
            {**files, **guest},
            host_call=self._answer,
            heap_bytes=HEAP_BYTES,
            fuel_limit=_FUEL_LIMIT,
            clock=self._clock,
        )
        self._events: list[tuple[int, int, Callable[[int], None]]] = []
        self._order = count()
        self._ready: list[_Interrupt] = []
        self._waiting = 0
        self._uarts = [Uart(number, self.at, world.uart_byte) for number in range(UARTS)]
        self.counters = EdgeCounters(self.level)
        self._pulse_makers: dict[int, PioPulses] = {}
        self.analog = Analog()
        self.chains = Chains()
        self._now_us = 0
        self._wake_us: int | None = None
        self._is_handling = False
        self._is_hanging = False
        self._driven = 0
        self._levels = 0
        self._shown = 0
        """levels that the guest sees"""
        self._fed = (-1, 0)
        self._edges = memoryview(bytes(at.PINS))
        """of each pin those that have handlers"""
        self._call_costs = array("i", bytes(4 * at.KINDS))
        self._take_turn = self._turn

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
        assert self._wake_us is not None, "it has slept before the world goes on"
        return self._wake_us

    def at(self, time_us: int, happen: Callable[[int], None]) -> None:
        """Call `happen(time_us)` when the world has come to that time."""
        heapq.heappush(self._events, (time_us, next(self._order), happen))

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
            self._turn()
            if self._state[at.IRQ_PIN] == at.NO_PIN:  # a handler is done sooner than others could begin
                begins()

        self._take_turn = take_turn

    def hang(self) -> None:
        """The program gets nothing done any more, and its outputs stay as they are, until its watchdog bites."""
        self._is_hanging = True

    def set_pin(self, pin: int, level: int, now_us: int) -> None:
        """The world drives an input pin."""
        bit = 1 << pin
        if bool(self._levels & bit) == bool(level):
            return
        self._levels ^= bit
        edge = 1 if level else 2
        if self.is_ready and self._edges[pin] & edge:
            self.at(now_us + self._chip.interrupt_us, lambda time_us: self._interrupt(time_us, pin))

    def turn_encoder(self, pin: int, now_us: int) -> None:
        """Change the level of an encoder's input: a state machine may wait for it, or a handler."""
        self.set_pin(pin, not self.level(pin), now_us)
        self.counters.edge(pin, self._levels)

    def turn_encoder_by(self, counts: int, first: int, second: int, now_us: int) -> None:
        """Change the levels of two inputs, one after the other, so many times."""
        if self.counters.is_one_machine and not (self._edges[first] or self._edges[second]):
            self._levels = self.counters.turn(self._levels, first, second, counts)
            return
        for _ in range(counts):
            self.turn_encoder(first, now_us)
            self.turn_encoder(second, now_us)

    def level(self, pin: int) -> int:
        """Level of an input pin."""
        return self._levels >> pin & 1

    def receive(self, unit: int, data: bytes, begin_us: int) -> None:
        """Bytes begin to come in on a UART; each takes its time on the line."""
        self._uarts[unit].receive(data, begin_us)

    # --- the guest's calls ---

    def _answer(self, name: str, text: str) -> str:
        if name == "turn":
            self._take_turn()
            return ""  # any other answer is looked for among all names that the guest knows
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
        elif name == "pcnt":
            self.counters.add_pulse_counter(numbers)
        elif name in ("i2c0", "i2c1"):
            self.analog.transfer(int(name[-1]), self._now_us)
        elif name == "pio_active":
            self.counters.activate(numbers[0], bool(numbers[1]), self._levels)
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
        self._edges = self._state[at.IRQ_EDGES : at.IRQ_EDGES + at.PINS]
        self._kept = memory.view(addresses[-3], at.KEPT_BYTES)
        self._kept[: len(self.kept)] = self.kept
        self._state[at.KEPT] = len(self.kept)
        calls = self._state[at.CALLS : at.CALLS + at.KINDS]
        self._clock.count(calls, self._call_costs, at.CALL_TICKS - at.CALLS)
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
        self._watch = Watch([*outputs, *chained[at.SPIS :]])
        self.network = Network(self._state, *(memory.view(one, at.UART_BYTES) for one in addresses[-2:]))
        self._show_levels(self._levels)

    def _turn(self) -> None:
        """The guest goes to sleep, or a handler has returned: until the guest wakes up, or a handler is to run."""
        state = self._state
        if state[at.IRQ_PIN] == at.COUNT_HEAP:
            self._heap_counted(state[at.ALLOCATED])
        else:
            if not self._is_handling:
                state[at.CALL_SLEEP] += 1
            self._spend()
            if not self._is_handling:
                self.turns += 1
                self._wake_us = None
            self._is_handling = False
        try:
            self._let_time_pass(state[at.SLEEP_US])
        except Exception as over:
            if not self.is_ready or self._ending is not None:
                raise
            self._ending = over
        if not self.is_ready or self._ending is not None:
            self.is_ready = True
            state[at.IRQ_PIN] = at.COUNT_HEAP
            self._vm.refuel()

    def _heap_counted(self, allocated: int) -> None:
        """The guest has said what it has allocated, before its first turn and behind the last one."""
        if self._ending is not None:
            self.bytes_allocated = allocated - self._allocated_before
            raise self._ending
        self._allocated_before = allocated

    def _let_time_pass(self, sleep_us: int) -> None:
        """Until the guest wakes up, or a handler is to run."""
        timeout_ms = self._state[at.WDT_MS]
        if self._is_hanging and timeout_ms:
            self._catch_up(self._fed[1] + 1000 * timeout_ms)
            raise WatchdogBite(timeout_ms)
        if self._wake_us is None:
            self._wake_us = self._now_us + sleep_us
            self._look_at_outputs()
            if not sleep_us:
                self._catch_up(self._now_us)
        wake_us = self._wake_us
        while not self._ready and self._now_us < wake_us:
            self._now_us = self._catch_up(wake_us, is_interruptible=True)
        if self._ready:
            self._let_handle(self._ready.pop(0))
        else:
            self._state[at.IRQ_PIN] = at.NO_PIN
            self._show(self._levels, self._now_us)

    def _spend(self) -> None:
        """What has been executed since the last call has taken its time."""
        used = self._clock.spend()
        self._now_us += used // self._chip.fuel_per_us
        if self.is_ready and not self._is_handling:
            self._meter.add(used)
        fed, since = self._fed
        if self._state[at.WDT_MS]:
            if self._state[at.WDT_FED] != fed:
                self._fed = (self._state[at.WDT_FED], self._now_us)
            elif self._now_us - since > 1000 * self._state[at.WDT_MS]:
                raise WatchdogBite(self._state[at.WDT_MS])

    def _let_handle(self, interrupt: _Interrupt) -> None:
        self._is_handling = True
        self._state[at.IRQ_PIN] = interrupt.pin
        self.counters.show_as(interrupt.counters)
        self._show(interrupt.levels, interrupt.time_us)

    def _show(self, levels: int, time_us: int) -> None:
        """Let the guest go on: with these levels, at this time."""
        if not self._is_handling:
            self.counters.show()
        self._show_levels(levels)
        if self._console is not None:
            stdin = self._vm.wasi.stdin
            stdin += self._console.arrived(len(stdin), time_us)
        self._state[at.LINK_WAITING] = len(self._vm.wasi.stdin)
        self._clock.now_us = time_us
        self._vm.refuel()

    def _show_levels(self, levels: int) -> None:
        if levels != self._shown:
            self._shown = levels
            self._state[at.IN_LEVELS] = levels & _PORT
            self._state[at.IN_LEVELS + at.HIGH] = levels >> at.PORT_PINS
        self.chains.show()

    def _catch_up(self, to_us: int, is_interruptible: bool = False) -> int:
        """Move the world and all that is due to `to_us`, or to the first interrupt; where that is."""
        while True:
            due = self._events[0][0] if self._events else to_us
            reached = self._world.advance(min(due, to_us))
            while self._events and self._events[0][0] <= reached:
                time_us, _, happen = heapq.heappop(self._events)
                happen(time_us)
            if reached >= to_us or (is_interruptible and self._ready):
                return max(reached, self._now_us) if is_interruptible else to_us

    def _interrupt(self, time_us: int, pin: int) -> None:
        """A handler falls due: it is called now, or with the guest's awakening."""
        chip, wake_us = self._chip, self._wake_us
        if chip.pending and self._waiting + len(self._ready) >= chip.pending:
            self.lost_interrupts += 1
        elif wake_us is not None and wake_us - chip.deaf_us < time_us < wake_us:
            self._waiting += 1
            self.at(wake_us, lambda time_us: self._call_late(time_us, pin))
        else:
            self._call(time_us, pin)

    def _call_late(self, time_us: int, pin: int) -> None:
        self._waiting -= 1
        self._call(time_us, pin)

    def _call(self, time_us: int, pin: int) -> None:
        self._ready.append(_Interrupt(time_us, pin, self._levels, self.counters.snapshot()))

    def _look_at_outputs(self) -> None:
        """What the guest has changed since it was let go, and its link."""
        now, wasi = self._now_us, self._vm.wasi
        if self._watch.has_changed() or self._pulse_makers:
            self._look_at_pins(now)
        elif wasi.stdout or not self.is_ready:
            self._catch_up(now)
        said = b""
        if wasi.stdout:
            said = bytes(wasi.stdout)
            wasi.stdout.clear()
        if self._console is None:
            wasi.stdin += self._world.link_bytes(said, now)
        else:
            self._now_us += self._console.write(said, now)
            self._console.receive(self._world.link_bytes(self._console.sent(now), now), now)

    def _look_at_pins(self, now_us: int) -> None:
        """Pins that the guest has changed, and what it sends."""
        state = self._state
        high = state[at.OUT_LEVELS + at.HIGH] & state[at.OUT_ENABLED + at.HIGH]
        enabled = state[at.OUT_ENABLED] | state[at.OUT_ENABLED + at.HIGH] << at.PORT_PINS
        driven = state[at.OUT_LEVELS] & state[at.OUT_ENABLED] | high << at.PORT_PINS
        driven |= self.chains.driven(enabled & ~driven)
        for unit, maker in self._pulse_makers.items():
            maker.serve(state, at.PIO_PUT + at.PIO_PUT_FIELDS * unit, self._now_us)
        if self.analog.has_news():
            self._catch_up(now_us)
            self.analog.tell(now_us)
        if driven != self._driven or self._vm.wasi.stdout or not self.is_ready:
            self._catch_up(now_us)
        if driven != self._driven:
            self._driven = driven
            self._world.outputs(now_us, driven)
        for uart in self._uarts:
            uart.look(now_us)
