"""The module `esp32` of a virtual board: its pulse counters, which the host counts."""

# pyright: reportMissingImports=false, reportOptionalCall=false

import image_layout as at
from host import call
from virtual_board import state


class PCNT:
    INCREMENT = 1
    DECREMENT = 2
    IGNORE = 0
    REVERSE = 1
    NORMAL = 0

    def __init__(self, unit, min=0, max=0):  # noqa: A002
        self._unit = unit
        self._limits = f"{min} {max}"

    def init(self, pin, rising, falling, mode_pin, mode_low=0, mode_high=0, filter=0):  # noqa: A002
        actions = f"{rising} {falling} {mode_low} {mode_high}"
        call("pcnt", f"{self._unit} {self._limits} {pin.number} {mode_pin.number} {actions}")

    def start(self):
        pass

    def value(self):
        return state[at.PCNT_VALUE + self._unit]
