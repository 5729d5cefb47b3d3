"""The module `machine` of a virtual board: what all ports have. `virtual_rp2` and `virtual_esp32` add their own."""

# pyright: reportMissingImports=false, reportCallIssue=false, reportArgumentType=false, reportAttributeAccessIssue=false

import image_layout as at
from host import call
from image_layout import CALL_HOLD, CALL_IRQ, CALL_LATCH, CALL_SET, CALL_SHIFT, CALL_TRANSFER, OUT_LEVELS
from virtual_analog import ADC, I2C, PWM  # noqa: F401
from virtual_board import chain_in, chain_out, handlers, pins, received, sent, state

PWRON_RESET = 1
WDT_RESET = 3


BROWN_OUT = 6  # MicroPython takes it for power-on


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
        self._levels = OUT_LEVELS + self._port
        self.chain = None  # the SPI bus whose chain is latched by this pin
        pins[number] = self
        if value is not None:
            self.value(value)
        if mode == self.OUT:
            state[at.OUT_ENABLED + self._port] |= self._bit
        elif mode == self.IN:
            state[at.OUT_ENABLED + self._port] &= ~self._bit

    def value(self, level=None):
        if level is None:
            state[at.CALL_PIN] += 1
            return 1 if state[at.IN_LEVELS + self._port] & self._bit else 0
        state[CALL_SET] += 1
        if level:
            state[self._levels] |= self._bit
        else:
            state[self._levels] &= ~self._bit
        if self.chain is not None:
            self.chain.latch(level)

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


class _Whole:
    def __getitem__(self, key):
        return key


_WHOLE = _Whole()[:]  # made once: a slice that is written takes memory


class SPI:
    """A bus with one chain of shift registers, latched by the pin that the host names."""

    def __init__(self, number, baudrate=1000000, sck=None, mosi=None, miso=None):
        self._in = chain_in[number]
        self._shift = bytearray(at.SPI_BYTES)
        self._shifted = [memoryview(self._shift)[:size] for size in range(at.SPI_BYTES + 1)]
        self._held = [memoryview(chain_out[number])[:size] for size in range(at.SPI_BYTES + 1)]
        self._size = 0
        pins[int(call("spi", str(number)))].chain = self

    def latch(self, level):
        if level:
            n = self._size
            self._held[n][_WHOLE] = self._shifted[n]
            state[CALL_HOLD] += 1
            state[CALL_SHIFT] += n
        else:
            self._shift[_WHOLE] = self._in
            state[CALL_LATCH] += 1

    def readinto(self, buffer):
        n = len(buffer)
        buffer[_WHOLE] = self._shifted[n]
        state[CALL_SHIFT] += n
        state[CALL_TRANSFER] += 1

    def write(self, buffer):
        n = self._size = len(buffer)
        self._shifted[n][_WHOLE] = buffer
        state[CALL_SHIFT] += n
        state[CALL_TRANSFER] += 1


class WDT:
    def __init__(self, timeout=5000):
        state[at.WDT_MS] = timeout

    def feed(self):
        state[at.WDT_FED] = (state[at.WDT_FED] + 1) & 0xFFFFFFF


def disable_irq():
    state[CALL_IRQ] += 1
    return 1


def enable_irq(before):
    state[CALL_IRQ] += 1


def unique_id():
    return b"VIRTUAL1"


def reset():
    call("reset", "")


def reset_cause():
    cause = int(call("reset_cause", ""))
    return 1 if cause == BROWN_OUT else cause
