"""Boards of one line with a crew that computes for them: the same as without it, and what ends a run ends it whole."""

import signal
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from sim_runs import Run, at_parcels, example, nothing_forbidden

from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.cores import Cores
from sortyard.sim.run import Settings, simulate
from sortyard.sim.zone_firmware import ZoneWorld

pytestmark = pytest.mark.usefixtures("every_core")

STRUCK = {
    name: at_parcels(1)
    for name in ("uart_noise", "frames_corrupted", "ecu_reset", "watchdog_bite", "link_cut")
}
SETTINGS = Settings(runtime="firmware", seed=7)


def choose(monkeypatch: pytest.MonkeyPatch, help_us: int) -> None:
    """A crew helps for so long of every 100 ms, where there is one: on a machine that others load it takes its time."""

    def look(self: Cores, now_us: int) -> None:
        self.is_one = now_us % 100_000 >= help_us

    monkeypatch.setattr(Cores, "look", look)


def run(name: str, parcels: int, settings: Settings) -> Run:
    records = []
    line = example(name)
    return Run(
        simulate(
            line,
            GeneratedParcels(line, parcels, settings.seed),
            replace(settings, on_records=records.extend),
        ),
        records,
    )


@pytest.mark.parametrize(
    ("name", "parcels", "settings"),
    [
        ("tandem", 1, replace(SETTINGS, seed=2, faults=STRUCK)),
        ("express64", 1, SETTINGS),
    ],
)
def test_what_a_crew_computes_is_what_boards_compute_themselves(monkeypatch, name, parcels, settings):
    stories = []
    for help_us in (10_000, 0):
        choose(monkeypatch, help_us)
        stories.append(run(name, parcels, settings))
    with_crew, alone = stories
    assert with_crew.records == alone.records
    assert with_crew.result.trace_sha256 == alone.result.trace_sha256
    assert with_crew.result.firmware == alone.result.firmware
    assert nothing_forbidden(alone.result)
    assert len(alone.records) >= 20
    assert all(with_crew.result.faults[fault]["injected"] for fault in settings.faults)


def press_ctrl_c() -> None:
    ident = threading.main_thread().ident
    assert ident is not None
    signal.pthread_kill(ident, signal.SIGINT)


def break_a_wire() -> None:
    raise OSError("no wire")


def befalls(monkeypatch: pytest.MonkeyPatch, end: Callable[[], None]) -> list[int]:
    """The 500th time that board 1 speaks to its host, this happens; which boards have spoken."""
    looks: list[int] = []
    converse = ZoneWorld._converse

    def befall(self: ZoneWorld, data: bytes, now_us: int) -> bytes:
        looks.append(self._place)
        if self._place == 1 and looks.count(1) == 500:
            end()
        return converse(self, data, now_us)

    monkeypatch.setattr(ZoneWorld, "_converse", befall)
    choose(monkeypatch, 10_000)
    return looks


def test_what_one_board_raises_ends_the_run_and_leaves_no_thread(monkeypatch: pytest.MonkeyPatch):
    looks, before = befalls(monkeypatch, break_a_wire), threading.active_count()
    with pytest.raises(OSError, match="no wire"):
        run("tandem", 1, SETTINGS)
    assert threading.active_count() == before
    assert looks.count(1) == 500


def test_ctrl_c_ends_the_run_and_leaves_no_thread(monkeypatch: pytest.MonkeyPatch):
    looks, before = befalls(monkeypatch, press_ctrl_c), threading.active_count()
    story = run("tandem", 1, SETTINGS)
    assert threading.active_count() == before
    assert 500 <= looks.count(1) < 3000
    assert story.result.simulated_us < 3_000_000
