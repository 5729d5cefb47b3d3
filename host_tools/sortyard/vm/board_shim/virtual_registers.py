"""Registers of a virtual RP2040 or RP2350, as `machine.mem32` has them: only what the firmware uses.

The input port, FIFOs and forced instructions of PIO 0 and 1, and the watchdog's scratch registers.
"""

# pyright: reportMissingImports=false

import image_layout as at
from host import call
from image_layout import CALL_FIFO, CALL_READ, CALL_WRITE, IN_LEVELS
from virtual_board import kept, state
from virtual_machine import BROWN_OUT

_INPUTS = 0xD0000004
_SCRATCH = {"RP2040": 0x4005800C, "RP2350": 0x400D800C}
_SCRATCH_BYTES = 32
_CHIP_RESET = 0x4010002C
_HAD_BROWN_OUT = 1 << 17


class Registers:
    """Words at their addresses."""

    def __init__(self, chip):
        self._unit_of = {}
        for unit in range(8):
            self._unit_of[0x50200000 + 0x100000 * (unit // 4) + 0xD8 + 0x18 * (unit % 4)] = unit
        self._fifo = [0] * 4
        self._put = 0
        self._taken = 0
        self._fifo_address = self._inputs_address = self._execute_address = None
        self._row = 0
        # addresses are no small integers here: nothing may be computed from them while the heap is locked
        self._scratch = {_SCRATCH[chip] + place: place for place in range(0, _SCRATCH_BYTES, 4)}
        self.spare = _SCRATCH[chip] + _SCRATCH_BYTES - 4  # the firmware leaves it alone
        state[at.KEPT] = _SCRATCH_BYTES

    def __getitem__(self, address):
        # whoever reads in each turn does so with the same object: nothing is compared then
        if address is self._fifo_address:
            state[CALL_FIFO] += 1
            taken = self._taken
            self._taken = (taken + 1) & 0xFFFFFFF
            return self._fifo[taken & 3]
        if address is self._inputs_address:
            state[CALL_READ] += 1
            return state[IN_LEVELS]
        return self._read(address)

    def _read(self, address):
        if address == _INPUTS:
            self._inputs_address = address
            return self[address]
        if address == _CHIP_RESET:
            return _HAD_BROWN_OUT if int(call("reset_cause", "")) == BROWN_OUT else 0
        place = self._scratch.get(address)
        if place is None:
            self._fifo_address = address
            return self[address]
        state[at.CALL_RECALL] += 1
        return kept[place] | kept[place + 1] << 8 | kept[place + 2] << 16 | kept[place + 3] << 24

    def __setitem__(self, address, word):
        if address is not self._execute_address:
            place = self._scratch.get(address)
            if place is not None:
                state[at.CALL_KEEP] += 1
                for byte in range(4):
                    kept[place + byte] = word >> 8 * byte & 255
                return
            self._execute_address = address
            self._row = at.PIO_XY + 2 * self._unit_of[address] - 1
        state[CALL_WRITE] += 1
        put = self._put
        self._fifo[put & 3] = state[self._row + ((word >> 5) & 7)] & 0xFFFFFFF
        self._put = (put + 1) & 0xFFFFFFF
