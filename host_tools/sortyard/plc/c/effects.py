"""What a piece of a program writes, calls and refers to: what decides where C may keep a variable."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any

from sortyard.plc import ir
from sortyard.plc.symbols import Pou, Variable
from sortyard.plc.types import RefType, kind_of


@dataclass(slots=True)
class Effects:
    """`written` and `referred` name whole variables, also where only a part is meant. `charges`: it takes from the
    budget in a loop or call. `leaves`: RETURN stands in it.
    """

    written: set[Variable] = field(default_factory=set)
    referred: set[Variable] = field(default_factory=set)
    calls: bool = False
    loops: bool = False
    leaves: bool = False
    makes_references: bool = False


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


def effects(body: Any) -> Effects:
    """The effects of statements or an expression."""
    found = Effects()
    for node in nodes(body):
        match node:
            case ir.Store(place=place) | ir.StorePart(place=place) | ir.For(place=place):
                if place.variable is not None:
                    found.written.add(place.variable)
                found.loops |= isinstance(node, ir.For)
            case ir.While() | ir.Repeat():
                found.loops = True
            case ir.Call():
                found.calls = True
                found.referred |= {
                    place.variable for _, place in node.references if place.variable is not None
                }
            case ir.AddressOf(place=place):
                if place.variable is not None:
                    found.referred.add(place.variable)
            case ir.Jump(kind="RETURN"):
                found.leaves = True
            case ir.Convert(operand=operand):
                if kind_of(node.type) == "ref" and kind_of(operand.type) != "ref":
                    found.makes_references = True
    return found
