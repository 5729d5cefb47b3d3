"""What a piece of a program writes, calls and refers to: what decides where C may keep a variable."""

from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Any

from sortyard.plc import ir
from sortyard.plc.c.names import scalar
from sortyard.plc.nodes import nodes
from sortyard.plc.symbols import Pou, Variable
from sortyard.plc.types import kind_of


@dataclass(slots=True)
class Effects:
    """`written` and `referred` name whole variables, also where only a part is meant.

    `makes_references`: a reference is made from something else than the address of a variable of its type.
    """

    written: set[Variable] = field(default_factory=set)
    referred: set[Variable] = field(default_factory=set)
    calls: bool = False
    loops: bool = False
    makes_references: bool = False


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
            case ir.Convert(operand=operand):
                found.makes_references |= kind_of(node.type) == "ref" and operand.type != node.type
    return found


SMALL = 40
"""Nodes of a body that is shorter than what a call of it costs: its arguments go through memory, its results too."""


def is_small(pou: Pou) -> bool:
    """A unit that calls nothing, has no loop and is short: worth a copy at each call, also where size counts."""
    body = list(islice(nodes(pou.body or []), SMALL + 1))
    return len(body) <= SMALL and not any(
        isinstance(node, (ir.Call, ir.For, ir.While, ir.Repeat)) for node in body
    )


def is_alone(pou: Pou) -> bool:
    """A block that reaches, while it runs, for nothing of the image but its own instance and the clock.

    No other pointer leads there then: C may keep what it writes in registers.
    """
    if pou.block is None or any(variable.by_reference for variable in pou.variables.values()):
        return False
    return not any(
        isinstance(node, (ir.Call, ir.AddressOf)) or (isinstance(node, ir.Place) and not _is_own(node))
        for node in nodes(pou.body or [])
    )


def _is_own(place: ir.Place) -> bool:
    if place.base == "local":
        return place.variable is not None and place.variable.storage == "work"
    return place.base == "self"


def holdable(loop: Any, exposed: set[Variable] | None) -> tuple[list[ir.Place], list[ir.Place]]:
    """Scalars of the image that a loop without calls may keep in C variables: (all, those that it writes).

    Each has a place that nothing else in the loop overlaps, and no reference leads to it.
    """
    if exposed is None:
        return [], []
    roots: dict[Variable, list[ir.Place]] = {}
    written: set[tuple[str, int]] = set()
    for node in nodes(loop):
        if isinstance(node, ir.Place) and node.base in ("self", "image"):
            if node.variable is None and node.base == "image":
                return [], []
            if node.variable is not None:
                roots.setdefault(node.variable, []).append(node)
        elif isinstance(node, (ir.Store, ir.StorePart, ir.For)):
            written.add((node.place.base, node.place.offset))
    found: list[ir.Place] = []
    for variable, places in roots.items():
        if variable not in exposed and variable.address is None and not variable.by_reference:
            found += _apart(places)
    return found, [place for place in found if (place.base, place.offset) in written]


def _apart(places: list[ir.Place]) -> list[ir.Place]:
    """One place for each scalar, or none at all where two kinds of access overlap."""
    own: dict[int, ir.Place] = {}
    for place in places:
        if place.indexings or scalar(place.type) is None:
            return []
        if scalar(own.setdefault(place.offset, place).type) != scalar(place.type):
            return []
    ordered = sorted(own.values(), key=lambda place: place.offset)
    meets = any(a.offset + a.type.size > b.offset for a, b in pairwise(ordered))
    return [] if meets else ordered
