"""Pusher: one valve or solenoid that strokes while it is on; a spring or the valve's own return brings it home."""

from sorter_io.end_switches import end_switches
from sorter_io.wires import output

DRIVER = "Pusher"
PINS = {"extend": "gate", "home": "in", "extended": "in"}
OPTIONAL_PINS = ("home", "extended")
ON_EXPANDER = ("extend", "home", "extended")
MOVES = "pusher"
OPTIONS = (("at_end", 1, 0, 1, "", "level of an end switch while the pusher is there"),)


class Pusher:
    """Off from its construction on."""

    def __init__(self, pins, options):
        self._valve = output(pins["extend"])
        self.switches = end_switches(pins, options["at_end"])

    def extend(self):
        self._valve.value(1)

    def retract(self):
        self._valve.value(0)

    def off(self):
        """Nothing moves it any more."""
        self._valve.value(0)
