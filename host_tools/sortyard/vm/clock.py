"""The guest's time: it stands while the guest computes (or goes on, `sortyard_c.guest_calls.FuelClock`), and jumps in
its sleep.
"""


class VirtualClock:
    """Microseconds since the guest's power-up; the host may set `now_us` forward at any host call."""

    def __init__(self) -> None:
        self.now_us = 0

    def sleep_until(self, wake_us: int) -> None:
        """Let the time pass until `wake_us`; a moment in the past changes nothing."""
        self.now_us = max(self.now_us, wake_us)
