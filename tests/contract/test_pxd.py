"""A shared source and its .pxd say the same: every attribute, constant and helper is declared."""

import re
from pathlib import Path

import pytest

import shared_source
from contract.pxd_names import declared_names, undeclared, used_names

ROOT = Path(__file__).resolve().parents[2]
PXDS = [
    pxd
    for pxd in sorted((ROOT / "cext" / "sortyard_c").glob("*.pxd"))
    if (ROOT / "firmware" / "sorter_core" / f"{pxd.stem}.py").exists()
]
SOURCE = """
def _squares():
    return array("i", [i * i for i in range(8)])

_WINDOW = const(12)
_LIMIT = const(13)
_SQUARES = _squares()

class Gate:
    def __init__(self, delay):
        self.delay, self.due = delay, 0
        self.ring = array("i", bytes(64))
    def step(self, now):
        self.due += _moved(now)
    def _fire(self):
        pass

def _moved(now):
    return now & 7
"""
PXD = """
cimport cython
from libc.stdint cimport int32_t
cdef int _WINDOW, \\
    _LIMIT  # counts
cdef int[::1] _SQUARES
cdef inline int _moved(int now) noexcept
cdef class Gate:
    cdef readonly int delay, due
    cdef int[::1] ring
    @cython.locals(a=int,
                   b=int)
    cpdef int step(self, int now,
                   int more=*) except -1
    cdef void _fire(self)
"""


def source_of(pxd: Path) -> str:
    return (ROOT / "firmware" / "sorter_core" / f"{pxd.stem}.py").read_text("utf-8")


def types_of(pxd: Path) -> str:
    """The .pxd with the constants that it includes, as Cython reads it."""
    included = shared_source.declared(shared_source.constants(source_of(pxd)))
    return pxd.read_text("utf-8").replace(f'include "constants/{pxd.stem}.pxi"', included)


def of_base_classes(pxd: Path) -> str:
    """The .pxd files that this one takes declarations from."""
    names = re.findall(r"from sortyard_c\.(\w+) cimport", pxd.read_text("utf-8"))
    return "\n".join(pxd.with_stem(name).read_text("utf-8") for name in names)


def test_there_are_shared_sources():
    assert "gate_logic" in {pxd.stem for pxd in PXDS}


@pytest.mark.parametrize("pxd", PXDS, ids=lambda pxd: pxd.stem)
def test_everything_a_shared_source_assigns_is_declared(pxd):
    assert undeclared(source_of(pxd), types_of(pxd), of_base_classes(pxd)) == []


@pytest.mark.parametrize("pxd", PXDS, ids=lambda pxd: pxd.stem)
def test_taking_any_name_out_of_the_pxd_is_noticed(pxd):
    text, source, inherited = types_of(pxd), source_of(pxd), of_base_classes(pxd)
    needed = {(owner, name) for owner, names in used_names(source, inherited).items() for name in names}
    for owner, name in needed:
        without = re.sub(rf"\b{name}\b", f"{name}_gone", text)
        assert (f"{owner}.{name}" if owner else name) in undeclared(source, without, inherited)


def test_a_complete_pxd_has_nothing_undeclared():
    assert undeclared(SOURCE, PXD) == []
    assert declared_names(PXD)["Gate"] == {"delay", "due", "ring", "step", "_fire"}


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("delay, due", "Gate.due"),
        ("    cdef int[::1] ring\n", "Gate.ring"),
        ("    cdef void _fire(self)\n", "Gate._fire"),
        ("cdef int _WINDOW, ", "_WINDOW"),
        ("_LIMIT", "_LIMIT"),
        ("cdef inline int _moved(int now) noexcept\n", "_moved"),
    ],
)
def test_a_declaration_taken_out_is_named(text, missing):
    shorter = PXD.replace(text, "delay" if text.startswith("delay") else "")
    assert undeclared(SOURCE, shorter) == [missing]


def test_what_a_base_class_declares_is_inherited_and_nothing_else():
    child = "class Door(Gate):\n    def open(self):\n        self.due = 1\n        self.knock = 2\n"
    assert undeclared(child, "cdef class Door(Gate):\n    cpdef void open(self)\n", PXD) == ["Door.knock"]


def test_a_declaration_in_another_class_does_not_count():
    assert undeclared(SOURCE, PXD.replace("cdef int[::1] ring", "pass") + "cdef int ring\n") == ["Gate.ring"]
