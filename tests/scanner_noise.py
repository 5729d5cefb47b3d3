"""Every scanner's parser against noise, in a real MicroPython with its heap locked.

For campaigns (fuzz.py), and for tests. An input is random bytes, or something that the make says, mutated: cut,
doubled, with bytes changed, inserted or taken out; two whole frames follow. No input stops the driver, none makes it
allocate, and the second frame is read: the noise has cost one frame at most.
"""

from random import Random
from typing import NamedTuple

from board_bench import Bench

from sortyard.config.driver_tables import Driver
from sortyard.sim.scanner_makes import scanner_of

DRAW = """
state, other = {seeds}


def draw(limit):
    global state, other
    state = (state * 93 + 13849) & 0x3FFFFF
    other = other * 16373 % 65521
    return ((state >> 12) ^ (other & 1023)) * limit >> 10
"""
"""Random numbers for a board; by `state` alone all inputs of a campaign were repeated after some 200,000."""

PROGRAM = r"""
import machine
import micropython
from time import sleep_us


class Feed:
    def __init__(self):
        self.data = bytearray(512)
        self.at = self.end = 0
        self.written = 0
    def any(self):
        return self.end - self.at
    def readinto(self, buffer, most):
        i = 0
        while i < most:
            buffer[i] = self.data[self.at + i]
            i += 1
        self.at += most
        return most
    def write(self, buffer):
        self.written += len(buffer)
feed = Feed()
machine.UART = lambda *arguments, **settings: feed
from sorter_io.scanners.{name} import {cls}
scanner = {cls}({{"tx": 0, "rx": 1}}, {options})
{draw}templates = {templates}
first = {first}
second = {second}
expected = {expected}
def put(byte):
    feed.data[feed.end] = byte
    feed.end += 1
def noise():
    n = draw(100)
    while n:
        put(draw(256))
        n -= 1
def mutant():
    text = templates[draw(len(templates))]
    at = draw(len(text))
    how = draw(6)
    i = 0
    while i < len(text):
        if i == at:
            if how == 0:
                return
            if how == 1:
                put(text[i] ^ (1 << draw(8)))
            elif how == 2:
                put(draw(256))
                put(text[i])
            elif how == 3:
                put(text[i])
                put(text[i])
            elif how == 4:
                put(text[i])
        else:
            put(text[i])
        i += 1
def drain():
    turns = 0
    found = 0
    while turns < {gap} or feed.any():
        if scanner.poll():
            found += 1
            if scanner.length < 1 or scanner.length > 48:
                return -1
        elif not feed.any():
            turns += 1
    return found
def whole(frame):
    feed.at = feed.end = 0
    i = 0
    while i < len(frame):
        put(frame[i])
        i += 1
    return drain()
def one():
    feed.at = feed.end = 0
    if draw(4):
        i = draw(3)
        while i >= 0:
            mutant()
            i -= 1
    else:
        noise()
    found = drain() if draw(2) else 0
    if found < 0:
        return -1
    i = 0
    while i < len(first):
        put(first[i])
        i += 1
    if drain() < 0:
        return -1
    if whole(second) < 1:
        return -2
    if scanner.length != len(expected):
        return -3
    i = 0
    while i < len(expected):
        if scanner.code[i] != expected[i]:
            return -4
        i += 1
    return found + 1
def run(times):
    i = 0
    codes = 0
    while i < times:
        n = one()
        if n < 1:
            return n - 1000 * i
        codes = (codes + n) & 0x3FFFFFFF
        i += 1
    return codes
codes = one()
micropython.heap_lock()
codes = run({inputs})
micropython.heap_unlock()
print(codes, scanner.overlong, scanner.no_reads)
while True:
    sleep_us(1000)
"""

CODES = (b"RB123456785GB", b"CC473124829DE")
GAP_TURNS = 25
"""Turns without a byte between two frames: scanners' parcels are farther apart."""


class Outcome(NamedTuple):
    """What a campaign has come to; `codes` below 1 tells the input that failed: -1000 times its number, and why."""

    codes: int
    overlong: int
    no_reads: int


def campaign(driver: Driver, inputs: int, seed: int = 1) -> Outcome:
    """Run so many inputs through a driver's parser."""
    options = {**driver.defaults(), "no_read": "NOREAD"}
    make = scanner_of(driver.name, 0, options, False)
    first, second = (make.message(code) for code in CODES)
    templates = [first, make.message(b"NOREAD"), make.message(b"x" * 60), make.message(b"]C1" + CODES[0])]
    templates += [answer for answer in (make.answer(True), make.message(b"")) if answer]
    rng = Random(seed)
    program = PROGRAM.format(
        name=driver.name,
        cls="".join(word.capitalize() for word in driver.name.split("_")),
        options=options,
        draw=DRAW.format(seeds=(rng.getrandbits(22), 1 + rng.randrange(65520))),
        templates=tuple(templates),
        first=first,
        second=second,
        expected=CODES[1],
        gap=GAP_TURNS,
        inputs=inputs,
    )
    bench = Bench(program, until_us=2000).run()
    return Outcome(*map(int, bench.lines[0].split()))
