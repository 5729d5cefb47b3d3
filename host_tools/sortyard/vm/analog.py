"""Pulse outputs, converters and I2C buses of a virtual board, as the world outside sees them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from sortyard.vm.board_shim import image_layout as at

_PINS = 32


class I2cDevice(Protocol):
    """A device on an I2C bus, seen as registers. Times are microseconds since the board's power-up."""

    def write(self, register: int, data: bytes, now_us: int) -> None:
        """The board writes from a register on."""
        ...

    def read(self, register: int, size: int, now_us: int) -> bytes:
        """The board reads from a register on."""
        ...


class Analog:
    """`on_pulses(now_us, pin, hertz, duty)` is called when the firmware has set a pulse output; duty is of 65535."""

    def __init__(self) -> None:
        self.on_pulses: Callable[[int, int, int, int], None] | None = None
        self.on_edge: Callable[[int, float, int], None] | None = None
        """(pin, time_us, level) for every pulse that a state machine makes"""
        self._devices: dict[tuple[int, int], I2cDevice] = {}
        self._changes = 0
        self._pulses = [(0, 0)] * _PINS

    def locate(self, state: memoryview, buffer: memoryview) -> None:
        """Where guest and host share their numbers, and the bytes of a transfer."""
        self._state = state
        self._buffer = buffer

    def edge(self, pin: int, time_us: float, level: int) -> None:
        """A state machine has changed its pin."""
        if self.on_edge is not None:
            self.on_edge(pin, time_us, level)

    def set_adc(self, pin: int, level: int) -> None:
        """Set a voltage, 0 to 65535 of the converter's range; only while the firmware runs."""
        self._state[at.ADC_LEVEL + pin] = level

    def add_i2c(self, unit: int, address: int, device: I2cDevice) -> None:
        """Wire a device to an I2C bus."""
        self._devices[unit, address] = device

    def remove_i2c(self, unit: int, address: int) -> None:
        """A device has lost its power or its wire."""
        del self._devices[unit, address]

    def transfer(self, unit: int, now_us: int) -> None:
        """The guest's transfer on a bus, done at once; nobody there is an error of the bus."""
        state = self._state
        device = self._devices.get((unit, state[at.I2C_ADDRESS]))
        state[at.I2C_FAILED] = int(device is None)
        if device is None:
            return
        register, size = state[at.I2C_REGISTER], state[at.I2C_BYTES]
        if size < 0:
            self._buffer[:-size] = device.read(register, -size, now_us)
        else:
            device.write(register, bytes(self._buffer[:size]), now_us)

    def has_news(self) -> bool:
        """Whether the guest has set a pulse output since the last `tell`."""
        return self._state[at.PWM_CHANGES] != self._changes

    def tell(self, now_us: int) -> None:
        """Call `on_pulses` for every output that is another one now."""
        state = self._state
        self._changes = state[at.PWM_CHANGES]
        for pin in range(_PINS):
            now = (state[at.PWM_FREQ + pin], state[at.PWM_DUTY + pin])
            if now != self._pulses[pin]:
                self._pulses[pin] = now
                if self.on_pulses is not None:
                    self.on_pulses(now_us, pin, *now)
