"""Who writes the outputs: a warning where two programs write one place, or blocks do that VAR_CONFIG has put there.

Within one program a place may be written as often as it likes. What goes through a reference is not seen.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sortyard.plc import ir
from sortyard.plc.image import Instance
from sortyard.plc.instance_places import Placed
from sortyard.plc.nodes import nodes
from sortyard.plc.source import Span
from sortyard.plc.symbols import Pou, Project, Variable

_CODE = "SY2116"


class _Write(NamedTuple):
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


def warn_of_rivals(
    project: Project, instances: Iterable[Instance], placed: Iterable[Placed], outputs: tuple[int, int]
) -> None:
    """Tell which outputs, from the first offset up to the second one of the image, have more than one writer."""
    first, end = outputs
    writes: dict[tuple[int, int, str], _Write] = {}
    own = [instance for instance in instances if instance.pou.kind != "TEST"]
    for one in (*_of_programs(own), *_of_blocks(placed, project.pous.values())):
        if first * 8 <= one.first < end * 8:
            writes.setdefault((one.first, one.end, one.writer), one)
    told: set[tuple[str, str]] = set()
    for rivals in _overlaps(sorted(writes.values())):
        former, later = sorted(rivals, key=lambda one: (one.span.file, one.span.start, one.writer))
        if (later.writer, later.name) not in told:
            told.add((later.writer, later.name))
            message = (
                f"{later.writer} writes {later.name}, and so does {former.writer} ({former.name}, "
                f"{former.place}): the last one in a scan wins"
            )
            hint = "let one of them write it, and hand it the other's wish in a variable"
            project.sink.tell(_CODE, later.span, message, hint)


def _overlaps(writes: list[_Write]) -> Iterator[tuple[_Write, _Write]]:
    """Each write, in the order of the image, with one before it of another writer at the same place."""
    active: list[_Write] = []
    for one in writes:
        active = [other for other in active if other.end > one.first]
        rival = next((other for other in active if other.writer != one.writer), None)
        if rival is not None:
            yield rival, one
        active.append(one)


def _of_programs(instances: list[Instance]) -> Iterator[_Write]:
    """What each program writes itself, and through the units that it calls."""
    known: dict[Pou, list[_Write]] = {}
    for instance in instances:
        owner = instance.owner or instance
        calls = [instance.call] if instance.call is not None else []
        yield from _written(calls, owner.name)
        units = {instance.pou: None}
        for pou in (left := [instance.pou]):
            left += [callee for callee in pou.calls if callee not in units]
            units.update(dict.fromkeys(pou.calls))
        for pou in units:
            if pou not in known:
                known[pou] = list(_written(pou.body or [], ""))
            yield from (one._replace(writer=owner.name) for one in known[pou])


def _written(body: list, writer: str) -> Iterator[_Write]:
    """What statements write at addresses of their own."""
    for node in nodes(body):
        match node:
            case ir.StorePart(place=place, shift=shift, width=width):
                yield from _write(place, writer, shift, width)
            case ir.Store(place=place) | ir.For(place=place):
                yield from _write(place, writer, 0, 8 * place.type.size)
            case ir.Call(references=references):
                for parameter, place in references:
                    if parameter.is_written:
                        yield from _write(place, writer, 0, 8 * place.type.size)


def _write(place: ir.Place, writer: str, shift: int, width: int) -> Iterator[_Write]:
    variable = place.variable
    if place.base != "image" or variable is None or variable.address is None:
        return
    first = 8 * place.offset + shift
    if place.indexings:
        first, width = 8 * variable.offset, 8 * variable.type.size
    is_plain = variable.name == variable.address
    name = variable.name if is_plain else f"{variable.name} AT {variable.address}"
    yield _Write(first, first + width, writer, name, place.span)


def _of_blocks(placed: Iterable[Placed], pous: Iterable[Pou]) -> Iterator[_Write]:
    """The places that VAR_CONFIG gives to variables of blocks, where the block writes them."""
    stored = {variable for pou in pous for variable in _through_references(pou)}
    for one in placed:
        if one.variable in stored:
            yield _Write(8 * one.offset, 8 * (one.offset + one.size), one.path, one.path, one.span)


def _through_references(pou: Pou) -> Iterator[Variable]:
    """Variables of the block that lead to what it writes."""
    for node in nodes(pou.body or []):
        if isinstance(node, (ir.Store, ir.StorePart)) and isinstance(node.place.pointer, ir.Load):
            variable = node.place.pointer.place.variable
            if variable is not None:
                yield variable
