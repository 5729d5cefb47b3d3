"""Eyes that are looked at once a turn, on shift registers and at pins of a virtual board: what is told, as of when."""

import re

from board_bench import Bench

INPUTS = """
from sorter_io.encoders.quadrature_pio import QuadraturePio
from sorter_io.expanders.hc165 import Hc165
from sorter_io.photo_eye import EdgeRing, PhotoEye, eye_news
from time import sleep_us
chain = Hc165({"clock": 18, "latch": 17, "data": 16}, {"unit": 0, "baud": 4000000, "count": 3})
ring = EdgeRing(QuadraturePio({"a": 2, "b": 3}, {"unit": 0}), 5)
options = {"blocked": 1, "debounce_counts": 0, "dirt_edges": 0}
eyes = [PhotoEye({"signal": chain.place(n)}, options, i, ring) for i, n in enumerate((0, 7, 8, 23))]
eyes.append(PhotoEye({"signal": chain.place(12)}, {"blocked": 0, "debounce_counts": 0, "dirt_edges": 0}, 4, ring))
position = 0
while True:
    position += 1
    if chain.poll(position, 0):
        chain.tell(ring)
    while eye_news(ring, position):
        print(ring.kind, ring.index, ring.position)
    sleep_us(1000)
"""


def test_eyes_on_a_chain_of_shift_registers_are_told_each_by_its_own_place():
    def wire(board):
        board.chains.add(0, 3, latch=17)
        board.chains.set(0, 12, 1)

    def begin(bench):
        for ms, number, level in (
            (2, 0, 1),
            (4, 8, 1),
            (4, 23, 1),
            (6, 0, 0),
            (8, 7, 1),
            (8, 5, 1),
            (10, 12, 0),
        ):
            bench.after(1000 * ms + 500, lambda us, n=number, at=level: bench.board.chains.set(0, n, at))

    lines = Bench(INPUTS, begin, wire, until_us=15_000).run().lines
    told = [tuple(map(int, line.split())) for line in lines]
    assert [edge[:2] for edge in told] == [(1, 0), (1, 2), (1, 3), (2, 0), (1, 1), (1, 4)]
    turns = [turn for _, _, turn in told]
    assert turns == sorted(turns)
    assert turns[1] == turns[2]
    assert len(set(turns)) == 5


def as_soon_as_seen_and_later(program: str, *begin) -> list[list[tuple[int, ...]]]:
    """Edges that are sampled each turn and told at once, and those that are told in every eighth turn only."""
    poll = re.search(r"if (.*poll.*):\n", program)
    assert poll is not None
    rarely = program.replace(poll[1], f"{poll[1]} and not turns & 7").replace(
        "while True:\n", "turns = 0\nwhile True:\n    turns += 1\n"
    )
    told = [Bench(text, *begin, until_us=60_000).run().lines for text in (program, rarely)]
    return [
        [tuple(map(int, line.split())) for line in lines if not line.startswith("turn")] for lines in told
    ]


def are_as_seen(at_once: list[tuple[int, ...]], later: list[tuple[int, ...]], turn: int) -> bool:
    """The same edges, each in the turn in which it was seen: one more or less, as those turns take longer."""
    return [edge[:2] for edge in at_once] == [edge[:2] for edge in later] and all(
        abs(one[2] - other[2]) <= turn for one, other in zip(at_once, later, strict=True)
    )


def test_edges_on_a_chain_that_wait_for_a_turn_are_told_with_the_positions_at_which_each_was_seen():
    """All that had waited were told with that of the first: an eye seemed to be blocked 7 ms before it was."""

    def wire(board):
        board.chains.add(0, 3, latch=17)
        board.chains.set(0, 12, 1)

    def begin(bench):
        for ms, number, level in ((9, 0, 1), (11, 8, 1), (13, 0, 0), (14, 23, 1)):
            bench.after(1000 * ms + 500, lambda us, n=number, at=level: bench.board.chains.set(0, n, at))

    at_once, later = as_soon_as_seen_and_later(INPUTS, begin, wire)
    assert [edge[:2] for edge in at_once] == [(1, 0), (1, 2), (2, 0), (1, 3)]
    assert are_as_seen(at_once, later, 1)


