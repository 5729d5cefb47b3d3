"""A PIO state machine of an RP2040, instruction by instruction, as far as it waits for pins and counts.

Encodings: RP2040 datasheet, section 3.4. It runs until it stalls; whoever changes a pin lets it go on.
"""

from collections.abc import Callable, Sequence

_JMP, _WAIT = 0, 1
_ALWAYS, _NOT_X, _X_DEC, _NOT_Y, _Y_DEC, _X_NOT_Y, _PIN = range(7)
_ON_PIN = 1
_WAITS, _UNKNOWN = 8, 9
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
        self.words, self.wrap = tuple(words), wrap
        self._level = level
        self._at, top = wrap
        self._program = [_decoded(word, in_base, jmp_pin) for word in words]
        self._next = [self._at if at == top else at + 1 for at in range(len(words))]

    def go_on(self) -> None:
        """Run until the program waits for a level that is not there."""
        if not self.is_active:
            return
        program, following, level = self._program, self._next, self._level
        at, x, y = self._at, self.x, self.y
        for _ in range(_ENDLESS):
            what, pin, wanted = program[at]
            if what == _WAITS:
                if level(pin) != wanted:
                    break
                at = following[at]
                continue
            if what == _X_DEC:
                is_taken = x != 0
                x = (x - 1) & _MASK
            elif what == _Y_DEC:
                is_taken = y != 0
                y = (y - 1) & _MASK
            elif what == _ALWAYS:
                is_taken = True
            elif what == _PIN:
                is_taken = level(pin) == 1
            elif what == _UNKNOWN:
                raise PioProgramError(f"instruction {wanted:#06x}: neither a jump nor a wait for a pin")
            else:
                is_taken = {_NOT_X: not x, _NOT_Y: not y, _X_NOT_Y: x != y}[what]
            at = wanted if is_taken else following[at]
        else:
            raise PioProgramError(f"{_ENDLESS} instructions without waiting for a pin")
        self._at, self.x, self.y, self.waits_for = at, x, y, pin


def _decoded(word: int, in_base: int, jmp_pin: int) -> tuple[int, int, int]:
    """What an instruction does, the pin that it looks at, and the level that it waits for or where it jumps to."""
    operation, how = word >> 13, (word >> 5) & 7
    if operation == _JMP and how <= _PIN:
        return how, jmp_pin, word & 31
    if operation == _WAIT and how & 3 == _ON_PIN:
        return _WAITS, in_base + (word & 31), how >> 2
    return _UNKNOWN, 0, word
