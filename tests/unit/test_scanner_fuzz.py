"""The scanner's driver against noise: no input stops it, none makes it allocate, and the next line is read.

The campaign, some minutes: python tests/unit/test_scanner_fuzz.py 1000000
"""

import sys

from board_bench import Bench

from sortyard.vm import virtual_board

INPUTS = 5000

PROGRAM = r"""
from sorter_io.scanners.serial_line import SerialLine
import micropython
from time import sleep_us


class Feed:
    def __init__(self):
        self.data = bytearray(256)
        self.at = self.end = 0
    def any(self):
        return self.end - self.at
    def readinto(self, buffer, most):
        i = 0
        while i < most:
            buffer[i] = self.data[self.at + i]
            i += 1
        self.at += most
        return most
options = {"unit": 0, "baud": 115200, "prefix": 2, "suffix": 13, "aim": 1, "no_read": "NOREAD"}
scanner = SerialLine({"tx": 0, "rx": 1}, options)
feed = scanner._uart = Feed()
state = 1
def draw(limit):
    global state
    state = (state * 93 + 13849) & 0x3FFFFF
    return (state >> 12) * limit >> 10
good = b"\x0dRB123456785GB\x0d"
def fill():
    n = draw(100)
    data = feed.data
    how = draw(4)
    i = 0
    while i < n:
        data[i] = draw(256) if how else (13, 10, 2, 93, 67, 49, 78, 65)[draw(8)]
        i += 1
    i = 0
    while i < len(good):
        data[n] = good[i]
        n += 1
        i += 1
    feed.at = 0
    feed.end = n
def one():
    fill()
    found = 0
    turns = 0
    while feed.any() or scanner._at != scanner._end:
        if scanner.poll():
            found += 1
            if scanner.length < 1 or scanner.length > 48:
                return -1
        turns += 1
        if turns > 200:
            return -2
    if scanner.length != 13 or scanner.code[0] != 82 or scanner.code[12] != 66:
        return -3
    return found
def run(times):
    i = 0
    codes = 0
    while i < times:
        n = one()
        if n < 1:
            return n - 1000 * i
        codes += n
        i += 1
    return codes
one()
micropython.heap_lock()
codes = run(%d)
micropython.heap_unlock()
print(codes, scanner.overlong)
while True:
    sleep_us(1000)
"""


def campaign(inputs: int) -> tuple[int, int]:
    """Run `inputs` inputs of noise, each with a whole line behind it; codes read and lines that were too long.

    The heap is locked all the while; a number of codes below `inputs` tells the input that failed.
    """
    bench = Bench(PROGRAM % inputs, until_us=2000).run()
    codes, overlong = bench.lines[0].split()
    return int(codes), int(overlong)


def test_noise_neither_stops_the_driver_nor_hides_the_next_line():
    codes, overlong = campaign(INPUTS)
    assert codes >= INPUTS
    assert overlong > INPUTS // 10


if __name__ == "__main__":
    virtual_board._FUEL_LIMIT = 10**16
    print("codes, too long:", *campaign(int(sys.argv[1])))
