"""Who writes the outputs: a warning where two programs write one place, or blocks do that VAR_CONFIG has put there.

An output is a place at an address, or what a program asks of a part of a line (`LAMP.GREEN`, an input of its block).
Within one program a place may be written as often as it likes. What goes through a reference to one of several places
is told where other programs write each of these. What is seen of a program: output_writes.py.
"""

from collections.abc import Iterable, Iterator

from sortyard.plc import ir
from sortyard.plc.image import Instance
from sortyard.plc.instance_places import Placed
from sortyard.plc.nodes import nodes
from sortyard.plc.output_writes import Requests, Write, with_choices, writes_of
from sortyard.plc.symbols import Pou, Project, Variable
from sortyard.plc.types import BlockType

_CODE = "SY2116"


def warn_of_rivals(
    project: Project, instances: Iterable[Instance], placed: Iterable[Placed], outputs: tuple[int, int]
) -> None:
    """Tell which outputs, from the first offset up to the second one of the image, have more than one writer."""
    first, end = outputs
    writes: dict[tuple[int, int, str], Write] = {}
    own = [instance for instance in instances if instance.pou.kind != "TEST"]
    requests = _requests_of(project)
    seen = (
        one
        for one in (*writes_of(own, requests), *_of_blocks(placed, project.pous.values()))
        if first * 8 <= one.first < end * 8 or one.first // 8 in requests
    )
    sure, choices = with_choices(seen)
    for one in sure:
        writes.setdefault((one.first, one.end, one.writer), one)
    told: set[tuple[str, str]] = set()
    for rivals in (*_overlaps(sorted(writes.values())), *_whichever(choices, writes.values())):
        former, later = sorted(rivals, key=lambda one: (one.span.file, one.span.start, one.writer))
        if (later.writer, later.name) not in told:
            told.add((later.writer, later.name))
            message = (
                f"{later.writer} writes {later.name}, and so does {former.writer} ({former.name}, "
                f"{former.place}): the last one in a scan wins"
            )
            hint = "let one of them write it, and hand it the other's wish in a variable"
            project.sink.tell(_CODE, later.span, message, hint)


def _requests_of(project: Project) -> Requests:
    """Inputs of the blocks that a line has for its parts: global variables that are not the user's own."""
    parts = [project.globals[name] for name in project.given]
    return {
        part.offset + variable.offset: f"{part.name}.{variable.name}"
        for part in parts
        if isinstance(part.type, BlockType)
        for variable in part.type.pou.parameters("VAR_INPUT")
    }


def _overlaps(writes: list[Write]) -> Iterator[tuple[Write, Write]]:
    """Each write, in the order of the image, with one before it of another writer at the same place."""
    active: list[Write] = []
    for one in writes:
        active = [other for other in active if other.end > one.first]
        rival = next((other for other in active if other.writer != one.writer), None)
        if rival is not None:
            yield rival, one
        active.append(one)


def _whichever(choices: list[list[Write]], sure: Iterable[Write]) -> Iterator[tuple[Write, Write]]:
    """Each write that goes to one of several places, all of them written by others, with such a one."""
    by_byte: dict[int, list[Write]] = {}
    for one in sure if choices else ():
        for byte in range(one.first // 8, (one.end + 7) // 8):
            by_byte.setdefault(byte, []).append(one)
    for group in choices:
        rivals = [_rival(one, by_byte) for one in group]
        if rivals[0] is not None and None not in rivals:
            yield rivals[0], group[0]


def _rival(write: Write, by_byte: dict[int, list[Write]]) -> Write | None:
    there = (one for byte in range(write.first // 8, (write.end + 7) // 8) for one in by_byte.get(byte, []))
    return next(
        (
            one
            for one in there
            if one.writer != write.writer and one.first < write.end and write.first < one.end
        ),
        None,
    )


def _of_blocks(placed: Iterable[Placed], pous: Iterable[Pou]) -> Iterator[Write]:
    """The places that VAR_CONFIG gives to variables of blocks, where the block writes them."""
    stored = {variable for pou in pous for variable in _through_references(pou)}
    for one in placed:
        if one.variable in stored:
            yield Write(8 * one.offset, 8 * (one.offset + one.size), one.path, one.path, one.span)


def _through_references(pou: Pou) -> Iterator[Variable]:
    """Variables of the block that lead to what it writes."""
    for node in nodes(pou.body or []):
        if isinstance(node, (ir.Store, ir.StorePart)) and isinstance(node.place.pointer, ir.Load):
            variable = node.place.pointer.place.variable
            if variable is not None:
                yield variable
