"""Stack light: what the line does, seen from afar. Red: stopped by emergency or fault, amber: stopped, green: it runs.

    light = StackLight({"red": 10, "amber": 11, "green": 12, "buzzer": 13}, options)
    light.show(state, turns)              # every some turns of the loop

While the line starts green flashes; the buzzer sounds for `buzz_turns` when red comes on.
"""

from micropython import const

from sorter_io.wires import output

DRIVER = "StackLight"
PINS = {"red": "gate", "amber": "gate", "green": "gate", "buzzer": "gate"}
OPTIONAL_PINS = ("red", "amber", "green", "buzzer")
ON_EXPANDER = ("red", "amber", "green", "buzzer")
OPTIONS = (
    ("flash_turns", 512, 64, 4096, "turns", "of the control loop: half a period of flashing"),
    ("buzz_turns", 2000, 0, 60000, "turns", "for which the buzzer sounds"),
)

# states of the gate logic (sorter_core/line.py)
_STOPPED = const(0)
_RUNNING = const(1)
_STARTING = const(2)
_LIGHTS = ("red", "amber", "green", "buzzer")  # in the order of the bits below
_RED = const(1)
_AMBER = const(2)
_GREEN = const(4)
_BUZZER = const(8)
_MASK = const(0x0FFFFFFF)


class StackLight:
    """Dark from its construction on. A state that it does not know is red."""

    def __init__(self, pins, options):
        self._wires = [output(pins[name]) if name in pins else None for name in _LIGHTS]
        self._flash = options["flash_turns"]
        self._buzz = options["buzz_turns"]
        self._shown = 0
        self._red_since = 0

    def show(self, state, turns):
        """The lights for a state of the line; `turns` wraps at 28 bits."""
        lights = _RED
        if state == _RUNNING:
            lights = _GREEN
        elif state == _STARTING:
            lights = 0 if turns // self._flash & 1 else _GREEN
        elif state == _STOPPED:
            lights = _AMBER
        if lights == _RED:
            if not self._shown & _RED:
                self._red_since = turns
            if (turns - self._red_since) & _MASK < self._buzz:
                lights |= _BUZZER
        self._give(lights)

    def _give(self, lights):
        changed = lights ^ self._shown
        if not changed:
            return
        self._shown = lights
        bit = 0
        for wire in self._wires:
            if changed >> bit & 1 and wire is not None:
                wire.value(lights >> bit & 1)
            bit += 1
