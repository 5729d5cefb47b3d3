"""The module `select` of a virtual board: says whether standard input has a byte, without asking the host."""

import image_layout as at
from virtual_board import state

POLLIN = 1

_NOTHING = ()
_SOMETHING = ((0, POLLIN),)


class poll:  # noqa: N801
    """One stream, standard input; who is told that there is a byte takes one."""

    def register(self, stream, events):
        pass

    def ipoll(self, timeout_ms):
        state[at.CALL_POLL] += 1
        if not state[at.LINK_WAITING]:
            return _NOTHING
        state[at.LINK_WAITING] -= 1
        return _SOMETHING
