"""Motors on a virtual board: what is asked of them, and what comes out at their pins."""

from itertools import pairwise

import pytest
from board_bench import Bench
from hypothesis import given
from hypothesis import strategies as st

from sorter_core.speed_loop import SpeedLoop
from sortyard.config.driver_tables import drivers_of

MDR = """
from sorter_io.chip import read_inputs
from sorter_io.motors.mdr import Mdr
from time import sleep_us, ticks_us
pins = {"run": 10, "speed": 14, "direction": 11, "fault": 19}
motor = Mdr(pins, {"speed_mv": 5000, "ramp_ms": 100, "freq": 1000, "reverse": 1})
last = None
turns = 0
while True:
    if turns == 20:
        motor.run(1)
    if turns == 200:
        motor.run(0)
    motor.poll(ticks_us() & 0xFFFFFFF)
    motor.look(read_inputs())
    now = (motor.is_running, motor.is_failed)
    if now != last:
        print(turns, now[0], now[1])
        last = now
    turns += 1
    sleep_us(1000)
"""


def pulsed(program: str, begin=lambda bench: None, until_us: int = 600_000):
    """The bench, and (time, pin, duty) of its pulse outputs."""
    pulses: list[tuple[int, int, int]] = []

    def wire(board):
        board.set_pin(19, 1, 0)
        board.analog.on_pulses = lambda now, pin, hertz, duty: pulses.append((now, pin, duty))

    return Bench(program, begin, wire, until_us=until_us).run(), pulses


def test_rollers_follow_their_ramp_and_their_contact_switches_at_once():
    bench, pulses = pulsed(MDR)
    times = [time - bench.zero_us for time, pin, _ in pulses if pin == 14]
    duties = [duty for _, pin, duty in pulses if pin == 14]
    assert max(duties) == 65535 * 5 // 10
    assert duties[-1] == 0
    top = duties.index(max(duties))
    assert duties[: top + 1] == sorted(duties[: top + 1])
    assert 95_000 <= times[top] - times[1] <= 105_000
    assert duties[1] == pytest.approx(65535 * 2.3 / 10, abs=1)  # where the rollers begin to turn
    assert top > 40  # steps of the 54 ms from there to 5 V
    contact = [(time, levels >> 10 & 1) for time, levels in bench.levels]
    (on,) = [time for (time, up), (_, before) in zip(contact[1:], contact, strict=False) if up and not before]
    assert abs(on - times[1]) < 3000
    assert all(levels >> 11 & 1 for _, levels in bench.levels)
    assert [line.split()[1:] for line in bench.lines] == [["0", "0"], ["1", "0"], ["0", "0"]]


def test_rollers_that_report_an_error_run_no_more_as_far_as_anybody_knows():
    def begin(bench):
        bench.after(100_000, lambda us: bench.board.set_pin(19, 0, us))

    bench, _ = pulsed(MDR, begin, until_us=150_000)
    assert [line.split()[1:] for line in bench.lines] == [["0", "0"], ["1", "0"], ["0", "1"]]


def running(path: str, pins: dict, options: dict, script: str) -> str:
    """A program that runs a motor: `script` acts on `turns`, and every change of its state is printed."""
    name = "".join(word.capitalize() for word in path.rpartition(".")[2].split("_"))
    return f"""
from sorter_io.chip import read_inputs
from sorter_io.{path} import {name}
from time import sleep_us, ticks_us
motor = {name}({pins}, {options})
last = None
turns = 0
while True:
{script}
    motor.poll(ticks_us() & 0xFFFFFFF)
    motor.look(read_inputs())
    now = (motor.is_running, motor.is_failed)
    if now != last:
        print(turns, now[0], now[1])
        last = now
    turns += 1
    sleep_us(1000)
"""


ON_AND_OFF = """
    if turns == 20:
        motor.run(1)
    if turns == 200:
        motor.run(0)
    if turns == 320:
        motor.run(1)"""


def set_up(name: str, **given) -> dict:
    return {**drivers_of("motor")[name].defaults(), **given}


