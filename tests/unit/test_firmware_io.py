"""Drivers on a virtual board: bytes, edges and contacts in, what they make of them out."""

from itertools import pairwise
from random import Random

import pytest
from board_bench import Bench

from sorter_core.frames import crc16
from sortyard.config.driver_tables import drivers_of
from sortyard.sim.wiring import Inverter
from sortyard.vm.chains import chain_bit

SCANNER = """
from sorter_io.scanners.serial_line import SerialLine
from time import sleep_us
options = {"unit": 0, "baud": 115200, "prefix": 2, "suffix": 13, "aim": 1, "no_read": "NOREAD",
           "heartbeat": "", "heartbeat_s": 0}
scanner = SerialLine({"tx": 0, "rx": 1}, options)
while True:
    if scanner.poll():
        print(bytes(scanner.code[:scanner.length]))
    sleep_us(1000)
"""


def scanned(*pieces, until_us=200_000):
    """What the driver makes of these bytes, each piece 5 ms behind the one before."""

    def begin(bench):
        for number, piece in enumerate(pieces):
            bench.after(5000 * number, lambda us, piece=piece: bench.board.receive(0, piece, us))

    return [eval(line) for line in Bench(SCANNER, begin, until_us=until_us).run().lines]


def test_lines_of_a_scanner_whole_split_merged_and_with_identifier():
    assert scanned(b"RB123456785GB\r") == [b"RB123456785GB"]
    assert scanned(b"RB1234", b"56785GB\r\n") == [b"RB123456785GB"]
    assert scanned(b"A1\rB2\r\nC3\r") == [b"A1", b"B2", b"C3"]
    assert scanned(b"]C1" + b"0034012345\r") == [b"0034012345"]


def test_what_is_no_code_is_none():
    assert scanned(b"NOREAD\r", b"\r\n", b"]C1\r") == []
    assert scanned(b"x" * 60 + b"\r", b"after\r") == [b"after"]
    assert scanned(b"half of a li\x02whole\r") == [b"whole"]


def test_noise_ends_with_the_next_suffix():
    rng = Random(5)
    noise = bytes(rng.randrange(256) for _ in range(600))
    found = scanned(noise, b"\r", b"RB123456785GB\r")
    assert found[-1] == b"RB123456785GB"
    assert all(0 < len(code) <= 48 for code in found)


EYES = """
from sorter_io.encoders.quadrature_pio import QuadraturePio
from sorter_io.photo_eye import EdgeRing, PhotoEye, eye_news
from time import sleep_us
encoder = QuadraturePio({"a": 2, "b": 3}, {"unit": 0})
ring = EdgeRing(encoder, 1)
eyes = [PhotoEye({"signal": 4}, {"blocked": 1, "debounce_counts": 6, "dirt_edges": 3}, 0, ring)]
eyes[0].look()
while True:
    while eye_news(ring, encoder.count()):
        print(ring.kind, ring.index, ring.position)
    sleep_us(1000)
"""


def seen(*edges):
    """News of an eye whose beam changes at these counts; the belt runs a count every 500 us."""

    def begin(bench):
        for count in range(100):
            bench.after(500 * count + 400, lambda us: step(bench, us))
        for number, count in enumerate(edges):
            bench.after(500 * count + 410, lambda us, level=1 - number % 2: bench.board.set_pin(4, level, us))

    def step(bench, us):
        for pin in (2, 3):
            bench.board.turn_encoder(pin, us)

    return [tuple(map(int, line.split())) for line in Bench(EYES, begin, until_us=60_000).run().lines]


def test_an_edge_is_latched_at_its_own_count_not_at_that_of_the_loop():
    assert seen(9, 40) == [(1, 0, 10), (2, 0, 41)]


def test_an_eye_that_flickers_behind_the_edge_is_deaf_for_some_belt_travel():
    assert seen(9, 10, 11, 12, 13, 40) == [(1, 0, 10), (2, 0, 41)]


BACK_AND_FORTH = """
from sorter_io.photo_eye import EdgeRing, eye_news
from time import sleep_us
ring = EdgeRing(None, 1)
ring.debounce[0] = 6
for count, is_blocked in (%s):
    if is_blocked >= 0:
        ring.latch(0, is_blocked, count & 0x0fffffff)
    while eye_news(ring, count & 0x0fffffff):
        print(ring.kind, ring.position)
while True:
    sleep_us(1000)
"""


def news(*edges):
    """What an eye tells of (count, level) one after the other; level -1: the belt has merely come there."""
    program = BACK_AND_FORTH % "".join(f"({count}, {level}), " for count, level in edges)
    return [tuple(map(int, line.split())) for line in Bench(program, until_us=5000).run().lines]


def test_the_next_parcel_is_told_where_it_is_though_counts_have_run_back_to_before_the_last_edge():
    """Its predecessor has left the eye at 1,000; the encoder's channels have changed places for a while then."""
    assert news((900, 1), (1000, 0), (985, 1), (1010, -1)) == [(1, 900), (2, 1000), (1, 985)]


