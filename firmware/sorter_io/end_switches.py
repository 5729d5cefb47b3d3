"""The switches at both ends of what a diverter moves: where it is, as the board's input port shows it."""

from machine import Pin

from sorter_io.chip import input_bit


class EndSwitches:
    """`bits` of the input port are theirs, none where no switch is wired; they have `level` while it is there."""

    def __init__(self, pins, level):
        self._home = self._switch(pins, "home")
        self._extended = self._switch(pins, "extended")
        self.bits = self._home | self._extended
        self._flip = 0 if level else self.bits

    def _switch(self, pins, key):
        if key not in pins:
            return 0
        Pin(pins[key], Pin.IN, Pin.PULL_DOWN)
        return input_bit(pins[key])

    def end(self, inputs):
        """Which end position the inputs show: 0 neither, 1 home, 2 extended, -1 unknown."""
        if not self._home or not self._extended:
            return -1
        inputs ^= self._flip
        if inputs & self._home:
            return 0 if inputs & self._extended else 1
        return 2 if inputs & self._extended else 0


_NONE = EndSwitches({}, 0)


def end_switches(pins, level):
    """Those of a diverter's wires; one object for all diverters that have none."""
    return EndSwitches(pins, level) if "home" in pins or "extended" in pins else _NONE
