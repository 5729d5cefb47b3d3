"""The module `select` of a virtual board: has standard input a byte, or a socket a host? The host is not asked."""

import image_layout as at
from virtual_board import state

POLLIN = 1

_NOTHING = ()
_SOMETHING = ((0, POLLIN),)


class poll:  # noqa: N801
    """One stream: a socket that listens, or standard input; who is told that there is a byte takes one."""

    def __init__(self):
        self._listener = None

    def register(self, stream, events):
        if hasattr(stream, "is_waiting"):
            self._listener = stream

    def ipoll(self, timeout_ms):
        state[at.CALL_POLL] += 1
        if self._listener is not None:
            return _SOMETHING if self._listener.is_waiting() else _NOTHING
        if not state[at.LINK_WAITING]:
            return _NOTHING
        state[at.LINK_WAITING] -= 1
        return _SOMETHING
