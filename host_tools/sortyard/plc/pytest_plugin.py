"""PLC programs in pytest: the fixture `plc`, the option --plc-backend, and TEST units of test_*.st files.

def test_door(plc):
    door = plc("door.st")                  # beside this file
    door.main.request = True
    door.advance("T#2s")
    assert door.main.open
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sortyard.plc.program import Compiled


def pytest_addoption(parser: pytest.Parser) -> None:
    """--plc-backend."""
    parser.getgroup("sortyard").addoption(
        "--plc-backend",
        choices=("ref", "c", "micropython"),
        default="ref",
        help="What runs PLC programs: the reference interpreter, C compiled by the host, or MicroPython.",
    )


@pytest.fixture
def plc(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """`plc("door.st", ...)`: a harness.Harness of the files beside the test file (or absolute).

    Options: dialect, interval ("T#10ms" between scans where no TASK says it), budget; watchdog ("T#20ms": longest run
    of a task, where the back end has a board's clock or the test says what runs take); line: the line file whose parts
    the program names.
    """
    from sortyard.errors import InputError
    from sortyard.plc.backends import machine_of
    from sortyard.plc.harness import Harness
    from sortyard.plc.line.prelude import prelude_for
    from sortyard.plc.program import compile_files

    folder = request.path.parent
    backend = str(request.config.getoption("--plc-backend"))

    def load(*names: str, dialect: str = "strict", line: str = "", **options: Any) -> Harness:
        __tracebackhide__ = True
        try:
            prelude = prelude_for(folder / line) if line else []
            compiled = compile_files([folder / name for name in names], dialect, prelude)
        except (OSError, InputError) as unusable:
            # how files are read says nothing to the test's author
            raise unusable.with_traceback(None) from None
        return Harness(compiled, machine=machine_of(backend), **options)

    return load


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "TestFile | None":
    """test_door.st holds tests of door.st beside it, or of what it declares itself; the parts of a line are there if
    its line file beside names door.st as its program."""
    if file_path.suffix == ".st" and file_path.name.startswith("test_"):
        return TestFile.from_parent(parent, path=file_path)
    return None


class TestFile(pytest.File):
    """A source with TEST units."""

    __test__ = False

    def collect(self) -> Iterable[pytest.Item]:
        from sortyard.errors import SortyardError

        try:
            compiled = self._compiled()
        except (OSError, SortyardError) as unusable:
            raise self.CollectError(str(unusable)) from None
        for index, task in enumerate(compiled.tasks):
            if task.is_test:
                name = task.instances[0].pou.name
                yield TestItem.from_parent(self, name=name, compiled=compiled, index=index)

    def _compiled(self) -> "Compiled":
        from sortyard.plc.files import read_sources
        from sortyard.plc.line.prelude import line_beside, prelude_for, subject_of
        from sortyard.plc.program import compile_sources

        subject = subject_of(self.path)
        paths = [self.path, subject] if subject is not None else [self.path]
        line = line_beside(subject) if subject is not None else None
        prelude = prelude_for(line) if line else []
        return compile_sources(read_sources(paths), with_tests=True, prelude=prelude)


class TestItem(pytest.Item):
    """One TEST."""

    __test__ = False

    def __init__(self, *, compiled: Any, index: int, **options: Any) -> None:
        super().__init__(**options)
        self.compiled, self.index = compiled, index

    def runtest(self) -> None:
        from sortyard.plc.backends import machine_of
        from sortyard.plc.testing import run_test

        machine = machine_of(str(self.config.getoption("--plc-backend")))
        result = run_test(self.compiled, self.index, machine)
        if result.fault is not None:
            raise result.fault

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Where in the source, and what was wrong there."""
        from sortyard.plc.faults import PlcFault

        return (
            str(excinfo.value)
            if isinstance(excinfo.value, PlcFault)
            else super().repr_failure(excinfo, style)
        )

    def reportinfo(self) -> tuple[Path, int, str]:
        (instance,) = self.compiled.tasks[self.index].instances
        return self.path, instance.span.line - 1, self.name
