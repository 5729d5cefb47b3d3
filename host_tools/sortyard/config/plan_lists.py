"""Sorted lists of codes, prefixes and ranges, as a board searches them, and how neighbouring rules share one."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from sortyard.config.plan_file import Rule


class KeyList(NamedTuple):
    """Keys of one width in ascending order; a range is its two ends one after the other.

    `answers` has the answer of each key, or nothing where the rule around it knows the answer.
    """

    width: int
    is_range: bool
    keys: tuple[bytes, ...]
    answers: tuple[int, ...] = ()


class Step(NamedTuple):
    """A rule: of every group of lists one has to hold the code; then `answer`. Or a lookup in one list."""

    conditions: tuple[tuple[KeyList, ...], ...]
    answer: int
    lookup: KeyList | None = None


class RuleKeys:
    """The lists of one rule, by the length of code that they are for."""

    def __init__(self, rule: Rule) -> None:
        self._prefixes = None if rule.prefixes is None else key_lists(rule.prefixes)
        self._codes = None if rule.codes is None else key_lists(rule.codes)
        self._span = None
        if rule.span is not None:
            self._span = KeyList(len(rule.span[0]), True, (rule.span[0] + rule.span[1],))

    def conditions(self, length: int) -> tuple[tuple[KeyList, ...], ...] | None:
        """What a code of this length has to satisfy; None if it cannot."""
        groups: list[tuple[KeyList, ...]] = []
        if self._prefixes is not None:
            groups.append(tuple(keys for width, keys in self._prefixes.items() if width <= length))
        if self._span is not None:
            groups.append((self._span,) if self._span.width <= length else ())
        if self._codes is not None:
            groups.append((self._codes[length],) if length in self._codes else ())
        return tuple(groups) if all(groups) else None


def key_lists(texts: Iterable[bytes]) -> dict[int, KeyList]:
    """The texts as one sorted list for each width."""
    by_width: defaultdict[int, set[bytes]] = defaultdict(set)
    for text in texts:
        by_width[len(text)].add(text)
    return {width: KeyList(width, False, tuple(sorted(keys))) for width, keys in by_width.items()}


def joined(steps: list[Step]) -> tuple[Step, ...]:
    """The same steps, with neighbours that only look for a key of one width put into one list.

    What stands behind a step without conditions is never reached and left out.
    """
    done: list[Step] = []
    run = _Run()
    for step in steps:
        if len(step.conditions) == 1:
            for keys in step.conditions[0]:
                if not run.take(keys, step.answer):
                    done += run.as_steps()
                    run = _Run()
                    run.take(keys, step.answer)
            continue
        done += [*run.as_steps(), step]
        run = _Run()
        if not step.conditions:
            break
    return tuple(done + run.as_steps())


@dataclass(slots=True)
class _Run:
    """Keys of one width and kind with their answers; the first answer for a key stands."""

    width: int = 0
    is_range: bool = False
    points: dict[bytes, int] = field(default_factory=dict)
    spans: list[tuple[bytes, int]] = field(default_factory=list)

    def take(self, keys: KeyList, answer: int) -> bool:
        """Add the keys; False if they do not go with those that are there."""
        if not self.width:
            self.width, self.is_range = keys.width, keys.is_range
        if (keys.width, keys.is_range) != (self.width, self.is_range):
            return False
        if not keys.is_range:
            self.points.update({key: answer for key in keys.keys if key not in self.points})
            return True
        return self._take_span(keys.keys[0], answer)

    def _take_span(self, span: bytes, answer: int) -> bool:
        first, last = span[: self.width], span[self.width :]
        place = bisect_left(self.spans, (span, -1))
        if place and self.spans[place - 1][0][self.width :] >= first:
            return False
        if place < len(self.spans) and self.spans[place][0][: self.width] <= last:
            return False
        self.spans.insert(place, (span, answer))
        return True

    def as_steps(self) -> list[Step]:
        entries = self.spans if self.is_range else sorted(self.points.items())
        if not entries:
            return []
        keys, answers = zip(*entries, strict=True)
        if len(set(answers)) == 1:
            return [Step(((KeyList(self.width, self.is_range, keys),),), answers[0])]
        return [Step((), 0, KeyList(self.width, self.is_range, keys, answers))]
