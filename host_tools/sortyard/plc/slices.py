"""A run of a task in slices, so that a long program never holds up what else has to happen.

A run may stop before any statement and go on later. Whoever shares the image sees nothing of it meanwhile: inputs are
what they were at the beginning, and all that the run changes appears at its end at once. So a run in slices leaves the
image that a whole run leaves, whatever others wrote to the inputs in between, and whatever the slices were.

This is the definition, on the reference interpreter; what a slice is counted in is a back end's own affair.
"""

import threading
from typing import TYPE_CHECKING, Protocol

from sortyard.plc import ir
from sortyard.plc.faults import PlcFault
from sortyard.plc.interpreter import Interpreter

if TYPE_CHECKING:
    from sortyard.plc.program import Compiled


class SlicedMachine(Protocol):
    """A Machine that can also run in slices. `memory` does not change between `begin` and the end of the run."""

    @property
    def memory(self) -> bytearray | memoryview: ...

    def begin(self, task: int, budget: int) -> None:
        """Start a run with the image as it is now; the last one must be at its end."""
        ...

    def go_on(self, limit: int) -> bool:
        """One slice: at least one step, then as many as the limit allows. True at the end; raises PlcFault there."""
        ...


class _Abandoned(BaseException):
    """Ends the thread of a run that nobody goes on with."""


class SlicedInterpreter:
    """The reference interpreter in slices: the limit is a number of statements. Call `close` in the middle of a run."""

    def __init__(self, compiled: "Compiled") -> None:
        self._inner = _Pausing(compiled)
        self.memory = bytearray(compiled.image.initial)

    def begin(self, task: int, budget: int) -> None:
        """See SlicedMachine."""
        self._inner.memory[: len(self.memory)] = self.memory
        self._inner.start(task, budget)

    def go_on(self, limit: int) -> bool:
        """See SlicedMachine."""
        inner = self._inner
        if not inner.step(limit):
            return False
        if not isinstance(inner.ended, PlcFault) and inner.ended is not None:
            raise inner.ended
        self.memory[:] = inner.memory[: len(self.memory)]
        if inner.ended is not None:
            raise inner.ended
        return True

    def run(self, task: int, budget: int) -> None:
        """One whole run, in slices of one statement."""
        self.begin(task, budget)
        while not self.go_on(1):
            pass

    def close(self) -> None:
        """Give up a run in its middle."""
        self._inner.abandon()


class _Pausing(Interpreter):
    """Runs in a thread of its own that waits before a statement once its allowance is used up."""

    def __init__(self, compiled: "Compiled") -> None:
        super().__init__(compiled)
        self.ended: BaseException | None = None
        self._left = 0
        self._mine, self._theirs = threading.Semaphore(0), threading.Semaphore(0)
        self._thread: threading.Thread | None = None
        self._is_abandoned = False

    def start(self, task: int, budget: int) -> None:
        assert self._thread is None, "the last run is not at its end"
        self.ended = None
        self._is_abandoned = False
        self._thread = threading.Thread(target=self._live, args=(task, budget), daemon=True)
        self._thread.start()

    def _live(self, task: int, budget: int) -> None:
        try:
            self._mine.acquire()
            self.run(task, budget)
        except BaseException as error:
            self.ended = error
        self._left = -1
        self._theirs.release()

    def step(self, limit: int) -> bool:
        """Let the thread do so many statements; True if it has come to its end."""
        assert self._thread is not None, "begin a run first"
        self._left = max(limit, 1)
        self._mine.release()
        self._theirs.acquire()
        if self._left >= 0:
            return False
        self._thread.join()
        self._thread = None
        return True

    def do(self, statement: ir.Stmt) -> None:
        """Wait for the next slice if this one is used up, then run the statement."""
        if self._left == 0:
            self._theirs.release()
            self._mine.acquire()
            if self._is_abandoned:
                raise _Abandoned
        self._left -= 1
        super().do(statement)

    def abandon(self) -> None:
        if self._thread is not None:
            self._is_abandoned = True
            self._left = 0
            while not self.step(1):
                pass
