"""Generated functions as text. Functions with points get guards, so that they can be entered in the middle.

In a list of nodes that holds the point `p` everything before it is skipped: what has no points stands under
`if p == 0`, the branch or loop with the point is entered whatever its condition says.
"""

from sortyard.plc.mpy.guards import Group, Guards, halves, pointed
from sortyard.plc.mpy.nodes import (
    Call,
    Chunk,
    If,
    Line,
    Loop,
    Node,
    Pause,
    Stop,
    Turns,
    has_points,
    points_in,
    walk,
)
from sortyard.plc.mpy.target import Target

WAITING = 9
"""The word of K with the number of the innermost function that waits for the next slice, 0 if none does."""
STEP = " "
"""One level of indentation: the source is read by a compiler on a small board."""


class Printer:
    """`frame`: where the function keeps its point in K; `number`: which one of the functions that may wait it is;
    `floats`: the view of memory that holds the machine's own; `guards`: those of the function's nodes."""

    def __init__(self, frame: int, number: int, target: Target, floats: str, guards: Guards) -> None:
        self.frame = frame
        self.number = number
        self.target = target
        self.floats = floats
        self.guards = guards
        self.lines: list[str] = []

    def _waits(self, point: int) -> str:
        """The slice ends in this function."""
        return f"K[{self.frame}] = {point}; K[{WAITING}] = {self.number}; "

    def _put(self, depth: int, text: str) -> None:
        self.lines.append(STEP * depth + text)

    def block(self, nodes: list[Node], depth: int) -> None:
        """Print a list of nodes, guarded where points follow."""
        groups = self.guards.grouped(nodes)
        last = pointed(groups)
        self._guarded(groups[:last], depth)
        for group in groups[last:]:
            self._nodes(group.nodes, depth)
        if not nodes:
            self._put(depth, "pass")

    def _nodes(self, nodes: list[Node], depth: int) -> None:
        for node in nodes:
            self._node(node, depth)

    def _guarded(self, groups: list[Group], depth: int) -> None:
        """Groups of which the last has points: halves under guards, so that few are passed on the way to a point."""
        if len(groups) <= 1:
            for group in groups:
                self._nodes(group.nodes, depth)
            return
        first, rest = halves(groups)
        points = [one.point for group in first for one in points_in(group.nodes)]
        self._put(depth, f"if p <= {max(points)}:" if points else "if p == 0:")
        if points and not first[-1].has_points:
            # behind its last point the function goes on wherever it was entered: p is 0
            self._guarded(first[:-1], depth + 1)
            self._nodes(first[-1].nodes, depth + 1)
        elif points:
            self._guarded(first, depth + 1)
        else:
            for group in first:
                self._nodes(group.nodes, depth + 1)
        self._guarded(rest, depth)

    def _node(self, node: Node, depth: int) -> None:
        match node:
            case Line():
                self._put(depth, node.text)
            case Call():
                self._put(depth, f"if {node.call}: {_noted(node)}return 1")
            case If():
                self._branches(node, depth)
            case Loop():
                self._put(depth, "while 1:")
                self.block(node.body, depth + 1)
            case Turns():
                self._turns(node, depth)
            case Pause():
                self._pause(node, depth)
            case Chunk():
                self._chunk(node, depth)
            case Stop():
                waits = f"K[{self.frame}] = {node.after.point}; K[{node.frame + 2}] = {self.number}; return 1"
                self._put(depth, f"if {node.call}: {_noted(node)}{waits}")

    def _pause(self, node: Pause, depth: int) -> None:
        put_by = "".join(f"{self._put_by(name, at)}; " for name, at in node.kept)
        self._put(depth, f"t = K[1] - {node.cost}")
        self._put(depth, "if t < 0:")
        self._put(depth + 1, f"if p == 0: {put_by}{self._waits(node.point)}return 1")
        self._put(depth + 1, "t = 0")
        if node.kept:
            self._put(depth, f"if p: {'; '.join(self._got_back(name, at) for name, at in node.kept)}")
        self._put(depth, "K[1] = t; p = 0")

    def _put_by(self, name: str, at: int) -> str:
        if name[0] == "r":
            return f"{self.floats}[{at}] = {name}"
        return f"H[{at}] = {name} & 65535; H[{at + 1}] = ({name} >> 16) & 65535"

    def _got_back(self, name: str, at: int) -> str:
        if name[0] == "r":
            return f"U(); {name} = {self.floats}[{at}]; L()"
        return f"{name} = {self.target.signed(str(at + 1))} << 16 | H[{at}]"

    def _branches(self, node: If, depth: int) -> None:
        """If, elif, else: an else that is nothing but another If goes on in the same line of branches."""
        word = "if"
        while True:
            inside = [one.point for one in points_in(node.then)]
            test = node.test
            if inside:
                test = f"p and p <= {max(inside)} or not p and ({test})"
            elif has_points(node.orelse):
                test = f"not p and ({test})"
            self._branch(f"{word} {test}:", node.then, depth)
            if len(node.orelse) != 1 or not isinstance(node.orelse[0], If):
                break
            node, word = node.orelse[0], "elif"
        if node.orelse:
            self._branch("else:", node.orelse, depth)

    def _branch(self, head: str, nodes: list[Node], depth: int) -> None:
        if 0 < len(nodes) <= 2 and all(isinstance(one, Line) for one in nodes):
            self._put(depth, f"{head} {'; '.join(one.text for one in nodes if isinstance(one, Line))}")
        else:
            self._put(depth, head)
            self.block(nodes, depth + 1)

    def _turns(self, node: Turns, depth: int) -> None:
        self._put(depth, node.head)
        self.block(node.body, depth + 1)
        leaves = any(isinstance(one, Line) and one.text == "break" for one in walk(node.body))
        if node.chunk is not None:
            after = [*node.after, Line("continue")]
            self._branch("else:", after, depth)
            self._put(depth, f"K[1] -= {node.chunk.rest}; break")
        elif leaves and node.after:
            self._branch("else:", node.after, depth)
        elif node.after:
            self.block(node.after, depth)

    def _chunk(self, node: Chunk, depth: int) -> None:
        """Take as many turns as are left and as the fuel of the slice allows, at least one after a pause."""
        self._put(depth, f"{node.n} = K[{node.counter}]")
        self._put(depth, f"if {node.n} == 0: K[1] -= {node.rest}; p = 0; break")
        self._put(depth, f"t = (K[1] - {node.rest}) // {node.turn}")
        self._put(depth, f"if t < {node.n}:")
        self._put(depth + 1, "if t <= 0:")
        self._put(depth + 2, f"if p == 0: {self._waits(node.point)}return 1")
        self._put(depth + 2, "t = 1")
        self._put(depth + 1, f"{node.n} = t")
        self._put(depth, f"t = K[1] - {node.n} * {node.turn}; K[1] = t if t > 0 else 0")
        self._put(depth, f"K[{node.counter}] -= {node.n}; p = 0")


def _noted(node: Call | Stop) -> str:
    """Where a fault of the library is told to be."""
    return f"K[8] = {node.place}; " if node.place else ""
