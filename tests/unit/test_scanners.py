"""Scanners of every make: their own bytes in both directions, however they come."""

from itertools import pairwise
from typing import Any

import pytest
from board_bench import Bench
from firmware_here import driver_class
from hypothesis import given, settings
from hypothesis import strategies as st

from sortyard.config.driver_tables import drivers_of
from sortyard.sim.scanner_makes import Scanner, scanner_of, sealed

CODES = (b"RB123456785GB", b"]C1003404", b"A1", b"x" * 48)
makes = pytest.mark.parametrize("name", drivers_of("scanner"))
printable = st.binary(min_size=1, max_size=48).map(lambda data: bytes(32 + byte % 90 for byte in data))


def set_up(name: str, **given: Any) -> tuple[Any, Scanner]:
    """A driver in this Python, and the scanner that speaks to it."""
    options = {**drivers_of("scanner")[name].defaults(), **given}
    driver = driver_class(f"scanners.{name}")({"tx": 0, "rx": 1}, options)
    return driver, scanner_of(name, 0, options, bool(given.get("trigger")))


def read_all(driver: Any, pieces: list[bytes], gap: int = 1) -> list[bytes]:
    """The codes of these pieces; `gap` turns go by between them."""
    found = []
    for piece in pieces:
        driver._uart.waiting += piece
        turns = 0
        while turns < gap or driver._uart.any():
            if driver.poll():
                found.append(bytes(driver.code[: driver.length]))
            turns += 1
    for _ in range(40):
        if driver.poll():
            found.append(bytes(driver.code[: driver.length]))
    return found


@makes
@settings(max_examples=150, deadline=None)
@given(codes=st.lists(printable, min_size=1, max_size=5), cuts=st.lists(st.integers(0, 300), max_size=12))
def test_codes_come_out_as_they_went_in_however_they_are_cut_and_merged(name, codes, cuts):
    driver, make = set_up(name)
    wanted = [code for code in codes if code != driver._no_read and not driver_talk(name, code)]
    stream = b"".join(map(make.message, codes))
    edges = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    pieces = [stream[first:last] for first, last in pairwise(edges)]
    assert read_all(driver, pieces) == wanted


def driver_talk(name: str, code: bytes) -> bool:
    """Codes that no label has: they look like what the make says besides codes."""
    starts = {"keyence_sr": (b"OK,LO", b"ER,LO"), "cognex_dataman": (b"||",), "sick_cola": (b"sAN ", b"sFA")}
    return code.startswith(starts.get(name, ())) if name in starts else False


@makes
@settings(max_examples=150, deadline=None)
@given(noise=st.lists(st.binary(max_size=300), max_size=6))
def test_whatever_comes_no_exception_escapes_and_the_second_frame_is_read(name, noise):
    driver, make = set_up(name)
    for code in read_all(driver, noise, gap=5):
        assert 1 <= len(code) <= 48
    found = read_all(driver, [make.message(CODES[0]), make.message(b"LAST")], gap=30)
    assert found[-1] == b"LAST"


@makes
def test_a_read_that_failed_is_counted_and_is_no_code(name: str):
    driver, make = set_up(name, no_read="NoRead")
    assert read_all(driver, [make.message(b"NoRead"), make.message(b"A1"), make.message(b"y" * 60)]) == [
        b"A1"
    ]
    assert (driver.no_reads, driver.overlong) == (1, 1)


TRIGGERED = {
    "gm65": (bytes.fromhex("7e000801000201abcd"), b""),
    "keyence_sr": (b"LON\r", b"LOFF\r"),
    "cognex_dataman": (b"||>TRIGGER ON\r\n", b"||>TRIGGER OFF\r\n"),
    "sick_cola": (b"\x02sMN mTCgateon\x03", b"\x02sMN mTCgateoff\x03"),
    "zebra_ssi": (bytes.fromhex("04e40400ff14"), bytes.fromhex("04e50400ff13")),
}


@pytest.mark.parametrize("name", TRIGGERED)
def test_a_parcel_opens_the_gate_and_what_the_scanner_answers_is_no_code(name: str):
    driver, make = set_up(name, trigger=1, no_read="NoRead")
    said = bytearray()

    def tell(is_on: int) -> bytes:
        driver._uart.written.clear()
        driver.trigger(is_on)
        command = bytes(driver._uart.written)
        for byte in command:
            said.extend(make.hear(byte))
        return command

    assert make.read(b"A1") == b""
    assert tell(1) == TRIGGERED[name][0]
    said += make.read(b"A1")
    assert tell(0) == TRIGGERED[name][1]
    if name == "gm65":
        said += make.gate(False)
    tell(1)
    tell(0)
    assert read_all(driver, [bytes(said)], gap=40) == [b"A1"]
    assert driver.no_reads == (0 if name == "gm65" else 1)


