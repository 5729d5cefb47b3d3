"""A warning where a program writes by its name what [program.map] gives at an address: it is heard there only."""

from collections.abc import Iterable, Iterator, Mapping

from sortyard.plc.diagnostics import Sink
from sortyard.plc.line.parts import Part
from sortyard.plc.output_writes import with_choices, writes_of
from sortyard.plc.program import Compiled
from sortyard.plc.source import Span
from sortyard.plc.types import BlockType


def tell_unheard(compiled: Compiled, parts: Iterable[Part], given: Mapping[int, str], sink: Sink) -> None:
    """Tell each place in which a program writes what `given` has: channels of requests, and their addresses."""
    requests = {offset: (name, at) for offset, name, at in _given(compiled, parts, given)}
    running = [one for task in compiled.tasks for one in task.instances if one.pou.kind != "TEST"]
    writes = writes_of(running, {offset: name for offset, (name, _) in requests.items()}) if requests else ()
    sure, choices = with_choices(writes)
    told: set[Span] = set()
    for write in (*sure, *(group[0] for group in choices)):  # of a choice, no place is heard
        offset = write.first // 8
        if offset in requests and write.span not in told:
            told.add(write.span)
            at = requests[offset][1]
            message = f"{write.name} is not heard: [program.map] has {at} in its place"
            sink.tell("SY2203", write.span, message, f'write {at}, or take "{at}" out of [program.map]')


def _given(
    compiled: Compiled, parts: Iterable[Part], given: Mapping[int, str]
) -> Iterator[tuple[int, str, str]]:
    """Of each request at an address where the part has it in the image, the part's name for it, and that address. What
    a lamp is to do goes with what is lit (RED with RED_ON).
    """
    blocks = {one.name: one for one in compiled.variables if isinstance(one.type, BlockType)}
    for part in parts:
        block = blocks.get(part.identifier)
        for variable in (one for one, channel in part.writes.items() if channel in given):
            if block is not None and isinstance(block.type, BlockType):
                own = block.type.pou.variables
                asked = own.get(variable.removesuffix("_ON"), own[variable])
                name = f"{part.identifier}.{asked.name}"
                yield block.offset + asked.offset, name, given[part.writes[variable]]
