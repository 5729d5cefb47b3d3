"""Accumulating roller conveyor: up to four zones of motor-driven rollers, each with its eye, that never push parcels.

    motor = MdrZpa({"run1": 10, "eye1": 4, "run2": 11, "eye2": 5}, options)
    motor.run(1)                          # let the last zone's parcels go on, one by one or as a slug
    motor.see(inputs)                     # and then, every turn that has time for motors:
    motor.poll(now_us)
    motor.is_failed                       # of the jam for good that is furthest downstream: 16 * zone + its kind, or 0

Zone 1 is the one upstream. See sorter_core/zones.py for how zones let go and what a jam is. `run(0)` and `run(1)` again
make a zone that was cleared by hand work again.
"""

from machine import Pin
from micropython import const

from sorter_core.zones import Zones
from sorter_io.chip import input_bit
from sorter_io.wires import output

DRIVER = "MdrZpa"
PINS = {
    "run1": "gate",
    "eye1": "in",
    "run2": "gate",
    "eye2": "in",
    "run3": "gate",
    "eye3": "in",
    "run4": "gate",
    "eye4": "in",
}
OPTIONAL_PINS = ("run2", "eye2", "run3", "eye3", "run4", "eye4")
TOGETHER = (("run2", "eye2"), ("run3", "eye3"), ("run4", "eye4"))
ACCUMULATES = 1
ON_EXPANDER = ("run1", "run2", "run3", "run4")
OPTIONS = (
    ("blocked", 1, 0, 1, "", "level of an eye while a parcel is before it"),
    ("slug", 0, 0, 1, "", "all zones start together; else each waits until the next one is empty"),
    ("jam_ms", 5000, 100, 60000, "ms", "that a parcel may take to leave its eye, or to come to the next one"),
    ("rest_ms", 1000, 0, 60000, "ms", "before a jam is tried to clear"),
    ("tries", 3, 0, 10, "", "to clear a jam, before the zone is stopped"),
)

_MOST = const(4)
_A_ZONE = const(16)  # in is_failed


class MdrZpa:
    """Every zone stands from its construction on, until the first look at the eyes."""

    needs_poll = 1

    def __init__(self, pins, options):
        self.is_failed = 0
        self.is_running = 0
        self._runs = []
        self._bits = []
        for number in range(1, _MOST + 1):
            wire = "run%d" % number
            if wire in pins:
                self._runs.append(output(pins[wire]))
                self._bits.append(self._eye(pins["eye%d" % number]))
        self._zones = Zones(
            len(self._runs),
            options["slug"],
            1000 * options["jam_ms"],
            1000 * options["rest_ms"],
            options["tries"],
        )
        self._eyes = 0
        self._flip = 0 if options["blocked"] else 1
        self._wanted = 0
        self._is_off = 0
        self._driven = 0

    def _eye(self, pin):
        Pin(pin, Pin.IN, Pin.PULL_DOWN)
        return input_bit(pin)

    def run(self, is_on):
        """Let the last zone's parcels go on, or hold them."""
        if is_on and not self._wanted:
            self._zones.reset()
        self._wanted = 1 if is_on else 0
        self._is_off = 0

    def off(self):
        """All zones stand, until they are told what to do again."""
        self._wanted = 0
        self._is_off = 1
        self._drive(0)

    def look(self, inputs):
        """Jams are seen by `poll`, which looks more often."""

    def see(self, inputs):
        """The eyes of all zones, as these inputs show them: those that the turn has read."""
        eyes = 0
        i = 0
        for bit in self._bits:
            eyes |= ((1 if inputs & bit else 0) ^ self._flip) << i
            i += 1
        self._eyes = eyes

    def poll(self, now_us):
        """Decide which zones turn, by the eyes that were seen last; `now_us` wraps at 28 bits."""
        if self._is_off:
            return
        zones = self._zones
        self._drive(zones.step(self._eyes, self._wanted, now_us))
        self.is_failed = 0
        zone = _A_ZONE
        for jam in zones.jams:
            if jam:
                self.is_failed = zone + jam
            zone += _A_ZONE

    def _drive(self, running):
        changed = running ^ self._driven
        self._driven = running
        i = 0
        for wire in self._runs:
            if changed >> i & 1:
                wire.value(running >> i & 1)
            i += 1
        self.is_running = 1 if running else 0
