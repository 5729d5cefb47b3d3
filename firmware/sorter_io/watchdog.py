"""The board's watchdog and why the board has started."""

import machine


class Watchdog:
    """Cannot be stopped once it is made; `feed` it more often than every `timeout_ms`."""

    def __init__(self, timeout_ms):
        self._wdt = machine.WDT(timeout=timeout_ms)

    def feed(self):
        self._wdt.feed()


def reset_cause():
    """The port's number for the cause of the last reset: power, watchdog, or a request."""
    return machine.reset_cause()
