"""Which tasks are due: cyclic ones at their intervals without drift, event tasks at the rising edge of their variable.

A cyclic task is due at 0, then at every multiple of its interval; one that comes late keeps its multiples, and periods
that were missed altogether are counted as overruns. A task without interval and variable is due in every scan.
"""

from collections.abc import Callable, Sequence

from sortyard.plc.tasks import Task


class Schedule:
    """`read` tells whether a task's variable is TRUE now.

    `overruns` counts missed periods of each task, on top of what the list had; `late_ns` is how long after its last
    multiple each was found due.
    """

    def __init__(
        self, tasks: Sequence[Task], read: Callable[[Task], bool], overruns: list[int] | None = None
    ) -> None:
        self._tasks = tasks
        self._read = read
        self._next_ns = [0 for _ in tasks]
        self._was = [False for _ in tasks]
        self.overruns = [0 for _ in tasks] if overruns is None else overruns
        self.late_ns = [0 for _ in tasks]

    def due(self, now_ns: int) -> list[int]:
        """Numbers of the tasks to run at that time, the most urgent first."""
        return [i for i, task in enumerate(self._tasks) if not task.is_test and self._is_due(i, task, now_ns)]

    def miss(self, scans: int) -> None:
        """So many scans have been left out: each was a period of the tasks that are due in every one. Those with an
        interval count their own when they are due again.
        """
        for i, task in enumerate(self._tasks):
            if task.trigger is None and not task.interval_ns and not task.is_test:
                self.overruns[i] += scans

    def _is_due(self, index: int, task: Task, now_ns: int) -> bool:
        self.late_ns[index] = 0
        if task.trigger is not None:
            was, self._was[index] = self._was[index], self._read(task)
            if self._was[index] or not task.interval_ns:
                # while its variable is TRUE an event task runs once, whatever its interval
                return self._was[index] and not was
        elif not task.interval_ns:
            return True
        late_ns = now_ns - self._next_ns[index]
        if late_ns < 0:
            return False
        missed, self.late_ns[index] = divmod(late_ns, task.interval_ns)
        self.overruns[index] += missed
        self._next_ns[index] += (missed + 1) * task.interval_ns
        return True
