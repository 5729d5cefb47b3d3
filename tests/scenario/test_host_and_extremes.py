"""The host falls silent and the board decides alone; and the slowest, longest line there is."""

from sim_runs import at_parcels, example, nothing_forbidden, run

from sortyard.sim.faults import FaultSetting
from sortyard.sim.request import at_speed


def test_without_the_host_the_boards_own_plan_sorts_every_parcel() -> None:
    story = run(example("hub16"), 150, seed=3, faults={"host_loss": FaultSetting(1_000_000)})

    assert story.inputs("DESTINATION") == []
    assert len(story.outputs("DEST_REQUEST")) >= 150
    assert story.result.sorted == 150


def test_an_outage_of_the_host_is_bridged() -> None:
    story = run(example("hub16"), 150, seed=3, faults={"host_outage": at_parcels(40)})

    asked, answered = len(story.outputs("DEST_REQUEST")), len(story.inputs("DESTINATION"))
    assert 0 < answered < asked - 10
    assert story.result.sorted == 150


def test_64_gates_at_0_3_m_s_keep_their_parcels_for_minutes() -> None:
    site = at_speed(example("express64"), 300)
    story = run(site, 60, seed=2)

    first, last = story.records[0].t_us, story.records[-1].t_us
    assert last - first > 200_000_000
    assert nothing_forbidden(story.result)
    assert story.result.sorted >= 58