def test_a_bridge_whose_motor_stalls_is_off_until_it_is_stopped_and_started_anew():
    def begin(bench):
        bench.board.analog.set_adc(26, 0)
        bench.after(120_000, lambda us: bench.board.analog.set_adc(26, 40_000))  # 2.0 V: 20 A
        bench.after(260_000, lambda us: bench.board.analog.set_adc(26, 1000))

    options = set_up("h_bridge", ramp_ms=20, stall_ms=30, limit_ma=5000, mv_per_a=100)
    program = running("motors.h_bridge", {"pwm": 14, "current": 26}, options, ON_AND_OFF)
    bench, pulses = pulsed(program, begin, until_us=500_000)
    states = [tuple(map(int, line.split())) for line in bench.lines]
    assert [state[1:] for state in states] == [(0, 0), (1, 0), (0, 1), (0, 0), (1, 0)]
    failed_at = next(time for time, pin, duty in pulses if pin == 14 and not duty and time > pulses[3][0])
    assert 150_000 <= failed_at - bench.zero_us <= 160_000
    assert max(duty for _, pin, duty in pulses if pin == 14) == 65535


def test_a_bridge_is_not_off_for_a_current_that_is_too_much_at_the_first_look():
    options = set_up("h_bridge", ramp_ms=0, stall_ms=30, limit_ma=5000, mv_per_a=100)
    program = running("motors.h_bridge", {"pwm": 14, "current": 26}, options, ON_AND_OFF)

    def begin(bench):
        bench.board.analog.set_adc(26, 40_000)
        bench.after(25_000, lambda us: bench.board.analog.set_adc(26, 0))

    bench, _ = pulsed(program, begin, until_us=100_000)
    assert [line.split()[1:] for line in bench.lines] == [["0", "0"], ["1", "0"]]


def test_steps_come_at_the_share_that_is_set():
    rates: list[int] = []
    script = (
        ON_AND_OFF
        + """
    if turns == 100:
        motor.set_share(1024)"""
    )

    def wire(board):
        board.analog.on_pulses = lambda now, pin, hertz, duty: rates.append(hertz if duty else 0)

    options = set_up("step_dir", steps_s=4000, ramp_ms=20)
    Bench(running("motors.step_dir", {"step": 14}, options, script), wire=wire, until_us=400_000).run()
    assert max(rates) == 4000
    assert rates[rates.index(4000) + 1] == 1000
    assert rates[-1] == 1000, "the next start goes no further"


class Belt:
    """A belt behind a bridge: speed follows the duty with a time constant, less what the load takes off."""

    def __init__(self, full: int, load: float = 0.0) -> None:
        self.full, self.load = full, load
        self.speed = self.position = 0.0

    def turn(self, duty: int, ms: float) -> int:
        """Go on for some milliseconds; the encoder's count."""
        self.speed += (self.full * duty / 65535 * (1 - self.load) - self.speed) * ms / 150
        self.position += self.speed * ms / 1000
        return int(self.position)


def held(loop: SpeedLoop, belt: Belt, target: int, ms: int) -> list[float]:
    """Speeds of the belt in each millisecond under control."""
    speeds = []
    for now in range(ms):
        duty = loop.step(target, belt.turn(getattr(belt, "duty", 0), 1) & 0xFFFFFFF, 1000 * now & 0xFFFFFFF)
        belt.duty = duty  # pyright: ignore[reportAttributeAccessIssue]
        assert 0 <= duty <= 65535
        speeds.append(belt.speed)
    return speeds


def test_a_belt_under_control_keeps_its_speed_under_load():
    loop, belt = SpeedLoop(2048, 512, 65535), Belt(4000)
    speeds = held(loop, belt, 1600, 3000)
    assert speeds[-1] == pytest.approx(1600, rel=0.03)
    assert max(speeds) < 1600 * 1.25
    belt.load = 0.4
    assert held(loop, belt, 1600, 3000)[-1] == pytest.approx(1600, rel=0.03)


