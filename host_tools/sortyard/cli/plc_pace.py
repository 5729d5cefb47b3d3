"""The clock of `sortyard plc run`: what a board has no time for is missed, as in `sortyard sim`."""

from collections.abc import Sequence
from typing import Any

from sortyard.plc.force_plan import ForcePlan
from sortyard.plc.forces import Force
from sortyard.plc.runtime import Runtime


class Pace:
    """Scans one after the other, each at its time: at its tick, or as soon as the board has done the last one.

    What runs the program says how long a run takes on a board; where nothing does (ref and c), a scan takes no time of
    this clock and none is missed. `scans` are those that were done. `forces` are applied at their times;
    `forcings` says which, before which scan.
    """

    def __init__(self, runtime: Runtime, forces: Sequence[Force] = ()) -> None:
        self._runtime = runtime
        self.plan = ForcePlan(runtime, forces)
        self.forcings: list[dict[str, Any]] = []
        self._free_ns = 0
        self.scans = 0

    def scan(self) -> None:
        """The next one that the board has time for. Raises PlcFault as `Runtime.scan` does."""
        runtime = self._runtime
        now_ns = max(runtime.scans * runtime.tick_ns, self._free_ns)
        runtime.miss_until(now_ns)
        self.scans += 1
        due_ns = runtime.scans * runtime.tick_ns
        at = {"scan": self.scans, "time_ms": due_ns / 1e6}
        self.forcings += [at | self.plan.words(one) for one in self.plan.apply(due_ns)]
        try:
            runtime.scan(late_ns=now_ns - runtime.scans * runtime.tick_ns)
        finally:
            self._free_ns = now_ns + runtime.busy_ns

    @property
    def time_ms(self) -> float:
        """The program's clock in the last scan."""
        return (self._runtime.scans - 1) * self._runtime.tick_ns / 1e6
