"""Pulse outputs, converters and I2C of a virtual board, for its module `machine`."""

# pyright: reportMissingImports=false, reportOptionalCall=false, reportAttributeAccessIssue=false

from time import ticks_us as executed_us

import image_layout as at
from host import call
from virtual_board import i2c_buffer, state


class PWM:
    """Pulses on a pin. The host sees frequency and duty, not each pulse."""

    def __init__(self, pin, freq=1000, duty_u16=0):
        self._pin = pin.number
        port = 0 if self._pin < at.PORT_PINS else at.HIGH
        state[at.OUT_ENABLED + port] &= ~(1 << self._pin % at.PORT_PINS)
        self.freq(freq)
        self.duty_u16(duty_u16)

    def freq(self, hertz):
        state[at.PWM_FREQ + self._pin] = hertz
        state[at.PWM_CHANGES] += 1

    def duty_u16(self, duty):
        state[at.PWM_DUTY + self._pin] = duty
        state[at.PWM_CHANGES] += 1


class ADC:
    """A converter's pin; what it measures the host has set."""

    def __init__(self, pin):
        self._pin = pin.number

    def read_u16(self):
        return state[at.ADC_LEVEL + self._pin]


class I2C:
    """A bus; its devices are the host's. A transfer holds the program up for as long as its bits take."""

    def __init__(self, number, scl=None, sda=None, freq=400000):
        self._turn = ("i2c0", "i2c1")[number]
        self._freq = freq

    def writeto_mem(self, address, register, data):
        begun = executed_us()
        i = 0
        for byte in data:
            i2c_buffer[i] = byte
            i += 1
        self._transfer(address, register, i, begun, 2 + i)

    def readfrom_mem_into(self, address, register, buffer):
        begun = executed_us()
        size = len(buffer)
        self._transfer(address, register, -size, begun, 3 + size)  # the device is addressed again to be read
        i = 0
        while i < size:
            buffer[i] = i2c_buffer[i]
            i += 1

    def _transfer(self, address, register, size, begun, whole):
        """`whole`: bytes on the wire, each with its acknowledgement; start and stop take a bit each."""
        state[at.I2C_ADDRESS] = address
        state[at.I2C_REGISTER] = register
        state[at.I2C_BYTES] = size
        call(self._turn, "")
        failed = state[at.I2C_FAILED]
        took_us = (11 if failed else 9 * whole + 2) * 1000000 // self._freq
        while (executed_us() - begun) & 0x3FFFFFFF < took_us:
            pass
        if failed:
            raise OSError(5)
