"""From sources to a program that runs: the front door.

compiled = compile_files([Path("door.st")])      # raises PlcSourceError with everything that is wrong
runtime = Runtime(compiled)                       # runtime.py
runtime.set("main.start", 1)
runtime.scan(10)                                  # ten scans, 10 ms of the program's clock apart
runtime.get("main.motor")
"""

import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sortyard.plc import tree as t
from sortyard.plc.absent_libraries import with_libraries
from sortyard.plc.block_tasks import blocks_of
from sortyard.plc.declare import Declarer
from sortyard.plc.declare_addresses import apply_settings, enter_addresses
from sortyard.plc.diagnostics import Diagnostic, PlcSourceError, Sink
from sortyard.plc.fault_blocks import find_watchers
from sortyard.plc.files import read_sources
from sortyard.plc.image import Image, ImageBuilder, Instance
from sortyard.plc.initial import Initial, Template
from sortyard.plc.library import VENDOR_NAMESPACES, library_files, vendor_files
from sortyard.plc.lower import lower_all, needed_by, place_work, run_by_tasks
from sortyard.plc.parser import parse
from sortyard.plc.source import Source, Span
from sortyard.plc.start import start
from sortyard.plc.symbols import Pou, Project, Variable
from sortyard.plc.tasks import Task, connect, instances_of, leave_to_callers, tasks_of, tests_of
from sortyard.plc.writers import warn_of_rivals

_DOUBTFUL = ("SY12", "SY13", "SY14", "SY1502", "SY2", "SY3")
"""Codes that are not told where declarations could not be read."""
_DOUBTFUL_IN_GAPS = ("SY1502", "SY2", "SY3")
"""Codes that are not told where statements could not be read."""
_HABIT = "SY3102"
"""The hint about what everybody writes in the vendors' dialects."""
_RECURSION_LIMIT = 20_000
"""Enough for the deepest tree that the parser lets through; Python's own frames take no C stack."""


@dataclass(slots=True, repr=False)
class Compiled:
    """A program that can run, or the reasons why not.

    `pous` is in calling order, callees first: where programs run, those that they need. `units`: how many the user's
    sources have. `tasks` have the instances that they run. `templates` is what the variables of each unit that live for
    one call start with.
    """

    diagnostics: list[Diagnostic]
    pous: list[Pou] = field(default_factory=list)
    units: int = 0
    instances: list[Instance] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    image: Image = field(default_factory=Image)
    variables: list[Variable] = field(default_factory=list)
    """The global ones, and those with an address."""
    templates: dict[Pou, Template] = field(default_factory=dict)

    @property
    def has_errors(self) -> bool:
        return any(d.severity == "error" for d in self.diagnostics)


@contextmanager
def deep_work() -> Iterator[None]:
    """Room for deep trees while compiling, and no search for cycles: a tree of a million nodes has none to free."""
    before, was_collecting = sys.getrecursionlimit(), gc.isenabled()
    sys.setrecursionlimit(max(before, _RECURSION_LIMIT))
    gc.disable()
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
        if was_collecting:
            gc.enable()


def check_sources(
    sources: Sequence[Source],
    dialect: str = "strict",
    with_tests: bool = False,
    prelude: Sequence[t.File] = (),
) -> Compiled:
    """Compile as far as possible; never raises for what is in the sources.

    TEST units are always checked; `with_tests` makes them tasks of their own. `prelude`: files without errors that
    count as the library does, for example the parts of a line (line/prelude.py).
    """
    sink = Sink()
    with deep_work():
        files = [parse(source, sink, dialect == "strict") for source in sources]
        _tell_empty(files, sink)
        compiled = _compile(files, sink, dialect, with_tests, prelude)
    if dialect != "strict":
        sink.items = [item for item in sink.items if item.code != _HABIT]
    sink.items = with_libraries(sink.items, sources)
    compiled.diagnostics = sink.sorted()
    return compiled


