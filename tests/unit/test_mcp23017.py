"""MCP23017 on a virtual board's I2C bus: outputs off until they are set, eyes, and chips that are not there."""

from board_bench import Bench
from mcp23017 import GPPU, Mcp23017

PROGRAM = """
from sorter_io.diverters.pusher import Pusher
from sorter_io.expanders.mcp23017 import Mcp23017
from sorter_io.photo_eye import EdgeRing, PhotoEye, eye_news
from time import sleep_us
class Still:
    def count(self):
        return 0
chain = Mcp23017({"sda": 4, "scl": 5}, {"unit": 0, "freq": 400000, "first": 32, "count": 2})
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
    while eye_news(ring, turns):
        print("eye", ring.index, ring.kind, ring.position)
    if chain.is_failed != failed:
        failed = chain.is_failed
        print("failed", failed)
    turns += 1
    sleep_us(1000)
"""


def at_work(begin=lambda bench: None, until_us=80_000):
    """The bench and its two chips."""
    chips = [Mcp23017(), Mcp23017()]
    chips[1].outside = 1 << 15

    def wire(board):
        for number, chip in enumerate(chips):
            board.analog.add_i2c(0, 32 + number, chip)

    bench = Bench(PROGRAM, lambda bench: begin(bench, chips), wire, until_us=until_us)
    return bench.run(), chips


def test_an_output_is_written_before_it_drives_and_follows_its_gate():
    _, chips = at_work(lambda bench, chips: None)
    drives = [(levels, outputs) for _, levels, outputs in chips[1].history if outputs]
    assert drives[0] == (0, 1 << 1)
    changes = [levels for levels, _ in drives]
    assert changes[0] == 0
    assert changes[-1] == 1 << 1
    assert 0 in changes[changes.index(1 << 1) :]
    assert not any(outputs for _, _, outputs in chips[0].history)


def test_eyes_are_told_by_their_places_and_those_that_pull_low_get_a_pull_up():
    def begin(bench, chips):
        bench.after(15_000, lambda _us: setattr(chips[0], "outside", 1 << 3))
        bench.after(25_000, lambda _us: setattr(chips[1], "outside", 0))
        bench.after(35_000, lambda _us: setattr(chips[0], "outside", 0))

    bench, chips = at_work(begin)
    told = [line.rsplit(" ", 1)[0] for line in bench.lines]
    assert told == ["eye 0 1", "eye 1 1", "eye 0 2"]
    assert chips[1].word(GPPU) == 1 << 15


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
