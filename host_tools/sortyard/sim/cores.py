"""Whether a crew helps threads that take turns on one core, or rests: whichever has been faster just now.

Threads that have Python's lock, one after the other, are on one core together: what Python writes would have to follow
them to another one, which takes longer than what they do in a turn. A crew (`sortyard_c.crew`) is on the other cores.
Whether it is faster with it depends on the machine, and on what else that does. What is computed does not depend on it.
"""

from __future__ import annotations

import os
from time import perf_counter

SETTLE_US, TRIAL_US, KEEP_US = 1_000_000, 200_000, 20_000_000
"""Simulated time in which boards start and nothing is tried, of one trial, and for which the better way is kept."""
ROUNDS = 2
"""How often each way is tried, one after the other: what else the machine does comes and goes."""


def allowed() -> list[int]:
    """The cores on which this process may run; an empty list where it can't choose among them."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else []


def crew_for(boards: int) -> int:
    """How many threads a crew has: none where it would have no core, or nothing to do."""
    return max(0, min(boards, len(allowed()) or os.cpu_count() or 1) - 1)


class Cores:
    """Of the threads that `join`, and of a crew. The crew rests until it is tried.

    Where others load the machine, each hand-over to the crew may take milliseconds: its trial ends as soon as it has
    taken as long as the one before, without it.
    """

    def __init__(self, now_us: int) -> None:
        self._cores = allowed()
        self._threads: list[int] = []
        self._crew: list[int] = []
        self._until_us = now_us + SETTLE_US
        self._trials = 0
        """that are left, with the one that is on; 0: a way is kept"""
        self._begun_us, self._begun_s = now_us, perf_counter()
        self._pace: dict[bool, float] = {}
        """seconds for a simulated microsecond, at best: without the crew, with it"""
        self.is_one = True
        """whether one core does everything now, and the crew rests"""
        self._home = os.getpid()

    def join(self, thread: int) -> None:
        """A thread that takes turns, by its native number."""
        self._threads.append(thread)
        self._place([thread], [])

    def join_crew(self, thread: int) -> None:
        """A thread of the crew, by its native number."""
        self._crew.append(thread)
        self._place([], [thread])

    def leave(self, thread: int) -> None:
        """A thread that takes turns ends."""
        self._threads.remove(thread)

    def look(self, now_us: int) -> None:
        """The simulation has come to this time."""
        if not self._crew or (now_us < self._until_us and not self._is_lost()):
            return
        at_s = perf_counter()
        if self._trials:
            pace = (at_s - self._begun_s) / (now_us - self._begun_us)
            self._pace[self.is_one] = min(pace, self._pace.get(self.is_one, pace))
            self._trials -= 1
            self.is_one = not self.is_one
            if not self._trials:
                self.is_one = self._pace[True] < self._pace[False]
                self._pace.clear()
        else:
            self._trials = 2 * ROUNDS
            self.is_one = True
            self._home += 1
            self._place(self._threads, self._crew)
        self._until_us = now_us + (TRIAL_US if self._trials else KEEP_US)
        self._begun_us, self._begun_s = now_us, at_s

    def _is_lost(self) -> bool:
        """Whether the crew is on trial, and has taken too long by now."""
        if self.is_one or not self._trials:
            return False
        return perf_counter() - self._begun_s > self._pace[True] * TRIAL_US

    def _place(self, threads: list[int], crew: list[int]) -> None:
        if len(self._cores) < 2:
            return
        chosen = {self._cores[self._home % len(self._cores)]}
        for thread in threads:
            os.sched_setaffinity(thread, chosen)
        for thread in crew:
            os.sched_setaffinity(thread, set(self._cores) - chosen)
