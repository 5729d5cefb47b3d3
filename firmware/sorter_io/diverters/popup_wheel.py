"""Pop-up wheels: a valve lifts them between the rollers and they carry the parcel off sideways."""

from sorter_io.wires import output

DRIVER = "PopupWheel"
PINS = {"lift": "gate"}
ON_EXPANDER = ("lift",)
MOVES = "popup_wheel"
OPTIONS = ()


class PopupWheel:
    """Down from its construction on. It has no end switches: `end` is -1."""

    end_bits = 0

    def __init__(self, pins, options):
        self._lift = output(pins["lift"])

    def extend(self):
        self._lift.value(1)

    def retract(self):
        self._lift.value(0)

    def off(self):
        """Nothing moves it any more."""
        self._lift.value(0)

    def end(self, inputs):
        """Which end position the inputs show: 0 neither, 1 home, 2 extended, -1 unknown."""
        return -1