def _tell_empty(files: list[t.File], sink: Sink) -> None:
    """Sources without anything but comments hold no program: probably the wrong file, or one that was not saved."""
    if files and not sink.has_errors and not any(file.units for file in files):
        message = "nothing is declared here" if len(files) == 1 else "nothing is declared in any of the files"
        hint = "write PROGRAM ... END_PROGRAM, or name another file"
        sink.tell("SY1112", Span(files[0].source, 0, 0), message, hint)


def _compile(
    files: list[t.File], sink: Sink, dialect: str, with_tests: bool, prelude: Sequence[t.File]
) -> Compiled:
    compiled = Compiled([])
    if any(d.code == "SY1601" for d in sink.items):
        return compiled
    doubtful = _doubtful(files)
    is_whole = not doubtful
    own = sink if is_whole else Sink()
    project = _declare(files, own, dialect, prelude)
    compiled.instances = instances_of(project) + (tests_of(project) if with_tests else [])
    blocks = blocks_of(project, compiled.instances)
    builder = ImageBuilder(project, compiled.instances)
    builder.place()
    connect(project, [*compiled.instances, *blocks])
    pous = lower_all(project, compiled.instances)
    compiled.units = sum(not pou.is_library for pou in pous)
    pous = needed_by(project, pous, [*compiled.instances, *blocks])
    place_work(pous)
    leave_to_callers(project, compiled.instances)
    compiled.tasks = tasks_of(project, [*compiled.instances, *blocks])
    find_watchers(project, compiled.tasks)
    running = [instance for task in compiled.tasks for instance in task.instances]
    warn_of_rivals(project, running, builder.placed(), builder.image.slices["outputs"])
    compiled.variables = list(dict.fromkeys([*project.globals.values(), *project.located]))
    if is_whole and not any(item.code == "SY1604" for item in own.items):
        compiled.image = builder.fill(pous)
    compiled.pous = pous
    if project.start is not None:
        compiled.pous = run_by_tasks(project, pous, [*compiled.instances, *blocks])
    if not sink.has_errors:
        initial = Initial(project)
        compiled.templates = {pou: initial.template(pou) for pou in pous}
    if project.start is not None and not sink.has_errors:
        start(compiled, project.start, sink)
    for item in own.items if doubtful else []:
        if not item.code.startswith(doubtful):
            sink.tell(item.code, item.span, item.message, item.suggestion)
    return compiled


def _doubtful(files: list[t.File]) -> tuple[str, ...]:
    """Codes that would be no news: names only seem unknown where their declaration is missing in the tree."""
    if any(file.is_partial for file in files):
        return _DOUBTFUL
    return _DOUBTFUL_IN_GAPS if any(file.has_gaps for file in files) else ()


def _declare(files: list[t.File], sink: Sink, dialect: str, prelude: Sequence[t.File]) -> Project:
    """The project of the files, the prelude and the library, every type resolved."""
    project = Project(sink, dialect)
    declarer = Declarer(project)
    for file in (*library_files(), *vendor_files(dialect), *prelude):
        declarer.enter(file.units, is_library=True)
    project.given = frozenset(project.globals)
    opened = [name.upper() for file in files for name in file.source.opened]
    project.opened = list(dict.fromkeys([*opened, *VENDOR_NAMESPACES]))
    for file in files:
        declarer.enter(file.units)
    declarer.check_used()
    declarer.resolve_all()
    apply_settings(project)
    enter_addresses(project, [address for file in (*prelude, *files) for address in file.addresses])
    return project


def compile_sources(
    sources: Sequence[Source],
    dialect: str = "strict",
    with_tests: bool = False,
    prelude: Sequence[t.File] = (),
) -> Compiled:
    """Compile; raises PlcSourceError if there is any error."""
    __tracebackhide__ = True
    compiled = check_sources(sources, dialect, with_tests, prelude)
    if compiled.has_errors:
        raise PlcSourceError(compiled.diagnostics)
    return compiled


def compile_files(paths: Sequence[Path], dialect: str = "strict", prelude: Sequence[t.File] = ()) -> Compiled:
    """Compile files; raises PlcSourceError, or OSError for a file that cannot be read."""
    __tracebackhide__ = True
    return compile_sources(read_sources(paths), dialect, prelude=prelude)
