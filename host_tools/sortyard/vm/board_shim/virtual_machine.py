"""The module `machine` of a virtual board: what all ports have. `virtual_rp2` and `virtual_esp32` add their own."""

# pyright: reportMissingImports=false, reportCallIssue=false, reportArgumentType=false, reportAttributeAccessIssue=false

from gc import isenabled

import image_layout as at
from host import call
from image_layout import CALL_HOLD, CALL_LATCH, CALL_SET, CALL_TRANSFER, OUT_LEVELS
from virtual_analog import ADC, I2C, PWM  # noqa: F401
from virtual_board import chain_in, chain_out, handlers, pins, received, sent, state

PWRON_RESET = 1
WDT_RESET = 3


BROWN_OUT = 6  # MicroPython takes it for power-on


class _Whole:
    def __getitem__(self, key):
        return key


_WHOLE = _Whole()[:]  # made once: a slice that is written takes memory


def _drive(number):
    """For each level that is sent: the pin has it. A generator has all at hand that it needs; a method would take
    longer to look for it than for its work."""
    words, n_set, n_latched, whole = state, CALL_SET, CALL_LATCH, _WHOLE
    place = OUT_LEVELS if number < at.PORT_PINS else OUT_LEVELS + at.HIGH
    on = 1 << number % at.PORT_PINS
    off = ~on
    while True:
        level = yield
        words[n_set] += 1
        if level:
            words[place] |= on
        else:
            words[place] &= off
        chain = chains[number]
        if chain is not None:
            if not level:
                words[n_latched] += 1
                chain.shift[whole] = chain.seen
            elif chain.size:
                chain.hold()


def _begun(generator):
    next(generator)
    return generator.send


# of each pin, as a chip has them: they take nothing of the heap that the firmware has
chains = [None] * at.PINS  # the chain of shift registers that is latched by the pin
_drivers = [_begun(_drive(number)) for number in range(at.PINS)]


class Pin:
    IN = 0
    OUT = 1
    PULL_UP = 1
    PULL_DOWN = 2
    IRQ_RISING = 1
    IRQ_FALLING = 2

    def __init__(self, number, mode=-1, pull=-1, value=None):
        self.number = number
        self._bit = 1 << number % at.PORT_PINS
        self._port = 0 if number < at.PORT_PINS else at.HIGH
        pins[number] = self
        if value is not None:
            _drivers[number](value)
        if mode == self.OUT:
            self.value = _drivers[number]
            state[at.OUT_ENABLED + self._port] |= self._bit
        elif mode == self.IN:
            state[at.OUT_ENABLED + self._port] &= ~self._bit

    def value(self):
        """The level of an input; an output has a function of its own, that sets it."""
        state[at.CALL_PIN] += 1
        return 1 if state[at.IN_LEVELS + self._port] & self._bit else 0

    def irq(self, handler, trigger=3, hard=False):
        handlers[self.number] = handler
        state[at.IRQ_EDGES + self.number] = trigger


class UART:
    def __init__(
        self,
        number,
        baudrate=9600,
        bits=8,
        parity=None,
        stop=1,
        tx=None,
        rx=None,
        rxbuf=256,
        txbuf=256,
        timeout=0,
    ):
        if baudrate <= 0:
            raise ValueError("baudrate")
        self._row = at.UART_ROW + at.UART_FIELDS * number
        self._received = received[number]
        self._sent = sent[number]
        call("uart", f"{number} {baudrate} {1 + bits + stop + (parity is not None)}")

    def any(self):
        state[at.CALL_UART] += 1
        return (state[self._row] - state[self._row + 1]) & 0xFFFFFFF

    def readinto(self, buffer, most=None):
        n = self.any()
        state[at.CALL_UART] += 1
        if most is None:
            most = len(buffer)
        if n > most:
            n = most
        if not n:
            return None
        read = state[self._row + 1]
        i = 0
        while i < n:
            buffer[i] = self._received[(read + i) & (at.UART_BYTES - 1)]
            i += 1
        state[self._row + 1] = (read + n) & 0xFFFFFFF
        state[at.CALL_BYTE] += n
        return n

    def write(self, buffer, most=None, start=0):
        n = len(buffer) if most is None else most
        begun = state[self._row + 2]
        i = 0
        while i < n:
            self._sent[(begun + i) & (at.UART_BYTES - 1)] = buffer[start + i]
            i += 1
        state[at.CALL_UART] += 1
        state[at.CALL_BYTE] += n
        state[self._row + 2] = (begun + n) & 0xFFFFFFF
        state[self._row + 3] = 1
        return n

    def txdone(self):
        state[at.CALL_UART] += 1
        return not state[self._row + 3]


class Chain:
    """Shift registers on an SPI bus: their inputs see `seen`, their outputs hold `held`."""

    def __init__(self, seen, held):
        self.seen = seen
        self.shift = bytearray(len(seen))
        self.size = 0  # of what has been shifted out
        self._shifted = [memoryview(self.shift)[:size] for size in range(len(seen) + 1)]
        self._held = [memoryview(held)[:size] for size in range(len(seen) + 1)]
        self.readinto = _begun(self._read())

    def _read(self):
        """For each buffer that is sent: what is shifted into it."""
        words, n_transfers, shifted, whole = state, CALL_TRANSFER, self._shifted, _WHOLE
        while True:
            buffer = yield
            words[n_transfers] += 1
            buffer[whole] = shifted[len(buffer)]

    def hold(self):
        """What was shifted out is on the outputs."""
        n = self.size
        self._held[n][_WHOLE] = self._shifted[n]
        state[CALL_HOLD] += 1

    def write(self, buffer):
        n = self.size = len(buffer)
        self._shifted[n][_WHOLE] = buffer
        state[CALL_TRANSFER] += 1


_buses = [Chain(chain_in[number], chain_out[number]) for number in range(at.SPIS)]


class SPI:
    """A bus with one chain, latched by the pin that the host names."""

    def __init__(self, number, baudrate=1000000, sck=None, mosi=None, miso=None):
        chain = chains[int(call("spi", str(number)))] = _buses[number]
        self.readinto = chain.readinto
        self.write = chain.write


class WDT:
    def __init__(self, timeout=5000):
        state[at.WDT_MS] = timeout

    def feed(self):
        state[at.WDT_FED] = (state[at.WDT_FED] + 1) & 0xFFFFFFF


# Handlers run in sleep alone: nothing is to be done, and a built-in function takes what a board's own does.
disable_irq = isenabled
enable_irq = callable


def unique_id():
    return b"VIRTUAL1"


def reset():
    call("reset", "")


def reset_cause():
    cause = int(call("reset_cause", ""))
    return 1 if cause == BROWN_OUT else cause
