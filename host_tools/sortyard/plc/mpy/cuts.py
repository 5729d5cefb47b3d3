"""Cuts within a statement: long stretches are left in the middle of an expression too, its locals put by in memory.

Which locals those are is what the lines behind a cut read before they write it.
"""

import ast
import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from sortyard.plc.mpy.nodes import (
    LOOP_TURN,
    PAUSE,
    Call,
    Chunk,
    If,
    Line,
    Loop,
    Node,
    Pause,
    Stop,
    Turns,
    fuel,
    fuel_of,
    stretch_at_break,
)

CUT_FUEL, LONG_FUEL = 24_000, 34_000
"""Straight code between two pauses, unless one line takes more; a stretch is cut only if it takes longer than this."""
FINE_CUT_FUEL, FINE_LONG_FUEL = 12_000, 16_000
"""The same for functions that take much to get back into."""
_LEAST_FUEL = 2 * PAUSE
"""No cut before so much has been done, or where so little is left to do."""
_LOCAL = re.compile(r"[mrv][0-9]\w*")
Names = frozenset[str]
_NONE: Names = frozenset()


def cut(nodes: list[Node], put_by: Callable[[str], int], is_fine: bool = False) -> list[str]:
    """Add pauses, so that stretches take CUT_FUEL or what one line does. `put_by` tells where in memory there is room
    for the local of that name, see Pause.

    Returns locals that are put by on ways which never come to where they are read, without having got a value.
    """
    limits = (FINE_CUT_FUEL, FINE_LONG_FUEL) if is_fine else (CUT_FUEL, LONG_FUEL)
    cutter = _Cutter(put_by, *limits)
    cutter.unset |= cutter.needs.before(nodes, _NONE, _NONE)[0]
    cutter.block(nodes, 0, _Behind())
    return sorted(cutter.unset)


@lru_cache(maxsize=50_000)
def names_of(text: str) -> tuple[Names, Names]:
    """The locals that a line reads before it writes them, and those that it writes."""
    reads: set[str] = set()
    writes: set[str] = set()
    for statement in reversed(ast.parse(text.strip()).body):
        names = [one for one in ast.walk(statement) if isinstance(one, ast.Name) and _LOCAL.fullmatch(one.id)]
        written = {one.id for one in names if isinstance(one.ctx, ast.Store)}
        reads -= written
        reads |= {one.id for one in names if isinstance(one.ctx, ast.Load)}
        if isinstance(statement, ast.AugAssign):
            reads |= written
        writes |= written
    return frozenset(reads), frozenset(writes)


