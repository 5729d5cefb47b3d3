"""`sortyard plc run --times`: how long the runs of each task took, and how late they began."""

from sortyard.plc.runtime import Runtime
from sortyard.plc.scan_times import Histogram

_CLOCKS = {"board": "as on an RP2040", "host": "by this computer's clock: a board takes other times"}


def tell_times(runtime: Runtime) -> None:
    """A line for each task on stdout."""
    for task in runtime.times:
        if not task.took.n:
            continue
        name = f"task {task.name}" if task.name else "programs without a task"
        late = f"; begun late by {_shown(task.late)}" if task.clock != "host" else ""
        print(f"{name}: {task.took.n} runs of {_shown(task.took)} ({_CLOCKS[task.clock]}){late}")


def _shown(times: Histogram) -> str:
    told = times.as_dict()
    mean, most = f"{told['mean_us']:,.0f} us on average", f"{told['most_us']:,.0f} us at most"
    return f"{mean}, {told['p99_us']:,.0f} us in 99 of 100, {most}"
