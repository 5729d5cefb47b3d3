"""Where a long expression may be left in the middle: after parts that take much, as a rough count says, and between
arguments of a call that take much together.

The exact fuel is known once the code is written (nodes.fuel); where the slice may end has to be known before, because
what is computed until then has to lie in memory.
"""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any, NamedTuple

from sortyard.plc import ir
from sortyard.plc.mpy.values import shape_of

MOST_FUEL = 16_000
"""What a part, or all arguments of a call, may take by this count without a rest behind it."""
_KEPT = 1_000
_OWN = {"truth": 500, "num": 800, "wide": 2_500, "long": 9_000, "real": 1_500, "lreal": 1_500}
_CALL, _INDEX, _POINTER, _TEXT = 8_000, 1_500, 2_500, 9_000
_STORED = {"truth": 500, "num": 500, "wide": 1_500, "long": 3_000, "real": 1_000, "lreal": 1_000}


class LongWork(NamedTuple):
    """By `id`: expressions inside of another one behind which the slice may end, and calls whose arguments may be
    computed and stored in several slices."""

    parts: set[int]
    calls: set[int]


def long_work(body: list[ir.Stmt]) -> LongWork:
    """What takes long in these statements."""
    found = LongWork(set(), set())
    for statement in body:
        _weigh(statement, found)
    return found


def _weigh(node: Any, found: LongWork) -> int:
    """Fuel of a statement or a part of one, about; notes what is long below it."""
    own = total = _own(node)
    for child in _children(node):
        weight = _weigh(child, found)
        if weight > MOST_FUEL and isinstance(child, ir.Expr) and not isinstance(node, ir.Stmt):
            found.parts.add(id(child))
            weight = _KEPT
        total += weight
    if isinstance(node, ir.Call) and total - own + _stored(node) > MOST_FUEL:
        found.calls.add(id(node))
    return 0 if isinstance(node, ir.Stmt) else total


def _children(node: Any) -> Iterator[Any]:
    """What a node is made of, one level down."""
    todo = [getattr(node, field.name) for field in reversed(fields(node))]
    while todo:
        one = todo.pop()
        if isinstance(one, (list, tuple)):
            todo += reversed(one)
        elif isinstance(one, (ir.Expr, ir.Stmt, ir.Place, ir.Indexing)):
            yield one


def _stored(call: ir.Call) -> int:
    return sum(_STORED.get(shape_of(given.type), _TEXT) for _, given in call.inputs)


def _own(node: Any) -> int:
    match node:
        case ir.Const():
            return 0
        case ir.Place(pointer=pointer):
            return 0 if pointer is None else _POINTER
        case ir.Indexing(indices=indices):
            return _INDEX * len(indices)
        case ir.Call() | ir.Dispatch():
            return _CALL
        case ir.Intrinsic(operands=operands, type=type_):
            return _OWN.get(shape_of(type_), _TEXT) * max(1, len(operands) - 1)
        case ir.Binary(left=left):
            return _OWN.get(shape_of(left.type), _TEXT)
        case ir.Expr(type=type_):
            return _OWN.get(shape_of(type_), 0)
    return 0
