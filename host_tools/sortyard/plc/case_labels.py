"""The labels of one CASE: none may have a value that another one has.

labels = CaseLabels()
labels.add(1, 5, first)     # None
labels.add(5, 5, second)    # first
"""

from bisect import bisect_left

from sortyard.plc.source import Span


class CaseLabels:
    """Ranges in order of their values, so that thousands of labels take no longer each than a few."""

    def __init__(self) -> None:
        self._lowers: list[int] = []
        self._rows: list[tuple[int, Span]] = []

    def add(self, lower: int, upper: int, span: Span) -> Span | None:
        """A label with these values, both ends included; where another one has some of them already, that one."""
        at = bisect_left(self._lowers, lower)
        if at < len(self._lowers) and self._lowers[at] <= upper:
            return self._rows[at][1]
        if at and self._rows[at - 1][0] >= lower:
            return self._rows[at - 1][1]
        self._lowers.insert(at, lower)
        self._rows.insert(at, (upper, span))
        return None
