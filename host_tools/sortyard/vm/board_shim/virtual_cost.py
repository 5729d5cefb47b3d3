"""What the shims cost beside the built-in functions of a board that they stand for: measured once, at power-up."""

# pyright: reportMissingImports=false, reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false

import image_layout as at
import virtual_machine
import virtual_select
import virtual_time
from host import call
from micropython import heap_lock, heap_unlock
from virtual_board import kept, sleep_us, state

_TIMES = 64
_PIN, _CHAINED = 29, 28
_BUFFER = bytearray(1)


class _Uart(virtual_machine.UART):
    def __init__(self):
        self._row = at.UART_ROW
        self._sent = bytearray(at.UART_BYTES)
        self.written = bytearray(_TIMES)


def _read(place):
    for _ in range(_TIMES):
        place[0xD0000004]


def _fifo(place):
    for _ in range(_TIMES):
        place[0x502000D8] = 0x403C
        place[0x50200020]


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


def _transfer(read):
    buffer = _BUFFER
    for _ in range(_TIMES):
        read(buffer)


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
    read, write = _fuel(_plain_read, state), _fuel(_plain_write, state)
    fifo = _fuel(_fifo, mem32) - write - read
    _measure(_fuel(_read, mem32) - read, fifo, _fuel(_recall, mem32) - read, _fuel(_keep, mem32) - write)


def measure_esp32(port, counter, memory):
    """Of a chip whose port is read in fields, whose encoders are counted by PCNT, and that keeps bytes."""
    count = _fuel(_call, counter.value) - _fuel(_call, globals)
    size = state[at.KEPT]
    before = bytes(kept[:_TIMES])
    keep = _fuel(memory, before)  # as many bytes as other measurements make calls
    state[at.KEPT] = size
    _measure(_fuel(_low, port) - _fuel(_low, _Plain()), count, 0, keep)


def _measure(read, fifo, recall, keep):
    """Cost of each kind of call, in the order of the layout; these four are the port's own."""
    state[at.IRQ_PIN] = at.NO_PIN
    pin = virtual_machine.Pin(_PIN)
    output = virtual_machine.Pin(_PIN, virtual_machine.Pin.OUT)
    uart, chain = _Uart(), virtual_machine.Chain(bytearray(1), bytearray(1))
    chained = virtual_machine.Pin(_CHAINED, virtual_machine.Pin.OUT)
    virtual_machine.chains[_CHAINED] = chain
    set_level = _fuel(_set, output.value)
    plain, plain_set = _fuel(_call, globals), _fuel(_set, abs)
    load = _fuel(_set, chained.value) - set_level
    chain.size = 1
    costs = [
        read,
        _fuel(_call, pin.value) - plain,
        _fuel(_call, uart.any) - plain,
        _fuel(_write_bytes, uart),
        load,
        _fuel(_call, virtual_time.ticks_us) - plain,
        _fuel(_sleep, "") - _fuel(_plain_sleep, ""),
        _fuel(_look, virtual_select.poll().ipoll) - _fuel(_plain_look, tuple),
        set_level - plain_set,
        _fuel(_hold, chained.value) - set_level,
        fifo,
        _fuel(_transfer, chain.readinto) - plain_set,
        recall,
        keep,
    ]
    virtual_machine.chains[_CHAINED] = None
    for kind in range(at.KINDS):
        state[at.CALLS + kind] = 0
    state[at.OUT_LEVELS] = state[at.OUT_ENABLED] = 0
    for field in range(at.UART_FIELDS):
        state[at.UART_ROW + field] = 0
    call("costs", " ".join([str(cost) for cost in costs]))
