"""How long something took, against what it may take and should need: a histogram that grows with nothing."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque

EDGES_MS = (5, 10, 20, 30, 40, 60, 80, 120, 160, 240, 500, 1000)
"""Upper ends of the histogram's classes; the last class has none."""
_KEPT = 4096


class Latency:
    """`deadline_ms`: a value above it is late; `link_ms`: one that is certainly above it is slow."""

    def __init__(self, deadline_ms: float, link_ms: float) -> None:
        self.deadline_ms = deadline_ms
        self.link_ms = link_ms
        self.count = self.late = self.slow = 0
        self.worst_ms = 0.0
        self.classes = [0] * (len(EDGES_MS) + 1)
        self._last: deque[float] = deque(maxlen=_KEPT)

    def add(self, ms: float, error_ms: float) -> None:
        """One more, which may be off by so much."""
        self.count += 1
        self.slow += ms - error_ms > self.link_ms
        self.late += ms > self.deadline_ms
        self.worst_ms = max(self.worst_ms, ms)
        self.classes[bisect_left(EDGES_MS, ms)] += 1
        self._last.append(ms)

    def percentile_ms(self, percent: float) -> float | None:
        """Of the last ones: so many percent took no longer; None where there is none."""
        if not self._last:
            return None
        ordered = sorted(self._last)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]

    def histogram(self) -> dict[str, int]:
        """How many there are in each class that has any: "<= 20", "> 1000"."""
        names = [*(f"<= {edge}" for edge in EDGES_MS), f"> {EDGES_MS[-1]}"]
        return {name: n for name, n in zip(names, self.classes, strict=True) if n}
