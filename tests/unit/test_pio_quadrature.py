"""The encoder's PIO program, as the firmware has it, on a state machine that runs it instruction by instruction."""

import pytest
from board_bench import Bench
from hypothesis import given
from hypothesis import strategies as st

from sortyard_c.pio import PioProgramError, PioStateMachine

PROGRAM = """
from sorter_io.encoders.quadrature_pio import QuadraturePio
from time import sleep_us
encoder = QuadraturePio({"a": 2, "b": 3}, {"unit": 1})
sleep_us(10)
while True:
    print(encoder.count())
    sleep_us(1000)
"""
MASK = 0x0FFFFFFF


@pytest.fixture(scope="module")
def words() -> tuple[list[int], tuple[int, int]]:
    """The assembled program, and where it wraps."""
    bench = Bench(PROGRAM, until_us=2000).run()
    machine = bench.board.counters.machines[1]
    return list(machine.words), machine.wrap


class Wheel:
    """A wheel with two tracks a quarter of a pitch apart: `place` in quarters of a pitch."""

    def __init__(self, program, place=0):
        words, wrap = program
        self.place = place
        self.machine = PioStateMachine(words, wrap, 2, 3)
        self.machine.is_active = True
        self.machine.go_on(self.levels)
        self.zero = self.count

    @property
    def levels(self):
        quarter = self.place & 3
        return (quarter in (1, 2)) << 2 | (quarter in (2, 3)) << 3

    def turn(self, quarters):
        for _ in range(abs(quarters)):
            self.place += 1 if quarters > 0 else -1
            self.machine.go_on(self.levels)

    @property
    def count(self):
        return (self.machine.y - self.machine.x) & MASK


def edges(place):
    """Edges of track A, two a pitch, between place 0 and `place`."""
    return (place + 1) // 2 if place >= 0 else -((-place) // 2)


@given(story=st.lists(st.integers(-40, 40), max_size=30))
def test_however_the_belt_moves_the_count_is_where_it_stands(words, story):
    wheel = Wheel(words)
    for quarters in story:
        wheel.turn(quarters)
        assert (wheel.count - wheel.zero) & MASK == edges(wheel.place) & MASK


def test_a_belt_that_trembles_on_an_edge_counts_nothing(words):
    wheel = Wheel(words)
    for _ in range(1000):
        wheel.turn(1)
        wheel.turn(-1)
    assert wheel.count == wheel.zero


@given(first=st.sampled_from([2, 3]), times=st.integers(0, 50))
def test_many_edges_at_once_are_counted_as_one_after_the_other(words, first, times):
    wheel, other = Wheel(words), Wheel(words)
    levels = wheel.machine.turn(wheel.levels, first, 5 - first, times)
    other.turn(2 * times if first == 2 else -2 * times)
    assert (wheel.count, levels) == (other.count, other.levels)


def test_the_firmware_reads_the_count_through_the_fifo(words):
    def begin(bench):
        for step in range(20):
            bench.after(5000 + 100 * step, lambda us, pin=2 + step % 2: flip(bench, pin, us))

    def flip(bench, pin, us):
        bench.board.turn_encoder(pin, us)

    counts = [int(line) for line in Bench(PROGRAM, begin, until_us=12_000).run().lines]
    assert counts[0] == 0
    assert counts[-1] == 10


def test_a_program_that_never_waits_is_refused():
    machine = PioStateMachine([0x0000], (0, 0), 0, 0)
    machine.is_active = True
    with pytest.raises(PioProgramError, match="without waiting"):
        machine.go_on(0)


@pytest.mark.parametrize("word", [0xE000, 0x2000, 0x00E0])
def test_an_instruction_that_is_not_known_is_refused_when_it_is_reached(word):
    """SET, a wait for a pin by its number on the chip, a jump on the output shift register."""
    machine = PioStateMachine([0x2020, word], (0, 1), 0, 0)
    machine.is_active = True
    with pytest.raises(PioProgramError, match=f"instruction {word:#06x}"):
        machine.go_on(0)
