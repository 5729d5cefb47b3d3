"""What a line does without its host, by policy.host_lost of the line file: go on by the board's own plan, or stop."""

from micropython import const

HOST_LOST = const(29)  # among the numbers of faults; detail: seconds that the host has been gone

_TURNS_A_SECOND = const(1000)
_MASK = const(0x0FFFFFFF)


class HostWatch:
    """`most_s`: seconds that the line may run without its host once the link has missed it; -1: for ever."""

    def __init__(self, link, most_s):
        self._link = link
        self._most_turns = most_s * _TURNS_A_SECOND if most_s >= 0 else -1
        self._seen_at = 0
        self._is_over = 0

    def gone_s(self):
        """Seconds since the host was there, or the board has begun; -1 while the line may run."""
        if self._most_turns < 0:
            return -1
        link = self._link
        if link.is_attached:
            self._seen_at = link.turn
            self._is_over = 0
            return -1
        gone = (link.turn - self._seen_at) & _MASK
        if gone >= self._most_turns:
            self._is_over = 1
        return gone // _TURNS_A_SECOND if self._is_over else -1
