"""The plant and the books of a run whose controller is a board of its own: it is moved on from outside, tells its
inputs as they happen, and takes what the board's link and pins say.

    loop = BoardLoop(plant, ledger, on_pause)
    loop.run_to(t_us)          # to that time, or to the first input before it
    n = loop.take(inbox)       # records of 5: kind, index, position, a, b; all of the time `now_us`
    loop.told(...), loop.said(...)
"""

from cpython.exc cimport PyErr_CheckSignals
from libc.stdint cimport int64_t

from sortyard_c.ledger cimport Ledger
from sortyard_c.plant cimport Plant

cdef enum:
    DISPOSITION = 8
    LOST_BY_REBOOT = 4 + 16 * 15
    PAUSE_TURNS = 4096


cdef class BoardLoop:
    """One run. `on_pause()` is called every 4,096 calls of `run_to` or so; an exception that it raises ends the run."""

    def __init__(self, Plant plant, Ledger ledger, on_pause):
        self.plant = plant
        self.ledger = ledger
        self.on_pause = on_pause
        self.boot = plant.w.boots

    cpdef int64_t run_to(self, int64_t t_us) except? -1:
        """Go on to `t_us`, or to the first input or change of speed before it; the time reached."""
        self.countdown -= 1
        if self.countdown < 0:
            self.countdown = PAUSE_TURNS
            PyErr_CheckSignals()
            self.on_pause()
        if t_us > self.now_us:
            self.now_us = self.plant.run(t_us)
        if self.plant.w.n_present == 0 and self.plant.is_done():
            self.is_over = True
        return self.now_us

    def take(self, int[::1] inbox):
        """Move the inputs that wait to `inbox`; how many."""
        return self.plant.take(inbox, 0)

    def told(self, int kind, int index, int position, int a, int b):
        """The board's gate logic was given this input."""
        self.inputs += 1
        cdef int[5] record = [kind, index, position, a, b]
        self.ledger.taken(self.now_us, self.plant.position(), record)

    def said(self, int kind, int a, int b, int c, int position):
        """The board's gate logic has put this out."""
        cdef int[5] record = [kind, a, b, c, position]
        self.ledger.given(self.now_us, self.plant.position(), record)
        self.ledger.flush()

    def restarted(self):
        """The board has lost power and has it again: the host closes the tracks that were open."""
        for handle in self.ledger.reboot():
            self.said(DISPOSITION, handle, LOST_BY_REBOOT, 0, self.plant.position())
            self.plant.command(DISPOSITION, handle, LOST_BY_REBOOT, 0, self.plant.position())
        self.boot = self.plant.w.boots

    def trace(self):
        """Inboxes are recorded in no run of this kind."""
        from array import array
        return array("i")

    @property
    def parcels(self):
        """Physical parcels that have come to the line."""
        return self.plant.w.parcels
