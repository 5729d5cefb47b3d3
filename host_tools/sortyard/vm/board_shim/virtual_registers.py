"""Registers of a virtual RP2040 or RP2350, as `machine.mem32` has them: only what the firmware uses.

The input port, FIFOs and forced instructions of PIO 0 and 1, and the watchdog's scratch registers.
"""

# pyright: reportMissingImports=false

from collections import deque

import image_layout as at
from host import call
from image_layout import CALL_FIFO, CALL_READ, IN_LEVELS
from virtual_board import kept, state
from virtual_machine import BROWN_OUT

_INPUTS = 0xD0000004
_SCRATCH = {"RP2040": 0x4005800C, "RP2350": 0x400D800C}
_SCRATCH_BYTES = 32
_CHIP_RESET = 0x4010002C
_HAD_BROWN_OUT = 1 << 17
_FIFO_WORDS = 4


class Registers:
    """Words at their addresses, of the one chip that there is."""

    def __init__(self, chip):
        self._unit_of = {}  # by the address of its FIFO
        for unit in range(8):
            self._unit_of[0x50200000 + 0x100000 * (unit // 4) + 0x20 + 4 * (unit % 4)] = unit
        self._fifo = deque((), _FIFO_WORDS)  # noqa: RUF037
        self._put = self._fifo.append
        self._execute_address = None
        # addresses are no small integers here: nothing may be computed from them while the heap is locked
        self._scratch = {_SCRATCH[chip] + place: place for place in range(0, _SCRATCH_BYTES, 4)}
        self.spare = _SCRATCH[chip] + _SCRATCH_BYTES - 4  # the firmware leaves it alone
        state[at.KEPT] = _SCRATCH_BYTES
        reading = self._read()
        next(reading)
        Registers.__getitem__ = reading.send

    def _read(self):
        """For each address that is sent the word there. A generator has all at hand that it needs; a method would take
        longer to look for it than for its work."""
        words, n_read, n_taken, inputs = state, CALL_READ, CALL_FIFO, IN_LEVELS
        take = self._fifo.popleft
        row = 0
        fifo_address = inputs_address = None
        address = yield
        while True:
            # whoever reads in each turn does so with the same object: nothing is compared then
            if address is fifo_address:
                words[n_taken] += 1
                address = yield words[row + (take() >> 5 & 7)]
            elif address is inputs_address:
                words[n_read] += 1
                address = yield words[inputs]
            elif address == _INPUTS:
                inputs_address = address
            elif address == _CHIP_RESET or address in self._scratch:
                address = yield self._look_up(address)
            else:
                fifo_address = address
                row = at.PIO_XY + 2 * self._unit_of[address] - 1

    def _look_up(self, address):
        """A word that is not read in each turn."""
        if address == _CHIP_RESET:
            return _HAD_BROWN_OUT if int(call("reset_cause", "")) == BROWN_OUT else 0
        place = self._scratch[address]
        state[at.CALL_RECALL] += 1
        return kept[place] | kept[place + 1] << 8 | kept[place + 2] << 16 | kept[place + 3] << 24

    def __setitem__(self, address, word):
        """An instruction for a state machine, which is to put X or Y into its FIFO, or a word that is kept."""
        if address is not self._execute_address:
            place = self._scratch.get(address)
            if place is not None:
                state[at.CALL_KEEP] += 1
                for byte in range(4):
                    kept[place + byte] = word >> 8 * byte & 255
                return
            self._execute_address = address
        self._put(word)
