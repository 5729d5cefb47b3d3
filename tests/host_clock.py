"""A host in asyncio and a simulation in another thread on one clock, so that neither suffers from a busy machine.

    clock = HostClock()
    with sorter(site, 5, *servers, pace=clock):
        clock.run(story())

The host's event loop counts by the simulation's time, and the simulation goes on when the host has seen what there was
to see until then: it runs as fast as both can.
"""

import asyncio
import time
from collections.abc import Coroutine
from threading import Condition
from typing import Any, TypeVar

T = TypeVar("T")

STEP_US = 4000
"""By so much the simulation is ahead of its host at most."""
PATIENCE_S = 60.0
"""For one step of the other one."""
LOOK_S = 0.02
"""The host looks at its ports at least so often while the simulation goes on."""


class HostClock:
    """Implements `sortyard.sim.outside_host.Pace`."""

    def __init__(self) -> None:
        self.now_us = 0
        self._seen_us = 0
        self._zero_us: int | None = None
        self._kept_s = time.monotonic()
        self._is_over = False
        self._is_ahead = False
        self._change = Condition()

    def keep(self, now_us: int) -> None:
        """See `Pace`."""
        with self._change:
            self._kept_s = time.monotonic()
            if self._zero_us is None:
                self._zero_us = now_us
            self.now_us = max(self.now_us, now_us - self._zero_us)
            while not self._is_over and self.now_us - self._seen_us > STEP_US:
                self._is_ahead = True
                self._change.notify_all()
                assert self._change.wait(PATIENCE_S), "the host does not go on"
            self._is_ahead = False

    def wait(self, timeout_s: float) -> None:
        """Until the simulation waits for its host, or so long."""
        with self._change:
            self._change.wait_for(lambda: self._is_ahead, timeout_s)

    def watch(self) -> None:
        """Raise where the simulation has ended, so that its time will not go on."""
        assert time.monotonic() - self._kept_s < PATIENCE_S, "the simulation does not go on"

    def seen(self, now_us: int) -> None:
        """The host has seen all that there was at this time."""
        with self._change:
            self._seen_us = now_us
            self._is_ahead = self.now_us - now_us > STEP_US
            self._change.notify_all()

    def run(self, story: Coroutine[Any, Any, T]) -> T:
        """Run the host; after that the simulation goes on alone."""
        try:
            with asyncio.Runner(loop_factory=lambda: _Loop(self)) as runner:
                return runner.run(story)
        finally:
            with self._change:
                self._is_over = True
                self._change.notify_all()


class _Loop(asyncio.SelectorEventLoop):
    """The event loop of a host that lives in the simulation's time."""

    def __init__(self, clock: HostClock) -> None:
        self._clock = clock
        super().__init__()
        self._look = self._selector.select  # pyright: ignore[reportAttributeAccessIssue]
        self._selector.select = self._select  # pyright: ignore[reportAttributeAccessIssue]

    def _select(self, timeout: float | None) -> list:
        found = self._look(0)
        if found or timeout == 0:
            return found
        self._clock.wait(LOOK_S)
        return self._look(0)

    def time(self) -> float:
        return self._clock.now_us / 1e6

    def _run_once(self) -> None:
        self._clock.watch()
        now_us = self._clock.now_us
        super()._run_once()  # pyright: ignore[reportAttributeAccessIssue]
        self._clock.seen(now_us)
