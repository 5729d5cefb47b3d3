"""`sortyard plc run`: which periods tasks missed, and with --times how long their runs took and how late they began."""

import sys

from sortyard.plc.runtime import Runtime
from sortyard.plc.scan_times import Histogram, TaskTimes

_CLOCKS = {"board": "as on an RP2040", "host": "by this computer's clock: a board takes other times"}


def tell_times(runtime: Runtime) -> None:
    """A line for each task on stdout."""
    for task, missed in zip(runtime.times, runtime.overruns, strict=True):
        if not task.took.n:
            continue
        late = (
            f"; begun late by {_shown(task.late)}; missed periods: {missed:,}" if task.clock != "host" else ""
        )
        print(f"{_name(task)}: {task.took.n} runs of {_shown(task.took)} ({_CLOCKS[task.clock]}){late}")


def tell_missed(runtime: Runtime) -> None:
    """On stderr, for runs without --times: that a board has no time for the program."""
    for task, missed in zip(runtime.times, runtime.overruns, strict=True):
        if missed:
            print(
                f"{_name(task)}: missed periods: {missed:,} (as on an RP2040; --times tells more)",
                file=sys.stderr,
            )


def _name(task: TaskTimes) -> str:
    return f"task {task.name}" if task.name else "programs without a task"


def _shown(times: Histogram) -> str:
    told = times.as_dict()
    mean, most = f"{told['mean_us']:,.0f} us on average", f"{told['most_us']:,.0f} us at most"
    return f"{mean}, {told['p99_us']:,.0f} us in 99 of 100, {most}"
