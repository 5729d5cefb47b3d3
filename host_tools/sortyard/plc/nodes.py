"""Walks through what a unit does: its statements, and all that is in them."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from sortyard.plc import ir
from sortyard.plc.symbols import Pou, Variable
from sortyard.plc.types import RefType


@cache
def _parts(cls: type) -> tuple[str, ...]:
    """Fields that may hold operations."""
    skipped = {"type", "span", "variable", "pou", "function", "name", "op", "kind", "array", "base", "offset"}
    return tuple(f.name for f in fields(cls) if f.name not in skipped)


def nodes(node: Any) -> Iterator[Any]:
    """Every statement, expression, place and index within, from the outside in."""
    todo = [node]
    while todo:
        item = todo.pop()
        if isinstance(item, (list, tuple)):
            todo += reversed(item)
        elif is_dataclass(item) and not isinstance(item, (Variable, Pou, RefType)):
            if type(item).__module__ != ir.__name__:
                continue
            yield item
            todo += [getattr(item, name) for name in reversed(_parts(type(item)))]
