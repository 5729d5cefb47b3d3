"""What programs write, themselves and through the units that they call: outputs, and what they ask of a line.

What goes through a reference is seen where all its targets are known (reference_targets.py), what a block does to a
part of a line that it is lent where a program lends it (lent_parts.py).
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sortyard.plc import ir
from sortyard.plc.image import Instance
from sortyard.plc.lent_parts import LentParts, Loan, loans_in, parameter_of
from sortyard.plc.nodes import nodes
from sortyard.plc.reference_targets import Binding, Targets, bindings_in, reference_of
from sortyard.plc.source import Span
from sortyard.plc.symbols import Pou
from sortyard.plc.types import BlockType


class Write(NamedTuple):
    """Bits of the image from `first` up to `end`, by the name that `writer` has for them; or of one of `among` places,
    each with a Write of its own, if a reference may lead to any of them.
    """

    first: int
    end: int
    writer: str
    name: str
    span: Span
    among: int = 1

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
    """What a unit stores in the image, behind references, and in parts that it is lent; where it makes references lead,
    and what it lends.
    """

    stores: list[_Stored]
    behind: list[_Stored]
    bindings: list[Binding]
    lent: list[_Stored]
    loans: list[Loan]


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
        own = [_work(calls, instance.pou, requests), *(works[pou] for pou in units)]
        parts = LentParts(loan for work in own for loan in work.loans)
        for work in own:
            for stored in work.stores:
                yield from _write(stored, owner, requests)
            for stored in work.behind:
                yield from _through(stored, owner, requests, targets, units)
            for stored in work.lent:
                yield from _in_part(stored, owner, requests, parts)


def with_choices(writes: Iterable[Write]) -> tuple[list[Write], list[list[Write]]]:
    """The writes of a place that is known, and apart from them those that go to one of several, each such place."""
    sure: list[Write] = []
    choices: dict[tuple[str, Span], list[Write]] = {}
    for one in writes:
        if one.among == 1:
            sure.append(one)
        else:
            choices.setdefault((one.writer, one.span), []).append(one)
    return sure, [group for group in choices.values() if len(group) == group[0].among]


def _reached(pou: Pou) -> dict[Pou, None]:
    """A unit and all that it calls, in the order of the calls."""
    units: dict[Pou, None] = {pou: None}
    for one in (left := [pou]):
        left += [callee for callee in one.calls if callee not in units]
        units.update(dict.fromkeys(one.calls))
    return units


def _work(body: list, unit: Pou, requests: Requests) -> _Work:
    """What statements store in outputs and requests, and what may be there behind references."""
    work = _Work([], [], [], [], [])
    for node in nodes(body):
        for stored in _stores(node, requests):
            if stored.place.base == "image":
                work.stores.append(stored)
            elif reference_of(stored.place) is not None:
                work.behind.append(stored)
            elif requests and parameter_of(stored.place) is not None:
                work.lent.append(stored)
        work.loans.extend(loans_in(node) if requests else ())
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
    """The same of a store behind a reference."""
    places, reference = targets.places(stored.place, units), reference_of(stored.place)
    name = reference.name if reference is not None else ""
    for place in places:
        for write in _write(stored._replace(place=place), writer, requests):
            yield write._replace(name=f"{write.name} through {name}", among=len(places))


def _in_part(stored: _Stored, writer: str, requests: Requests, parts: LentParts) -> Iterator[Write]:
    """The same of a store in a part that the unit is lent, wherever the program has lent it one."""
    parameter = parameter_of(stored.place)
    for place in parts.places(stored.place):
        for write in _write(stored._replace(place=place), writer, requests):
            yield write._replace(name=f"{write.name} through {parameter.name}" if parameter else write.name)
