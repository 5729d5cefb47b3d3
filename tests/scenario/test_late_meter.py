"""A metering belt on an inverter: how late it obeys is what `check` computes, and `check` says what that costs.

One on pulses obeys in the turn that says so: its ramp begins there, and the belt brakes from its first pulse on."""

from itertools import pairwise
from pathlib import Path

import pytest
from firmware_runs import differences, dispositions, sorted_by
from sim_runs import example
from sites import site

from sortyard.config.check import check_site
from sortyard.config.drive_delay import Delay, drive_delay
from sortyard.config.feeding import fall_back_mm, feeder_motor, least_gap_mm, merge_clear_mm
from sortyard.config.site import Site, load_site
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.firmware import BoardWorld
from sortyard.sim.run import Settings, simulate

LINE, INFEED = 5, 6
"""Outputs of the gate logic; 1 runs the line, and holds the feeder."""
BUS = 'ecu = "line", pins = { tx = "GP20", rx = "GP21", de = "GP22" }'
METER = (
    'name = "M-METER", driver = "mdr", drives = "meter", ecu = "line", pins = { run = "GP14", fault = "GP19" }',
    f'name = "M-METER", driver = "vfd_modbus", drives = "meter", address = 2, {BUS}',
)
LOOP = (
    'name = "M-LOOP", driver = "mdr", drives = "loop", ecu = "line", pins = { run = "GP15", fault = "GP26" }',
    f'name = "M-LOOP", driver = "vfd_modbus", drives = "loop", address = 3, {BUS}',
)


def hub(folder: Path, *changes: tuple[str, str]) -> Site:
    return load_site(site(folder, "hub16", METER, *changes))


def delay_of(found: Site) -> Delay:
    return drive_delay(found.line, feeder_motor(found.line))


def test_a_drive_at_a_pin_obeys_at_once_and_one_on_a_bus_after_the_others(tmp_path: Path):
    """19,200 bit/s, 10 bits a byte: 8 bytes are 4.2 ms. Each part of an exchange ends at a look, every 17 ms: question,
    answer, a look at it, silence. At 1,200 bit/s the question takes 67 ms and four looks, silence and an answer of 9
    bytes 104 ms and seven, the look one, the silence of 29 ms two."""
    assert delay_of(load_site(site(tmp_path / "pin", "hub16"))) == (0, 0)
    assert delay_of(hub(tmp_path / "two")) == pytest.approx((4.17, 2 * 68 + 4.17), abs=0.01)
    assert delay_of(hub(tmp_path / "three", LOOP)) == pytest.approx((4.17, 3 * 68 + 4.17), abs=0.01)
    slow = ("address = 2, ", "address = 2, options = { baud = 1200 }, ")
    found = hub(tmp_path / "slow", slow)
    assert delay_of(found) == pytest.approx((66.7, 68 + 17 * (4 + 7 + 1 + 2) + 66.7), abs=0.1)


def test_what_a_late_drive_costs_is_in_the_figures(tmp_path: Path):
    """136 ms between the soonest and the latest are 272 mm of a belt at 2 m/s: a parcel that is to fall back by 300 mm
    is held for 28 mm of belt at least, and v^2 / a is 133 mm: it falls back by 28^2 / 133 mm."""
    plain, late = load_site(site(tmp_path / "pin", "hub16")).line, hub(tmp_path / "bus").line
    assert merge_clear_mm(late) - merge_clear_mm(plain) == pytest.approx(2 * 140.17, abs=0.1)
    assert fall_back_mm(late, 200, 1200) == 0
    assert fall_back_mm(late, 300, 1200) == pytest.approx(28 * 28 / (2000**2 / 30_000))
    assert least_gap_mm(late) == late.parcels.min_gap_mm == 100
    assert least_gap_mm(plain) == pytest.approx(460)


def test_check_tells_how_late_a_meter_on_a_bus_is_and_refuses_one_that_cannot_hold_a_parcel(tmp_path: Path):
    found = check_site(hub(tmp_path)).findings
    (warning,) = [one for one in found if one.key == "motor[1].driver"]
    assert warning.severity == "warning"
    assert warning.reason.startswith(
        "M-METER hangs on Modbus, with 2 on its line: it obeys 4 to 140 ms after the gate logic's command, in which "
        "the belt moves 8 to 280 mm; gaps of 460 mm may be 100 mm then"
    )
    assert 'driver = "contactor"' in warning.remedy
    (error,) = [one for one in found if one.severity == "error"]
    assert "a parcel brakes in 348 mm" in error.reason  # 281 mm until the drive obeys, and half of 133
    assert "put the eye at -1568 mm or less" in error.remedy
    at_a_pin = check_site(load_site(site(tmp_path / "pin", "hub16"))).findings
    assert not [one for one in at_a_pin if one.key == "motor[1].driver"]


