"""The way to a point in a function that is entered again: which nodes are passed under one guard, and how many guards
there are on the way.
"""

from sortyard.plc.mpy.nodes import Chunk, If, Loop, Node, Pause

Way = tuple[Pause | Chunk, int]
"""A point, and how many guards are passed on the way to it."""


class Group:
    """One node with points, or several others together; `ways`: to the points inside; `guards`: how many are passed
    inside on the longest way."""

    def __init__(self, first: Node, ways: list[Way]) -> None:
        self.nodes = [first]
        self.ways = ways
        self.has_points = bool(ways)
        self.guards = max((passed for _, passed in ways), default=0)


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


class Guards:
    """The guards of one function, whose nodes do not change any more: each list of them is looked through once, for
    deep ones are asked for from every level above them."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[list[Node], list[Group]]] = {}
        """By the list's id; with the list, so that no other one gets its id."""

    def grouped(self, nodes: list[Node]) -> list[Group]:
        """Nodes with points alone, the others together."""
        found = self._known.get(id(nodes))
        if found is None:
            found = self._known[id(nodes)] = nodes, self._grouped(nodes)
        return found[1]

    def _grouped(self, nodes: list[Node]) -> list[Group]:
        groups: list[Group] = []
        for node in nodes:
            group = Group(node, self._inside(node))
            if not groups or groups[-1].has_points or group.has_points:
                groups.append(group)
            else:
                groups[-1].nodes.append(node)
        return groups

    def ways(self, nodes: list[Node], passed: int = 0) -> list[Way]:
        """All points of nodes that are printed with guards; `passed`: how many are before."""
        groups = self.grouped(nodes)
        found: list[Way] = []
        _add_ways(groups[: pointed(groups)], passed, found)
        return found

    def _inside(self, node: Node) -> list[Way]:
        match node:
            case If():
                return self._branches(node)
            case Loop():
                return self.ways(node.body, 1)
            case Pause() | Chunk():
                return [(node, 1)]
        return []

    def _branches(self, node: If) -> list[Way]:
        """Each branch with points that is passed takes about two lines."""
        passed, found = 0, []
        while True:
            passed += 2
            found += self.ways(node.then, passed)
            if len(node.orelse) != 1 or not isinstance(node.orelse[0], If):
                break
            node = node.orelse[0]
        return found + self.ways(node.orelse, passed)


def _add_ways(groups: list[Group], passed: int, found: list[Way]) -> None:
    if len(groups) > 1:
        for half in halves(groups):
            _add_ways(half, passed + 1, found)
    elif groups:
        found += [(point, passed + inside) for point, inside in groups[0].ways]
