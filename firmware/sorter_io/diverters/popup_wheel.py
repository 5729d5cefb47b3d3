"""Pop-up wheels: a valve lifts them between the rollers and they carry the parcel off sideways."""

from sorter_io.end_switches import end_switches
from sorter_io.wires import output

DRIVER = "PopupWheel"
PINS = {"lift": "gate", "home": "in", "extended": "in"}
OPTIONAL_PINS = ("home", "extended")
ON_EXPANDER = ("lift", "home", "extended")
MOVES = "popup_wheel"
OPTIONS = (("at_end", 1, 0, 1, "", "level of an end switch while the wheels are there"),)


class PopupWheel:
    """Down from its construction on."""

    def __init__(self, pins, options):
        self._lift = output(pins["lift"])
        self.switches = end_switches(pins, options["at_end"])

    def extend(self):
        self._lift.value(1)

    def retract(self):
        self._lift.value(0)

    def off(self):
        """Nothing moves it any more."""
        self._lift.value(0)
