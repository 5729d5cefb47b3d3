"""The guest's time: it stands while the guest computes, or goes on with what it executes, and jumps in its sleep."""

from collections.abc import Callable


class VirtualClock:
    """Microseconds since the guest's power-up; the host may set `now_us` forward at any host call."""

    def __init__(self) -> None:
        self.now_us = 0

    def sleep_until(self, wake_us: int) -> None:
        """Let the time pass until `wake_us`; a moment in the past changes nothing."""
        self.now_us = max(self.now_us, wake_us)


class FuelClock(VirtualClock):
    """The guest's time between two calls of the host: where it was let go, and what it has executed since."""

    def __init__(self, fuel_per_us: int) -> None:
        super().__init__()
        self.fuel_used: Callable[[], int] = lambda: 0
        self._fuel_per_us = fuel_per_us
        self.base_us = 0

    @property
    def now_us(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self.base_us + self.fuel_used() // self._fuel_per_us

    @now_us.setter
    def now_us(self, value: int) -> None:
        self.base_us = value

    def sleep_until(self, wake_us: int) -> None:
        """The guest sleeps by the shim; what it polls without waiting takes no time."""
