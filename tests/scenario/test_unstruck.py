"""A fault that was to meet certain parcels and did not is told: they had left the belt before the drawn place."""

from pathlib import Path

import pytest
from sites import site

from sortyard.cli.main import main
from sortyard.sim.faults import FaultSetting
from sortyard.sim.scenario import unstruck

SCENARIO = 'format = 1\nseed = {seed}\nparcels = 60\n[[fault]]\nname = "estop"\nat_parcel = [10, 20, 50]\n'


def run(folder: Path, seed: int) -> None:
    path = site(folder, "cascade")
    scenario = folder / "stop.scenario.toml"
    scenario.write_text(SCENARIO.format(seed=seed), "utf-8")
    assert main(["sim", str(path), "--scenario", str(scenario), "--json"]) == 0


def test_a_run_tells_which_fault_it_has_not_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, seed=1)
    told = capsys.readouterr()
    assert "stop.scenario.toml: fault estop: it was to meet 10, 20, 50 and struck 0 times" in told.err
    assert "try another --seed" in told.err
    assert '"estop": {"injected": 0' in told.out


def test_a_run_that_has_seen_all_says_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, seed=3)
    told = capsys.readouterr()
    assert "was to meet" not in told.err
    assert '"estop": {"injected": 3' in told.out


@pytest.mark.parametrize(
    ("setting", "injected", "said"),
    [
        (FaultSetting(0, (17,)), 0, "it was to meet 17 and struck 0 times"),
        (FaultSetting(0, (9, 3, 3)), 1, "it was to meet 3, 9 and struck 1 times"),
        (FaultSetting(0, tuple(range(1, 9))), 7, "it was to meet 1, 2, 3, 4, 5, ... and struck 7 times"),
        (FaultSetting(0, (9, 3, 3)), 2, ""),
        (FaultSetting(500, (9,)), 0, ""),
        (FaultSetting(0), 0, ""),
    ],
)
def test_what_is_told_of_a_fault(setting: FaultSetting, injected: int, said: str) -> None:
    found = unstruck("x.scenario.toml", {"jam": setting}, {"jam": {"injected": injected}})
    assert bool(found) == bool(said)
    assert all(one.reason.startswith(said) and one.severity == "note" for one in found)
