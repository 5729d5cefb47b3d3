"""Whether threads that take turns share one core or use several: whichever has been faster just now.

Where one thread wakes another one on another core, or its data has to follow, several cores may be slower than one:
that depends on the machine, and on what else it does. What is computed does not depend on it.

Of a turn of `tandem` 14 us are the guest's and 17 us the host's, who has Python's lock. On two cores of a virtual
machine, measured: 31 us a turn on one core; 55 to 60 on two with threads that look for their turn without sleeping; 220
with threads of the hosts on one core, of the guests on the other, where each hand-over wakes one that sleeps. To gain
by several cores, an exchange would have to be worth several turns.
"""

from __future__ import annotations

import os
from time import perf_counter

TRIAL_US, KEEP_US = 400_000, 20_000_000
"""Simulated time in which each way is tried, and for which the better one is kept."""


def allowed() -> list[int]:
    """The cores on which this process may run; an empty list where it can't choose among them."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else []


class Cores:
    """Of the threads that `join`. They begin on all cores."""

    def __init__(self, now_us: int) -> None:
        self._cores = allowed()
        self._threads: list[int] = []
        self._until_us = now_us + TRIAL_US
        self._begun_us, self._begun_s = now_us, perf_counter()
        self._pace: dict[bool, float] = {}
        """seconds for a simulated one: on one core, on several"""
        self.is_one = False
        """whether they share one now"""
        self._next = os.getpid()

    @property
    def are_enough(self) -> bool:
        """Whether each thread may have a core of its own now."""
        return not self.is_one and len(self._threads) <= len(self._cores)

    def join(self, thread: int) -> None:
        """A thread, by its native number."""
        self._threads.append(thread)
        self._place([thread])

    def leave(self, thread: int) -> None:
        """It ends."""
        self._threads.remove(thread)

    def look(self, now_us: int) -> None:
        """The simulation has come to this time."""
        if now_us < self._until_us or len(self._cores) < 2:
            return
        at_s = perf_counter()
        self._pace[self.is_one] = (at_s - self._begun_s) / (now_us - self._begun_us)
        self._begun_us, self._begun_s = now_us, at_s
        is_tried = len(self._pace) == 2
        self._until_us = now_us + (KEEP_US if is_tried else TRIAL_US)
        is_one = self._pace[True] < self._pace[False] if is_tried else not self.is_one
        if is_tried:
            self._pace.clear()
        if is_one != self.is_one:
            self.is_one = is_one
            self._next += 1
            self._place(self._threads)

    def _place(self, threads: list[int]) -> None:
        if len(self._cores) < 2:
            return
        chosen = {self._cores[self._next % len(self._cores)]} if self.is_one else set(self._cores)
        for thread in threads:
            os.sched_setaffinity(thread, chosen)
