"""The speed of the belt as a board sets it: limits, and changes that are slow enough."""

from pathlib import Path

import pytest
from firmware_here import firmware_module
from hypothesis import given
from hypothesis import strategies as st
from sites import site

from sortyard.config.belt_speed import limits_of, ramp_mm_s2
from sortyard.config.check import CheckResult, check_site
from sortyard.config.site import load_site
from sortyard.config.timing import SPEED_WINDOW_US, gate_timings, steady_mm_s

LIMITS = (400, 800, 250)
SLOWEST = ("speed_mm_s = 800\n", "speed_mm_s = 800\nslowest_mm_s = 400\n")
TOLD = ('drives = "belt"\n', 'drives = "belt"\noptions = { speed_permille = 1000 }\n')


class Drive:
    """What a drive is told."""

    def __init__(self) -> None:
        self.shares: list[int] = []

    def set_share(self, share: int) -> None:
        self.shares.append(share)


def belt_speed(*drives: object, limits: tuple[int, ...] = LIMITS):
    return firmware_module("sorter_ecu.belt_speed").BeltSpeed(drives, limits)


def test_metering_belt_and_loop_go_as_fast_as_the_belt_and_a_contact_as_it_can():
    belt, meter = Drive(), Drive()
    speed = belt_speed(belt, object(), meter)
    speed.ask(500)
    for _ in range(1000):
        speed.go_on()
    assert belt.shares == meter.shares
    assert belt.shares[-1] == 500 * 4096 // 800


def test_a_speed_within_the_limits_is_gone_to_step_by_step():
    drive = Drive()
    speed = belt_speed(drive)
    assert (speed.now, speed.aim) == (800, 800)
    assert speed.ask(600) == 0
    for _ in range(10):
        speed.go_on()
    assert speed.now == 800 - -(-2500 // 256)
    for _ in range(1000):
        speed.go_on()
    assert (speed.now, drive.shares[-1]) == (600, 600 * 4096 // 800)
    assert drive.shares == sorted(drive.shares, reverse=True)
    assert max(a - b for a, b in zip(drive.shares, drive.shares[1:], strict=False)) <= 6


@pytest.mark.parametrize(("asked", "why"), [(399, 2), (801, 2), (65535, 2), (400, 0), (800, 0)])
def test_a_speed_beyond_the_limits_is_refused_and_changes_nothing(asked: int, why: int):
    speed = belt_speed(Drive())
    assert speed.ask(asked) == why
    assert speed.aim == (800 if why else asked)


@pytest.mark.parametrize(
    ("drives", "limits"), [((), LIMITS), ((object(),), LIMITS), ((Drive(),), (0, 800, 250))]
)
def test_a_board_that_does_not_set_the_speed_says_so(drives: tuple[object, ...], limits: tuple[int, ...]):
    speed = belt_speed(*drives, limits=limits)
    assert speed.ask(600) == 1
    speed.go_on()
    assert (speed.now, speed.least, speed.most) == (0, 0, 0)


@given(st.lists(st.integers(0, 65535), max_size=8), st.integers(1, 4000), st.integers(1, 300))
def test_whatever_is_asked_the_drive_stays_within_its_limits(asked: list[int], step: int, rounds: int):
    drive = Drive()
    speed = belt_speed(drive, limits=(400, 800, step))
    for one in asked:
        speed.ask(one)
        for _ in range(rounds):
            speed.go_on()
    assert all(2048 <= share <= 4096 for share in drive.shares)


def checked(folder: Path, *changes: tuple[str, str]) -> CheckResult:
    return check_site(load_site(site(folder, "starter", *changes)))


def about_speed(result: CheckResult) -> list[str]:
    return [
        f"{one.severity}: {one.reason}"
        for one in result.findings
        if "slowest_mm_s" in one.key or "motor" in one.key
    ]


def test_a_change_is_slow_enough_for_every_diverter_and_looks_even(tmp_path: Path):
    line = load_site(site(tmp_path, "starter", SLOWEST, TOLD)).line
    ramp = ramp_mm_s2(line)
    assert ramp * SPEED_WINDOW_US / 1e6 <= steady_mm_s(line) / 2
    for timing in gate_timings(line):
        lead_s = max(timing.lead_ms, timing.home_ms) / 1000
        ahead_s = (timing.zone_start_mm - timing.decide_mm) / 400
        assert ramp * ahead_s * lead_s + ramp * lead_s**2 / 2 <= timing.gate.margin_mm / 8 + 1e-9
    assert limits_of(line) == [400, 800, int(ramp * 64 * 256 / 1000)]


@pytest.mark.parametrize(
    ("options", "pins", "said"),
    [
        ("", 'run = "GP9"', "motors.mdr is told its speed by speed, which is not wired"),
        ("", 'speed = "GP9"', ""),
        (
            "speed_mv = 4000",
            'speed = "GP9"',
            "at 400 mm/s speed_mv of M-BELT would be 2000 mV; it is 2300 at least",
        ),
    ],
)
def test_rollers_are_told_a_voltage_that_they_have_a_wire_for_and_turn_at(
    tmp_path: Path, options: str, pins: str, said: str
):
    rollers = f'driver = "mdr"\ndrives = "belt"\necu = "line"\noptions = {{ {options} }}\npins = {{ {pins} }}'
    inverter = (
        'driver = "vfd_modbus"\ndrives = "belt"\naddress = 1\necu = "line"\n'
        'pins = { tx = "GP8", rx = "GP9", de = "GP10" }'
    )
    told = [
        one for one in about_speed(checked(tmp_path, SLOWEST, (inverter, rollers))) if one.startswith("error")
    ]
    assert told == ([f"error: {said}"] if said else [])


def test_what_the_host_may_do_is_told(tmp_path: Path):
    (told,) = about_speed(checked(tmp_path, SLOWEST, TOLD))
    assert told.startswith(
        "note: the host may set 400 to 800 mm/s; the belt changes by 16.1 mm/s in a second"
    )


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            (("speed_mm_s = 800\n", "speed_mm_s = 800\nslowest_mm_s = 900\n"),),
            "900 mm/s is more than speed_mm_s, 800",
        ),
        ((SLOWEST,), "motors.vfd_modbus is not told its speed: speed_permille is 0"),
        (
            (SLOWEST, ('driver = "vfd_modbus"', 'driver = "contactor"')),
            "motors.contactor cannot be told a speed, and belt.slowest_mm_s asks for it",
        ),
        (
            (SLOWEST, (TOLD[0], 'drives = "belt"\noptions = { speed_permille = 1000, map = "saj" }\n')),
            "the registers of saj have none for the speed",
        ),
        (
            (
                ("speed_mm_s = 800\n", "speed_mm_s = 800\nslowest_mm_s = 50\n"),
                ("um_per_count = 500", "um_per_count = 1000"),
                TOLD,
            ),
            "at 50 mm/s the encoder counts 6.6 in the 131 ms",
        ),
    ],
)
def test_what_does_not_fit_together_is_an_error(
    tmp_path: Path, changes: tuple[tuple[str, str], ...], text: str
):
    assert [one for one in about_speed(checked(tmp_path, *changes)) if one.startswith(f"error: {text}")]


