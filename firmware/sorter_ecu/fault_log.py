"""Faults that outlive a reset: a board tells its host at every boot what went wrong in the boots before.

    recall(is_bite)                       # at boot
    record(FAILED, 1, 0)                  # when a fault happens; allocates nothing
    for boots_ago, code, index, detail in told(): ...    # at boot, newest first

    if keeper.is_time(state, position): keeper.save()    # once a second

As many as the chip keeps (`sorter_io.chip.note`: three on an RP2040, whose watchdog has so many words to spare, eight
on an ESP32), each in 30 bits: code (5), index (8), detail (15, the greatest stands for all above), boots ago (2, 3 and
more). So that a power cut does not take them, they are written to the flash when the line stands.
"""

from micropython import const
from sorter_io.chip import is_unsaved, note, notes, save, set_notes

# beside those of sorter_core.codes.FAULTS
WATCHDOG = const(30)  # the board hung, and its watchdog reset it
FAILED = const(
    31
)  # index 0: an exception, 1: the control loop did not keep up; detail: seconds since the boot

LOOKS_A_WRITE = const(60)  # one a minute at most: flash wears

_RUNNING = const(1)
_STARTING = const(2)
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
    is_changed = 0
    for i in range(len(words)):
        if words[i] and words[i] >> _AGE < 3:
            words[i] += 1 << _AGE
            is_changed = 1
    if is_changed:
        set_notes(words)


class Keeper:
    """Finds the time to write faults to the flash, which holds up everything: while the line stands, and seldom."""

    def __init__(self):
        self._position = 0
        self._looks = LOOKS_A_WRITE  # since the last write

    def is_at_rest(self, state, position):
        """Whether the line has stood since the last look, and the belt at `position`; to be asked once a second."""
        stands = position == self._position and state != _RUNNING and state != _STARTING
        self._position = position
        if self._looks < LOOKS_A_WRITE:
            self._looks += 1
        return stands

    def is_time(self):
        """Whether to write now, at rest."""
        return self._looks == LOOKS_A_WRITE and is_unsaved()

    def save(self):
        """Write them; a flash that does not take them gets them again a minute later. It allocates nothing."""
        self._looks = 0
        try:
            save()
        except OSError:
            pass  # nothing to tell it with: the line runs as well without


def told():
    """Those that are kept, newest first: boots ago, code, index, detail."""
    return [(one >> _AGE, one >> _CODE & 31, one >> 15 & 255, one & _MOST_DETAIL) for one in notes() if one]
