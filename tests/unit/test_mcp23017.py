"""MCP23017 on a virtual board's I2C bus: outputs off until they are set, eyes, and chips that are not there."""

from typing import Any

from board_bench import Bench

from sortyard.sim.expander_chips import GPPU, IODIR, OLAT, Mcp23017

PROGRAM = """
from sorter_io.diverters.pusher import Pusher
from sorter_io.expanders.mcp23017 import Mcp23017
from sorter_io.photo_eye import EdgeRing, PhotoEye, eye_news
from time import sleep_us
class Still:
    def count(self):
        return 0
chain = Mcp23017({"sda": 4, "scl": 5, "reset": 6}, {"unit": 0, "freq": 400000, "first": 32, "count": 2})
gate = Pusher({"extend": chain.place(17)}, {"at_end": 1})
ring = EdgeRing(Still(), 2)
options = {"blocked": 1, "debounce_counts": 0, "dirt_edges": 0}
eyes = [PhotoEye({"signal": chain.place(3)}, options, 0, ring)]
eyes.append(PhotoEye({"signal": chain.place(31)}, {"blocked": 0, "debounce_counts": 0, "dirt_edges": 0}, 1, ring))
chain.flush()
turns = 0
failed = 0
while True:
    if turns == 10:
        gate.extend()
    if turns == 20:
        gate.retract()
    if turns == 40:
        gate.extend()
    if chain.is_dirty:
        chain.flush()
    if chain.poll(turns, 0):
        chain.tell(ring)
    chain.look()
    while eye_news(ring, turns):
        print("eye", ring.index, ring.kind, ring.position)
    if chain.is_failed != failed:
        failed = chain.is_failed
        print("failed", failed)
    turns += 1
    sleep_us(1000)
"""


class Watched(Mcp23017):
    """`history` has (time, levels that it drives, outputs) behind each writing."""

    def __init__(self) -> None:
        self.history: list[tuple[int, int, int]] = []
        super().__init__(lambda now_us: self.history.append((now_us, self.levels, self.outputs)))


def at_work(
    begin=lambda bench, chips: None, until_us=80_000, *, left_behind: int = 0, program: str = PROGRAM
) -> tuple[Bench, Any]:
    """The bench and its two chips; `left_behind`: outputs of the second one that the board drove before its reset."""
    chips = [Watched(), Watched()]
    chips[1].outside = 1 << 15
    if left_behind:
        chips[1].write(OLAT, left_behind.to_bytes(2, "little"), 0)
        chips[1].write(IODIR, (0xFFFF ^ left_behind).to_bytes(2, "little"), 0)

    def wire(board):
        for number, chip in enumerate(chips):
            board.analog.add_i2c(0, 32 + number, chip)

    bench = Bench(program, lambda bench: begin(bench, chips), wire, until_us=until_us)
    return bench.run(), chips


def test_an_output_is_written_before_it_drives_and_follows_its_gate():
    _, chips = at_work()
    drives = [(levels, outputs) for _, levels, outputs in chips[1].history if outputs]
    assert drives[0] == (0, 1 << 1)
    changes = [levels for levels, _ in drives]
    assert changes[0] == 0
    assert changes[-1] == 1 << 1
    assert 0 in changes[changes.index(1 << 1) :]
    assert not any(outputs for _, _, outputs in chips[0].history)


def test_what_was_driven_before_a_reset_of_the_board_is_let_go_before_anything_else_is_set():
    _, chips = at_work(left_behind=1 << 1 | 1 << 9)
    assert chips[1].history[1][1:] == (1 << 1 | 1 << 9, 1 << 1 | 1 << 9)
    assert chips[1].history[2][1:] == (0, 0)
    assert not any(outputs & 1 << 9 for _, _, outputs in chips[1].history[2:])


def test_the_reset_wire_lets_the_chips_work_once_the_board_has_begun():
    bench, _ = at_work(until_us=5000)
    assert bench.levels[-1][1] == 1 << 6


def test_eyes_are_told_by_their_places_and_those_that_pull_low_get_a_pull_up():
    def begin(bench, chips):
        bench.after(15_000, lambda _us: setattr(chips[0], "outside", 1 << 3))
        bench.after(25_000, lambda _us: setattr(chips[1], "outside", 0))
        bench.after(35_000, lambda _us: setattr(chips[0], "outside", 0))

    bench, chips = at_work(begin)
    told = [line.rsplit(" ", 1)[0] for line in bench.lines]
    assert told == ["eye 0 1", "eye 1 1", "eye 0 2"]
    assert chips[1].word(GPPU) == 1 << 15


def test_edges_that_wait_for_a_turn_are_told_with_the_positions_at_which_each_was_seen():
    def begin(bench, chips):
        for ms, chip, levels in ((41, 0, 1 << 3), (43, 1, 0), (45, 0, 0)):
            bench.after(1000 * ms + 500, lambda _us, c=chip, at=levels: setattr(chips[c], "outside", at))

    rarely = PROGRAM.replace("chain.poll(turns, 0):", "chain.poll(turns, 0) and not turns & 7:")
    at_once, later = (
        [tuple(map(int, line.split()[1:])) for line in at_work(begin, 120_000, program=program)[0].lines]
        for program in (PROGRAM, rarely)
    )
    assert [edge[:2] for edge in at_once] == [(0, 1), (1, 1), (0, 2)] == [edge[:2] for edge in later]
    for one, other in zip(at_once, later, strict=True):
        assert abs(one[2] - other[2]) <= 1  # turns take longer where they tell


def test_a_chip_that_loses_its_power_is_told_and_set_anew_when_it_is_back():
    def begin(bench, chips):
        def cut(_us):
            bench.board.analog.remove_i2c(0, 33)
            chips[1].power_up()

        bench.after(55_000, cut)
        bench.after(65_000, lambda _us: bench.board.analog.add_i2c(0, 33, chips[1]))

    bench, chips = at_work(begin, until_us=120_000)
    assert [line for line in bench.lines if "failed" in line] == ["failed 1", "failed 0"]
    assert chips[1].history[-1][1:] == (1 << 1, 1 << 1)


def test_one_silent_chip_of_two_is_a_failure_however_well_the_other_one_does():
    def begin(bench, chips):
        bench.after(30_000, lambda _us: bench.board.analog.remove_i2c(0, 32))

    bench, _ = at_work(begin)
    assert [line for line in bench.lines if "failed" in line] == ["failed 1"]


def test_a_chip_whose_power_has_sagged_is_set_anew_though_it_always_answered():
    def begin(bench, chips):
        bench.after(55_000, lambda _us: chips[1].power_up())

    bench, chips = at_work(begin)
    assert not [line for line in bench.lines if "failed" in line]
    assert chips[1].outputs == chips[1].levels == 1 << 1
