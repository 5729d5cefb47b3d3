"""PLC_FAULT (library/faults.st): how a program sees that one of its tasks has failed, and asks for a reset.

A task *watches* if its programs call a PLC_FAULT, in whatever block or function, or if one is its event. While a fault
stands, tasks that watch go on, but for those that have failed themselves; all others stand still and the outputs are 0.
A reset is done when each watching task, but for event tasks, has run once more and seen that the fault is gone: none
misses it, however soon the next one comes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from sortyard.plc import codec
from sortyard.plc.diagnostics import Sink
from sortyard.plc.faults import PlcFault
from sortyard.plc.image import Image
from sortyard.plc.source import Span
from sortyard.plc.symbols import Pou, Project
from sortyard.plc.tasks import Task
from sortyard.plc.types import StringType

NAME = "PLC_FAULT"
MOST_RESETS = 8
"""Resets by the program in a row; a fault that comes later than REST_NS after the last one begins a new row."""
REST_NS = 60_000_000_000


def find_watchers(project: Project, tasks: Sequence[Task]) -> None:
    """Mark the tasks that watch; warns where nobody can see the fault."""
    block = project.library[NAME]
    ordinary = [task for task in tasks if not task.is_test]
    for task in ordinary:
        calls = list(_calls_of(block, [instance.pou for instance in task.instances]))
        task.watches |= bool(calls)
        if calls and len(ordinary) == 1:
            _warn(project.sink, calls[0])


def _calls_of(block: Pou, roots: list[Pou]) -> Iterator[Span]:
    """Where units that are called from these on call the block."""
    seen, left = set(roots), list(roots)
    while left:
        pou = left.pop()
        if block in pou.calls:
            yield pou.calls[block]
        left += [callee for callee in pou.calls if callee not in seen]
        seen.update(pou.calls)


def _warn(sink: Sink, span: Span) -> None:
    message = f"there is only one task: a fault stops it, and {NAME} with it"
    sink.tell("SY2114", span, message, "call it in a program of another task")


@dataclass(slots=True)
class FaultState:
    """The fault that stands, or stood last. Resets by the program in a `row`; the last at `reset_ns` of its clock."""

    fault: PlcFault | None = None
    task: str = ""
    is_active: bool = False
    leaving: set[int] = field(default_factory=set)
    """Tasks that have to run before a reset is done."""
    faults: int = 0
    resets: int = 0
    row: int = 0
    reset_ns: int = 0

    def fails(self, fault: PlcFault, task: str, now_ns: int) -> None:
        """A task has failed; while a fault stands the first one is shown."""
        self.faults += 1
        self.leaving.clear()
        if self.is_active:
            return
        self.fault, self.task, self.is_active = fault, task, True
        if now_ns - self.reset_ns >= REST_NS:
            self.row = 0

    @property
    def stands(self) -> bool:
        """True until the reset is done."""
        return self.is_active or bool(self.leaving)

    @property
    def is_refused(self) -> bool:
        """No program may reset this fault."""
        return self.is_active and self.row >= MOST_RESETS

    def is_reset(self, now_ns: int, watchers: Iterable[int]) -> bool:
        """The program asks for a reset. True if it gets one, which is done when these tasks have run."""
        if not self.is_active or self.is_refused:
            return False
        self.is_active = False
        self.leaving = set(watchers)
        self.resets += 1
        self.row += 1
        self.reset_ns = now_ns
        return True

    def reset(self) -> None:
        """The host resets: at once, and the program may reset as often as at first."""
        self.is_active = False
        self.leaving.clear()
        self.row = 0

    def values(self) -> dict[str, Any]:
        """The outputs of a PLC_FAULT."""
        span = self.fault.span if self.fault is not None else None
        return {
            "ACTIVE": int(self.is_active),
            "REFUSED": int(self.is_refused),
            "KIND": int(self.fault.kind) if self.fault is not None else 0,
            "LINE": span.line if span is not None else 0,
            "COLUMN": span.column if span is not None else 0,
            "FILE": PurePath(span.file).name if span is not None else "",
            "TASK_NAME": self.task,
            "FAULTS": self.faults,
            "RESETS": self.resets,
        }


class FaultBlocks:
    """All PLC_FAULTs of a program in a machine's memory."""

    def __init__(self, image: Image, memory: bytearray | memoryview) -> None:
        self._memory = memory
        self._blocks = image.fault_blocks
        self._were = [0] * len(self._blocks)

    def show(self, state: FaultState) -> None:
        """Fill in the outputs."""
        values = state.values() if self._blocks else {}
        for pou, offset in self._blocks:
            for name, value in values.items():
                variable = pou.variables[name]
                if isinstance(variable.type, StringType):
                    value = value.encode("latin-1", "replace").decode("latin-1")[: variable.type.length]
                codec.write(self._memory, offset + variable.offset, variable.type, value)

    def asks(self) -> bool:
        """True if a RESET has risen since the last look."""
        now = [self._memory[offset + pou.variables["RESET"].offset] for pou, offset in self._blocks]
        before, self._were = self._were, now
        return any(new and not old for new, old in zip(now, before, strict=True))

    def take_back(self) -> None:
        """No reset is asked for any more."""
        for pou, offset in self._blocks:
            self._memory[offset + pou.variables["RESET"].offset] = 0
        self._were = [0] * len(self._blocks)