PORT_INPUTS = """
from sorter_io.chip import read_inputs
from sorter_io.encoders.quadrature_pio import QuadraturePio
from sorter_io.photo_eye import EdgeRing, PhotoEye, eye_news
from sorter_io.port_eyes import PortEyes
from time import sleep_us
port = PortEyes()
ring = EdgeRing(QuadraturePio({"a": 2, "b": 3}, {"unit": 0}), 12)
options = {"blocked": 1, "debounce_counts": 0, "dirt_edges": 0}
eyes = [PhotoEye({"signal": port.place(n)}, options, i, ring) for i, n in enumerate((6, 7, 8, 9, 10))]
turn = 0
while True:
    turn += 1
    before = ring.written
    if port.poll(10 * turn, read_inputs()):
        port.tell(ring)
    if ring.written != before:
        print("turn", turn, ring.written - before)
    while eye_news(ring, 10 * turn):
        print(ring.kind, ring.index, ring.position)
    sleep_us(1000)
"""


def test_many_eyes_at_pins_that_change_at_once_are_told_in_several_turns_as_of_when_it_was_seen():
    """A turn tells two, whatever has happened; a change back that comes meanwhile is told as well, where it is seen."""

    def begin(bench):
        for pin in (6, 7, 8, 9, 10):
            bench.after(2500, lambda us, pin=pin: bench.board.set_pin(pin, 1, us))
        bench.after(7500, lambda us: bench.board.set_pin(9, 0, us))

    lines = Bench(PORT_INPUTS, begin, until_us=14_000).run().lines
    turns = [tuple(map(int, line.split()[1:])) for line in lines if line.startswith("turn")]
    told = [tuple(map(int, line.split())) for line in lines if not line.startswith("turn")]
    first = turns[0][0]
    assert [edges for _, edges in turns] == [2, 2, 1, 1]
    assert [turn - first for turn, _ in turns][:3] == [0, 1, 2]
    assert told == [(1, eye, 10 * first - 5) for eye in range(5)] + [(2, 3, 10 * turns[3][0] - 5)]


def test_edges_at_pins_that_wait_for_a_turn_are_told_with_the_positions_at_which_each_was_seen():
    def begin(bench):
        for ms, pin, level in ((9, 6, 1), (11, 8, 1), (13, 6, 0), (14, 10, 1)):
            bench.after(1000 * ms + 500, lambda us, pin=pin, at=level: bench.board.set_pin(pin, at, us))

    at_once, later = as_soon_as_seen_and_later(PORT_INPUTS, begin)
    assert [edge[:2] for edge in at_once] == [(1, 0), (1, 2), (2, 0), (1, 4)]
    assert are_as_seen(at_once, later, 10)


def test_a_chain_that_is_told_in_another_one_s_turn_tells_nothing_and_goes_on():
    def begin(bench):
        for ms, pin, level in ((9, 6, 1), (13, 6, 0)):
            bench.after(1000 * ms + 500, lambda us, pin=pin, at=level: bench.board.set_pin(pin, at, us))

    always = PORT_INPUTS.replace(
        "    if port.poll(10 * turn, read_inputs()):\n        port.tell",
        "    port.poll(10 * turn, read_inputs())\n    port.tell",
    )
    assert always != PORT_INPUTS
    lines = Bench(always, begin, until_us=20_000).run().lines
    assert [line.split()[:2] for line in lines if not line.startswith("turn")] == [["1", "0"], ["2", "0"]]


FLICKER = PORT_INPUTS.replace("read_inputs()):", "read_inputs()) and turn > 20:")


def test_of_more_turns_with_edges_than_can_wait_the_last_levels_are_told_all_the_same():
    def begin(bench):
        for ms in range(3, 18):
            bench.after(1000 * ms + 500, lambda us, ms=ms: bench.board.set_pin(6, ms & 1, us))

    lines = Bench(FLICKER, begin, until_us=40_000).run().lines
    told = [tuple(map(int, line.split())) for line in lines if not line.startswith("turn")]
    assert [kind for kind, _, _ in told] == [1, 2] * 4 + [1]
    positions = [position for _, _, position in told]
    assert positions == sorted(positions)
    assert positions[8] > 200


HALFWAY = """
from sorter_io.wires import halfway
from time import sleep_us
print([halfway(before, now) for before, now in ((4, 8), (8, 4), (7, 8), (0x0FFFFFFE, 2), (2, 0x0FFFFFFE))])
sleep_us(1000)
"""


def test_an_edge_between_two_samples_was_in_the_middle_whichever_way_the_belt_runs_and_over_the_wrap():
    assert Bench(HALFWAY).run().lines == ["[6, 6, 8, 0, 0]"]
