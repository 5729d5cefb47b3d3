"""Settings of all tests."""

import gc
import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from sortyard.sim.cores import allowed

# No deadline: how long an example takes is the machine's load, not the code's doing.
settings.register_profile("here", deadline=None)
# The same examples in every run of CI: what fails there fails for everybody. Elsewhere new ones are tried each time.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")

# A shell lets what it starts in the background ignore Ctrl-C; tests of what Ctrl-C does would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """What has been collected is there until the end: nobody need look through it for what may be thrown away."""
    gc.collect()
    gc.freeze()


_CORES = allowed()
if len(_CORES) > 1 and int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) >= len(_CORES):
    # Each worker keeps to a core of its own: where there are as many of them as cores, boards of one line that try to
    # use several, as they do by themselves, only take them from each other.
    _number = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw"))
    os.sched_setaffinity(0, {_CORES[_number % len(_CORES)]})


@pytest.fixture
def every_core() -> Iterator[list[int]]:
    """For a test of what several cores do: all that there are, which it may change."""
    before = allowed()
    if before:
        os.sched_setaffinity(0, _CORES)
    yield _CORES
    if before:
        os.sched_setaffinity(0, before)
