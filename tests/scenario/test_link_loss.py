"""The host is gone for a minute at 12,000 parcels an hour: the board sorts on by its own plan and loses no story."""

from __future__ import annotations

from array import array
from collections import Counter

import pytest
from sim_runs import Run, at_parcels, example

from sorter_core import messages
from sorter_core.codes import FAULTS
from sortyard.device.session import Message
from sortyard.sim import firmware
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.events import OUTPUT
from sortyard.sim.faults import FaultSetting
from sortyard.sim.run import Settings, simulate

PARCELS, SEED = 300, 5
EVERY_US, LENGTH_UM = 300_000, 140_000
ROW, ARRIVAL, LENGTH = 8, 1, 2
CUT_US = range(20_000_000, 80_000_000)
ANSWER_US = 1_000_000
"""In which a host that is there has answered."""
HALF_A_MINUTE = 60_000
"""Counts of hub16's belt."""
DISPOSITION, FAULT = 8 + OUTPUT, 11 + OUTPUT


class Dense(GeneratedParcels):
    """Short parcels at 12,000 an hour."""

    def chunk(self, most: int) -> array[int]:
        rows = super().chunk(most)
        for at in range(0, len(rows), ROW):
            rows[at + ARRIVAL], rows[at + LENGTH] = rows[at] * EVERY_US, LENGTH_UM
        return rows


def sorted_with_cut(
    cut_us: range, patch: pytest.MonkeyPatch, parcels: int = PARCELS, **faults: FaultSetting
) -> tuple[Run, list[tuple[int, Message]]]:
    """The run, and when each message has reached the host."""
    heard, clock = [], [0]
    whole, take = firmware.BoardWorld.link_bytes, firmware.BoardWorld._take

    def link_bytes(world, data, now_us):
        clock[0] = now_us
        return b"" if now_us in cut_us else whole(world, data, now_us)

    def counted(world, message):
        heard.append((clock[0], message))
        return take(world, message)

    patch.setattr(firmware.BoardWorld, "link_bytes", link_bytes)
    patch.setattr(firmware.BoardWorld, "_take", counted)
    site, records = example("hub16"), []
    settings = Settings(runtime="firmware", seed=SEED, faults=faults, on_records=records.extend)
    result = Run(simulate(site, Dense(site, parcels, SEED), settings), records)
    patch.undo()
    return result, heard


def told(run: Run) -> Counter[tuple[int, int]]:
    """How often each disposition, (track, outcome with reason and chute), has come to the host's books."""
    return Counter((one.p, one.q) for one in run.records if one.kind == DISPOSITION)


def begun(run: Run) -> Counter[int]:
    """How often each track has been announced."""
    return Counter(one.q for one in (*run.events("INDUCTED"), *run.events("STRAY_SEEN")))


def ends(heard: list[tuple[int, Message]]) -> dict[bytes, int]:
    """Code -> outcome, reason and chute, of the last of its tracks."""
    return {one.tail: one.fields[1] for _, one in heard if one.kind == messages.DISPOSITION}


def answered(heard: list[tuple[int, Message]], cut_us: range) -> set[bytes]:
    """Codes whose host was asked when its answer could come in time."""
    asked = [(at, one.tail) for at, one in heard if one.kind == messages.DEST_REQUEST]
    return {code for at, code in asked if not cut_us.start - ANSWER_US <= at < cut_us.stop}


def test_a_minute_without_a_host_costs_no_disposition(monkeypatch):
    """Every track is told once; where a parcel ends may differ only if its host was asked too late, or not at all."""
    whole, before = sorted_with_cut(range(0), monkeypatch)
    cut, heard = sorted_with_cut(CUT_US, monkeypatch)
    kinds = Counter(message.kind for _, message in heard)
    for run in (whole, cut):
        assert set(told(run).values()) == {1}
        assert Counter(track for track, _ in told(run)) == begun(run)
    in_time = answered(heard, CUT_US)
    assert ends(heard).keys() == ends(before).keys()
    assert len(ends(heard)) == PARCELS
    others = {code for code, end in ends(heard).items() if end != ends(before)[code]}
    assert others & in_time == set()
    assert len(others) <= PARCELS // 50  # the board's own plan knows as well where nearly all of them go
    assert 80 <= len(in_time) <= PARCELS - 150
    board = cut.result.firmware
    assert board is not None
    assert board.overruns <= 1
    assert board.dropped > 0  # edges and commands, counted
    assert not any(whole.result.never.values())
    assert not any(cut.result.never.values())
    assert kinds[messages.DEST_REQUEST] < PARCELS - 150  # the rest was decided on the board
    assert board.lost == 0
    assert board.link_losses == 1
    waiting = messages.FIELDS[messages.HEARTBEAT].index("waiting") - 1
    kept = [(at, one.fields[waiting]) for at, one in heard if one.kind == messages.HEARTBEAT]
    assert max(left for _, left in kept) > 150
    seconds = [(time_us - CUT_US.stop) / 1e6 for time_us, left in kept if left < 8 and time_us >= CUT_US.stop]
    assert seconds[0] < 9  # the line sorts on at 12,000 an hour meanwhile
    assert kept[-1][1] == 0  # the run ends when the board has told everything


def test_a_fault_that_the_board_found_without_a_host_is_told_when_it_is_back(monkeypatch):
    run, _ = sorted_with_cut(CUT_US, monkeypatch, gate_stuck_home=at_parcels(60))
    (fault,) = [one for one in run.records if one.kind == FAULT]  # it is told once
    assert FAULTS[fault.p] == "GATE_FAILS"
    assert fault.belt_counts - fault.s > HALF_A_MINUTE  # it is told long after it was found
    assert Counter(track for track, _ in told(run)) == begun(run)
    assert set(told(run).values()) == {1}
    assert len(told(run)) >= PARCELS
    assert not any(run.result.never.values())
    assert run.result.firmware is not None
    assert run.result.firmware.lost == 0


@pytest.mark.parametrize("seed", [9, 43])
def test_a_host_that_is_away_when_the_line_is_empty_is_told_when_it_is_back(seed: int):
    """For longer than a board that it hears has for that."""
    site = example("starter")
    settings = Settings(runtime="firmware", seed=seed, faults={"link_cut": at_parcels(1)})
    result = simulate(site, GeneratedParcels(site, 1, seed), settings)
    assert result.faults["link_cut"]["injected"] == 1
    assert not any(result.never.values())
    assert result.firmware is not None


def test_a_link_that_never_comes_back_ends_the_run_with_an_error(monkeypatch):
    with pytest.raises(firmware.BacklogError, match=r"the board keeps .* that the host has not acknowledged"):
        sorted_with_cut(range(1_000_000, 2**60), monkeypatch, parcels=4)