def test_an_edge_within_the_debounce_is_told_once_counts_have_run_back_out_of_it():
    told = news((900, 1), (1000, 0), (1003, 1), (1002, -1), (995, -1), (1010, -1))
    assert told == [(1, 900), (2, 1000), (1, 995)]


BOUNCING = """
from sorter_io.photo_eye import EdgeRing, eye_news
from time import sleep_us
ring = EdgeRing(None, 1)
ring.debounce[0] = 6
for number in range(4):
    ring.latch(0, 1 - (number & 1), 100 + number)
for most in (%s):
    print(eye_news(ring, 120, most), ring.written - ring.read)
print(ring.kind, ring.position)
while True:
    sleep_us(1000)
"""


def sifted(*most):
    """What each look at an eye's four edges finds, all but the first of them its bouncing, and how many it leaves; then
    what was told last."""
    program = BOUNCING % "".join(f"{edges}, " for edges in most)
    return [tuple(map(int, line.split())) for line in Bench(program, until_us=5000).run().lines]


def test_a_contact_that_bounces_is_sifted_in_several_turns_and_its_last_level_told_when_there_is_time():
    """An edge that is told, and one that bounces, take a turn's time each: see `Control`."""
    assert sifted(1, 1, 1, 1, 1, 2) == [(1, 3), (0, 2), (0, 1), (0, 0), (0, 0), (1, 0), (2, 106)]
    assert sifted(2, 2, 2) == [(1, 3), (0, 1), (1, 0), (2, 106)]


@pytest.mark.parametrize("travel", [6, 1 << 26, (1 << 27) + 1000, (1 << 28) - 1])
def test_an_eye_that_has_seen_nobody_for_long_hears_the_next_parcel_at_once(travel):
    """A chute's confirm eye may see nobody for days: by then counts have wrapped, or are just about to."""
    assert news((900, 1), (1000, 0), (1000 + travel, 1)) == [
        (1, 900),
        (2, 1000),
        (1, 1000 + travel & 0x0FFFFFFF),
    ]


def test_an_eye_that_flickers_more_than_a_clean_one_is_told_as_dirty_once_a_minute():
    program = EYES.replace("eyes[0].look()", "eyes[0].look()\nturns = 0").replace(
        "    sleep_us(1000)",
        "    turns += 3000\n    if ring.watch(0, turns):\n"
        "        print('dirty', ring.is_dirty[0], ring.flickers[0])\n    sleep_us(1000)",
    )

    def begin(bench):
        for number in range(6):
            bench.after(5000 + 500 * number, lambda us, at=1 - number % 2: bench.board.set_pin(4, at, us))

    told = [line for line in Bench(program, begin, until_us=90_000).run().lines if "dirty" in line]
    assert told == ["dirty 1 0", "dirty 0 0"]


def test_a_short_pulse_is_told_and_its_end_when_the_eye_hears_again():
    assert seen(9, 11) == [(1, 0, 10), (2, 0, 16)]


CONTACTS = """
from sorter_io.chip import read_inputs
from sorter_io.contacts import Contacts
from time import sleep_us, ticks_ms
contacts = Contacts({"estop": 22, "start": 26, "reset": 27}, {"settle_turns": 20, "discrepancy_turns": 500})
while True:
    while contacts.poll(read_inputs()):
        print(ticks_ms(), contacts.kind, contacts.level)
    sleep_us(1000)
"""
ESTOP, RESET, START = 9, 10, 11


def pressed(*changes, until_us=500_000):
    """(ms, kind, level) told when pins change at these milliseconds: (ms, pin, level); healthy at first."""

    def begin(bench):
        bench.board.set_pin(22, 1, 0)
        for ms, pin, level in changes:
            bench.after(1000 * ms, lambda us, pin=pin, level=level: bench.board.set_pin(pin, level, us))

    bench = Bench(CONTACTS, begin, until_us=until_us).run()
    told = [tuple(map(int, line.split())) for line in bench.lines]
    zero = bench.zero_us // 1000
    return [(ms - zero, kind, level) for ms, kind, level in told if ms - zero > 30 or kind != ESTOP]


def test_an_emergency_stop_acts_at_once_and_is_released_only_when_it_has_settled():
    (stop, release) = pressed((100, 22, 0), (150, 22, 1), (155, 22, 0), (160, 22, 1))
    assert stop[1:] == (ESTOP, 1)
    assert 100 <= stop[0] <= 102
    assert release[1:] == (ESTOP, 0)
    assert 179 <= release[0] <= 183


def test_a_button_counts_once_and_a_touch_not_at_all():
    told = pressed((100, 26, 1), (250, 26, 0), (300, 27, 1), (310, 27, 0), (400, 27, 1))
    assert [(kind, level) for _, kind, level in told] == [(START, 1), (RESET, 1)]
    assert 119 <= told[0][0] <= 123


