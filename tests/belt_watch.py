"""Where the belt of a line with firmware was in the last moments, to see whether something befell while it stood."""

from collections import deque

import pytest

from sortyard.sim.firmware import BoardWorld


class BeltWatch:
    """Looks at every line that is simulated from now on, until the test is over."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._places: deque[tuple[int, int]] = deque(maxlen=2000)
        advance = BoardWorld.advance

        def advanced(world: BoardWorld, to_us: int) -> int:
            reached = advance(world, to_us)
            if self._places and reached < self._places[-1][0]:
                self._places.clear()  # another boot, whose time begins anew
            self._places.append((reached, world._plant.position()))
            return reached

        monkeypatch.setattr(BoardWorld, "advance", advanced)

    def travel(self, us: int) -> int | None:
        """Counts in the last so many microseconds, at most 2,000 looks ago; None before the first look."""
        if not self._places:
            return None
        end_us, end = self._places[-1]
        return end - next(place for at_us, place in self._places if at_us > end_us - us)
