"""The switches at both ends of what a diverter moves: at pins, as the input port shows them, or on expanders.

    switches = end_switches(pins, options["at_end"])
    switches.end(inputs)                  # with what `sorter_io.chip.read_inputs` has given

Whoever reads an expander says of those on it that they have moved (`has_moved`), when it tells the edges of its eyes.
"""

from machine import Pin
from micropython import const

from sorter_io.chip import input_bit

SWITCH = const(254)  # stands where expanders have the number of an eye


class EndSwitches:
    """`bits` of the input port are theirs, none where no switch is at a pin; they have `level` while it is there."""

    def __init__(self, pins, level):
        self.has_moved = 0
        self._level = level
        self._home_place = self._extended_place = None
        self._home = self._switch(pins, "home")
        self._extended = self._switch(pins, "extended")
        self._is_known = "home" in pins and "extended" in pins
        self.bits = self._home | self._extended
        self._flip = 0 if level else self.bits

    def _switch(self, pins, key):
        """Its bit of the input port."""
        if key not in pins:
            return 0
        wire = pins[key]
        if isinstance(wire, int):
            Pin(wire, Pin.IN, Pin.PULL_DOWN)
            return input_bit(wire)
        wire.watch_end(self, self._level)
        self.has_moved = 1  # to be looked at in the first turn
        if key == "home":
            self._home_place = wire
        else:
            self._extended_place = wire
        return 0

    def end(self, inputs):
        """Which end position the switches show: 0 neither, 1 home, 2 extended, -1 unknown."""
        if not self._is_known:
            return -1
        inputs ^= self._flip
        place = self._home_place
        is_home = inputs & self._home if place is None else place.is_on()
        place = self._extended_place
        is_extended = inputs & self._extended if place is None else place.is_on()
        if is_home:
            return 0 if is_extended else 1
        return 2 if is_extended else 0


NO_SWITCHES = EndSwitches({}, 0)


def end_switches(pins, level):
    """Those of a diverter's wires; one object for all diverters that have none."""
    return EndSwitches(pins, level) if "home" in pins or "extended" in pins else NO_SWITCHES
