"""Quadrature encoder counted by a PIO state machine (RP2040, RP2350): no count is missed, no interrupt needed.

    encoder = QuadraturePio({"a": 2, "b": 3}, {"unit": 0})
    position = encoder.count()

A count is an edge of channel A, up or down by channel B: two counts a pitch. Forward edges count register X
down and backward edges register Y, each by one instruction, so that a reader never meets a half-made number.
"""

# the assembler of PIO programs brings its own names
# pyright: reportUndefinedVariable=false
# ruff: noqa: F821

import rp2
from machine import Pin, disable_irq, enable_irq, mem32
from micropython import const

PORT = "rp2"
TAKES = "pio"
DRIVER = "QuadraturePio"
PINS = {"a": "count", "b": "count"}
OPTIONS = (("unit", 0, 0, 7, "", "state machine"),)

_MASK = const(0x0FFFFFFF)
_PIO = const(0x50200000)
_PIO_STRIDE = const(0x00100000)
_RXF = const(0x020)
_INSTRUCTION = const(0x0D8)
_SM_STRIDE = const(0x18)
_IN_X = const(0x403C)  # in x, 28: with autopush at 28 bits it goes to the FIFO at once
_IN_Y = const(0x405C)


@rp2.asm_pio(in_shiftdir=rp2.PIO.SHIFT_LEFT, autopush=True, push_thresh=28)
def _quadrature():
    wrap_target()
    label("low")
    wait(1, pin, 0)
    jmp(pin, "back_up")
    jmp(x_dec, "high")
    jmp("high")
    label("back_up")
    jmp(y_dec, "high")
    label("high")
    wait(0, pin, 0)
    jmp(pin, "forward_down")
    jmp(y_dec, "low")
    jmp("low")
    label("forward_down")
    jmp(x_dec, "low")
    wrap()


class QuadraturePio:
    """Counts up while A leads B."""

    def __init__(self, pins, options):
        unit = options["unit"]
        base = _PIO + _PIO_STRIDE * (unit // 4)
        self._execute = base + _INSTRUCTION + _SM_STRIDE * (unit % 4)
        self._fifo = base + _RXF + 4 * (unit % 4)
        a = Pin(pins["a"], Pin.IN, Pin.PULL_DOWN)
        b = Pin(pins["b"], Pin.IN, Pin.PULL_DOWN)
        self._machine = rp2.StateMachine(unit, _quadrature, in_base=a, jmp_pin=b)
        self._machine.active(1)

    def count(self, off=disable_irq, on=enable_irq, mem=mem32):
        """The 28-bit wrapping position. Interrupt handlers may ask, too; the arguments are never given."""
        execute = self._execute
        fifo = self._fifo
        state = off()
        mem[execute] = _IN_Y
        mem[execute] = _IN_X
        backward = mem[fifo]
        forward = mem[fifo]
        on(state)
        return (backward - forward) & _MASK
