"""Recorded traces: inboxes of the gate logic, one after the other in one array of integers."""

from collections.abc import Iterator, Sequence

IN_HEAD = 3
RECORD = 5


def turns(trace: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of every turn in `trace`; ValueError where it is not made of whole turns."""
    start = 0
    while start < len(trace):
        n = trace[start]
        end = start + IN_HEAD + RECORD * n
        if n < 0 or end > len(trace):
            raise ValueError(f"the trace is damaged at integer {start}: {n} inputs do not fit its rest")
        yield start, end
        start = end


def batches(trace: Sequence[int], max_ints: int) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of runs of whole turns, each as long as `max_ints` allows, at least one turn."""
    begun = 0
    reached = 0
    for start, end in turns(trace):
        if end - begun > max_ints and start > begun:
            yield begun, start
            begun = start
        reached = end
    if reached > begun:
        yield begun, reached
