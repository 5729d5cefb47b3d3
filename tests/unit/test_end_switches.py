"""End switches on a shift register: where a diverter is at power-up, and that it has moved."""

import pytest
from board_bench import Bench

PROGRAM = """
from sorter_io.diverters.pusher import Pusher
from sorter_io.expanders.hc165 import Hc165
from sorter_io.photo_eye import EdgeRing
from time import sleep_us
class Still:
    def count(self):
        return 0
chain = Hc165({"clock": 18, "latch": 17, "data": 16}, {"unit": 0, "baud": 4000000, "count": 2})
wires = {"extend": 10, "home": chain.place(3), "extended": chain.place(12)}
switches = Pusher(wires, {"at_end": LEVEL}).switches
ring = EdgeRing(Still(), 1)
told = None
turn = 0
while True:
    if chain.poll(turn, 0):
        chain.tell(ring)
    if switches.has_moved:
        switches.has_moved = 0
        print(turn, switches.end(0), ring.has_moved)
    turn += 1
    sleep_us(1000)
"""


@pytest.mark.parametrize("there", [1, 0])
def test_a_diverter_that_is_out_at_power_up_is_seen_so_and_on_its_way_home(there: int):
    def set_up(board):
        board.chains.add(0, 2, latch=17)
        board.chains.set(0, 3, 1 - there)
        board.chains.set(0, 12, there)

    def begin(bench):
        bench.after(5500, lambda us: bench.board.chains.set(0, 12, 1 - there))
        bench.after(9500, lambda us: bench.board.chains.set(0, 3, there))

    bench = Bench(PROGRAM.replace("LEVEL", str(there)), begin, set_up, until_us=15_000).run()
    seen = [tuple(map(int, line.split())) for line in bench.lines]
    assert seen[0] == (0, 2, 1)  # before any edge; the loop reads them all once
    assert [one[1:] for one in seen[1:]] == [(0, 1), (1, 1)]
