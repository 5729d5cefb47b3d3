"""How long scans take and how late they begin, task by task, in histograms that never grow.

times = TaskTimes("Fast", 10_000_000)
times.add(taken_ns=41_000, late_ns=0)
times.as_dict()
"""

from dataclasses import dataclass, field
from typing import Any

BINS = 40
"""The last one holds everything from 2^39 ns, nine minutes, on."""


@dataclass
class Histogram:
    """Durations in nanoseconds: bin 0 holds 0, bin n what is from 2^(n-1) up to 2^n."""

    counts: list[int] = field(default_factory=lambda: [0] * BINS)
    total_ns: int = 0
    most_ns: int = 0

    def add(self, value_ns: int) -> None:
        """Count a duration; what is below 0 is 0."""
        value_ns = max(value_ns, 0)
        self.counts[min(value_ns.bit_length(), BINS - 1)] += 1
        self.total_ns += value_ns
        self.most_ns = max(self.most_ns, value_ns)

    @property
    def n(self) -> int:
        """Durations so far."""
        return sum(self.counts)

    def below_ns(self, share: float) -> int:
        """Upper bound of the bin up to which that share (0 to 1) of them lies, at most the greatest one; 0 of none."""
        wanted, seen = share * self.n, 0
        for place, count in enumerate(self.counts):
            seen += count
            if count and seen >= wanted:
                return min(1 << place, self.most_ns) if place < BINS - 1 else self.most_ns
        return self.most_ns

    def as_dict(self) -> dict[str, Any]:
        """Microseconds; `histogram` has [upper bound, count] of each bin that is not empty."""
        n = self.n
        return {
            "mean_us": round(self.total_ns / n / 1000, 3) if n else None,
            "p99_us": self.below_ns(0.99) / 1000 if n else None,
            "most_us": self.most_ns / 1000 if n else None,
            "histogram": [[(1 << place) / 1000, count] for place, count in enumerate(self.counts) if count],
        }


@dataclass
class TaskTimes:
    """One task: `took` is the time of its runs, `late` how long after they were due they began."""

    name: str
    interval_ns: int
    clock: str = "host"
    """What the runs are timed by: `board`, as there; `given`, by what a test says; `host`, differently each time."""
    took: Histogram = field(default_factory=Histogram)
    late: Histogram = field(default_factory=Histogram)

    def add(self, taken_ns: int, late_ns: int) -> None:
        """Count one run."""
        self.took.add(taken_ns)
        self.late.add(late_ns)

    def as_dict(self) -> dict[str, Any]:
        """For --json."""
        return {
            "task": self.name,
            "interval_ms": self.interval_ns / 1e6,
            "runs": self.took.n,
            "clock": self.clock,
            "took": self.took.as_dict(),
            "late": self.late.as_dict(),
        }
