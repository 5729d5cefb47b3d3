"""What a line does when its host is gone: it sorts on by the board's own plan, or stops, as policy.host_lost says."""

from dataclasses import replace
from pathlib import Path

import pytest
from sim_runs import Run, at_parcels, run
from sites import findings, site

from sorter_core.codes import FAULTS
from sortyard.config.check import check_site
from sortyard.config.site import Site, load_site
from sortyard.sim.events import OUTPUT

FAULT, LINE, DISPOSITION = 11 + OUTPUT, 5 + OUTPUT, 8 + OUTPUT
HOST_LOST = next(code for code, name in FAULTS.items() if name == "HOST_LOST")
MISSED_MS = 1000


def starter(folder: Path, host_lost: str, host_lost_s: int) -> Site:
    made = load_site(site(folder, "starter"))
    policy = made.line.policy.model_copy(update={"host_lost": host_lost, "host_lost_s": host_lost_s})
    line = made.line.model_copy(update={"policy": policy})
    return replace(made, located=replace(made.located, model=line))


def cut(made: Site, runtime: str, fault: str, seed: int = 1) -> Run:
    """A run in which the host is gone for a while from parcel 4 on."""
    return run(made, 16, seed, runtime=runtime, faults={fault: at_parcels(4)})


def stops(told: Run) -> list[int]:
    """When the belt was told to stop, ms."""
    return [one.t_us // 1000 for one in told.records if one.kind == LINE and not one.p]


def test_with_its_firmware_a_line_stops_when_the_host_has_been_gone_for_its_time_and_tells_it(tmp_path: Path):
    on, off = (cut(starter(tmp_path, what, 3), "firmware", "link_cut", 5) for what in ("sort", "stop"))
    assert not [one for one in on.records if one.kind == FAULT]
    lost = [one for one in off.records if one.kind == FAULT and one.p == HOST_LOST]
    assert lost
    assert lost[0].r in (3, 4)  # seconds without its host, from when it was missed
    assert len(stops(off)) > len(stops(on))
    for told in (on, off):
        assert sum(told.result.tally.faults) == len([one for one in told.records if one.kind == FAULT])
        assert not any(told.result.never.values())
        assert told.result.firmware is not None
        assert told.result.firmware.bytes_allocated == 0
        assert told.result.firmware.lost == 0
    assert off.result.simulated_us > on.result.simulated_us


@pytest.mark.parametrize("host_lost_s", [0, 8])
def test_in_the_plain_simulation_it_stops_as_often_as_it_is_started_until_the_host_is_back(
    host_lost_s: int, tmp_path: Path
):
    told = cut(starter(tmp_path, "stop", host_lost_s), "compiled", "host_outage")
    plain = cut(starter(tmp_path, "sort", 0), "compiled", "host_outage")
    assert not plain.inputs("STOP")
    stopped = [one.t_us for one in told.inputs("STOP")]
    assert len(stopped) >= 2
    # up to the first stop both runs are the same; the outage had begun so much earlier
    before = stopped[0] - 1000
    assert [one for one in plain.records if one.t_us < before] == [
        one for one in told.records if one.t_us < before
    ]
    struck = stopped[0] // 1000 - MISSED_MS - 1000 * host_lost_s
    assert struck > 0
    for t_us in stopped:
        assert any(0 <= 1000 * ms - t_us <= 3000 for ms in stops(told))
    assert stopped[-1] // 1000 < struck + 60_000  # the longest outage
    assert not any(told.result.never.values())
    assert len([one for one in told.records if one.kind == DISPOSITION]) >= 16


def test_every_runtime_stops_alike(tmp_path: Path):
    made = starter(tmp_path, "stop", 2)
    assert cut(made, "pure", "host_outage").records == cut(made, "compiled", "host_outage").records


def test_check_says_what_a_lost_host_comes_to(tmp_path: Path):
    said = {(one.key, one.severity): one.reason for one in check_site(starter(tmp_path, "stop", 30)).findings}
    assert "31 s after its host was last heard the line stops" in said["policy.host_lost", "note"]
    said = {(one.key, one.severity): one.reason for one in check_site(starter(tmp_path, "sort", 30)).findings}
    assert "has no effect" in said["policy.host_lost_s", "warning"]


def test_another_policy_than_these_is_refused(tmp_path: Path):
    (said,) = findings(tmp_path, "starter", ("[policy]\n", '[policy]\nhost_lost = "pray"\n'))
    assert "host_lost" in said.key
    assert "sort" in said.reason + said.remedy
