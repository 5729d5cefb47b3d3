"""Swing arm moved by two valves, one each way, with or without a switch at each end."""

from sorter_io.end_switches import end_switches
from sorter_io.wires import output

DRIVER = "SwingArm"
PINS = {"extend": "gate", "retract": "gate", "home": "in", "extended": "in"}
OPTIONAL_PINS = ("retract", "home", "extended")
ON_EXPANDER = ("extend", "retract", "home", "extended")
MOVES = "swing_arm"
OPTIONS = (("at_end", 1, 0, 1, "", "level of an end switch while the arm is there"),)


class SwingArm:
    """Both valves off from its construction on; then the valve of the side where it should be stays on."""

    def __init__(self, pins, options):
        self._extend = output(pins["extend"])
        self._retract = output(pins["retract"]) if "retract" in pins else None
        self.switches = end_switches(pins, options["at_end"])

    def extend(self):
        if self._retract is not None:
            self._retract.value(0)
        self._extend.value(1)

    def retract(self):
        self._extend.value(0)
        if self._retract is not None:
            self._retract.value(1)

    def off(self):
        """Nothing moves it any more: both valves are without current."""
        self._extend.value(0)
        if self._retract is not None:
            self._retract.value(0)
