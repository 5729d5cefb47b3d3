"""Compare two programs in one run, so that a busy machine changes the ratio little.

Each round runs one after the other, in processor time; the ratio is the median of the rounds' own ratios.
"""

import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any


class InTurns:
    """`other` (the slower one) is run in the set-up of each round of `ours`."""

    def __init__(self, benchmark: Any, ours: Callable[..., Any], other: Callable[[], object]) -> None:
        self._benchmark = benchmark
        self._ours = ours
        self._other = other
        self._other_s: list[float] = []

    def run(self, arguments: Iterator[tuple[Any, ...]], rounds: int) -> Any:
        """Run `ours` with the next of `arguments` each round; returns what the last one returned.

        The benchmark's timer must be `time.process_time`.
        """

        def set_up() -> tuple[tuple[Any, ...], dict[str, Any]]:
            begun = time.process_time()
            self._other()
            self._other_s.append(time.process_time() - begun)
            return next(arguments), {}

        return self._benchmark.pedantic(self._ours, setup=set_up, rounds=rounds, warmup_rounds=1)

    def ratio(self) -> float:
        """How many times longer `other` takes than `ours`."""
        ours_s = self._benchmark.stats.stats.data
        other_s = self._other_s[-len(ours_s) :]
        return median(other / ours for other, ours in zip(other_s, ours_s, strict=True))

    def other_s(self) -> float:
        """Processor time of `other`, the median."""
        return median(self._other_s[1:])

    def ours_s(self) -> float:
        """Processor time of `ours`, the median."""
        return median(self._benchmark.stats.stats.data)
