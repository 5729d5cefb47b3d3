"""The module `micropython` of a virtual board: what this build has, and what it lacks beside a board's."""

# pyright: reportMissingImports=false

from micropython import const, heap_lock, heap_unlock, mem_info  # noqa: F401


def alloc_emergency_exception_buf(size):
    pass


def kbd_intr(char):
    pass
