"""The way to a point in a function that is entered again: which nodes are passed under one guard, and how many guards
there are on the way.
"""

from collections.abc import Iterator

from sortyard.plc.mpy.nodes import Chunk, If, Loop, Node, Pause

Way = tuple[Pause | Chunk, int]
"""A point, and how many guards are passed on the way to it."""


class Group:
    """One node with points, or several others together; `ways`: to the points inside, found once for all that ask,
    for each node may hold further ones; `guards`: how many are passed inside on the longest way."""

    def __init__(self, first: Node) -> None:
        self.nodes = [first]
        self.ways = list(_inside(first))
        self.has_points = bool(self.ways)
        self.guards = max((passed for _, passed in self.ways), default=0)


def grouped(nodes: list[Node]) -> list[Group]:
    """Nodes with points alone, the others together."""
    groups: list[Group] = []
    for node in nodes:
        group = Group(node)
        if not groups or groups[-1].has_points or group.has_points:
            groups.append(group)
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
    elif groups:
        for point, inside in groups[0].ways:
            yield point, passed + inside


def _inside(node: Node) -> Iterator[Way]:
    match node:
        case If():
            yield from _branches(node)
        case Loop():
            yield from ways(node.body, 1)
        case Pause() | Chunk():
            yield node, 1


def _branches(node: If) -> Iterator[Way]:
    """Each branch with points that is passed takes about two lines."""
    passed = 0
    while True:
        passed += 2
        yield from ways(node.then, passed)
        if len(node.orelse) != 1 or not isinstance(node.orelse[0], If):
            break
        node = node.orelse[0]
    yield from ways(node.orelse, passed)
