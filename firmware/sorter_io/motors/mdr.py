"""Motor-driven rollers with a card of their own: a run contact, and an error output that pulls low."""

from machine import Pin

from sorter_io.wires import output

DRIVER = "Mdr"
PINS = {"run": "gate", "fault": "in"}
OPTIONAL_PINS = ("fault",)
OPTIONS = ()


class Mdr:
    """Stopped from its construction on."""

    def __init__(self, pins, options):
        self.is_failed = 0
        self._run = output(pins["run"])
        self._fault_bit = 0
        if "fault" in pins:
            Pin(pins["fault"], Pin.IN, Pin.PULL_UP)
            self._fault_bit = 1 << pins["fault"]

    def run(self, is_on):
        self._run.value(is_on)

    def look(self, inputs):
        """See whether the card reports an error."""
        self.is_failed = 1 if self._fault_bit and not inputs & self._fault_bit else 0
