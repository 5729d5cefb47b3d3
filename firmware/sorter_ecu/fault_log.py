"""Faults that outlive a reset: a board tells its host at every boot what went wrong in the boots before.

    recall(is_bite)                       # at boot
    record(FAILED, 1, 0)                  # when a fault happens; allocates nothing
    for boots_ago, code, index, detail in told(): ...    # at boot, newest first

As many as the chip keeps (`sorter_io.chip.note`: three on an RP2040, whose watchdog has so many words to spare, eight
on an ESP32), each in 30 bits: code (5), index (8), detail (15, the greatest stands for all above), boots ago (2, 3 and
more).
"""

from micropython import const
from sorter_io.chip import note, notes, set_notes

# beside those of sorter_core.codes.FAULTS
WATCHDOG = const(30)  # the board hung, and its watchdog reset it
FAILED = const(
    31
)  # index 0: an exception, 1: the control loop did not keep up; detail: seconds since the boot

_MOST_DETAIL = const(0x7FFF)
_AGE = const(28)
_CODE = const(23)


def record(code, index, detail):
    """Keep a fault that has happened now."""
    if detail > _MOST_DETAIL or detail < 0:
        detail = _MOST_DETAIL
    note((code & 31) << _CODE | (index & 255) << 15 | detail)


def recall(is_bite):
    """A new boot: each is one boot older. A bite of the watchdog is a fault of its own, if the loop had not failed."""
    if is_bite and notes()[0] >> _CODE != FAILED:
        record(WATCHDOG, 0, 0)
    words = notes()
    for i in range(len(words)):
        if words[i] and words[i] >> _AGE < 3:
            words[i] += 1 << _AGE
    set_notes(words)


def told():
    """Those that are kept, newest first: boots ago, code, index, detail."""
    return [(one >> _AGE, one >> _CODE & 31, one >> 15 & 255, one & _MOST_DETAIL) for one in notes() if one]
