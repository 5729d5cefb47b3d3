"""starter with its belt on other drives, whose pulses and contacts move the plant's belt: it goes as they say."""

from pathlib import Path

import pytest
from board_sites import BOARDS, starter_on
from firmware_runs import dispositions, sorted_by
from sites import site

from sorter_core import messages
from sortyard.config.site import load_site
from sortyard.device.session import Message
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.board_host import Order
from sortyard.sim.events import OUTPUT, Record
from sortyard.sim.firmware import BoardWorld
from sortyard.sim.run import Runtime, Settings, simulate

DISPOSITION = 8 + OUTPUT
INVERTER = (
    'driver = "vfd_modbus"\ndrives = "belt"\naddress = 1\necu = "line"\n'
    'pins = { tx = "GP8", rx = "GP9", de = "GP10" }'
)
METER = 'driver = "mdr", drives = "meter", ecu = "line", pins = { run = "GP14", fault = "GP19" }'
LOOP = 'driver = "mdr", drives = "loop", ecu = "line", pins = { run = "GP15", fault = "GP26" }'
DRIVES = {
    "contactor": 'driver = "contactor"\necu = "line"\npins = { run = "GP8", closed = "GP9" }',
    "mdr": 'driver = "mdr"\necu = "line"\npins = { speed = "GP8" }',
    "mdr with a run contact": 'driver = "mdr"\necu = "line"\npins = { speed = "GP8", run = "GP9" }',
    "h_bridge": 'driver = "h_bridge"\necu = "line"\npins = { pwm = "GP8" }',
    "h_bridge with control": (
        'driver = "h_bridge"\necu = "line"\npins = { pwm = "GP8" }\noptions = { speed_counts_s = 1600 }'
    ),
    "step_dir": 'driver = "step_dir"\necu = "line"\npins = { step = "GP8", enable = "GP9" }',
    "step_dir_pio": 'driver = "step_dir_pio"\necu = "line"\npins = { step = "GP8" }',
    "servo": 'driver = "servo"\necu = "line"\npins = { pulse = "GP8" }',
}


def outcomes(path: Path, runtime: Runtime) -> dict[int, int]:
    """Track -> outcome, reason and chute of four parcels."""
    loaded, records = load_site(path), []
    settings = Settings(runtime=runtime, seed=3, on_records=records.extend)
    result = simulate(loaded, GeneratedParcels(loaded, 4, 3), settings)
    assert not any(result.never.values())
    return {one.p: one.q for one in records if one.kind == DISPOSITION}


@pytest.mark.parametrize("drive", DRIVES)
def test_parcels_are_sorted_whatever_drives_the_belt(tmp_path: Path, drive: str):
    path = site(tmp_path, "starter", (INVERTER, DRIVES[drive]))
    plain = outcomes(path, "compiled")
    assert len(plain) == 4
    assert outcomes(path, "firmware") == plain


def test_a_stepper_on_an_esp32_moves_the_belt_by_pulses_of_its_timers(tmp_path: Path, monkeypatch):
    stepper = {"driver": "step_dir", "address": None, "pins": {"step": "IO2"}}
    monkeypatch.setitem(BOARDS["esp32_devkit"], "M-BELT", stepper)
    line = starter_on(tmp_path, "esp32_devkit")
    plain, there = (sorted_by(runtime, 4, 3, line) for runtime in ("compiled", "firmware"))
    assert len(dispositions(plain)) == 4
    assert dispositions(there) == dispositions(plain)


@pytest.mark.parametrize("drive", ["h_bridge with control", "step_dir", "step_dir_pio"])
def test_the_belt_goes_as_fast_as_its_pulses_say(tmp_path: Path, drive: str):
    slower = ("speed_mm_s = 800\n", "speed_mm_s = 800\nslowest_mm_s = 400\n")
    line = load_site(site(tmp_path, "starter", slower, (INVERTER, DRIVES[drive])))
    records: list[Record] = []
    order = Order(5_000_000, messages.SPEED, (400,))
    settings = Settings(runtime="firmware", seed=1, orders=(order,), on_records=records.extend)
    result = simulate(line, GeneratedParcels(line, 12, 1), settings)
    edges = sorted((one.t_us, one.belt_counts) for one in records if one.kind in (1, 2))
    for from_s, to_s, mm_s in ((0, 5, 800), (33, 45, 400)):
        (t0, first), *_, (t1, last) = [one for one in edges if from_s * 1e6 <= one[0] <= to_s * 1e6]
        counts_s = (last - first) / ((t1 - t0) / 1e6)
        assert counts_s * line.line.encoder.um_per_count / 1000 == pytest.approx(mm_s, rel=0.03)
    assert result.sorted == 12
    assert not any(result.never.values())


def test_contactors_of_meter_and_loop_are_seen_to_follow(tmp_path: Path, monkeypatch):
    """Whatever opens them: the meter that is held, the emergency stop."""
    told: list[tuple[int, ...]] = []
    take = BoardWorld._take

    def listen(world: BoardWorld, message: Message) -> bool:
        if message.kind == messages.MOTOR:
            told.append(message.fields[:2])
        return take(world, message)

    monkeypatch.setattr(BoardWorld, "_take", listen)
    contactor = 'driver = "contactor", drives = "{}", ecu = "line", pins = {{ run = "{}", closed = "{}" }}'
    path = site(
        tmp_path,
        "hub16",
        (METER, contactor.format("meter", "GP14", "GP19")),
        (LOOP, contactor.format("loop", "GP15", "GP26")),
    )
    line = load_site(path)
    plain, board = (sorted_by(runtime, 12, 2, line) for runtime in ("compiled", "firmware"))
    assert dispositions(board) == dispositions(plain)
    stopped = sorted_by("firmware", 8, 1, line, estop=300_000)
    assert stopped.result.faults["estop"]["injected"]
    assert told == []


def test_inverters_of_belt_meter_and_loop_share_one_bus(tmp_path: Path):
    """The board talks to them by turns; a meter on a bus opens gaps a moment later, and parcels may go round again."""
    bus = 'ecu = "line", pins = { tx = "GP20", rx = "GP21", de = "GP22" }'
    path = site(
        tmp_path,
        "hub16",
        (METER, f'driver = "vfd_modbus", drives = "meter", address = 2, {bus}'),
        (LOOP, f'driver = "vfd_modbus", drives = "loop", address = 3, {bus}'),
    )
    result = sorted_by("firmware", 4, 3, load_site(path)).result
    assert (result.parcels, result.sorted) == (4, 4)
    assert not any(result.never.values())
