"""The host is gone for a minute at 12,000 parcels an hour: the board sorts on by its own plan and loses no story."""

from __future__ import annotations

from array import array
from collections import Counter

import pytest
from sim_runs import Run, example

from sorter_core import messages
from sortyard.sim import firmware
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.events import OUTPUT
from sortyard.sim.run import Settings, simulate

PARCELS, SEED = 300, 5
EVERY_US, LENGTH_UM = 300_000, 140_000
ROW, ARRIVAL, LENGTH = 8, 1, 2
CUT_US = range(20_000_000, 80_000_000)
DISPOSITION, FAULT = 8 + OUTPUT, 11 + OUTPUT


class Dense(GeneratedParcels):
    """Short parcels at 12,000 an hour."""

    def chunk(self, most: int) -> array[int]:
        rows = super().chunk(most)
        for at in range(0, len(rows), ROW):
            rows[at + ARRIVAL], rows[at + LENGTH] = rows[at] * EVERY_US, LENGTH_UM
        return rows


def sorted_with_cut(cut_us: range, patch: pytest.MonkeyPatch) -> tuple[Run, Counter[int]]:
    """The run, and how many messages of each kind have reached the host."""
    heard: Counter[int] = Counter()
    whole, take = firmware.BoardWorld.link_bytes, firmware.BoardWorld._take

    def link_bytes(world, data, now_us):
        return b"" if now_us in cut_us else whole(world, data, now_us)

    def counted(world, message):
        heard[message.kind] += 1
        return take(world, message)

    patch.setattr(firmware.BoardWorld, "link_bytes", link_bytes)
    patch.setattr(firmware.BoardWorld, "_take", counted)
    site, records = example("hub16"), []
    settings = Settings(runtime="firmware", seed=SEED, on_records=records.extend)
    result = Run(simulate(site, Dense(site, PARCELS, SEED), settings), records)
    patch.undo()
    return result, heard


def told(run: Run) -> Counter[tuple[int, int]]:
    """How often each disposition, (track, outcome with reason and chute), has come to the host's books."""
    return Counter((one.p, one.q) for one in run.records if one.kind == DISPOSITION)


def test_a_minute_without_a_host_costs_no_disposition(monkeypatch):
    whole, _ = sorted_with_cut(range(0), monkeypatch)
    cut, heard = sorted_with_cut(CUT_US, monkeypatch)
    assert len(told(whole)) >= PARCELS
    assert told(cut) == told(whole)
    assert set(told(cut).values()) == {1}
    board = cut.result.firmware
    assert board is not None
    assert board.overruns <= 1
    assert board.dropped > 0  # edges and commands, counted
    assert heard[messages.DEST_REQUEST] < PARCELS - 150  # the rest was decided on the board
    assert board.lost == 0
    assert board.link_losses == 1
