"""What tells one virtual board from another: how fast its chip is, when handlers run, and what its console is."""

from typing import NamedTuple


class Chip(NamedTuple):
    """One chip with the port of MicroPython that runs on it; the defaults are those of an RP2040 at 125 MHz."""

    port: str = "rp2"
    name: str = "RP2040"
    """as MicroPython has it in `sys.implementation`"""
    board: str = "Raspberry Pi Pico"
    """the same of the board"""
    fuel_per_us: int = 187
    """units of fuel that it gets through in a microsecond"""
    interrupt_us: int = 4
    """from an edge to its handler"""
    deaf_us: int = 0
    """end of a sleep in which no handler is called; it comes then, with the guest's awakening"""
    pending: int = 0
    """most handlers that wait for their call, more are lost; 0: they do not wait (hard interrupts)"""
    console_baud: int = 0
    """bit/s of a console that is a UART; 0: it is the chip's own USB"""


RP2040 = Chip()
