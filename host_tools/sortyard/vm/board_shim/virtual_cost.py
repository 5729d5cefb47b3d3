"""What the shims cost beside the built-in functions of a board that they stand for: measured once, at power-up."""

# pyright: reportMissingImports=false, reportAttributeAccessIssue=false

import image_layout as at
import virtual_machine
import virtual_select
import virtual_time
from host import call
from micropython import heap_lock, heap_unlock
from virtual_board import kept, sleep_us, state

_TIMES = 64
_PIN, _CHAINED = 29, 28


class _Uart(virtual_machine.UART):
    def __init__(self):
        self._row = at.UART_ROW
        self._sent = bytearray(at.UART_BYTES)
        self.written = bytearray(_TIMES)


class _Spi(virtual_machine.SPI):
    def __init__(self):
        self._in = bytearray(_TIMES)
        self._shift = bytearray(_TIMES)
        self._held = self._shifted = {0: memoryview(bytearray(0)), _TIMES: memoryview(self._shift)}
        self.shifted = bytearray(_TIMES)
        self.empty = bytearray(0)
        self._size = 0


def _read(place):
    for _ in range(_TIMES):
        place[0xD0000004]


def _fifo(place):
    for _ in range(_TIMES):
        place[0x50200020]


def _write(place):
    for _ in range(_TIMES):
        place[0x502000D8] = 0x403C


def _recall(registers):
    address = registers.spare
    for _ in range(_TIMES):
        registers[address]


def _keep(registers):
    address = registers.spare
    for _ in range(_TIMES):
        registers[address] = 0


# place 40 of `state` is rewritten by the host whenever it lets the guest go
def _plain_read(place):
    for _ in range(_TIMES):
        place[40]


def _plain_write(place):
    for _ in range(_TIMES):
        place[40] = 0x403C


class _Plain:
    low = 0


def _low(port):
    for _ in range(_TIMES):
        _ = port.low


def _write_bytes(uart):
    uart.write(uart.written)


def _call(function):
    for _ in range(_TIMES):
        function()


def _sleep(question):
    for _ in range(_TIMES):
        sleep_us(0, question)


def _plain_sleep(question):
    for _ in range(_TIMES):
        len(question)


def _set(function):
    for _ in range(_TIMES):
        function(0)


def _hold(function):
    for _ in range(_TIMES):
        function(1)


def _shift(spi):
    spi.readinto(spi.shifted)


def _transfer(spi):
    for _ in range(_TIMES):
        spi.readinto(spi.empty)


def _look(poll):
    for _ in range(_TIMES):
        for _ in poll(0):
            pass


def _plain_look(empty):
    for _ in range(_TIMES):
        for _ in empty():
            pass


def _fuel(function, argument):
    """Units of fuel for one of _TIMES runs of the loop in `function`, with the heap locked as a control loop has it."""
    call("fuel", "")
    heap_lock()
    function(argument)
    heap_unlock()
    return int(call("fuel", "")) // _TIMES


def measure_rp2(mem32):
    """Of a chip whose registers are read and written by their addresses."""
    plain = _fuel(_plain_read, state)
    write = _fuel(_write, mem32) - _fuel(_plain_write, state)
    keep = _fuel(_keep, mem32) - _fuel(_plain_write, state)
    _measure(
        _fuel(_read, mem32) - plain, write, _fuel(_fifo, mem32) - plain, _fuel(_recall, mem32) - plain, keep
    )


def measure_esp32(port, counter, memory):
    """Of a chip whose port is read in fields, whose encoders are counted by PCNT, and that keeps bytes."""
    count = _fuel(_call, counter.value) - _fuel(_call, globals)
    size = state[at.KEPT]
    before = bytes(kept[:_TIMES])
    keep = _fuel(memory, before)  # as many bytes as other measurements make calls
    state[at.KEPT] = size
    _measure(_fuel(_low, port) - _fuel(_low, _Plain()), 0, count, 0, keep)


def _measure(read, write, fifo, recall, keep):
    """Cost of each kind of call, in the order of the layout; these five are the port's own."""
    state[at.IRQ_PIN] = at.NO_PIN
    pin = virtual_machine.Pin(_PIN)
    uart, spi = _Uart(), _Spi()
    chained = virtual_machine.Pin(_CHAINED)
    chained.chain = spi
    set_level = _fuel(_set, pin.value)
    plain, plain_set = _fuel(_call, globals), _fuel(_set, abs)
    costs = [
        read,
        write,
        _fuel(_call, virtual_machine.disable_irq) - plain,
        _fuel(_call, pin.value) - plain,
        _fuel(_call, uart.any) - plain,
        _fuel(_write_bytes, uart),
        _fuel(_set, chained.value) - set_level,
        _fuel(_shift, spi),
        _fuel(_call, virtual_time.ticks_us) - plain,
        _fuel(_sleep, "") - _fuel(_plain_sleep, ""),
        _fuel(_look, virtual_select.poll().ipoll) - _fuel(_plain_look, tuple),
        set_level - plain_set,
        _fuel(_hold, chained.value) - set_level,
        fifo,
        _fuel(_transfer, spi) - plain_set,
        recall,
        keep,
    ]
    for kind in range(at.KINDS):
        state[at.CALLS + kind] = 0
    state[at.OUT_LEVELS] = 0
    for field in range(at.UART_FIELDS):
        state[at.UART_ROW + field] = 0
    call("costs", " ".join([str(cost) for cost in costs]))