class Needs:
    """Which locals are needed where; what lies in a list of nodes is found once for all that is around it. Pauses that
    are put between nodes change nothing."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, Names, Names], list[Names]] = {}

    def before(self, nodes: list[Node], after: Names, at_break: Names) -> list[Names]:
        """The locals that are needed before each node, and at last those that are behind them all."""
        key = id(nodes), after, at_break
        found = self._known.get(key)
        if found is None:
            found = [after]
            for node in reversed(nodes):
                found.append(self._before(node, found[-1], at_break))
            found.reverse()
            self._known[key] = found
        return found

    def _before(self, node: Node, after: Names, at_break: Names) -> Names:
        match node:
            case Line(text=text):
                word = text.split()[0]
                after = {"return": _NONE, "break": at_break, "continue": _NONE}.get(word, after)
                reads, writes = (
                    names_of(text) if word not in ("return", "break", "continue") else (_NONE, _NONE)
                )
                return (after - writes) | reads
            case If(test=test, then=then, orelse=orelse):
                ways = (self.before(part, after, at_break)[0] for part in (then, orelse))
                return names_of(test)[0].union(*ways)
            case Turns(head=head, body=body, after=behind):
                reads, counter = names_of(head + " pass")
                last = self.before(behind, after, at_break)[0] | after
                turn = self.before(body, last, after)[0]
                return reads | last | (self.before(body, last | turn, after)[0] - counter)
            case Loop(body=body):
                return self.at_turn(body, after)
            case Stop(call=call) | Call(call=call):
                return after | names_of(call)[0]
            case Chunk(n=turns):
                return after - {turns}
        return after

    def at_turn(self, body: list[Node], after: Names) -> Names:
        """The locals that are needed where a turn of a Loop begins."""
        once = self.before(body, _NONE, after)[0]
        return self.before(body, once, after)[0]


def needed_before(nodes: list[Node], after: Names, at_break: Names) -> list[Names]:
    """As of Needs, for nodes that may have changed since."""
    return Needs().before(nodes, after, at_break)


def at_turn(body: list[Node], after: Names) -> Names:
    """As of Needs, for nodes that may have changed since."""
    return Needs().at_turn(body, after)


def _ahead(nodes: list[Node], after: int, leave: int) -> list[int]:
    """What it takes from before each node to the next pause."""
    found = []
    for node in reversed(nodes):
        after = fuel([node], after, leave, PAUSE)
        found.append(after)
    return found[::-1]


class _Behind(NamedTuple):
    """What comes behind a list of nodes, and where a loop around it is left: locals, and fuel to the next pause."""

    needed: Names = _NONE
    needed_at_break: Names = _NONE
    fuel: int = PAUSE
    fuel_at_break: int = 0
    breaks: list[int] | None = None
    """Gets what the stretch has taken at each break."""


class _Cutter:
    def __init__(self, put_by: Callable[[str], int], cut_fuel: int, long_fuel: int) -> None:
        self.put_by = put_by
        self.cut_fuel = cut_fuel
        self.long_fuel = long_fuel
        self.unset: set[str] = set()
        self.needs = Needs()

    def block(self, nodes: list[Node], since: int, behind: _Behind) -> int:
        """Cut a list of nodes; what its stretch has taken at the end."""
        needed = self.needs.before(nodes, behind.needed, behind.needed_at_break)
        ahead = [*_ahead(nodes, behind.fuel, behind.fuel_at_break), behind.fuel]
        done: list[Node] = []
        for i, node in enumerate(nodes):
            if isinstance(node, Chunk):
                self.unset |= needed[i]
            if isinstance(node, Pause):
                node.kept = self._kept(needed[i])
            elif self._is_cut(node, since, ahead[i]):
                done.append(Pause(kept=self._kept(needed[i])))
                since = PAUSE
            since = self._node(node, since, behind._replace(needed=needed[i + 1], fuel=ahead[i + 1]))
            done.append(node)
        nodes[:] = done
        return since

    def _kept(self, needed: Names) -> tuple[tuple[str, int], ...]:
        return tuple((name, self.put_by(name)) for name in sorted(needed))

    def _is_cut(self, node: Node, since: int, ahead: int) -> bool:
        if min(since, ahead) < _LEAST_FUEL or since + ahead <= self.long_fuel:
            return False
        match node:
            case If():
                return since + fuel_of(node.test) + node.extra > self.cut_fuel
            case Line() | Turns() | Stop() | Call():
                return since + fuel([node]) > self.cut_fuel
        return False

    def _node(self, node: Node, since: int, behind: _Behind) -> int:
        match node:
            case If():
                since += fuel_of(node.test) + node.extra
                return max(self.block(part, since, behind) for part in (node.then, node.orelse))
            case Loop():
                breaks: list[int] = []
                turn = self.needs.at_turn(node.body, behind.needed)
                inner = _Behind(turn, behind.needed, LOOP_TURN + PAUSE, behind.fuel, breaks)
                self.block(node.body, PAUSE, inner)
                return stretch_at_break(node, breaks)
            case Pause() | Chunk():
                return PAUSE
        since += fuel([node])
        if behind.breaks is not None and isinstance(node, Line) and node.text == "break":
            behind.breaks.append(since)
        return since
