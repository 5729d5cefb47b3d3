"""Functions with more text than MicroPython's jumps reach over: runs of their statements become functions of their own.

From the innermost branches outwards, so that what is left of a branch is short wherever another one is around it.
"""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from sortyard.plc.mpy.cuts import Names, at_turn, needed_before
from sortyard.plc.mpy.nodes import Call, If, Line, Loop, Mark, Node, Stop, Turns, walk
from sortyard.plc.mpy.outline import leaves, written

LONGEST = 5_000
"""Words of a branch, and of what is taken out of it at a time."""
_SHORTEST = 100
"""A run of fewer stays: a call of it is no shorter, with what it takes to get back there."""
_GUARD = 8
"""Words of a test that leads back into a branch."""
_TOKEN = re.compile(r"\w+|[^\w\s]")
_NONE: Names = frozenset()
Take = Callable[[list[Node]], list[Node]]
"""Makes a function of some nodes; gives the call of it."""


def words(nodes: list[Node]) -> int:
    """Words and signs of the text that nodes become, about."""
    return sum(_own_words(node) for node in walk(nodes))


def _own_words(node: Node) -> int:
    match node:
        case Line(text=text) | If(test=text) | Turns(head=text) | Stop(call=text) | Call(call=text):
            return len(_TOKEN.findall(text)) + (0 if isinstance(node, Line) else _GUARD)
    return _GUARD


def shorten(
    nodes: list[Node], take: Take, after: Names = _NONE, at_break: Names = _NONE, is_loop: bool = False
) -> None:
    """Take runs of statements out of a function's body until no branch is longer than LONGEST, as far as they leave
    nothing around them and no local goes in or out. `is_loop`: these are a loop's turn."""
    if words(nodes) <= LONGEST:
        return
    needed = needed_before(nodes, after, at_break)
    for node, behind in zip(nodes, needed[1:], strict=True):
        if isinstance(node, Loop):
            shorten(node.body, take, at_turn(node.body, behind), behind, is_loop=True)
        elif isinstance(node, If):
            shorten(node.then, take, behind, at_break)
            shorten(node.orelse, take, behind, at_break)
    if words(nodes) > LONGEST:
        for start, end in reversed(list(_runs(nodes, needed, is_loop))):
            nodes[start:end] = take(nodes[start:end])


def _runs(nodes: list[Node], needed: list[Names], is_loop: bool) -> Iterator[tuple[int, int]]:
    """Where runs begin and end that can be functions: whole statements, as many as LONGEST holds."""
    begun = end = None
    for start, stop in _statements(nodes, is_loop):
        if begun is not None and (
            not _is_apart(nodes[start:stop], needed[stop]) or words(nodes[begun:stop]) > LONGEST
        ):
            yield from _long_enough(nodes, begun, end)
            begun = None
        if begun is None and _is_apart(nodes[start:stop], needed[stop]):
            begun = start
        end = stop
    yield from _long_enough(nodes, begun, end)


def _long_enough(nodes: list[Node], start: int | None, end: int | None) -> Iterator[tuple[int, int]]:
    if start is not None and end is not None and words(nodes[start:end]) >= _SHORTEST:
        yield start, end


def _statements(nodes: list[Node], is_loop: bool) -> Iterator[tuple[int, int]]:
    """From one mark to the next; what stands before the first one of a loop's turn belongs to the loop."""
    marks = [i for i, node in enumerate(nodes) if isinstance(node, Mark)]
    starts = marks if is_loop or marks[:1] == [0] else [0, *marks]
    return pairwise([*starts, len(nodes)])


def _is_apart(nodes: list[Node], after: Names) -> bool:
    """Nothing leaves what is around from there, and no local comes in or goes out."""
    if leaves(nodes) or needed_before(nodes, _NONE, _NONE)[0]:
        return False
    return not any(names & after for node in walk(nodes) for names in written(node))
