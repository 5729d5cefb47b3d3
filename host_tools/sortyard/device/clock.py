"""When something happened on a board, in the host's time, with an uncertainty that is stated and holds.

    clock = BoardClock()
    clock.sample(asked_us, heard_us, told_us, answered_us)    # one round trip: host, board, board, host
    clock.host_us(board_us)                                   # -> (host time, uncertainty), both in microseconds

What is certain of a round trip: the board heard the question after it was asked, and the host got the answer after it
was told. So the board's clock is ahead of the host's by at most heard - asked and at least told - answered. Between
round trips the two drift apart by no more than MOST_DRIFT, and by less once samples far apart have said how much.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

MOST_DRIFT = 200e-6
"""Of two crystals against each other: 30 to 50 parts per million each, and as much again for heat and age."""
LEAST_DRIFT_ERROR = 2e-6
"""No estimate is better: crystals change their rate with their heat."""
SAMPLES = 64
TICKS = 1 << 28
PERIOD_US = 1000
"""Of the board's loop: a turn is one, and one that comes late makes the count of turns fall behind its clock."""


class Sample(NamedTuple):
    """The board's clock was ahead of the host's by `low` to `high` when the board's showed `board_us`."""

    board_us: int
    low: float
    high: float

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2

    @property
    def half(self) -> float:
        """Half of the width: the uncertainty."""
        return (self.high - self.low) / 2


class BoardClock:
    """Offset and drift of one boot of one board; times in microseconds."""

    def __init__(self) -> None:
        self.drift = 0.0
        """microseconds a microsecond by which the board's clock runs fast"""
        self.drift_error = MOST_DRIFT
        self._samples: deque[Sample] = deque(maxlen=SAMPLES)
        self._best: Sample | None = None

    @property
    def is_set(self) -> bool:
        return self._best is not None

    def sample(self, asked_us: int, heard_us: int, told_us: int, answered_us: int) -> None:
        """Take a round trip. One that contradicts itself, by a clock that was set, is left out."""
        # Whole microseconds on both clocks, and what these drift apart while the board has the question.
        slack = 1 + (told_us - heard_us) * MOST_DRIFT / 2
        low, high = told_us - answered_us - slack, heard_us - asked_us + slack
        new = Sample((heard_us + told_us) // 2, low, high)
        if new.high < new.low:
            return
        self._samples.append(new)
        self._learn_drift()
        best = min(self._samples, key=lambda one: self._error_at(one, new.board_us))
        self._best = best

    def _error_at(self, sample: Sample, board_us: int) -> float:
        return sample.half + abs(board_us - sample.board_us) * self.drift_error

    def _learn_drift(self) -> None:
        """From two samples: what their offsets differ by, over the time between them, is the drift."""
        newest = self._samples[-1]
        for old in self._samples:
            apart = newest.board_us - old.board_us
            if apart <= 0:
                continue
            error = max((newest.half + old.half) / apart, LEAST_DRIFT_ERROR)
            if error < self.drift_error:
                self.drift_error = error
                self.drift = max(-MOST_DRIFT, min(MOST_DRIFT, (newest.middle - old.middle) / apart))

    def host_us(self, board_us: int) -> tuple[int, int] | None:
        """When the board's clock showed this, and how far off that may be; None before the first sample."""
        best = self._best
        if best is None:
            return None
        offset = best.middle + (board_us - best.board_us) * self.drift
        return round(board_us - offset), round(self._error_at(best, board_us)) + 1


class TurnClock:
    """The board's time of a turn of its loop, from pairs of both that the board tells; turns count to 2^28.

    A turn that comes late shifts all that follow it; so a turn's time is taken from the pair that is nearest, and may
    be off by what the loop has been late between them.
    """

    def __init__(self) -> None:
        self._pairs: deque[tuple[int, int]] = deque(maxlen=SAMPLES)
        """(turns, ticks), neither of them wrapped"""

    def pair(self, turn: int, ticks: int) -> tuple[int, int]:
        """Take a turn and the clock's ticks (modulo 2^28) in it; both unwrapped."""
        if not self._pairs:
            unwrapped = turn, turn * PERIOD_US + _difference(ticks, turn * PERIOD_US)
        else:
            last_turn, last_ticks = self._pairs[-1]
            passed = _difference(turn, last_turn)
            about = last_ticks + passed * PERIOD_US
            unwrapped = last_turn + passed, about + _difference(ticks, about)
        if not self._pairs or unwrapped[0] > self._pairs[-1][0]:
            self._pairs.append(unwrapped)
        return unwrapped

    @property
    def last_turn(self) -> int | None:
        """The turn of the last pair, not wrapped; None before the first one."""
        return self._pairs[-1][0] if self._pairs else None

    def unwrapped(self, ticks: int) -> int | None:
        """The clock's ticks (modulo 2^28) of now, less than 134 s from the last pair; None before the first one."""
        return self._pairs[-1][1] + _difference(ticks, self._pairs[-1][1]) if self._pairs else None

    def ticks(self, turn: int) -> tuple[int, int] | None:
        """Board's time of a turn, and how far off that may be; None before the first pair."""
        if not self._pairs:
            return None
        full = self._pairs[-1][0] + _difference(turn, self._pairs[-1][0])
        nearest, its_ticks = min(self._pairs, key=lambda pair: abs(pair[0] - full))
        told = its_ticks + (full - nearest) * PERIOD_US
        return told, PERIOD_US + self._late_us(min(full, nearest), max(full, nearest))

    def _late_us(self, first: int, last: int) -> int:
        """How much later than a period each the turns between these two came."""
        before = max((pair for pair in self._pairs if pair[0] <= first), default=self._pairs[0])
        behind = min((pair for pair in self._pairs if pair[0] >= last), default=self._pairs[-1])
        return max(0, behind[1] - before[1] - (behind[0] - before[0]) * PERIOD_US)


def _difference(new: int, old: int) -> int:
    """`new` minus `old`, both modulo 2^28, as the shorter way round."""
    return ((new - old + TICKS // 2) % TICKS) - TICKS // 2
