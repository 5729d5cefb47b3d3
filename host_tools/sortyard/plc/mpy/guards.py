"""The way to a point in a function that is entered again: which nodes are passed under one guard, and how many guards
there are on the way.
"""

from collections.abc import Iterator

from sortyard.plc.mpy.nodes import Chunk, If, Loop, Node, Pause, has_points

Way = tuple[Pause | Chunk, int]
"""A point, and how many guards are passed on the way to it."""


class Group:
    """One node with points, or several others together; `guards`: how many are passed inside on the longest way."""

    def __init__(self, first: Node) -> None:
        self.nodes = [first]
        self.has_points = has_points(self.nodes)
        self.guards = max(passed for _, passed in _inside(first, 0)) if self.has_points else 0


def grouped(nodes: list[Node]) -> list[Group]:
    """Nodes with points alone, the others together."""
    groups: list[Group] = []
    for node in nodes:
        if not groups or groups[-1].has_points or has_points([node]):
            groups.append(Group(node))
        else:
            groups[-1].nodes.append(node)
    return groups


def pointed(groups: list[Group]) -> int:
    """How many groups there are up to the last one with points."""
    return max((i + 1 for i, group in enumerate(groups) if group.has_points), default=0)


def halves(groups: list[Group]) -> tuple[list[Group], list[Group]]:
    """Two parts with ways about equally long: each guard inside a group is worth as much as twice the groups."""
    weights = [1 << group.guards for group in groups]
    total, before, middle = sum(weights), 0, 0
    while middle < len(groups) - 1 and 2 * before + weights[middle] <= total:
        before += weights[middle]
        middle += 1
    middle = max(middle, 1)
    return groups[:middle], groups[middle:]


def ways(nodes: list[Node], passed: int = 0) -> Iterator[Way]:
    """All points of nodes that are printed with guards; `passed`: how many are before."""
    groups = grouped(nodes)
    yield from _ways(groups[: pointed(groups)], passed)


def _ways(groups: list[Group], passed: int) -> Iterator[Way]:
    if len(groups) > 1:
        for half in halves(groups):
            yield from _ways(half, passed + 1)
    elif groups and groups[0].has_points:
        yield from _inside(groups[0].nodes[0], passed)


def _inside(node: Node, passed: int) -> Iterator[Way]:
    match node:
        case If():
            yield from _branches(node, passed)
        case Loop():
            yield from ways(node.body, passed + 1)
        case Pause() | Chunk():
            yield node, passed + 1


def _branches(node: If, passed: int) -> Iterator[Way]:
    """Each branch with points that is passed takes about two lines."""
    while True:
        passed += 2
        yield from ways(node.then, passed)
        if len(node.orelse) != 1 or not isinstance(node.orelse[0], If):
            break
        node = node.orelse[0]
    yield from ways(node.orelse, passed)
