"""What the shims of a virtual board share: the array and the buffers that the host sees, and the call to it."""

# pyright: reportMissingImports=false, reportOptionalCall=false, reportAttributeAccessIssue=false

from array import array
from gc import mem_alloc

import image_layout as at
from host import call
from image_layout import IRQ_PIN, NO_PIN, SLEEP_US
from uctypes import addressof

state = array("i", bytes(4 * at.SIZE))
received = [bytearray(at.UART_BYTES) for _ in range(4)]
sent = [bytearray(at.UART_BYTES) for _ in range(4)]
chain_in = [bytearray(at.SPI_BYTES) for _ in range(at.SPIS)]
chain_out = [bytearray(at.SPI_BYTES) for _ in range(at.SPIS)]
net_in = bytearray(at.UART_BYTES)
net_out = bytearray(at.UART_BYTES)
i2c_buffer = bytearray(at.I2C_BUFFER)
kept = bytearray(at.KEPT_BYTES)
handlers = [None] * at.PINS
pins = [None] * at.PINS


def begin():
    """Tell the host where everything is."""
    shared = [state] + received + sent + chain_in + chain_out + [i2c_buffer, kept, net_in, net_out]
    call("board", " ".join([str(addressof(one)) for one in shared]))


def sleep_us(us, question="turn"):
    """Let time pass; interrupts that fall due run here, one after the other, as of their own time."""
    state[SLEEP_US] = us
    call(question, "")
    while state[IRQ_PIN] != NO_PIN:
        pin = state[IRQ_PIN]
        if pin == at.COUNT_HEAP:
            state[at.ALLOCATED] = mem_alloc()
        else:
            handlers[pin](pins[pin])
        call(question, "")
