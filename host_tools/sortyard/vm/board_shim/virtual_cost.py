"""What the shims cost beside the built-in functions of a board that they stand for: measured once, at power-up."""

# pyright: reportMissingImports=false

import image_layout as at
import virtual_machine
from host import call
from virtual_board import state

_TIMES = 64


class _Uart(virtual_machine.UART):
    def __init__(self):
        self._row = at.UART_ROW
        self._sent = bytearray(at.UART_BYTES)


def _read(place):
    for _ in range(_TIMES):
        place[0xD0000004]


def _plain_read(place):
    for _ in range(_TIMES):
        place[0]


def _write(place):
    for _ in range(_TIMES):
        place[0x502000D8] = 0x403C
        place._waiting = 0


def _plain_write(place):
    for _ in range(_TIMES):
        place[at.PIO_XY] = 0x403C
        state[at.PIO_XY] = 0


def _write_bytes(uart):
    uart.write(bytes(_TIMES))


def _call(function):
    for _ in range(_TIMES):
        function()


def _fuel(function, argument):
    """Units of fuel for one of _TIMES runs of the loop in `function`."""
    call("fuel", "")
    function(argument)
    return int(call("fuel", "")) // _TIMES


def measure():
    """Cost of each kind of call, in the order of the layout."""
    pin = virtual_machine.Pin(31)
    uart = _Uart()
    plain = _fuel(_call, globals)
    costs = [
        _fuel(_read, virtual_machine.mem32) - _fuel(_plain_read, state),
        _fuel(_write, virtual_machine.mem32) - _fuel(_plain_write, state),
        _fuel(_call, virtual_machine.disable_irq) - plain,
        _fuel(_call, pin.value) - plain,
        _fuel(_call, uart.any) - plain,
        _fuel(_write_bytes, uart),
    ]
    for kind in range(at.KINDS):
        state[at.CALLS + kind] = 0
    virtual_machine.mem32._waiting = 0
    for field in range(at.UART_FIELDS):
        state[at.UART_ROW + field] = 0
    call("costs", " ".join([str(cost) for cost in costs]))