METER = 'driver = "mdr", drives = "meter", ecu = "line", pins = { run = "GP14", fault = "GP19" }'


def motor_errors(folder: Path, *changes: tuple[str, str]) -> list[str]:
    """What `check` says of hub16's motors after these changes."""
    found = check_site(load_site(site(folder, "hub16", *changes))).findings
    return [one.reason for one in found if one.severity == "error" and one.key.startswith("motor")]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("ramp_ms = 60", []),
        (
            "ramp_ms = 67",
            ["takes 67 ms to start and to stop; 30000 mm/s2 are 66 ms (infeed_meter.brake_mm_s2)"],
        ),
        (
            "ramp_ms = 60, speed_counts_s = 900",
            ["holds its speed by the belt's encoder, and M-METER drives the meter"],
        ),
    ],
)
def test_a_metering_belt_is_as_steep_as_it_is_said_to_be_and_has_no_encoder(
    tmp_path: Path, options: str, said: list[str]
):
    bridge = METER.replace("mdr", "h_bridge").replace("run =", "pwm =") + f", options = {{ {options} }}"
    told = motor_errors(tmp_path, (METER, bridge))
    assert len(told) == len(said)
    assert all(one.endswith(words) for one, words in zip(told, said, strict=True))


INVERTER = (
    'driver = "vfd_modbus", drives = "belt", address = 1, ecu = "line", '
    'pins = { tx = "GP20", rx = "GP21", de = "GP22" }'
)


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (2000, []),
        (1970, []),
        (1000, ["1000 counts/s are 1000 mm/s with this encoder, and the belt's speed is 2000 mm/s"]),
    ],
)
def test_a_belt_that_is_held_by_its_encoder_has_its_own_speed(counts: int, said: list[str], tmp_path: Path):
    bridge = (
        f'drives = "belt", ecu = "line", pins = {{ pwm = "GP20" }}, options = {{ speed_counts_s = {counts} }}'
    )
    assert motor_errors(tmp_path, (INVERTER, f'driver = "h_bridge", {bridge}')) == said


@pytest.mark.parametrize(
    ("motor", "severity"),
    [
        ('drives = "belt", ecu = "line", pins = { speed = "GP20" }, options = { ramp_ms = 1000 }', ""),
        ('drives = "belt", ecu = "line", pins = { speed = "GP20" }, options = { ramp_ms = 1001 }', "error"),
        ('drives = "belt", ecu = "line", pins = { run = "GP20" }, options = { ramp_ms = 3000 }', ""),
    ],
    ids=["as steep as the belt", "less steep", "a contact"],
)
def test_a_belt_is_as_steep_as_it_is_said_to_be(motor: str, severity: str, tmp_path: Path):
    """hub16 comes to its 2,000 mm/s, and to rest, in a second."""
    found = check_site(load_site(site(tmp_path, "hub16", (INVERTER, f'driver = "mdr", {motor}')))).findings
    told = [one for one in found if one.key == "motor[0].options.ramp_ms"]
    assert [one.severity for one in told] == ([severity] if severity else [])
    assert all("2000 mm/s2 are 1000 ms (belt.acceleration_mm_s2)" in one.reason for one in told)


