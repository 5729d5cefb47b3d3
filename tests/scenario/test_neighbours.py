"""What goes wrong with one parcel stays with it: the next ones keep their identity and go right."""

import pytest
from sim_runs import at_parcels, example, nothing_forbidden, run, struck, with_end_switches

PARCELS = 80
ONE = 30


@pytest.mark.parametrize(
    ("fault", "lost_at_most"),
    [
        ("parcel_lifted", 1),
        ("parcel_thrown", 2),
        ("eye_blind", 1),
        ("parcel_slip", 1),
        ("scan_miss", 1),
        ("scan_wrong", 1),
        ("host_loss", 0),
        ("scan_duplicate", 0),
        ("eye_bounce", 0),
    ],
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_fault_costs_at_most_its_own_parcel(fault: str, lost_at_most: int, seed: int) -> None:
    result = run(example("hub16"), PARCELS, seed=seed, faults={fault: at_parcels(ONE)}).result

    assert nothing_forbidden(result), result.never
    assert result.sorted >= PARCELS - lost_at_most


def test_a_lifted_parcel_is_lost_and_the_one_behind_it_is_not() -> None:
    story = struck("parcel_lifted", PARCELS, ONE)

    assert story.result.by_reason == {"LOST/NOT_SEEN": 1}
    assert story.result.sorted == PARCELS - 1
    assert [s.kind for s in story.result.stories] == ["lost"]


def test_a_parcel_that_was_thrown_on_is_a_stray_and_nobody_takes_its_place() -> None:
    result = struck("parcel_thrown", PARCELS, ONE).result

    assert sum(n for reason, n in result.by_reason.items() if reason.startswith("STRAY")) == 1
    assert result.sorted >= PARCELS - 2
    assert nothing_forbidden(result)


def test_a_gate_that_does_not_move_costs_only_its_own_parcels() -> None:
    story = struck(
        "gate_stuck_home", 200, 40, until="DIVERT_FAILED", site=with_end_switches(example("hub16"))
    )

    failed = story.events("DIVERT_FAILED")
    assert len({record.r for record in failed}) == 1
    assert nothing_forbidden(story.result)
    assert story.result.sorted >= 200 - 2 * len(failed)
