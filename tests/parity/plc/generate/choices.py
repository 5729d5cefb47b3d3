"""Random decisions that can be played again and made simpler: what a generated program is made of, and how it shrinks.

A generator draws all its decisions from one `Choices`; 0 is always the simplest one. The list of what was drawn is the
program: a shorter list, or one with smaller numbers, gives a simpler program.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


class Choices:
    """Draws from a seed, or plays a list again (0 when it is at its end). `seen` counts constructs."""

    def __init__(self, seed: int = 0, replay: Sequence[int] | None = None) -> None:
        self.drawn: list[int] = []
        self.seen: Counter[str] = Counter()
        self._random = random.Random(seed)
        self._replay = None if replay is None else list(replay)

    def below(self, count: int) -> int:
        """A number from 0 to count - 1."""
        if self._replay is None:
            value = self._random.randrange(count)
        else:
            value = self._replay[len(self.drawn)] % count if len(self.drawn) < len(self._replay) else 0
        self.drawn.append(value)
        return value

    def chance(self, percent: int) -> bool:
        """True in so many of 100 cases; False is the simple one."""
        return self.below(100) >= 100 - percent

    def pick(self, options: Sequence[T]) -> T:
        """One of them; the first is the simplest."""
        return options[self.below(len(options))]

    def note(self, construct: str) -> None:
        """Count a construct of the language."""
        self.seen[construct] += 1


def shrink(drawn: list[int], still_fails: Callable[[list[int]], bool], tries: int = 400) -> list[int]:
    """A simpler list for which `still_fails` holds: pieces left out, then numbers made smaller."""
    best, left = drawn, tries
    size = max(1, len(best) // 2)
    while size and left > 0:
        at = 0
        while at < len(best) and left > 0:
            left -= 1
            shorter = best[:at] + best[at + size :]
            if still_fails(shorter):
                best = shorter
            else:
                at += size
        size //= 2
    for at in range(len(best)):
        for value in (0, best[at] // 2):
            if left > 0 and value < best[at]:
                left -= 1
                simpler = [*best[:at], value, *best[at + 1 :]]
                if still_fails(simpler):
                    best = simpler
    return best
