"""The board's watchdog and why the board has started."""

import machine
from micropython import const

from sorter_io.chip import was_brown_out

POWER_ON = const(1)
BROWN_OUT = const(6)  # beside the causes that the ports have


class Watchdog:
    """Cannot be stopped once it is made; `feed` it more often than every `timeout_ms`."""

    def __init__(self, timeout_ms):
        self._wdt = machine.WDT(timeout=timeout_ms)

    def feed(self):
        self._wdt.feed()


def restart():
    """Reset the board, as if its watchdog had."""
    machine.reset()


def reset_cause():
    """The port's number for the cause of the last reset (power, watchdog, a request), or BROWN_OUT."""
    cause = machine.reset_cause()
    return BROWN_OUT if cause == POWER_ON and was_brown_out() else cause
