"""The module `time` of a virtual board: the clock moves with the instructions that are executed, and in sleep."""

# pyright: reportAttributeAccessIssue=false

# The host is asked what has been executed since it has let the guest go.
from time import ticks_add, ticks_diff, ticks_ms, ticks_us  # noqa: F401

from virtual_board import sleep_us


def sleep_ms(ms):
    sleep_us(ms * 1000)


def sleep(seconds):
    sleep_us(int(seconds * 1000000))
