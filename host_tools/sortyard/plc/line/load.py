"""A line's program, compiled and bound to the line: every mistake in it and in [program] at once.

program = load_program(site)          # BoundProgram; InputError with every finding
found = read_program(site)            # the same without raising
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sortyard.config.board_file import load_board
from sortyard.config.line import Line
from sortyard.config.line_file import load_line
from sortyard.config.site import Site
from sortyard.config.toml_file import Located
from sortyard.errors import Finding, InputError, Severity
from sortyard.plc.diagnostics import Diagnostic, Sink
from sortyard.plc.files import read_sources
from sortyard.plc.keeper import survival_of
from sortyard.plc.line.addresses import Copy, Mapping, read_map
from sortyard.plc.line.parts import Part, parts_of
from sortyard.plc.line.prelude import judge_names, prelude_of
from sortyard.plc.program import Compiled, check_sources
from sortyard.plc.types import BlockType, Elementary, EnumType, SubrangeType, Type
from sortyard.plc.watch import Watch

STEP_NS = 1_000_000
"""The gate logic's step: a program runs after one."""
_SEVERITIES: dict[str, Severity] = {"error": "error", "warning": "warning", "hint": "note"}


@dataclass(frozen=True)
class Watched:
    """A VAR_OUTPUT of a PROGRAM: what it tells to people. Each change of it is an event."""

    name: str
    type: Type
    offset: int


@dataclass
class BoundProgram:
    """A program and its line. `reads` are copied into the image before a scan, `writes` out of it after one."""

    compiled: Compiled
    reads: list[Copy] = field(default_factory=list)
    writes: list[Copy] = field(default_factory=list)
    mapped: dict[str, str] = field(default_factory=dict)
    """Requests of parts, in upper case, that an address gives in their place: what is written there is not heard."""
    watched: list[Watched] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    """Everything to be told, errors too."""
    files: list[str] = field(default_factory=list)
    """Its sources, the library's not."""

    @property
    def has_errors(self) -> bool:
        return any(one.severity == "error" for one in self.findings)


def load_program(site: Site) -> BoundProgram | None:
    """The program of a line that has one. Raises InputError with every finding."""
    bound = read_program(site)
    if bound is not None and bound.has_errors:
        raise InputError(bound.findings)
    return bound


def read_program(site: Site) -> BoundProgram | None:
    """The program of a line that has one, with everything that is wrong with it; it runs only without errors."""
    program = site.line.program
    if program is None:
        return None
    findings = judge_names(site.located)
    path = site.path.parent / program.file
    try:
        sources = read_sources([path])
    except OSError as error:
        reason = f"{path} cannot be read: {error.strerror}"
        findings.append(site.located.finding(("program", "file"), reason, "name a file in Structured Text"))
        return BoundProgram(Compiled([]), findings=findings)
    if findings:
        return BoundProgram(Compiled([]), findings=findings)
    compiled = check_sources(sources, program.dialect, prelude=prelude_of(site.located))
    bound = BoundProgram(compiled, files=[source.file for source in sources])
    sink = Sink(list(compiled.diagnostics))
    mapping = _judge(site.located, compiled, sink)
    bound.findings = [*mapping.findings, *(finding_of(item) for item in sink.sorted())]
    if not bound.has_errors:
        bound.findings += _judge_retained(site, compiled)
        _connect(bound, site.located, mapping)
        bound.watched = list(_watched(compiled))
    return bound


def judge_for_line(path: Path, compiled: Compiled) -> list[Diagnostic]:
    """The messages of a program, with what a line file has against it. Raises InputError for a line that cannot be
    used; what is wrong in its [program.map] itself is told by `sortyard check`.
    """
    sink = Sink(list(compiled.diagnostics))
    _judge(load_line(path), compiled, sink)
    return sink.sorted()


def _judge(located: Located[Line], compiled: Compiled, sink: Sink) -> Mapping:
    _judge_tasks(compiled, sink)
    _judge_lights(compiled, sink)
    line = located.model
    if line.program is None:
        return Mapping()
    return read_map(located, line.program, parts_of(line), compiled, sink)


def finding_of(item: Diagnostic) -> Finding:
    """A message of the compiler, as `check` tells it."""
    place = f"column {item.span.column}"
    reason = f"{item.code}: {item.message}"
    severity = _SEVERITIES[item.severity]
    return Finding(item.span.file, item.span.line, place, reason, item.suggestion, severity, item.excerpt())


def _judge_tasks(compiled: Compiled, sink: Sink) -> None:
    for task in compiled.tasks:
        if task.span is not None and 0 < task.interval_ns < STEP_NS:
            message = f"an interval of {task.interval_ns / 1e6:g} ms is shorter than a step of the gate logic"
            sink.tell("SY1801", task.span, message, "write T#1ms or more")


def _judge_lights(compiled: Compiled, sink: Sink) -> None:
    """Its lamps are worked out when it is called."""
    for variable in compiled.variables:
        type_ = variable.type
        is_light = isinstance(type_, BlockType) and type_.pou.is_library and type_.pou.name == "STACK_LIGHT"
        if is_light and variable.is_written and not variable.is_called:
            message = f"{variable.name} is never called: its lamps stay as they are"
            sink.tell("SY2202", variable.span, message, f"write {variable.name}(...)")


def _judge_retained(site: Site, compiled: Compiled) -> Iterator[Finding]:
    """What a power cut leaves of what the program RETAINs, and whether the board has room for it."""
    start, end = compiled.image.slices["retain"]
    if start == end or site.line.program is None:
        return
    board = load_board(site.line.ecu[0].board)
    if end - start > board.plc.retain:
        reason = (
            f"what it retains takes {end - start:,} bytes, {board.title} has room for {board.plc.retain:,}"
        )
        yield site.located.finding(("program", "file"), reason, "retain fewer variables")
        return
    remedy = "nothing, if the program can do without what has changed since the line stood last"
    yield site.located.finding(("program", "file"), survival_of(board, end - start), remedy, "note")


def _connect(bound: BoundProgram, located: Located, mapping: Mapping) -> None:
    watch = Watch(bound.compiled.image, bytearray(bound.compiled.image.initial))
    for part in parts_of(located.model):
        for variable, channel in part.reads.items():
            bound.reads.append(_copy(watch, part, variable, channel))
        for variable, channel in part.writes.items():
            if channel in mapping.given:
                bound.mapped[f"{part.identifier}.{variable}".upper()] = mapping.given[channel]
            else:
                bound.writes.append(_copy(watch, part, variable, channel))
    bound.reads += mapping.reads
    bound.writes += mapping.writes


def _copy(watch: Watch, part: Part, variable: str, channel: int) -> Copy:
    offset, type_, bit = watch.find(f"{part.identifier}.{variable}")
    return Copy(channel, offset, type_.size, bit)


def _watched(compiled: Compiled) -> Iterator[Watched]:
    watch = Watch(compiled.image, bytearray(compiled.image.initial))
    for instance in compiled.instances:
        for variable in instance.pou.parameters("VAR_OUTPUT"):
            if isinstance(variable.type, (Elementary, EnumType, SubrangeType)) and variable.type.size <= 4:
                name = f"{instance.name}.{variable.name}"
                offset, type_, bit = watch.find(name)
                if bit < 0:
                    yield Watched(name, type_, offset)