def test_a_belt_that_was_held_does_not_run_away_when_it_is_let_go():
    loop, belt = SpeedLoop(2048, 512, 65535), Belt(4000, load=1.0)
    held(loop, belt, 1600, 5000)
    belt.load = 0.0
    speeds = held(loop, belt, 1600, 3000)
    assert max(speeds) < 2700  # of 4,000: an integral that had gone on would have taken it to the end
    assert speeds[1500] == pytest.approx(1600, rel=0.05)


@given(
    kp=st.integers(0, 4096),
    ki=st.integers(0, 1024),
    samples=st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 0xFFFFFFF), st.integers(0, 0xFFFFFFF))),
)
def test_whatever_is_measured_control_stays_within_30_bits(kp: int, ki: int, samples):
    loop = SpeedLoop(kp, ki, 65535)
    for target, position, now_us in samples:
        assert 0 <= loop.step(target, position, now_us) <= 65535
        assert abs(loop._sum) < 1 << 29
        assert abs(loop.speed) < 1 << 29


CONTROLLED = """
from sorter_io.encoders.quadrature_pio import QuadraturePio
from sorter_io.motors.h_bridge import HBridge
from time import sleep_us, ticks_us
motor = HBridge({"pwm": 14}, OPTIONS)
motor.follow(QuadraturePio({"a": 2, "b": 3}, {"unit": 0}))
motor.run(1)
motor.set_share(SHARE)
while True:
    motor.poll(ticks_us() & 0xFFFFFFF)
    sleep_us(1000)
"""


@pytest.mark.parametrize("share", [4096, 2048])
def test_a_bridge_on_a_board_holds_the_speed_of_its_belt_by_the_encoder(share: int):
    belt = Belt(4000, load=0.2)
    duty, counted = [0], [0]

    def wire(board):
        def told(now, pin, hertz, level):
            duty[0] = level

        board.analog.on_pulses = told

    def turn(us):
        count = belt.turn(duty[0], 1)
        for _ in range(count - counted[0]):
            bench.board.turn_encoder(2, us)
            bench.board.turn_encoder(3, us)
        counted[0] = count
        bench.board.at(us + 1000, turn)

    options = set_up("h_bridge", speed_counts_s=1500, ramp_ms=100)
    bench = Bench(
        CONTROLLED.replace("OPTIONS", repr(options)).replace("SHARE", str(share)),
        lambda bench: bench.after(1000, turn),
        wire,
        until_us=2_500_000,
    )
    bench.run()
    assert belt.speed == pytest.approx(1500 * share / 4096, rel=0.05)


def stepped(name: str, options: dict, script: str, until_us: int = 600_000):
    """The bench, times of rising edges of a state machine's step pin, and (time, hertz) of a timer's."""
    edges: list[float] = []
    rates: list[tuple[int, int]] = []

    def wire(board):
        board.analog.on_edge = lambda pin, time, level: edges.append(time) if level else None
        board.analog.on_pulses = lambda now, pin, hertz, duty: rates.append((now, hertz if duty else 0))

    pins = {"step": 14, "direction": 11, "enable": 12}
    bench = Bench(running(f"motors.{name}", pins, options, script), wire=wire, until_us=until_us).run()
    return bench, edges, rates


@pytest.mark.parametrize(("permille", "to_full_ms", "amid_ms"), [(0, 99, 80), (500, 74, 55)])
def test_steps_of_a_state_machine_follow_the_ramp_and_none_is_cut_short(permille, to_full_ms, amid_ms):
    """Of a ramp of 100 ms: from the first step to 4,900 steps/s, and from 500 to 4,500. A trapezoid begins at some 230
    steps/s when it is told to, an S-curve comes there in its time."""
    options = set_up("step_dir_pio", steps_s=5000, ramp_ms=100, round_permille=permille)
    bench, edges, _ = stepped("step_dir_pio", options, ON_AND_OFF, until_us=330_000)
    gaps = [after - before for before, after in pairwise(edges)]
    assert min(gaps) >= 1e6 / 5000 - 1
    speeds = [(at - bench.zero_us, 1e6 / gap) for at, gap in zip(edges, gaps, strict=False)]
    first = speeds[0][0]
    begun, nearly, full = (next(at for at, speed in speeds if speed > least) for least in (500, 4500, 4900))
    assert full - first == pytest.approx(1000 * to_full_ms, abs=5000)
    assert nearly - begun == pytest.approx(1000 * amid_ms, abs=5000)
    assert all(after > before / 3 for before, after in pairwise(gaps))  # a motor that is to jump loses steps
    levels = {at: level >> 12 & 1 for at, level in bench.levels}
    assert next(at for at, level in levels.items() if level) <= first


