"""The belt as a virtual board sees it: counts on its encoder's wires.

    wires = BeltWires(loop, board, counts, (a, b), half_count_us, faults, pace)
    reached = wires.run_to(to_us, zero_us)      # the plant goes on, and the wires with it
    wires.turn(now_us)                          # the wires alone: somebody else has let the plant go on

Times are microseconds since the board's power-up; `zero_us` is the board's time when the plant's was 0.
"""

from functools import partial

from libc.stdint cimport int64_t

from sortyard_c.board_loop cimport BoardLoop
from sortyard_c.board_turns cimport BoardTurns

cdef enum:
    HALF = 0x08000000
    MASK = 0x0FFFFFFF
    LAG_TURNS = 16

MOST_LAG_TURNS = LAG_TURNS
"""From an edge to the message of what came of it, at most; else the message is of something else."""


cdef class BeltCount:
    """One boot. Counts are modulo 2^28; `belt` is the belt's, as it has been on the encoder's wires, and `ahead` of the
    board's by so much. `_keep(turn)` is called where that may have changed."""

    def __init__(self, int position):
        self.belt = self.ahead = position

    def move(self, int position, int64_t turn, bint is_reversed):
        """The belt is at `position` before the next turn; counts since the last look, below 0: backwards."""
        return self.moved(position, turn, is_reversed)

    cdef int moved(self, int position, int64_t turn, bint is_reversed) except? -1:
        cdef int steps = ((position - self.belt + HALF) & MASK) - HALF
        self.belt = position
        if is_reversed:
            self.ahead += 2 * steps
            self.until = turn + LAG_TURNS
        if steps and turn < self.until:
            self._keep(turn)
        return steps


cdef class BeltWires:
    """Those of one board's encoder, on the pins of `channels` (A, B). Where a handler counts A it finds B as it is then:
    half a count later, `half_count_us`, is B's turn; 0 where hardware counts. `pace` is None, or is told of the time."""

    def __init__(
        self, BoardLoop loop not None, BoardTurns board not None, BeltCount counts not None, channels,
        int64_t half_count_us, faults, pace
    ):
        self.loop, self.board, self.counts, self.faults, self.pace = loop, board, counts, faults, pace
        self.a, self.b = channels
        self.half_count_us = half_count_us

    def run_to(self, int64_t to_us, int64_t zero_us):
        """Let the plant go on to `to_us`, or to its first input or change of speed before that; the time reached."""
        cdef int64_t reached
        if self.half_count_us:
            to_us = min(to_us, self.loop.now_us + zero_us + self.half_count_us // 2)
        reached = min(self.loop.run_to(to_us - zero_us) + zero_us, to_us)
        if self.pace is not None:
            self.pace.keep(reached)
        self.show(reached)
        return reached

    def turn(self, int64_t now_us):
        """Every count since the last look as an edge of A and the one of B that goes with it."""
        self.show(now_us)

    cdef int show(self, int64_t now_us) except -1:
        cdef bint is_reversed = self.faults.is_on("encoder_reversed")
        cdef int steps = self.counts.moved(self.loop.plant.position(), self.board.turns, is_reversed)
        cdef int first, second, i
        if not steps:
            return 0
        first, second = (self.a, self.b) if (steps > 0) != is_reversed else (self.b, self.a)
        if not self.half_count_us:
            self.board.turn_by(abs(steps), first, second, now_us)
            return 0
        for i in range(abs(steps)):
            self.board.turn_encoder(first, now_us)
            self.board.at(now_us + self.half_count_us, partial(self.board.turn_encoder, second))
        return 0
