"""The link's frames on MicroPython: the same answers as on CPython, and no byte allocated."""

from pathlib import Path

from parity import link_fuzz
from sortyard.vm.files import package_files
from sortyard.vm.machine import MicroPythonVM

INPUTS = 4000
FUZZ = Path(link_fuzz.__file__).read_bytes()

SAME = """
from link_fuzz import Lcg, campaign
print(*campaign(Lcg(7), %d))
"""
LOCKED = """
import gc
import micropython
from array import array
from sorter_core import messages
from sorter_core.frames import HEAD, FrameReader, FrameWriter

reader, writer, values = FrameReader(), FrameWriter(), array("i", bytes(32))
values[1] = values[3] = (1 << 30) - 1
noise = bytes([(7 * i) & 255 for i in range(500)])

def turn(i):
    values[0] = 5
    n = messages.pack(writer.body, messages.FAULT, values)
    n = writer.write(messages.FAULT, 0, i & 255, 0, n)
    reader.feed(noise, 0, 500)
    reader.feed(writer.out, 0, n)
    at = reader.feed(writer.out, 0, n)
    if not reader.is_ready or messages.unpack(reader.body, reader.kind, reader.length, values) < 0:
        return 0
    return at

turn(0)
before = gc.mem_alloc()
micropython.heap_lock()
whole = 0
i = 0
while i < 200:
    if turn(i):
        whole += 1
    i += 1
micropython.heap_unlock()
print(whole, gc.mem_alloc() - before)
"""


def said(source):
    files = {**package_files("sorter_core"), "/lib/link_fuzz.py": FUZZ, "/main.py": source.encode()}
    with MicroPythonVM(files, heap_bytes=256 << 20) as vm:
        return vm.run("/main.py").stdout.split()


def test_the_decoder_says_the_same_of_every_input():
    expected = link_fuzz.campaign(link_fuzz.Lcg(7), INPUTS)
    assert said(SAME % INPUTS) == [str(number) for number in expected]


def test_a_frame_is_written_and_read_without_allocation():
    assert said(LOCKED) == ["200", "0"]
