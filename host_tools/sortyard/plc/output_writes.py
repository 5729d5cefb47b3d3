"""What programs write, themselves and through the units that they call: outputs, and what they ask of a line.

What goes through a reference is seen where it leads to one variable only (reference_targets.py); what a block does to a
whole part of a line that it was lent is not.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sortyard.plc import ir
from sortyard.plc.image import Instance
from sortyard.plc.nodes import nodes
from sortyard.plc.reference_targets import Binding, Targets, bindings_in, reference_of
from sortyard.plc.source import Span
from sortyard.plc.symbols import Pou
from sortyard.plc.types import BlockType


class Write(NamedTuple):
    """Bits of the image from `first` up to `end`, by the name that `writer` has for them."""

    first: int
    end: int
    writer: str
    name: str
    span: Span

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.span.file}:{self.span.line}"


Requests = dict[int, str]
"""Names of what can be asked of a line's parts, by their offsets in the image."""


class _Stored(NamedTuple):
    """`width` bits from `shift` on of a place."""

    place: ir.Place
    shift: int
    width: int


class _Work(NamedTuple):
    """What a unit stores in the image and behind references, and where it makes them lead."""

    stores: list[_Stored]
    behind: list[_Stored]
    bindings: list[Binding]


def writes_of(instances: list[Instance], requests: Requests) -> Iterator[Write]:
    """What each program writes itself, and through the units that it calls."""
    works: dict[Pou, _Work] = {}
    reached = {instance.pou: _reached(instance.pou) for instance in instances}
    for pou in {pou: None for units in reached.values() for pou in units}:
        works[pou] = _work(pou.body or [], pou, requests)
    targets = Targets(binding for work in works.values() for binding in work.bindings)
    for instance in instances:
        owner = (instance.owner or instance).name
        calls = [instance.call] if instance.call is not None else []
        units = reached[instance.pou]
        for work in (_work(calls, instance.pou, requests), *(works[pou] for pou in units)):
            for stored in work.stores:
                yield from _write(stored, owner, requests)
            for stored in work.behind:
                yield from _through(stored, owner, requests, targets, units)


def _reached(pou: Pou) -> dict[Pou, None]:
    """A unit and all that it calls, in the order of the calls."""
    units: dict[Pou, None] = {pou: None}
    for one in (left := [pou]):
        left += [callee for callee in one.calls if callee not in units]
        units.update(dict.fromkeys(one.calls))
    return units


def _work(body: list, unit: Pou, requests: Requests) -> _Work:
    """What statements store in outputs and requests, and what may be there behind references."""
    work = _Work([], [], [])
    for node in nodes(body):
        for stored in _stores(node, requests):
            if stored.place.base == "image":
                work.stores.append(stored)
            elif reference_of(stored.place) is not None:
                work.behind.append(stored)
        work.bindings.extend(bindings_in(node, unit))
    return work


def _stores(node: ir.Stmt | ir.Expr, requests: Requests) -> Iterator[_Stored]:
    match node:
        case ir.StorePart(place=place, shift=shift, width=width):
            yield _Stored(place, shift, width)
        case ir.Store(place=place) | ir.For(place=place):
            yield _Stored(place, 0, 8 * place.type.size)
        case ir.Call(instance=instance, inputs=inputs, references=references):
            for parameter, place in references:
                if parameter.is_written:
                    yield _Stored(place, 0, 8 * place.type.size)
            if requests and instance is not None:
                for variable, _ in inputs:
                    place = instance.member(variable.offset, variable.type, instance.span)
                    yield _Stored(place, 0, 8 * place.type.size)


def _write(stored: _Stored, writer: str, requests: Requests) -> Iterator[Write]:
    """A store in the image, if an output or a request lies there."""
    place, shift, width = stored
    variable = place.variable
    if variable is None:
        return
    first, name = 8 * place.offset + shift, requests.get(place.offset, "")
    if variable.address is None:
        if name and not isinstance(place.type, BlockType):
            yield Write(first, first + width, writer, name, place.span)
        return
    if place.indexings:
        first, width = 8 * variable.offset, 8 * variable.type.size
    is_plain = variable.name == variable.address
    name = variable.name if is_plain else f"{variable.name} AT {variable.address}"
    yield Write(first, first + width, writer, name, place.span)


def _through(
    stored: _Stored, writer: str, requests: Requests, targets: Targets, units: Iterable[Pou]
) -> Iterator[Write]:
    """The same of a store behind a reference that has one target."""
    place, reference = targets.place(stored.place, units), reference_of(stored.place)
    if place is not None and reference is not None:
        for write in _write(stored._replace(place=place), writer, requests):
            yield write._replace(name=f"{write.name} through {reference.name}")