MOTOR = """
from sorter_io.motors.vfd_modbus import VfdModbus
from time import sleep_us, ticks_us
motor = VfdModbus({"tx": 8, "rx": 9, "de": 10}, OPTIONS)
turns = 0
last = None
while True:
    motor.poll(ticks_us() & 0xFFFFFFF)
    turns += 1
    if turns == 100:
        motor.run(1)
    if turns == 400:
        motor.run(0)
    SCRIPT
    now = (motor.is_running, motor.is_failed)
    if now != last:
        print(turns, now[0], now[1])
        last = now
    sleep_us(1000)
"""


def driven(address=1, spoil=lambda data: data, until_us=900_000, script="pass", speeds=None, **given):
    """(turns, is_running, is_failed) of a motor with an inverter on its bus, and what the inverter was told."""
    told = []
    options = {**drivers_of("motor")["vfd_modbus"].defaults(), **given}
    inverter = Inverter(options, address, told.append, [].append if speeds is None else speeds.append)

    def on_byte(unit, byte, now_us):
        def answer(time_us):
            inverter.is_running = bool(told and told[-1])
            bench.board.receive(1, spoil(inverter.answer(time_us)), time_us)

        bench.board.at(inverter.hear(byte, now_us), answer)

    program = MOTOR.replace("OPTIONS", repr(options)).replace("SCRIPT", script)
    bench = Bench(program, until_us=until_us, on_byte=on_byte)
    bench.run()
    return [tuple(map(int, line.split())) for line in bench.lines], told, bench


def test_an_inverter_is_told_and_its_state_comes_back():
    states, told, bench = driven()
    assert told == [False, True, False]
    assert [state[1:] for state in states] == [(0, 0), (1, 0), (0, 0)]
    assert 100 <= states[1][0] <= 200
    assert 400 <= states[2][0] <= 500
    requests = bytes(byte for _, unit, byte in bench.sent if unit == 1)
    whole = range(0, len(requests) - 7, 8)  # the end of the bench may cut the last one
    assert len(whole) > 10
    assert all(crc16(requests, at, at + 8) == 0 for at in whole)


def test_an_inverter_that_runs_is_told_another_speed_and_a_start_tells_the_one_that_is_set():
    speeds = []
    script = (
        "if turns in (200, 300): motor.set_share(2048 if turns == 200 else 1024)\n"
        "    if turns == 600: motor.run(1)"
    )
    states, told, _ = driven(script=script, speeds=speeds, speed_permille=900)
    assert told == [False, True, False, True]
    assert [state[1:] for state in states] == [(0, 0), (1, 0), (0, 0), (1, 0)]
    assert speeds == [4500, 2250, 1125, 1125]


def test_an_inverter_that_is_told_no_speed_is_told_no_other_one():
    speeds = []
    driven(script="if turns == 200: motor.set_share(2048)", speeds=speeds)
    assert speeds == []


def test_the_bus_is_let_go_before_the_inverter_answers():
    _, _, bench = driven()
    de = [(time_us, levels >> 10 & 1) for time_us, levels in bench.levels]
    held = [(on, off) for (on, up), (off, down) in pairwise(de) if up and not down]
    assert len(held) > 10
    byte_us = 10 * 1e6 / 19200
    assert all(8 * byte_us <= off - on <= 8 * byte_us + 3.5 * byte_us for on, off in held)


def test_an_inverter_that_is_silent_or_damaged_is_a_failure_that_goes_away():
    states, told, _ = driven(address=7)
    assert told == []
    assert states[-1][1:] == (0, 1)
    answers = []

    def spoil(data):
        if not data:
            return data
        answers.append(data)
        return data if len(answers) > 12 else data[:-1] + bytes([data[-1] ^ 1])

    states, told, _ = driven(spoil=spoil)
    assert [state[2] for state in states if state[2]]
    assert states[-1][2] == 0


OUTPUTS = """
from sorter_io.diverters.popup_wheel import PopupWheel
from sorter_io.diverters.pusher import Pusher
from sorter_io.expanders.hc595 import Hc595
from sorter_io.motors.mdr import Mdr
from time import sleep_us
sleep_us(1000)
chain = Hc595({"clock": 10, "latch": 13, "data": 11, "enable": 12}, {"unit": 1, "baud": 4000000, "count": 3})
sleep_us(1000)
parts = [PopupWheel({"lift": chain.place(0)}, {"at_end": 1}), Pusher({"extend": chain.place(9)}, {"at_end": 1}),
         Mdr({"run": chain.place(23)}, {"speed_mv": 8000, "ramp_ms": 0})]
parts[0].extend()
parts[1].extend()
sleep_us(1000)
chain.flush()
sleep_us(1000)
parts[0].retract()
parts[2].run(1)
chain.flush()
while True:
    sleep_us(1000)
"""


def test_outputs_of_a_chain_are_off_until_it_is_configured_and_change_together():
    bench = Bench(
        OUTPUTS, wire=lambda board: board.chains.add(1, 3, latch=13, enable=12), until_us=8000
    ).run()
    held = [(levels >> chain_bit(1, 0), levels >> 12 & 1) for _, levels in bench.levels]
    assert held == [(1 << 9 | 1 << 0, 0), (1 << 9 | 1 << 23, 0)]
