"""The clock of `sortyard plc run`: what a board has no time for is missed, as in `sortyard sim`."""

from sortyard.plc.runtime import Runtime


class Pace:
    """Scans one after the other, each at its time: at its tick, or as soon as the board has done the last one.

    What runs the program says how long a run takes on a board; where nothing does (ref and c), a scan takes no time of
    this clock and none is missed. `scans` are those that were done.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._free_ns = 0
        self.scans = 0

    def scan(self) -> None:
        """The next one that the board has time for. Raises PlcFault as `Runtime.scan` does."""
        runtime = self._runtime
        now_ns = max(runtime.scans * runtime.tick_ns, self._free_ns)
        runtime.miss_until(now_ns)
        self.scans += 1
        try:
            runtime.scan(late_ns=now_ns - runtime.scans * runtime.tick_ns)
        finally:
            self._free_ns = now_ns + runtime.busy_ns

    @property
    def time_ms(self) -> float:
        """The program's clock in the last scan."""
        return (self._runtime.scans - 1) * self._runtime.tick_ns / 1e6