def test_steps_of_a_timer_follow_the_ramp():
    options = set_up("step_dir", steps_s=4000, ramp_ms=100)
    bench, _, rates = stepped("step_dir", options, ON_AND_OFF)
    hertz = [rate for _, rate in rates]
    top = hertz.index(4000)
    assert hertz[1 : top + 1] == sorted(hertz[1 : top + 1])
    assert 0 in hertz[top:]
    assert [state.split()[1] for state in bench.lines][:3] == ["0", "1", "0"]


@pytest.mark.parametrize("ramp_ms", [100, 3000])
def test_a_rate_of_a_timer_lasts_for_a_whole_step_or_there_would_be_none(ramp_ms: int):
    """A timer of an ESP32-C3 begins a new period with each rate. Times are those of the ends of turns."""
    options = set_up("step_dir", steps_s=400, ramp_ms=ramp_ms)
    _, _, rates = stepped("step_dir", options, ON_AND_OFF, until_us=1_000_000)
    changes = [after for before, after in pairwise(rates) if after[1] != before[1]]
    lasting = [(hertz, until - at) for (at, hertz), (until, _) in pairwise(changes) if hertz]
    assert len(lasting) > 10
    assert [one for one in lasting if one[1] < 1_000_000 // one[0] - 20] == []
    first = changes[0][1]
    assert 1000 * first / 400 * ramp_ms >= 0.9e6 / first  # no longer than the ramp takes to come there


STOPPED = """
    if turns == 20:
        motor.run(1)
    if turns == 100:
        motor.off()"""


@pytest.mark.parametrize("name", ["step_dir", "step_dir_pio", "h_bridge", "mdr"])
def test_what_is_switched_off_is_off_in_the_same_turn(name: str):
    pins = {"step": 14} if "step" in name else {"pwm": 14} if name == "h_bridge" else {"speed": 14}
    edges: list[float] = []
    pulses: list[tuple[int, int]] = []

    def wire(board):
        board.analog.on_edge = lambda pin, time, level: edges.append(time)
        board.analog.on_pulses = lambda now, pin, hertz, duty: pulses.append((now, duty))

    program = running(f"motors.{name}", pins, set_up(name, ramp_ms=60), STOPPED)
    bench = Bench(program, wire=wire, until_us=300_000).run()
    stopped = next(int(line.split()[0]) for line in bench.lines[2:])
    assert stopped in (100, 101)
    assert len(edges) > 100 or pulses[-1][1] == 0
    last = max([*edges, *(time for time, duty in pulses if duty)])
    assert last - bench.zero_us < 160_000
    assert len(bench.lines) == 3


@pytest.mark.parametrize(("slew_ms", "least"), [(0, 1), (100, 20)])
def test_a_servo_goes_to_its_pulse_at_once_or_in_its_time(slew_ms: int, least: int):
    options = set_up("servo", slew_ms=slew_ms, rest_us=1000, run_us=2000)
    bench, pulses = pulsed(running("motors.servo", {"pulse": 14}, options, ON_AND_OFF), until_us=150_000)
    widths = [round(duty / 65536 * 20_000) for _, pin, duty in pulses if pin == 14]
    assert widths[0] == 1000
    assert widths[-1] == pytest.approx(2000, abs=2)
    assert widths == sorted(widths)
    assert len(widths) - 1 >= least
    assert [line.split()[1:] for line in bench.lines] == [["0", "0"], ["1", "0"]]
