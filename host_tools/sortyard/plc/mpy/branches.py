"""IF and CASE: few branches one after another, many by the number of the one that was found.

A function that is left in a branch goes back to it past all the tests before. So of many branches the right one is
found first, in groups of tests between which the slice may end, and then its number leads to it in few steps.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sortyard.plc import ir
from sortyard.plc.mpy.fn import Fn
from sortyard.plc.mpy.nodes import If, Line, Node

_MANY, _GROUP, _NEAR = 16, 8, 4


@dataclass(slots=True)
class Way:
    """A branch: `test` writes what its condition needs and yields the text of it."""

    test: Callable[[], str]
    body: list[ir.Stmt]


def is_long(branches: Sequence[object]) -> bool:
    """True if the slice may end between the tests of so many branches."""
    return len(branches) > _MANY


def choose(fn: Fn, ways: list[Way], otherwise: list[ir.Stmt]) -> None:
    """Run the first branch whose test is true, else `otherwise`."""
    from sortyard.plc.mpy.statements import block

    if not ways:
        block(fn, otherwise)
    elif is_long(ways):
        _by_number(fn, _found(fn, ways), ways, otherwise)
    else:
        _in_turn(fn, ways, otherwise)


def _in_turn(fn: Fn, ways: list[Way], otherwise: list[ir.Stmt]) -> None:
    from sortyard.plc.mpy.statements import block, inner

    first, *rest = ways
    test = first.test()
    then = inner(fn, first.body)
    with fn.into([]) as orelse:
        if rest:
            _in_turn(fn, rest, otherwise)
        else:
            block(fn, otherwise)
    fn.put(If(test, then, orelse))


def _found(fn: Fn, ways: list[Way]) -> str:
    """A word with the number of the first branch whose test is true, from 1 on; 0 if there is none."""
    found = fn.word("0")
    for start in range(0, len(ways), _GROUP):
        with fn.into([]) as group:
            _number_of(fn, found, ways, start, min(start + _GROUP, len(ways)))
        fn.put(If(f"{found} == 0", group))
        fn.rest()
    return found


def _number_of(fn: Fn, found: str, ways: list[Way], start: int, end: int) -> None:
    test = ways[start].test()
    with fn.into([]) as orelse:
        if start + 1 < end:
            _number_of(fn, found, ways, start + 1, end)
    fn.put(If(test, [Line(f"{found} = {start + 1}")], orelse))


def _by_number(fn: Fn, found: str, ways: list[Way], otherwise: list[ir.Stmt]) -> None:
    """Run the branch of that number."""
    from sortyard.plc.mpy.statements import inner

    bodies = [inner(fn, body) for body in [otherwise, *(way.body for way in ways)]]
    fn.nodes += _split(found, bodies, 0)


def _split(found: str, bodies: list[list[Node]], first: int) -> list[Node]:
    """Halves of the branches, the numbers from `first` on, down to a few."""
    if len(bodies) == 1:
        return bodies[0]
    if len(bodies) <= _NEAR:
        return [If(f"{found} == {first}", bodies[0], _split(found, bodies[1:], first + 1))]
    middle = len(bodies) // 2
    halves = _split(found, bodies[:middle], first), _split(found, bodies[middle:], first + middle)
    return [If(f"{found} < {first + middle}", *halves)]
