"""Encoders on chips without PIO: an ESP32's pulse counter, and interrupts."""

from board_bench import Bench

from sortyard.config.board_file import load_board
from sortyard.sim.board_chip import chip_of

COUNTED = """
from sorter_io.encoders.quadrature_pcnt import QuadraturePcnt
from time import sleep_us
encoder = QuadraturePcnt({"a": 2, "b": 3}, {"unit": 1, "filter_ticks": 400})
while True:
    print(encoder.count())
    sleep_us(1000)
"""
INTERRUPTED = """
from sorter_io.encoders.quadrature_irq import QuadratureIrq
from time import sleep_us
encoder = QuadratureIrq({"a": 2, "b": 3}, {})
while True:
    print(encoder.count(), encoder.missed)
    sleep_us(1000)
"""
MASK = 0x0FFFFFFF
ESP32 = chip_of(load_board("esp32_devkit"))._replace(console_baud=0)


def turned(counts_a_ms: list[int]) -> list[int]:
    """What the pulse counter's driver tells when the belt moves by so many counts in each millisecond."""

    def begin(bench):
        for ms, counts in enumerate(counts_a_ms):
            bench.after(1000 * ms + 500, lambda us, counts=counts: turn(bench, counts, us))

    def turn(bench, counts, us):
        first, second = (2, 3) if counts > 0 else (3, 2)
        for _ in range(abs(counts)):
            bench.board.turn_encoder(first, us)
            bench.board.turn_encoder(second, us)

    until_us = 1000 * len(counts_a_ms) + 3000
    return [int(line) for line in Bench(COUNTED, begin, until_us=until_us, chip=ESP32).run().lines]


def test_the_pulse_counter_counts_on_over_its_own_end():
    counts = turned([3000] * 20)
    assert counts[-1] == 60_000
    assert counts == sorted(counts)


def test_a_belt_that_runs_back_wraps_below_zero_and_over_the_counter_s_other_end():
    counts = turned([500] * 4 + [-2500] * 20)
    assert counts[-1] == (2000 - 50_000) & MASK


def edges(*changes: tuple[int, int, int]) -> list[str]:
    """What the interrupt's driver tells when pins change: (microsecond, pin, level)."""

    def begin(bench):
        for us, pin, level in changes:
            bench.after(us, lambda now, pin=pin, level=level: bench.board.set_pin(pin, level, now))

    return Bench(INTERRUPTED, begin, until_us=30_000).run().lines


def test_interrupts_count_edges_of_a_by_the_level_of_b():
    forward = [(2000, 2, 1), (4000, 3, 1), (6000, 2, 0), (8000, 3, 0)]
    back = [(12_000, 3, 1), (14_000, 2, 1), (16_000, 3, 0), (18_000, 2, 0), (20_000, 3, 1), (22_000, 2, 1)]
    told = edges(*forward, *back)
    assert told[10] == "2 0"
    assert told[-1] == f"{-1 & MASK} 0"


def test_an_edge_that_comes_and_goes_before_its_handler_runs_is_told_as_missed():
    told = edges((2000, 2, 1), (2001, 2, 0), (10_000, 2, 1))
    assert told[-1].split()[1] != "0"
