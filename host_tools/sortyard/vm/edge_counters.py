"""What counts edges in a virtual board, PIO state machines and pulse counters, and where its guest reads them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sortyard.vm.board_shim import image_layout as at
from sortyard.vm.pulse_counter import PulseCounter
from sortyard_c.pio import SHOWN_BITS, PioMachines, PioStateMachine

_MACHINE_BYTES = 64
_PULSE_COUNTERS = 4


class EdgeCounters(PioMachines):
    """Those of one board; `level(pin)` gives the level of an input."""

    machines: dict[int, PioStateMachine]

    def __init__(self, level: Callable[[int], int]) -> None:
        super().__init__()
        self._pulse_counters: dict[int, PulseCounter] = {}
        self._level = level

    def locate(self, state: memoryview) -> None:
        """The array that guest and host share."""
        self._state = state
        self.show_in(state[at.PIO_XY : at.PIO_XY + _MACHINE_BYTES // 4])

    def add_machine(self, fields: Sequence[int]) -> None:
        """Unit, first and last word of the loop, first pin of `in`, pin of `jmp`, and the program's words."""
        unit, bottom, top, in_base, jmp_pin, *words = fields
        self.machines[unit] = PioStateMachine(words, (bottom, top), in_base, jmp_pin)

    def activate(self, unit: int, is_on: bool, levels: int) -> None:
        """Start a state machine or stop it."""
        self.machines[unit].is_active = is_on
        self.machines[unit].go_on(levels)

    def add_pulse_counter(self, fields: Sequence[int]) -> None:
        """Unit, limits, pin and mode pin, and what is done at a rising and a falling edge, at a low and a high mode."""
        unit, least, most, pin, mode_pin, rising, falling, low, high = fields
        self._pulse_counters[unit] = PulseCounter(
            (least, most), (pin, mode_pin), (rising, falling), (low, high), self._level
        )
        self.has_others = True

    def edge(self, pin: int, levels: int) -> None:
        """The level of an input has changed."""
        for machine in self.machines.values():
            if machine.waits_for == pin:
                machine.go_on(levels)
        for counter in self._pulse_counters.values():
            if counter.pin == pin:
                counter.edge()

    def show_others(self) -> None:
        """Let the guest see the pulse counters as they are."""
        for unit, counter in self._pulse_counters.items():
            self._state[at.PCNT_VALUE + unit] = counter.value

    def snapshot(self) -> bytes:
        """All of them as they are now."""
        words = bytearray(_MACHINE_BYTES + 4 * _PULSE_COUNTERS)
        for unit, counter in self._pulse_counters.items():
            place = _MACHINE_BYTES + 4 * unit
            words[place : place + 4] = counter.value.to_bytes(4, "little", signed=True)
        for unit, machine in self.machines.items():
            words[8 * unit : 8 * unit + 4] = (machine.x & SHOWN_BITS).to_bytes(4, "little")
            words[8 * unit + 4 : 8 * unit + 8] = (machine.y & SHOWN_BITS).to_bytes(4, "little")
        return bytes(words)

    def show_as(self, snapshot: bytes) -> None:
        """Let the guest see them as they were."""
        machines = self._state[at.PIO_XY : at.PIO_XY + _MACHINE_BYTES // 4]
        machines.cast("B")[:] = snapshot[:_MACHINE_BYTES]
        counted = self._state[at.PCNT_VALUE : at.PCNT_VALUE + _PULSE_COUNTERS]
        counted.cast("B")[:] = snapshot[_MACHINE_BYTES:]
