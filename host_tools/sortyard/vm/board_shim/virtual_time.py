"""The module `time` of a virtual board: the clock moves with the instructions that are executed, and in sleep."""

# pyright: reportAttributeAccessIssue=false

from time import ticks_add, ticks_diff, ticks_ms  # noqa: F401
from time import ticks_us as executed_us

from image_layout import CALL_TICKS
from virtual_board import sleep_us, state


def ticks_us():
    """The host is asked what has been executed since it has let the guest go."""
    state[CALL_TICKS] += 1
    return executed_us()


def sleep_ms(ms):
    sleep_us(ms * 1000)


def sleep(seconds):
    sleep_us(int(seconds * 1000000))
