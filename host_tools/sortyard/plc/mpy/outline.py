"""Statements deep inside a function that become functions of their own, where the way back to them would take too long.

Whoever goes on inside of them passes a guard for each block around; in a function of its own there are none.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sortyard.plc.mpy.cuts import Names, at_turn, names_of, needed_before
from sortyard.plc.mpy.nodes import Chunk, If, Line, Loop, Mark, Node, Turns, fuel, walk

DEEPEST = 4
"""Blocks around the statements that are taken out first; fewer if that is not enough."""
_LEAST_FUEL = 12_000
"""Shorter ones stay."""
_NONE: Names = frozenset()


class Piece(NamedTuple):
    """Statements of a branch, from one of its nodes up to another."""

    nodes: list[Node]
    start: int
    end: int


def pieces(nodes: list[Node], depth: int, after: Names = _NONE, at_break: Names = _NONE) -> Iterator[Piece]:
    """The outermost statements with `depth` blocks around, or more, that can be functions."""
    needed = needed_before(nodes, after, at_break)
    for i, node in enumerate(nodes):
        behind = needed[i + 1]
        if isinstance(node, Loop):
            yield from pieces(node.body, depth - 1, at_turn(node.body, behind), behind)
        elif isinstance(node, If):
            for part in (node.then, node.orelse):
                is_elif = part is node.orelse and len(part) == 1 and isinstance(part[0], If)
                if is_elif or depth > 1:
                    yield from pieces(part, depth if is_elif else depth - 1, behind, at_break)
                else:
                    yield from _of_branch(part, behind, at_break)


def _of_branch(nodes: list[Node], after: Names, at_break: Names) -> Iterator[Piece]:
    """The statements before, between and behind those that leave what is around, and what is inside of these."""
    needed = needed_before(nodes, after, at_break)
    start = 0
    for i in [i for i, node in enumerate(nodes) if leaves([node])]:
        end = max((at for at in range(start, i) if isinstance(nodes[at], Mark)), default=start)
        yield from _piece(nodes, start, end, needed, at_break)
        yield from pieces(nodes[end : i + 1], 0, needed[i + 1], at_break)
        start = next((at for at in range(i + 1, len(nodes)) if isinstance(nodes[at], Mark)), len(nodes))
    yield from _piece(nodes, start, len(nodes), needed, at_break)


def _piece(nodes: list[Node], start: int, end: int, needed: list[Names], at_break: Names) -> Iterator[Piece]:
    """These nodes, if they take long and no local comes in or goes out; else what is inside."""
    inside = nodes[start:end]
    if fuel(inside) < _LEAST_FUEL:
        return
    comes_in = needed_before(inside, _NONE, _NONE)[0]
    if comes_in or any(names & needed[end] for node in walk(inside) for names in written(node)):
        yield from pieces(inside, 0, needed[end], at_break)
    else:
        yield Piece(nodes, start, end)


def written(node: Node) -> Iterator[Names]:
    """The locals that a node writes by itself."""
    match node:
        case Line(text=text) if text.split()[0] not in ("return", "break", "continue"):
            yield names_of(text)[1]
        case Turns(head=head):
            yield names_of(head + " pass")[1]
        case Chunk(n=n):
            yield frozenset({n})


def leaves(nodes: list[Node], in_loop: bool = False) -> bool:
    """True if RETURN, or an EXIT or CONTINUE of a loop around, is inside."""
    for node in nodes:
        match node:
            case Line(text="return 0"):
                return True
            case Line(text="break" | "continue") if not in_loop:
                return True
            case If(then=then, orelse=orelse) if leaves(then, in_loop) or leaves(orelse, in_loop):
                return True
            case Loop(body=body) if leaves(body, True):
                return True
            case Turns(body=body, after=after) if leaves(body, True) or leaves(after, in_loop):
                return True
    return False