@pytest.mark.parametrize("name", sorted(set(drivers_of("scanner")) & set(TRIGGERED)))
def test_a_scanner_that_reads_all_the_time_is_told_nothing(name: str):
    driver, _ = set_up(name)
    driver.trigger(1)
    driver.trigger(0)
    assert not driver._uart.written


@pytest.mark.parametrize("name", ["serial_line", "sick_cola", "gm65"])
def test_a_scanner_without_heartbeats_is_a_failure_that_goes_away(name: str):
    driver, make = set_up(name, heartbeat_s=2, **({} if name == "gm65" else {"heartbeat": "alive"}))
    beat = bytes.fromhex("03000001003331") if name == "gm65" else make.heartbeat()[0]

    def wait(seconds: int) -> int:
        for _ in range(1000 * seconds // 64):
            driver.watch()
        return driver.is_failed

    assert wait(5) == 0
    assert read_all(driver, [beat]) == []
    assert wait(5) == 0
    assert wait(5) == 1
    assert read_all(driver, [beat, make.message(b"A1")]) == [b"A1"]
    assert driver.is_failed == 0


def test_a_gm65_is_asked_for_its_heartbeat_and_its_answer_may_split_a_code_s_line():
    driver, make = set_up("gm65", heartbeat_s=1)
    driver.watch()
    said = b"".join(make.hear(byte) for byte in bytes(driver._uart.written))
    assert said == bytes.fromhex("03000001003331")
    assert read_all(driver, [b"RB1234" + said[:3], said[3:] + b"56785GB\r"]) == [b"RB123456785GB"]


def test_packets_are_acknowledged_and_what_is_sent_again_is_too_late_to_be_a_code():
    driver, make = set_up("zebra_ssi")
    packet = make.message(b"A1")
    assert read_all(driver, [packet]) == [b"A1"]
    assert driver._uart.written == bytes.fromhex("04d00400ff28")
    driver._uart.written.clear()
    assert read_all(driver, [packet[:-1] + bytes([packet[-1] ^ 1])]) == []
    assert driver._uart.written == bytes.fromhex("05d1040001ff25")
    again = b"".join(make.hear(byte) for byte in bytes(driver._uart.written))
    assert again[3] == 1
    assert read_all(driver, [again]) == []
    assert driver.late == 1
    assert read_all(driver, [sealed(packet[:3] + b"\x02" + packet[4:-2]), packet, packet]) == [b"A1"]


def test_a_command_that_is_not_answered_is_sent_twice_more_and_then_a_failure():
    driver, _ = set_up("zebra_ssi", trigger=1)
    driver.trigger(1)
    for _ in range(500):
        driver.poll()
    assert driver._uart.written == 3 * bytes.fromhex("04e40400ff14")
    assert driver.is_failed == 1
    driver.trigger(1)
    driver._uart.waiting += sealed(bytes([4, 0xD0, 0, 0]))
    driver.poll()
    assert driver.is_failed == 0


@pytest.mark.parametrize(
    ("given", "bits", "parity", "stop", "whole"),
    [
        ({}, 8, None, 1, 10),
        ({"bits": 7, "parity": "even"}, 7, 0, 1, 10),
        ({"parity": "odd", "stop": 2}, 8, 1, 2, 12),
    ],
)
def test_a_line_is_set_up_as_its_scanner_frames_a_byte(given, bits, parity, stop, whole):
    driver, make = set_up("serial_line", baud=9600, **given)
    told = driver._uart.settings
    assert (told["bits"], told["parity"], told["stop"]) == (bits, parity, stop)
    assert make.byte_us == pytest.approx(whole * 1e6 / 9600)


ON_BOARD = """
from sorter_io.scanners.{name} import {cls}
from time import sleep_us
scanner = {cls}({{"tx": 0, "rx": 1}}, {options})
while True:
    if scanner.poll():
        print(bytes(scanner.code[:scanner.length]))
    sleep_us(1000)
"""


@makes
def test_a_make_s_bytes_at_its_own_speed_are_read_on_a_board(name: str):
    options = drivers_of("scanner")[name].defaults()
    make = scanner_of(name, 0, options, False)

    def begin(bench):
        for number, code in enumerate(CODES):
            bench.after(
                100_000 * number, lambda us, code=code: bench.board.receive(0, make.message(code), us)
            )

    cls = "".join(word.capitalize() for word in name.split("_"))
    program = ON_BOARD.format(name=name, cls=cls, options=options)
    assert [eval(line) for line in Bench(program, begin, until_us=600_000).run().lines] == list(CODES)
