"""One parcel's way through the whole simulation, from the infeed eye to the confirm eye of its chute."""

from pathlib import Path

from sim_runs import example, run
from two_parcels import Row, bare_site, sort

from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.events import Disposition
from sortyard.sim.faults import FaultSetting


def test_one_parcel_is_inducted_read_routed_diverted_and_confirmed() -> None:
    site = example("starter")
    barcode = GeneratedParcels(site, 1, 4).barcode(1)
    decided = site.host_plan.decide(barcode)
    assert decided is not None
    chute = site.board_plan.groups[decided[0]][0]

    story = run(site, 1, seed=4)

    steps = [story.events(name) for name in ("INDUCTED", "MEASURED", "ASSIGNED", "ROUTED")]
    steps += [story.outputs(name) for name in ("GATE_EXTEND", "DISPOSITION")]
    assert [len(found) for found in steps] == [1] * 6
    times = [found[0].t_us for found in steps]
    assert times == sorted(times)
    end = Disposition.of(story.outputs("DISPOSITION")[0])
    assert (end.outcome, end.chute) == (1, chute)
    assert story.result.by_chute[site.line.chute[chute].name] == 1


def test_the_gate_is_in_place_before_the_parcel_and_leaves_after_it() -> None:
    site = example("hub16")
    mm = site.line.encoder.um_per_count / 1000
    story = run(site, 1, seed=2)

    inducted, extend = story.events("INDUCTED")[0], story.outputs("GATE_EXTEND")[0]
    retract, length_mm = story.outputs("GATE_RETRACT")[0], story.events("MEASURED")[0].r * mm
    gate = site.numbering.gates[extend.p]
    slowest_ms = gate.delay_ms + gate.extend_ms + gate.spread_ms
    in_place_mm = (extend.s - inducted.s) * mm + slowest_ms * site.line.belt.speed_mm_s / 1000
    assert in_place_mm <= gate.position_mm
    assert (retract.s - inducted.s) * mm >= gate.position_mm + gate.zone_mm + length_mm


def test_a_parcel_without_a_code_runs_to_the_reject_chute() -> None:
    story = run(example("hub16"), 1, faults={"scan_miss": FaultSetting(1_000_000)})

    end = Disposition.of(story.outputs("DISPOSITION")[0])
    assert story.result.by_reason == {"REJECTED/NO_READ": 1}
    assert story.outputs("GATE_EXTEND") == []
    assert example("hub16").line.chute[end.chute].end


def test_a_plan_may_send_codes_to_the_chute_at_the_end_of_the_belt(tmp_path: Path) -> None:
    found = bare_site(tmp_path, "starter")
    result, _ = sort(found, [Row("REJECT", 300, 1000), Row("NORTH", 300, 1000), Row("REJECT", 300, 1000)])

    assert (result.by_chute["REJECT"], result.by_chute["NORTH"], result.by_reason) == (2, 1, {})
    assert not any(result.never.values())
