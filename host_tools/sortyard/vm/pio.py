"""A PIO state machine of an RP2040, instruction by instruction, as far as it waits for pins and counts.

Encodings: RP2040 datasheet, section 3.4. It runs until it stalls; whoever changes a pin lets it go on.
"""

from collections.abc import Callable, Sequence

_JMP, _WAIT = 0, 1
_X_DEC, _NOT_X, _Y_DEC, _NOT_Y, _X_NOT_Y, _PIN = 2, 1, 4, 3, 5, 6
_MASK = 0xFFFF_FFFF
_ENDLESS = 1000
"""Instructions without a stall that no sensible program needs between two edges."""


class PioProgramError(Exception):
    """The program uses what is not known here, or never waits."""


class PioStateMachine:
    """`words` is the assembled program; `level(pin)` gives the level of a pin of the chip, 0 or 1."""

    def __init__(
        self,
        words: Sequence[int],
        wrap: tuple[int, int],
        in_base: int,
        jmp_pin: int,
        level: Callable[[int], int],
    ) -> None:
        self.x = self.y = 0
        self.is_active = False
        self.waits_for = -1
        """pin whose level it waits for"""
        self._words = tuple(words)
        self._bottom, self._top = wrap
        self._in_base = in_base
        self._jmp_pin = jmp_pin
        self._level = level
        self._at = self._bottom

    def go_on(self) -> None:
        """Run until the program waits for a level that is not there."""
        for _ in range(_ENDLESS):
            if not self.is_active or not self._step():
                return
        raise PioProgramError(f"{_ENDLESS} instructions without waiting for a pin")

    def _step(self) -> bool:
        """One instruction; False if it stalls."""
        word = self._words[self._at]
        operation = word >> 13
        if operation == _WAIT:
            if (word >> 5) & 3 != 1:
                raise PioProgramError(f"instruction {word:#06x}: waits for something else than a pin")
            pin = self._in_base + (word & 31)
            if self._level(pin) != (word >> 7) & 1:
                self.waits_for = pin
                return False
        elif operation == _JMP:
            if self._holds((word >> 5) & 7):
                self._at = word & 31
                return True
        else:
            raise PioProgramError(f"instruction {word:#06x} is not known")
        self._at = self._bottom if self._at == self._top else self._at + 1
        return True

    def _holds(self, condition: int) -> bool:
        x, y = self.x, self.y
        if condition == _X_DEC:
            self.x = (x - 1) & _MASK
        elif condition == _Y_DEC:
            self.y = (y - 1) & _MASK
        return (True, not x, x != 0, not y, y != 0, x != y, self._level(self._jmp_pin) == 1)[condition]
