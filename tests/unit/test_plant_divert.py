"""Where a parcel goes at a diverter: its arrival is swept by 1 mm through every transition.

What is expected is worked out here from the definitions in plant_divert, time by time, without looking at how the
plant finds it. Each sweep lets one parcel after the other arrive 1 mm later against the same gate movement.
"""

from collections.abc import Callable
from itertools import groupby

import pytest

from unit.plant_lab import ENTRY, EXTEND, GATE, GATE_END, HOLD, MS, RETRACT, WIDTH, Lab, S, short_line

TURN = 60 * S  # a wedged parcel is taken away in the meantime
FIRST = 10 * S
LENGTH = 300_000
EXTEND_AT = 3 * S  # after the turn's beginning
STROKE = 120 * MS
DELAY = 20 * MS


def sweep(line, steps: range, arrival_us: int, retract_at: int | None) -> list[tuple[int, str, int]]:
    """(step, outcome, near flank) for a parcel that arrives `arrival_us + step mm` after the turn's beginning."""
    lab = Lab(line)
    found = []
    seen = {"diverted": 0, "clipped": 0, "wedged": 0}
    for turn, step in enumerate(steps):
        begin = FIRST + turn * TURN
        lab.add(begin + arrival_us + step * MS, number=7)
    for turn, step in enumerate(steps):
        begin = FIRST + turn * TURN
        lab.until(begin + EXTEND_AT)
        (parcel,) = lab.plant.parcels()
        near = parcel["left_um"] if line.diverter[0].side == "left" else WIDTH - parcel["left_um"] - 200_000
        lab.command(EXTEND, 0, 1)
        lab.until(begin + (retract_at or 5 * S))
        lab.command(RETRACT, 0, 1)
        lab.until(begin + TURN - 1 * S)
        results = lab.results()
        new = [name for name in seen if results[name] > seen[name]]
        seen = {name: results[name] for name in seen}
        found.append((step, new[0] if new else "passed", near))
        assert len(new) <= 1
        assert lab.plant.parcels() == []
    return found


def transitions(outcomes: list[tuple[int, str, int]]) -> list[tuple[str, int]]:
    return [(name, next(group)[0]) for name, group in groupby(outcomes, key=lambda one: one[1])]


def agree(found: list[tuple[int, str, int]], expected: Callable[[int, int], str]) -> list[str]:
    """Compare step by step; a threshold may lie 1 mm beside the one worked out here. The outcomes in order."""
    for step, outcome, near in found:
        assert outcome in {expected(step + d, near) for d in (-1, 0, 1)}, (
            step,
            outcome,
            expected(step, near),
        )
    return [name for name, _ in transitions(found)]


def out(t_us: int) -> float:
    """Extension of a gate that is extended at EXTEND_AT."""
    return min(max((t_us - EXTEND_AT - DELAY) / STROKE, 0.0), 1.0)


def nose(arrival_us: int, t_us: float) -> float:
    """Place of the nose, 1 um a us."""
    return ENTRY + t_us - arrival_us


def arm_extends(arrival_us: int, near: int) -> str:
    """The arm stays out: only its way out decides."""
    at_tip = arrival_us + GATE_END - ENTRY
    reach = out(at_tip) * WIDTH
    if reach >= near + 100_000:
        return "diverted"
    if reach > near:
        return "clipped"
    at_flank = EXTEND_AT + DELAY + STROKE * near / WIDTH
    past = (nose(arrival_us, at_flank) - GATE_END) / LENGTH
    if past > 1:
        return "passed"
    return "wedged" if 0.25 <= past <= 0.75 else "clipped"


