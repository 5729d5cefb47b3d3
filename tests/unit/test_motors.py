"""Motors on a virtual board: what is asked of them, and what comes out at their pins."""

from board_bench import Bench

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
    assert top > 50
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
