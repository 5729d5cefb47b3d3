"""The line stops with parcels on it: emergency stop, power cut, a long stop; and an encoder that wraps."""

import pytest
from sim_runs import Run, example, nothing_forbidden, run, struck

from sortyard.sim.faults import FAULTS

PARCELS = 90
ONE = 40
WRAP = 1 << 28
RESUME, FLUSH = 0, 1


def _emergency_stop(policy: int) -> Run:
    """The first run in which the operator chooses that restart policy."""
    for seed in range(1, 40):
        story = struck("estop", PARCELS, ONE, first_seed=seed)
        if [record.r for record in story.inputs("RESTART_POLICY")] == [policy]:
            return story
    raise AssertionError("no seed with that policy")


def test_after_an_emergency_stop_resume_goes_on_with_the_picture() -> None:
    story = _emergency_stop(RESUME)

    assert nothing_forbidden(story.result), story.result.never
    assert len(story.outputs("GATES_SAFE")) == 1
    assert len(story.events("RESUMED")) == 1
    assert story.result.sorted >= PARCELS - 5


def test_after_an_emergency_stop_flush_runs_every_track_to_reject() -> None:
    story = _emergency_stop(FLUSH)
    flushed = story.result.by_reason.get("REJECTED/FLUSHED", 0)

    assert nothing_forbidden(story.result), story.result.never
    assert len(story.events("FLUSH")) == 1
    assert flushed > 0
    assert story.result.sorted >= PARCELS - flushed - 5


def test_gates_go_to_their_safe_states_in_the_step_of_the_emergency_stop() -> None:
    story = _emergency_stop(RESUME)
    pressed = next(record for record in story.inputs("ESTOP") if record.r)

    assert story.outputs("GATES_SAFE")[0].t_us == pressed.t_us
    assert story.result.truth.estop_violations == 0


def test_a_controller_that_restarts_claims_nothing_that_it_finds() -> None:
    story = struck("power_cut", PARCELS, ONE, until="STRAY_SEEN")
    result = story.result

    assert result.tally.boots == 2
    assert result.by_reason["LOST/REBOOT"] > 0
    assert nothing_forbidden(result), result.never
    assert result.sorted >= PARCELS - 3 * result.by_reason["LOST/REBOOT"]


def test_a_stop_of_ten_minutes_changes_nothing_but_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FAULTS, "belt_stop", FAULTS["belt_stop"]._replace(low=600, high=600))
    story = struck("belt_stop", PARCELS, ONE)

    assert story.result.tally.stopped_us > 600_000_000
    assert story.inputs("STOP") != []
    assert nothing_forbidden(story.result)
    assert story.result.sorted >= PARCELS - 4


@pytest.mark.parametrize("runtime", ["compiled", "pure"])
def test_the_encoder_wraps_in_mid_run(runtime: str) -> None:
    site = example("hub16")
    plain = run(site, 60, seed=5, runtime=runtime)
    wrapping = run(site, 60, seed=5, runtime=runtime, first_count=WRAP - 40_000)

    counts = [record.belt_counts for record in wrapping.records]
    assert min(counts) < 1000
    assert max(counts) > WRAP - 1000
    assert wrapping.result.tally.dispositions == plain.result.tally.dispositions
    moved = [(r.t_us, r.kind, r.p, r.q, r.r) for r in wrapping.records if r.is_output]
    assert moved == [(r.t_us, r.kind, r.p, r.q, r.r) for r in plain.records if r.is_output]
