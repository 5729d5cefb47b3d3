"""What firmware knows of each chip, on its virtual one: input pins, memory that outlives a reset, console, handlers."""

import pytest
from board_bench import Bench

from sortyard.config.board_file import board_names, load_board
from sortyard.sim.board_chip import chip_of
from sortyard.vm.console import BOOT_TEXT, FIFO_BYTES, RING_BYTES, TICK_US, Console

INPUTS = """
import micropython
from time import sleep_us
from sorter_io.chip import input_bit, read_inputs
pins = {}
bits = [input_bit(pin) for pin in pins]
seen = [0] * len(bits)
sleep_us(500)
micropython.heap_lock()
i = 0
while i < len(bits):
    seen[i] = read_inputs()
    sleep_us(2000)
    i += 1
micropython.heap_unlock()
every = 0
for bit in bits:
    every |= bit
print(len(set(bits)), [value & every == bit for value, bit in zip(seen, bits)].count(True))
while True:
    sleep_us(1000)
"""
KEPT = """
from time import sleep_us
from sorter_io.chip import keep, kept
before = kept()
keep(before + 7)
print(before)
while True:
    sleep_us(1000)
"""
NOTES = """
import micropython
from time import sleep_us
from sorter_io.chip import keep, kept, note, notes, set_notes
before = notes()
print(kept(), before)
set_notes([one + 1 if one else 0 for one in before])
keep(kept() + 1)
numbers = (1000, 0x3FFFFFFF - 9, 3000)
micropython.heap_lock()
for number in numbers:
    note(number)
micropython.heap_unlock()
while True:
    sleep_us(1000)
"""
LATE = """
from machine import Pin
from time import sleep_us
called = []
for number in {}:
    Pin(number, Pin.IN).irq(lambda pin: called.append(1), Pin.IRQ_RISING)
while True:
    print(len(called))
    sleep_us(1000)
"""


@pytest.mark.parametrize("name", board_names())
def test_every_input_of_a_board_has_a_bit_of_its_own_and_reading_allocates_nothing(name):
    board = load_board(name)
    pins = [board.pins[pin].number for pin in board.pins_for("in")]
    others = [pin.number for key, pin in board.pins.items() if not board.can(key, "in")]

    def begin(bench):
        for number in others:  # lines to the flash among them
            bench.board.set_pin(number, 1, 0)
        for place, number in enumerate(pins):
            bench.after(2000 * place + 200, lambda us, number=number: bench.board.set_pin(number, 1, us))
            bench.after(2000 * place + 2200, lambda us, number=number: bench.board.set_pin(number, 0, us))

    chip = chip_of(board)._replace(console_baud=0)
    until_us = 2000 * len(pins) + 3000
    bench = Bench(INPUTS.replace("{}", repr(pins), 1), begin, chip=chip, until_us=until_us).run()
    assert bench.lines == [f"{len(pins)} {len(pins)}"]


@pytest.mark.parametrize("name", ["pico", "pico2", "esp32_devkit"])
def test_a_number_is_kept_over_a_reset_and_not_over_a_power_cut(name):
    chip = chip_of(load_board(name))._replace(console_baud=0)
    first = Bench(KEPT, chip=chip, until_us=3000).run()
    second = Bench(KEPT, chip=chip, until_us=3000, kept=first.board.kept).run()
    assert [first.lines, second.lines] == [["0"], ["7"]]


def called(name: str, pins: int, at_us: int) -> list[int]:
    """How many handlers have been called by each turn when so many pins rise at once."""
    numbers = [load_board(name).pins[pin].number for pin in load_board(name).pins_for("irq")[:pins]]

    def begin(bench):
        for number in numbers:
            bench.after(at_us, lambda us, number=number: bench.board.set_pin(number, 1, us))

    chip = chip_of(load_board(name))._replace(console_baud=0)
    bench = Bench(LATE.replace("{}", repr(numbers), 1), begin, chip=chip, until_us=4000).run()
    assert bench.board.lost_interrupts == len(numbers) - int(bench.lines[-1])
    return [int(line) for line in bench.lines]


def test_an_esp32_keeps_eight_handlers_and_loses_the_others():
    assert called("pico", 10, 2950)[-1] == 10
    assert called("esp32_devkit", 10, 2950)[-1] == 8


def test_a_console_sends_a_byte_after_the_other_and_keeps_who_writes_too_much_waiting():
    console = Console(115_200)
    quiet_us = 1_000_000
    assert console.sent(quiet_us) == BOOT_TEXT
    assert console.write(bytes(FIFO_BYTES), quiet_us) == 0
    assert len(console.sent(quiet_us + 870)) == 10
    late_us = quiet_us + 870
    waited = console.write(bytes(20), late_us)
    assert 0 < waited <= TICK_US
    assert (late_us + waited) % TICK_US == 0


def test_a_console_loses_what_nobody_reads_and_counts_it():
    console = Console(115_200)
    console.receive(bytes(300), 0)
    assert len(console.arrived(0, 5000)) == 57
    assert len(console.arrived(57, 1_000_000)) == RING_BYTES - 57
    assert console.lost == 300 - RING_BYTES


@pytest.mark.parametrize("name", board_names())
def test_notes_outlive_resets_newest_first_beside_the_number_that_is_kept_and_allocate_nothing(name):
    chip = chip_of(load_board(name))._replace(console_baud=0)
    most = 3 if load_board(name).port == "rp2" else 8
    kept, noted = b"", []
    for boot in range(4):
        bench = Bench(NOTES, until_us=5000, chip=chip, kept=kept).run()
        told = (noted + [0] * most)[:most]
        assert bench.lines[0] == f"{boot} {told}"
        noted = [3000, 0x3FFFFFFF - 9, 1000, *(one + 1 if one else 0 for one in told)]
        kept = bench.board.kept
