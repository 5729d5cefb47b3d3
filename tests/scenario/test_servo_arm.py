"""A diverter on a servo: its pulses move the plant's arm, when the gate logic says so."""

from pathlib import Path

from firmware_runs import differences, dispositions, sorted_by
from sites import site

from sortyard.config.site import Site, load_site

PARCELS = 6
SWING_ARM = 'kind = "swing_arm"\nposition_mm = 5000'
SWITCHES = "feedback = true  "
VALVES = 'pins = { extend = "GP14", retract = "GP15", home = "GP20", extended = "GP21" }'


def starter_with_a_servo(folder: Path) -> Site:
    changes = (
        (SWING_ARM, SWING_ARM.replace("swing", "servo")),
        (SWITCHES, "feedback = false  "),
        (VALVES, 'pins = { pulse = "GP14" }'),
    )
    path = site(folder, "starter", *changes)
    plan = folder / "starter.plan.toml"
    text = plan.read_text("utf-8")
    plan.write_text(text.replace('["SOUTH", "EAST"]', '["EAST", "SOUTH"]'), "utf-8")
    return load_site(path)


def test_parcels_are_sorted_by_an_arm_on_a_servo_as_in_the_plain_simulation(tmp_path: Path):
    line = starter_with_a_servo(tmp_path)
    plain, there = (sorted_by(runtime, PARCELS, 3, line) for runtime in ("compiled", "firmware"))
    assert dispositions(there) == dispositions(plain)
    assert there.result.sorted == PARCELS
    east = next(n for n, one in enumerate(line.numbering.gates) if one.name == "D-EAST")
    assert [one for one in there.outputs("GATE_EXTEND") if one.p == east]
    assert not any(differences(plain, there, line))
    assert not any(there.result.never.values())
