"""Reliable messages: nothing is lost or doubled over a link that loses what it likes."""

from array import array
from random import Random

import pytest

from sorter_core.outbox import WINDOW, Outbox


class Receiver:
    """Takes each message once and in order, and acknowledges with the next number that it waits for."""

    def __init__(self):
        self.expected = 0
        self.got = []

    def take(self, sequence, number):
        if sequence == self.expected:
            self.expected = (self.expected + 1) & 255
            self.got.append(number)


@pytest.mark.parametrize("loss", [0.0, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("seed", range(3))
def test_every_message_arrives_once_and_in_order_whatever_is_lost(loss, seed):
    rng, outbox, receiver = Random(seed), Outbox(128, 20), Receiver()
    values, told = array("i", bytes(32)), 0
    for now in range(300_000):
        if told < 600 and not now % 20 and outbox.put(6, told, 0, 0, 0, 0):
            told += 1
        if outbox.next(values, now) and rng.random() >= loss:
            assert outbox.kind == 6
            receiver.take(outbox.sequence, values[0])
        if rng.random() >= max(loss, 0.7):
            outbox.acknowledge(receiver.expected)
        if len(receiver.got) == 600 and not outbox.count:
            break
    assert receiver.got == list(range(600))
    assert outbox.count == 0


def test_over_a_cut_of_the_link_the_ring_keeps_what_it_can_and_counts_the_rest():
    outbox, values = Outbox(100), array("i", bytes(32))
    kept = [outbox.put(6, number, 0, 0, 0, 0) for number in range(130)]
    assert kept == [1] * 100 + [0] * 30
    assert (outbox.count, outbox.lost) == (100, 30)
    sent = []
    while outbox.next(values, 0):
        sent.append(values[0])
    assert sent == list(range(WINDOW))
    outbox.acknowledge(10)
    while outbox.next(values, 1):
        sent.append(values[0])
    assert sent == list(range(WINDOW + 10))


def test_an_acknowledgement_of_what_was_never_sent_changes_nothing():
    outbox, values = Outbox(100), array("i", bytes(32))
    for number in range(5):
        outbox.put(6, number, 0, 0, 0, 0)
    outbox.next(values, 0)
    for ack in (0, 2, 5, 200, 255):
        outbox.acknowledge(ack)
        assert outbox.count == 5
    outbox.acknowledge(1)
    assert outbox.count == 4


def test_what_is_not_acknowledged_in_time_is_sent_again_from_the_first_on():
    outbox, values = Outbox(100, 200), array("i", bytes(32))
    outbox.put(6, 11, 0, 0, 0, 0)
    outbox.put(6, 22, 0, 0, 0, 0)
    sent = []
    for now in range(500):
        if outbox.next(values, now):
            sent.append((now, values[0]))
    assert sent == [(0, 11), (1, 22), (201, 11), (202, 22), (402, 11), (403, 22)]
    assert outbox.repeats == 2
