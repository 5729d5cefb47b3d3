"""What goes wrong behind the board's pins and shows at no input: chips that do not answer, counts that are missed.

fault = watch.look(turn)              # now and then; its index and detail, 0 where there is no news
watch.is_silent                       # an expander does not answer: what it reads and drives is not known
"""

from micropython import const

# among the numbers of faults
ENCODER_MISSES = const(27)
EXPANDER_SILENT = const(28)

_MINUTE = const(60000)  # turns of the loop
_MASK = const(0x0FFFFFFF)


class WireWatch:
    """`expanders` and `encoder` of `Parts`; those that can tell have `look`, or count what they have `missed`."""

    def __init__(self, expanders, encoder):
        self.is_silent = 0
        self.index = 0
        self.detail = 0
        self._chains = [i for i in range(len(expanders)) if hasattr(expanders[i], "look")]
        self._expanders = expanders
        self._at = 0
        self._silent = bytearray(len(expanders))
        self._encoder = encoder if hasattr(encoder, "missed") else None
        self._missed = 0
        self._told_at = -_MINUTE & _MASK

    def look(self, turn):
        """One expander a time, and the encoder; `turn` wraps at 28 bits."""
        if self._chains and self._look_at_expander():
            return EXPANDER_SILENT
        encoder = self._encoder
        if (
            encoder is not None
            and encoder.missed != self._missed
            and (turn - self._told_at) & _MASK >= _MINUTE
        ):
            self.index = 0
            self.detail = (encoder.missed - self._missed) & _MASK
            self._missed = encoder.missed
            self._told_at = turn
            return ENCODER_MISSES
        return 0

    def _look_at_expander(self):
        """1 if one has fallen silent."""
        self._at = at = self._at + 1 if self._at + 1 < len(self._chains) else 0
        i = self._chains[at]
        chain = self._expanders[i]
        chain.look()
        is_news = chain.is_failed and not self._silent[i]
        self._silent[i] = chain.is_failed
        self.is_silent = 1 if self._silent.find(b"\x01") >= 0 else 0
        if is_news:
            self.index = i
            self.detail = chain.misses
        return is_news