def test_a_hold_that_is_told_when_the_arm_is_on_its_way_home_does_not_keep_it_out():
    """A board tells its host what its gates have done some time later: no wire has changed for a hold."""
    lab = Lab(short_line("swing_arm"))
    lab.add(2 * S - ENTRY - GATE_END, number=7)
    lab.until(1 * S)
    lab.command(EXTEND, 0, 1)
    lab.until(1 * S + 500 * MS)
    lab.command(RETRACT, 0, 1)
    lab.until(1 * S + 500 * MS + DELAY // 2)
    lab.command(HOLD, 0, 2)
    lab.until(10 * S)
    assert lab.results()["diverted"] == 0


@pytest.mark.parametrize("side", ["left", "right"])
def test_an_arm_that_extends_into_the_stream(side):
    arrival = EXTEND_AT + DELAY - (GATE_END - ENTRY) - 330 * MS
    found = sweep(short_line("swing_arm", {"side": side}), range(500), arrival, None)
    order = agree(found, lambda step, near: arm_extends(arrival + step * MS, near))
    assert order == ["passed", "clipped", "wedged", "clipped", "diverted"]


def test_an_arm_that_goes_home_under_a_parcel():
    """Caught long before; how much of it has passed the tip when the arm comes back decides."""
    retract_at = 5 * S

    def expected(step: int, near: int) -> str:
        arrival_us = arrival + step * MS
        bar = (near + 100_000) / WIDTH
        at_release = retract_at + DELAY + STROKE * (1 - bar)
        met = arrival_us + GATE + 400_000 * near // WIDTH - ENTRY
        past = (nose(arrival_us, at_release) - GATE_END) / LENGTH
        if past >= 0.75:
            return "diverted"
        if past >= 0.25:
            return "wedged"
        if met <= retract_at + DELAY:
            return "clipped"
        at_tip = arrival_us + GATE_END - ENTRY
        reach = (1 - min(max((at_tip - retract_at - DELAY) / STROKE, 0), 1)) * WIDTH
        return "clipped" if reach > near else "passed"

    arrival = retract_at - (GATE_END - ENTRY) - 330 * MS
    order = agree(sweep(short_line("swing_arm"), range(800), arrival, retract_at), expected)
    assert order == ["diverted", "wedged", "clipped", "passed"]


def shares(carried: float) -> str:
    if carried >= 0.75:
        return "diverted"
    if carried >= 0.25:
        return "wedged"
    return "clipped" if carried >= 0.1 else "passed"


def test_wheels_that_rise_under_a_parcel():
    """What passes over them once they are half up is carried."""
    up_at = EXTEND_AT + DELAY + STROKE // 2
    line_x = (GATE + GATE_END) // 2

    def expected(step: int, near: int) -> str:
        over = nose(arrival + step * MS, up_at) - line_x
        return shares(1 - min(max(over / LENGTH, 0), 1))

    arrival = up_at - (line_x - ENTRY) - 330 * MS
    order = agree(sweep(short_line("popup_wheel"), range(360), arrival, None), expected)
    assert order == ["passed", "clipped", "wedged", "diverted"]


def test_wheels_that_sink_under_a_parcel():
    retract_at = 5 * S
    down_at = retract_at + DELAY + STROKE // 2
    line_x = (GATE + GATE_END) // 2

    def expected(step: int, near: int) -> str:
        return shares(min(max((nose(arrival + step * MS, down_at) - line_x) / LENGTH, 0), 1))

    arrival = down_at - (line_x - ENTRY) - 330 * MS
    order = agree(sweep(short_line("popup_wheel"), range(360), arrival, retract_at), expected)
    assert order == ["diverted", "wedged", "clipped", "passed"]


def test_a_pusher_meets_the_parcel_off_its_centre():
    """The lever is how far the parcel's centre lies outside the plate when the plate meets its flank."""
    retract_at = EXTEND_AT + 400 * MS

    def expected(step: int, near: int) -> str:
        arrival_us = arrival + step * MS
        at_flank = EXTEND_AT + DELAY + STROKE * near / WIDTH
        x = nose(arrival_us, at_flank)
        if x - LENGTH >= GATE_END:
            return "passed"
        if x <= GATE:
            return runs_onto_plate(arrival_us, near, retract_at)
        lever = max(GATE - (x - LENGTH / 2), x - LENGTH / 2 - GATE_END)
        if lever <= 0:
            return "diverted"
        return "wedged" if lever <= LENGTH / 4 else "clipped"

    arrival = EXTEND_AT + DELAY - (GATE_END - ENTRY) - 330 * MS
    order = agree(sweep(short_line("pusher"), range(1400), arrival, retract_at), expected)
    assert order[:6] == ["passed", "clipped", "wedged", "diverted", "wedged", "clipped"]
    assert order[-3:] == ["wedged", "clipped", "passed"]


def runs_onto_plate(arrival_us: int, near: int, retract_at: int) -> str:
    """A nose that comes while the plate is out."""
    t = arrival_us + GATE - ENTRY
    home = min(max((t - retract_at - DELAY) / STROKE, 0), 1)
    over = (min(out(t), 1 - home) * WIDTH - near) / 200_000
    if over <= 0:
        return "passed"
    return "wedged" if over >= 0.5 else "clipped"


def test_a_pusher_that_turns_back_too_early_wedges_the_parcel():
    """Retracted before the parcel's centre is over the far edge."""
    line = short_line("pusher")
    arrival = EXTEND_AT + DELAY - ((GATE + GATE_END) // 2 + LENGTH // 2 - ENTRY)
    outcomes = [
        sweep(line, range(1), arrival, EXTEND_AT + after * MS)[0][1] for after in (60, 90, 99, 101, 130)
    ]
    assert outcomes == ["wedged", "wedged", "wedged", "diverted", "diverted"]


@pytest.mark.parametrize("kind", ["swing_arm", "popup_wheel", "pusher"])
def test_a_gate_at_home_touches_nobody(kind):
    lab = Lab(short_line(kind))
    for n in range(5):
        lab.add(FIRST + n * S)
    lab.until(FIRST + 20 * S)
    results = lab.results()
    assert results["in_chute"] == [0, 5]
    assert (results["diverted"], results["clipped"], results["wedged"]) == (0, 0, 0)
