"""Motor behind a contactor: at full speed or not at all; an auxiliary contact tells whether the contactor follows.

motor = Contactor({"run": 10, "closed": 11}, options)
motor.run(1)
motor.poll(now_us)                    # every turn of the loop
"""

from machine import Pin
from micropython import const

from sorter_io.wires import output

DRIVER = "Contactor"
PINS = {"run": "gate", "closed": "in"}
OPTIONAL_PINS = ("closed",)
ON_EXPANDER = ("run",)
OPTIONS = (("follow_ms", 200, 10, 2000, "ms", "in which the contactor follows its coil"),)

_MASK = const(0x0FFFFFFF)


class Contactor:
    """Open from its construction on. Without an auxiliary contact it is believed to follow."""

    needs_poll = 1

    def __init__(self, pins, options):
        self.is_running = 0
        self.is_failed = 0
        self._run = output(pins["run"])
        self._closed = Pin(pins["closed"], Pin.IN, Pin.PULL_DOWN) if "closed" in pins else None
        self._follow_us = 1000 * options["follow_ms"]
        self._wanted = 0
        self._last_us = 0  # when it was last as it is wanted

    def run(self, is_on):
        self._wanted = 1 if is_on else 0
        self._run.value(self._wanted)

    def off(self):
        self.run(0)

    def poll(self, now_us):
        self.is_running = self._wanted if self._closed is None else self._closed.value()
        if self.is_running == self._wanted:
            self._last_us = now_us
            self.is_failed = 0
        elif (now_us - self._last_us) & _MASK > self._follow_us:
            self.is_failed = 1

    def look(self, inputs):
        """Everything is seen by `poll`."""
