"""What a virtual ESP32 has besides: pins that call late, RTC memory, the GPIO registers, and the module `esp32`."""

# pyright: reportMissingImports=false, reportOptionalCall=false, reportAttributeAccessIssue=false
# pyright: reportOptionalMemberAccess=false, reportIncompatibleMethodOverride=false

import image_layout as at
import uctypes
import virtual_flash
import virtual_machine
from host import call
from virtual_board import handlers, kept, state


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
        state[at.CALL_FIFO] += 1
        return state[at.PCNT_VALUE + self._unit]


class Pin(virtual_machine.Pin):
    """Numbers of modes and pulls are the port's; `irq` knows no hard interrupts."""

    IN = 1
    OUT = 3
    PULL_DOWN = 1
    PULL_UP = 2

    def irq(self, handler=None, trigger=3, wake=None):
        handlers[self.number] = handler
        state[at.IRQ_EDGES + self.number] = trigger


class RTC:
    """Its memory outlives every reset but a power cut."""

    def memory(self, data=None):
        if data is None:
            return bytes(kept[: state[at.KEPT]])
        size = len(data)
        state[at.CALL_KEEP] += size
        i = 0
        while i < size:
            kept[i] = data[i]
            i += 1
        state[at.KEPT] = size


_NVS_NOT_FOUND = -0x1102


class NVS:
    """Values in the flash, by their keys."""

    def __init__(self, namespace):
        pass

    def set_blob(self, key, value):
        """In the flash at its end."""
        virtual_flash.put(key, value, len(value))

    def get_blob(self, key, buffer):
        size = virtual_flash.get(key, buffer)
        if size < 0:
            raise OSError(_NVS_NOT_FOUND)
        return size

    def commit(self):
        """`set_blob` has written already."""


_RESET_CAUSE = {"ESP32": 0x3FF48034, "ESP32S3": 0x60008038, "ESP32C3": 0x60008038, "ESP32C6": 0x600B0410}
_CAUSES = {1: 1, 3: 7, 6: 12}
"""What the chip says: power-on, a watchdog of the system, and of a brown-out that its handler has reset the CPU."""
_GPIO = {"ESP32": 0x3FF44000, "ESP32S3": 0x60004000, "ESP32C3": 0x60004000, "ESP32C6": 0x60091000}
_FIRST_PIN = {0x3C: 0, 0x40: 32}
FIRST_PINS = 0x3C | uctypes.BFUINT32 | 22 << uctypes.BF_LEN
"""The field of the chip's first pins."""


class Registers:
    """The module `uctypes`, whose structures are registers of this chip: fields of input levels, cause of the reset."""

    BFUINT32 = uctypes.BFUINT32
    BF_POS = uctypes.BF_POS
    BF_LEN = uctypes.BF_LEN

    def __init__(self, chip):
        self.base = _GPIO[chip]
        self._reset_cause = _RESET_CAUSE[chip]

    def struct(self, address, fields):
        if address == self._reset_cause:
            cause = bytearray([_CAUSES.get(int(call("reset_cause", "")), 0), 0, 0, 0])
            return uctypes.struct(uctypes.addressof(cause), fields, uctypes.LITTLE_ENDIAN)
        if address != self.base:
            raise ValueError("no registers at 0x%x" % address)
        return _Port(fields)


class _Port:
    """A field is a number of pins on end, in one of the words that guest and host share."""

    def __init__(self, fields):
        self._fields = {name: self._place(field) for name, field in fields.items()}

    def _place(self, field):
        first = _FIRST_PIN[field & 0x1FFFF] + (field >> uctypes.BF_POS & 31)
        size = field >> uctypes.BF_LEN & 31
        at_ = first % at.PORT_PINS
        if at_ + size > at.PORT_PINS:
            raise ValueError("a field of pins in two words of the virtual board")
        return at.IN_LEVELS if first < at.PORT_PINS else at.IN_LEVELS + at.HIGH, at_, (1 << size) - 1

    def __getattr__(self, name):
        state[at.CALL_READ] += 1
        word, first, mask = self._fields[name]
        return state[word] >> first & mask
