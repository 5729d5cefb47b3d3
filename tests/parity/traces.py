"""Traces for parity: inboxes that a line could produce, random ones, and values that nobody should send.

A trace is made together with what the pure gate logic answers, since the belt mimic follows the gates.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from parity.belt_layout import Layout
from parity.belt_mimic import MASK, BeltMimic
from sorter_core.exchange import OUTBOX_INTS, exchange
from sorter_core.gate_logic import GateLogic

INBOX_INPUTS = 64
HALF = 0x08000000
EDGES = (
    0,
    1,
    -1,
    2,
    255,
    256,
    511,
    1023,
    1024,
    MASK,
    MASK + 1,
    -MASK,
    HALF,
    -HALF,
    2**30 - 1,
    2**30,
    -(2**30),
)
EXTREMES = (*EDGES, -(2**30) - 1, 2**31 - 1, -(2**31))


@dataclass(frozen=True)
class Case:
    """One life of one gate logic: its configuration, its inboxes, the outboxes of the pure runtime."""

    name: str
    config: array
    trace: array
    outboxes: array
    steps: int


class Recorder:
    """Runs the pure gate logic turn by turn and keeps both sides."""

    def __init__(self, config: array) -> None:
        self.trace = array("i")
        self.outboxes = array("i")
        self.steps = 0
        self._config = config
        self._logic = GateLogic(config)
        self._outbox = array("i", bytes(4 * OUTBOX_INTS))

    def turn(self, position: int, ticks: int, inputs: list[tuple[int, int, int, int, int]]) -> array:
        """Record one turn and return its outbox."""
        inbox = array("i", [len(inputs), position, ticks])
        for record in inputs:
            inbox.extend(record)
        used = exchange(self._logic, inbox, self._outbox)
        outbox = self._outbox[:used]
        self.trace.extend(inbox)
        self.outboxes.extend(outbox)
        self.steps += 1
        return outbox

    def case(self, name: str) -> Case:
        """Return what has been recorded so far."""
        return Case(name, self._config, self.trace, self.outboxes, self.steps)


def wrapped(difference: int) -> int:
    """Difference of two 28-bit counters, -2**27 .. 2**27 - 1."""
    return ((difference + HALF) & MASK) - HALF


def belt_case(name: str, config: array, mimic: BeltMimic, steps: int, *, how: str) -> Case:
    """Record a belt's life: `every_ms`, `jump` to whatever comes next, or `late` like a loop that is held up."""
    recorder = Recorder(config)
    due_us = None
    while recorder.steps < steps:
        time_us = mimic.time_us + 1000
        if how == "jump":
            time_us = mimic.next_time_us(due_us)
        elif how == "late":
            time_us = mimic.time_us + 1000 * mimic.rng.choice((1, 1, 1, 2, 50, 200))
        mimic.collect(time_us)
        inputs, mimic.inputs = mimic.inputs[:INBOX_INPUTS], mimic.inputs[INBOX_INPUTS:]
        outbox = recorder.turn(mimic.position & MASK, mimic.time_us & MASK, inputs)
        for at in range(5, len(outbox), 5):
            mimic.react(*outbox[at : at + 5])
        due_us = _due_us(mimic, outbox)
    return recorder.case(name)


def _due_us(mimic: BeltMimic, outbox: array) -> int:
    """The time of the next due step, from the head of an outbox."""
    if outbox[3]:
        return mimic.time_us
    by_time = wrapped(outbox[2] - mimic.time_us)
    by_place = wrapped(outbox[1] - mimic.position) * 1_000_000 // mimic.layout.speed
    return mimic.time_us + max(min(by_time, by_place), 0)


def random_case(name: str, config: array, layout: Layout, rng: Random, steps: int) -> Case:
    """Record inputs of every kind in no sensible order, with indices and positions that could be."""
    recorder = Recorder(config)
    position = rng.randrange(MASK)
    ticks = rng.randrange(MASK)
    for _ in range(steps):
        position += rng.choice([0, 1, 2, 2, 3, 10, rng.randrange(layout.min_length)])
        ticks += rng.choice([1000, 1000, 1000, 5000, rng.randrange(200_000)])
        count = rng.choice([0, 0, 1, 1, 1, 2, 3, 8])
        inputs = [_plausible(rng, layout, position) for _ in range(count)]
        recorder.turn(position & MASK, ticks & MASK, inputs)
    return recorder.case(name)


def _plausible(rng: Random, layout: Layout, position: int) -> tuple[int, int, int, int, int]:
    kind = rng.choices(range(1, 14), weights=(30, 30, 20, 10, 5, 2, 5, 2, 1, 3, 4, 1, 1))[0]
    index = rng.randrange(len(layout.eyes) + len(layout.confirm) + 3)
    latched = (position - rng.choice([0, 0, 1, 2, 5, 400])) & MASK
    a = rng.choice([0, 1, 2, 2, rng.randrange(1600), rng.randrange(1 << 24)])
    b = rng.choice([0, 1, rng.randrange(layout.chutes + 2), rng.randrange(1 << 16)])
    return kind, index, latched, a, b


def hostile_case(name: str, config: array, rng: Random, steps: int) -> Case:
    """Record values from the edges of 28, 30 and 32 bits in every place, between ordinary ones."""
    recorder = Recorder(config)
    position = ticks = 0
    for _ in range(steps):
        position = (
            rng.choice([position + rng.randrange(300), _hostile(rng)]) if rng.random() < 0.3 else position
        )
        ticks = rng.choice([ticks + 1000, ticks + 1000, ticks + 1000, _hostile(rng)])
        inputs = [_hostile_record(rng, position) for _ in range(rng.choice([0, 0, 1, 2, 4, INBOX_INPUTS]))]
        recorder.turn(_as_i32(position), _as_i32(ticks), inputs)
    return recorder.case(name)


def _hostile(rng: Random) -> int:
    return rng.choice([rng.choice(EXTREMES), rng.randrange(-(2**31), 2**31), rng.randrange(-40, 1600)])


def _hostile_record(rng: Random, position: int) -> tuple[int, int, int, int, int]:
    kind = rng.choice([rng.randrange(1, 14), rng.randrange(1, 14), _hostile(rng)])
    index = rng.choice([rng.randrange(8), _hostile(rng)])
    latched = rng.choice([_as_i32(position - rng.randrange(9)), _hostile(rng)])
    return kind, index, latched, _hostile(rng), _hostile(rng)


def _as_i32(value: int) -> int:
    return ((value + 2**31) & 0xFFFFFFFF) - 2**31


def outbox_records(outboxes: array) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield (kind, a, b, c, position) of every output in outboxes that stand one after the other."""
    at = 0
    while at < len(outboxes):
        end = at + 5 + 5 * outboxes[at]
        for place in range(at + 5, end, 5):
            kind, a, b, c, position = outboxes[place : place + 5]
            yield kind, a, b, c, position
        at = end
