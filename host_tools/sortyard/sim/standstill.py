"""The end of a run whose line never goes on: a board that fails at every start, for one.

    standstill = Standstill(plant)
    standstill.look(said)              # every few seconds of simulated time

The people of a simulation clear, reset and start a line that has stopped, again and again, so one that has stood
through many of their rounds stands for good.
"""

from __future__ import annotations

from collections.abc import Sequence

from sortyard.errors import SortyardError
from sortyard_c.plant import Plant

STANDSTILL_US = 600_000_000
"""A line that has stood for so long does not go on; no fault and no emergency stop of the simulation lasts longer."""


class StandstillError(SortyardError):
    """The line stands, and nobody gets it going."""

    def __init__(self, since_us: int, said: Sequence[str]) -> None:
        told = (
            f"; the last that the board has said is: {said[-1]}" if said else "; the board has said nothing"
        )
        super().__init__(
            f"the line has stood since {since_us / 1_000_000:.0f} s, for {STANDSTILL_US // 60_000_000} minutes, though "
            f"somebody has cleared, reset and started it again and again{told}",
            "look at what the board says (safe mode tells its reason), and at the fault that came before",
        )


class Standstill:
    """Watches the belt of one run."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._position = plant.position()
        self._since_us = plant.now_us

    def look(self, said: Sequence[str]) -> None:
        """Raises StandstillError where the belt has not moved for STANDSTILL_US. `said`: all that the board has."""
        position, now_us = self._plant.position(), self._plant.now_us
        if position != self._position:
            self._position, self._since_us = position, now_us
        elif now_us - self._since_us >= STANDSTILL_US:
            raise StandstillError(self._since_us, said)
