"""When what a program RETAINs is written: when it has changed, at rest, and no more often than its memory lasts.

keeper = Keeper(Wear(100_000), write)
keeper.look(now_ns, is_at_rest, slice_, lambda: runtime.retained())     # after each scan
"""

from collections.abc import Callable
from dataclasses import dataclass

from sortyard.config.board_file import Board

YEAR_NS = 365 * 86_400 * 1_000_000_000
BURST = 20
"""Writes that may follow each other at once, after a long time without any."""


@dataclass(frozen=True)
class Wear:
    """A memory that bears so many writes, and how long it has to last. 0 writes: no limit, and writing stops nothing,
    as with FRAM: then it is written while the line moves, too.
    """

    writes: int
    years: int = 10

    @property
    def every_ns(self) -> int:
        """Time between two writes, on average, with which it lasts."""
        return self.years * YEAR_NS // self.writes if self.writes else 0


def survival_of(board: Board, size: int) -> str:
    """What a power cut leaves of `size` bytes that a program RETAINs on this board, in words."""
    kept = f"{board.title} keeps the {size:,} bytes that are RETAINed in"
    if not board.retain.writes:
        return f"{kept} FRAM, written after each scan that changes them: nothing is lost in a power cut"
    minutes = Wear(board.retain.writes).every_ns / 60e9
    return (
        f"{kept} flash, written only while the line stands and every {minutes:.0f} minutes on average (it bears "
        f"{board.retain.writes:,} writes): what changes while the line moves is lost in a power cut"
    )


class Keeper:
    """`write` gets what is to be kept, whole, and must keep the old or the new if the power fails (retain.save does).

    `writes` counts them. `is_owing`: something has changed since, and is lost if the power fails now.
    """

    def __init__(self, wear: Wear, write: Callable[[bytes], None]) -> None:
        self._wear = wear
        self._write = write
        self._written: bytes | None = None
        self._room = BURST
        self._regained_ns = 0
        self.writes = 0
        self.is_owing = False

    def look(self, now_ns: int, is_at_rest: bool, content: bytes, pack: Callable[[], bytes]) -> bool:
        """Write what `pack` gives if that is due; `content` tells whether anything has changed. True if written."""
        self.is_owing = content != self._written
        if not self.is_owing or not (is_at_rest or not self._wear.writes) or not self._takes_room(now_ns):
            return False
        self._write(pack())
        self._written = content
        self.is_owing = False
        self.writes += 1
        return True

    def _takes_room(self, now_ns: int) -> bool:
        every = self._wear.every_ns
        if not every:
            return True
        regained = (now_ns - self._regained_ns) // every
        self._room = min(BURST, self._room + regained)
        self._regained_ns = self._regained_ns + regained * every if self._room < BURST else now_ns
        if self._room == 0:
            return False
        self._room -= 1
        return True