@pytest.mark.parametrize(
    ("driver", "wires", "options"),
    [
        ("mdr", 'speed = "GP14"', 'ramp_ms = "fast"'),
        ("mdr", 'speed = "GP14"', 'freq = "fast"'),
        ("vfd_modbus", 'tx = "GP20", rx = "GP21", de = "GP22"', 'baud = "fast"'),
        ("vfd_modbus", 'tx = "GP20", rx = "GP21", de = "GP22"', 'map = "none"'),
    ],
)
def test_an_option_of_a_drive_that_is_none_is_told_once(
    driver: str, wires: str, options: str, tmp_path: Path
):
    motor = f'driver = "{driver}", drives = "meter", address = 2, ecu = "line", pins = {{ {wires} }}'
    name, _, value = options.partition(" = ")
    told = [
        one
        for one in motor_errors(tmp_path, (METER, f"{motor}, options = {{ {options} }}"))
        if "allowed: " in one
    ]
    assert len(told) == 1
    assert told[0].startswith(f"{name} is {value.replace(chr(34), chr(39))}")


LOOP = 'driver = "mdr", drives = "loop", ecu = "line", pins = { run = "GP15", fault = "GP26" }'


def test_a_loop_that_starts_less_steeply_than_the_belt_is_warned_of(tmp_path: Path):
    slow = LOOP.replace("run =", "speed =") + ", options = { ramp_ms = 1001 }"
    found = check_site(load_site(site(tmp_path, "hub16", (LOOP, slow)))).findings
    (told,) = [one for one in found if one.key == "motor[2].options.ramp_ms"]
    assert told.severity == "warning"
    assert told.reason.startswith("M-LOOP takes 1001 ms to start and to stop; 2000 mm/s2 are 1000 ms")


SLOW_HUB = (
    ("belt.speed_mm_s = 2000\n", "belt.speed_mm_s = 2000\nbelt.slowest_mm_s = 1000\n"),
    ('drives = "belt", ', 'drives = "belt", options = { speed_permille = 1000 }, '),
)


def test_metering_belt_and_loop_can_be_told_a_speed_where_the_belts_is_set(tmp_path: Path):
    no_wire = "motors.mdr is told its speed by speed, which is not wired"
    assert motor_errors(tmp_path, *SLOW_HUB) == [no_wire, no_wire]
    meter, loop = (
        (one, one.replace("run =", "speed =") + ", options = { ramp_ms = 60 }") for one in (METER, LOOP)
    )
    assert motor_errors(tmp_path, *SLOW_HUB, meter, loop) == []
    contactor = METER.replace("mdr", "contactor").replace("fault", "closed")
    (contact,) = motor_errors(tmp_path, *SLOW_HUB, (METER, contactor), loop)
    assert contact.endswith("belt.slowest_mm_s asks for it, the meter's as well as the belt's")


@pytest.mark.parametrize(
    ("driver", "wire", "options", "said"),
    [
        ("step_dir", "step", "ramp_ms = 60", []),
        ("step_dir", "step", "ramp_ms = 60, round_permille = 300", ["M-METER starts and stops gently"]),
        ("servo", "pulse", "slew_ms = 66", []),
        ("servo", "pulse", "slew_ms = 67", ["M-METER takes 67 ms to start and to stop"]),
    ],
)
def test_a_metering_belt_comes_to_its_speed_steadily(
    tmp_path: Path, driver: str, wire: str, options: str, said: list[str]
):
    motor = METER.replace("mdr", driver).replace('run = "GP14", fault = "GP19"', f'{wire} = "GP14"')
    told = motor_errors(tmp_path, (METER, f"{motor}, options = {{ {options} }}"))
    assert len(told) == len(said)
    assert all(one.startswith(words) for one, words in zip(told, said, strict=True))


@pytest.mark.parametrize(
    ("driver", "wire", "options", "latest"),
    [
        (
            "servo",
            "pulse",
            "freq = 50",
            "20 ms after the gate logic's command, in which the belt moves 0 to 40 mm",
        ),
        (
            "servo",
            "pulse",
            "freq = 250",
            "4 ms after the gate logic's command, in which the belt moves 0 to 8 mm",
        ),
        ("mdr", "speed", "freq = 1000", ""),
        ("step_dir", "step", "ramp_ms = 60", ""),
    ],
)
def test_a_meter_that_is_told_by_pulses_obeys_with_the_next_one(
    tmp_path: Path, driver: str, wire: str, options: str, latest: str
):
    motor = METER.replace("mdr", driver).replace('run = "GP14", fault = "GP19"', f'{wire} = "GP14"')
    path = site(tmp_path, "hub16", (METER, f"{motor}, options = {{ {options} }}"))
    found = check_site(load_site(path)).findings
    told = [one.reason for one in found if one.key == "motor[1].driver"]
    assert [f"M-METER is told by pulses: it obeys 0 to {latest}" in one for one in told] == [True] * bool(
        latest
    )
