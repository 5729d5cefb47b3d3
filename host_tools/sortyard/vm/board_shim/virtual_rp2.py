"""The module `rp2` of a virtual board: assembles PIO programs and hands them to the host, which runs them.

Instruction words as the RP2040 datasheet has them (section 3.4): only what the firmware uses.
"""

# pyright: reportMissingImports=false, reportOptionalMemberAccess=false

import image_layout as at
from host import call
from virtual_board import state

_CONDITIONS = {"not_x": 1, "x_dec": 2, "not_y": 3, "y_dec": 4, "x_not_y": 5, "pin": 6, "not_osre": 7}


_REGISTERS = {"x": 1, "y": 2, "osr": 7}
_INSTRUCTIONS = ("label", "wrap_target", "wrap", "wait", "jmp", "pull", "mov", "set")
_NAMES = (
    "pin",
    "gpio",
    "x_dec",
    "y_dec",
    "not_x",
    "not_y",
    "x_not_y",
    "x",
    "y",
    "osr",
    "pins",
    "block",
    "noblock",
)


class PIO:
    SHIFT_LEFT = 0
    SHIFT_RIGHT = 1
    OUT_LOW = 0


class _Program:
    def __init__(self, options):
        self.options = options
        self.words = []
        self.labels = {}
        self.jumps = []
        self.bottom = 0
        self.top = -1

    def label(self, name):
        self.labels[name] = len(self.words)

    def wrap_target(self):
        self.bottom = len(self.words)

    def wrap(self):
        self.top = len(self.words) - 1

    def wait(self, level, source, index):
        self.words.append(0x2000 | level << 7 | {"gpio": 0, "pin": 1, "irq": 2}[source] << 5 | index)

    def jmp(self, condition, target=None):
        if target is None:
            condition, target = "", condition
        self.jumps.append((len(self.words), target))
        self.words.append(_CONDITIONS.get(condition, 0) << 5)

    def pull(self, kind):
        self.words.append(0x8080 | (0x20 if kind == "block" else 0))

    def mov(self, target, source):
        self.words.append(0xA000 | _REGISTERS[target] << 5 | _REGISTERS[source])

    def set(self, target, value):
        self.words.append(0xE000 | value)

    def assembled(self):
        for place, target in self.jumps:
            self.words[place] |= self.labels[target]
        return self.words


def asm_pio(**options):
    """Assemble the function below it: its instructions are calls of names that exist only here."""

    def assemble(function):
        program = _Program(options)
        names = function.__globals__
        words = {name: getattr(program, name) for name in _INSTRUCTIONS}
        words.update({name: name for name in _NAMES})
        before = {name: names.get(name) for name in words}
        names.update(words)
        function()
        for name, value in before.items():
            if value is None:
                del names[name]
            else:
                names[name] = value
        program.assembled()
        return program

    return assemble


class StateMachine:
    def __init__(self, number, program, freq=0, in_base=None, jmp_pin=None, set_base=None):
        self.number = number
        self._row = at.PIO_PUT + at.PIO_PUT_FIELDS * number
        self._makes_pulses = set_base is not None
        if set_base is not None:
            fields = [number, program.bottom, program.top, freq, set_base.number] + program.words
            call("pio_pulses", " ".join([str(field) for field in fields]))
        else:
            fields = [number, program.bottom, program.top, in_base.number, jmp_pin.number] + program.words
            call("pio", " ".join([str(field) for field in fields]))

    def active(self, is_on):
        if not self._makes_pulses:
            call("pio_active", f"{self.number} {is_on}")

    def tx_fifo(self):
        return state[self._row] - state[self._row + 1]

    def put(self, word):
        state[self._row + 2 + (state[self._row] & 3)] = word
        state[self._row] += 1