@pytest.mark.parametrize("others", [(), (LOOP,)], ids=["two on the bus", "three on the bus"])
def test_the_firmware_s_meter_is_as_late_as_is_computed_and_no_later(others, tmp_path: Path, monkeypatch):
    found = hub(tmp_path, *others)
    mm = found.line.encoder.um_per_count / 1000
    ms = mm / found.line.belt.speed_mm_s * 1000
    asked: list[tuple[float, bool]] = []
    obeyed: list[tuple[float, bool]] = []
    said, switch = BoardWorld._said, BoardWorld._switch

    def note_command(world: BoardWorld, kind: int, a: int, b: int, c: int, position: int) -> None:
        if kind == INFEED:
            asked.append((position * ms, not a))
        said(world, kind, a, b, c, position)

    def note_switch(world: BoardWorld, kind: int, is_on: bool) -> None:
        if kind == INFEED:
            obeyed.append((world._plant.position() * ms, is_on))
        switch(world, kind, is_on)

    monkeypatch.setattr(BoardWorld, "_said", note_command)
    monkeypatch.setattr(BoardWorld, "_switch", note_switch)
    simulate(found, GeneratedParcels(found, 60, 2), Settings(runtime="firmware", seed=1))
    soonest, latest = delay_of(found)
    late: list[float] = []
    prompt: list[float] = []
    # The frame of a command that was taken back may be on its way when the same is asked for again.
    was_taken_back = False
    for (at, runs), (until, _) in pairwise(asked[1:]):
        after = next((then for then, on in obeyed if then >= at and on == runs), None)
        if after is not None and after < until:  # else it was taken back before the drive was told
            late.append(after - at)
            if not was_taken_back:
                prompt.append(after - at)
            was_taken_back = False
        else:
            was_taken_back = True
            assert until - at < latest
    assert len(late) > 20
    assert soonest - 2 <= min(prompt)
    assert latest / 2 < max(late) <= latest


def test_a_meter_at_a_pin_is_held_and_freed_equally_late_at_full_milliseconds(monkeypatch):
    """A step that holds it takes longer than one that frees it: held a turn late, gaps were a millisecond short."""
    asked: list[int] = []
    obeyed: list[int] = []
    times_us: set[int] = set()
    said, command = BoardWorld._said, BoardWorld._command

    def note_said(world: BoardWorld, kind: int, a: int, b: int, c: int, position: int) -> None:
        if kind == INFEED:
            asked.append(position)
        said(world, kind, a, b, c, position)

    def note_command(world: BoardWorld, kind: int, a: int = 0, b: int = 0) -> None:
        if kind == INFEED:
            obeyed.append(world._plant.position())
        if kind in (LINE, INFEED):
            times_us.add(world._plant.now_us % 1000)
        command(world, kind, a, b)

    monkeypatch.setattr(BoardWorld, "_said", note_said)
    monkeypatch.setattr(BoardWorld, "_command", note_command)
    site = example("hub16")
    simulate(site, GeneratedParcels(site, 12, 2), Settings(runtime="firmware", seed=2))
    late = [there - here for here, there in zip(asked[1:], obeyed[1:], strict=True)]
    assert len(late) > 16
    assert set(late) == {2}  # counts, a millisecond each two
    assert times_us == {0}


@pytest.mark.parametrize(
    ("driver", "pins", "options"),
    [
        ("mdr", 'speed = "GP14", fault = "GP19"', "ramp_ms = 60"),
        ("mdr", 'speed = "GP14", fault = "GP19"', "ramp_ms = 0"),
        ("h_bridge", 'pwm = "GP14", fault = "GP19"', "ramp_ms = 60"),
        ("step_dir", 'step = "GP14", fault = "GP19"', "ramp_ms = 60"),
        ("step_dir_pio", 'step = "GP14", fault = "GP19"', "ramp_ms = 60"),
        ("servo", 'pulse = "GP14"', "slew_ms = 60"),
    ],
)
def test_a_metering_belt_on_pulses_opens_gaps_as_in_a_plain_simulation(driver, pins, options, tmp_path: Path):
    wired = (
        f'driver = "{driver}", drives = "meter", ecu = "line", pins = {{ {pins} }}, options = {{ {options} }}'
    )
    found = load_site(site(tmp_path, "hub16", (METER[0].partition(", ")[2], wired)))
    plain, board = (sorted_by(runtime, 24, 1, found) for runtime in ("compiled", "firmware"))
    assert dispositions(board) == dispositions(plain)
    assert max(differences(plain, board, found)) == 0
    firmware = board.result.firmware
    assert firmware is not None
    assert (firmware.bytes_allocated, firmware.overruns) == (0, 0)
