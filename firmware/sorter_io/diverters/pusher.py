"""Pusher: one valve or solenoid that strokes while it is on; a spring or the valve's own return brings it home."""

from sorter_io.wires import output

DRIVER = "Pusher"
PINS = {"extend": "gate"}
ON_EXPANDER = ("extend",)
MOVES = "pusher"
OPTIONS = ()


class Pusher:
    """Off from its construction on. It has no end switches: `end` is -1."""

    end_bits = 0

    def __init__(self, pins, options):
        self._valve = output(pins["extend"])

    def extend(self):
        self._valve.value(1)

    def retract(self):
        self._valve.value(0)

    def off(self):
        """Nothing moves it any more."""
        self._valve.value(0)

    def end(self, inputs):
        """Which end position the inputs show: 0 neither, 1 home, 2 extended, -1 unknown."""
        return -1
