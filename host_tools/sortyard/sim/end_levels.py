"""The end switches of a diverter on a virtual board: levels of its inputs, as the plant's diverter stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence

HOME = 1
"""Where a diverter is at its power-up; 2 is extended, 0 neither."""


class EndLevels:
    """`inputs` set the levels of the switch at home and the other one: (level, now_us); `at_end` is the one that each
    has while the diverter is there."""

    def __init__(self, inputs: Sequence[Callable[[int, int], None]], at_end: int) -> None:
        self._inputs = inputs
        self._at_end = at_end

    def show(self, end: int, now_us: int) -> None:
        """The diverter is at this end now."""
        for number, set_level in enumerate(self._inputs, HOME):
            set_level(int((end == number) == self._at_end), now_us)
