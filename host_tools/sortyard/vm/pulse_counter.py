"""A pulse counter (PCNT) of an ESP32: one channel, with the level of a second pin to say which way it counts.

ESP32 technical reference manual, chapter "Pulse Count Controller": at its limit the counter begins again at 0.
"""

from collections.abc import Callable

_INCREMENT, _DECREMENT = 1, 2
_REVERSE = 1


class PulseCounter:
    """`level(pin)` gives the level of a pin of the chip, 0 or 1."""

    def __init__(
        self,
        limits: tuple[int, int],
        pins: tuple[int, int],
        edges: tuple[int, int],
        modes: tuple[int, int],
        level: Callable[[int], int],
    ) -> None:
        self.value = 0
        self.pin, self._mode_pin = pins
        self._least, self._most = limits
        self._on_rising, self._on_falling = edges
        self._modes = modes
        self._level = level

    def edge(self) -> None:
        """Its pin has changed to the level that it has now."""
        action = self._on_rising if self._level(self.pin) else self._on_falling
        step = {_INCREMENT: 1, _DECREMENT: -1}.get(action, 0)
        if self._modes[self._level(self._mode_pin)] == _REVERSE:
            step = -step
        self.value += step
        if self.value in (self._least, self._most):
            self.value = 0
