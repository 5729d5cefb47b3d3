"""A PIO state machine of an RP2040 that makes pulses by itself, instruction by instruction, one each cycle.

Encodings: RP2040 datasheet, section 3.4. It knows jmp, pull, mov between X, Y and OSR, and set of one pin. A loop of
one instruction that only counts down is passed over at once.
"""

from collections import deque
from collections.abc import Callable, Sequence

from sortyard_c.pio import PioProgramError

_JMP, _PULL, _MOV, _SET = 0, 4, 5, 7
_ALWAYS, _NOT_X, _X_DEC, _NOT_Y, _Y_DEC = range(5)
_REGISTERS = {1: "x", 2: "y", 7: "osr"}
_MASK = 0xFFFF_FFFF


class PioPulses:
    """`on_edge(time_us, level)` is called when the program changes its pin."""

    def __init__(
        self, words: Sequence[int], wrap: tuple[int, int], hertz: int, on_edge: Callable[[float, int], None]
    ) -> None:
        self.x = self.y = self.osr = 0
        self.taken = 0
        """words that have been pulled from the FIFO"""
        self._words = tuple(words)
        self._bottom, self._top = wrap
        self._cycle_us = 1e6 / hertz
        self._on_edge = on_edge
        self._fifo: deque[int] = deque()
        self._at = 0
        self._now_us = 0.0
        self._level = 0

    def serve(self, state: memoryview, row: int, now_us: float) -> None:
        """Go on up to now; then the FIFO gets what the guest has put into its row of the array that both share."""
        self.run_to(now_us)
        for number in range(self.taken + len(self._fifo), state[row]):
            self.put(state[row + 2 + (number & 3)])
        state[row + 1] = self.taken

    def put(self, word: int) -> None:
        """A word for the FIFO."""
        self._fifo.append(word & _MASK)

    def run_to(self, time_us: float) -> None:
        """Execute all that begins before this time; a machine that waits for a word waits until then."""
        while self._now_us < time_us:
            if not self._step():
                self._now_us = time_us

    def _step(self) -> bool:
        """One instruction; False if it stalls."""
        word = self._words[self._at]
        operation, cycles = word >> 13, 1
        if operation == _JMP:
            cycles = self._jump((word >> 5) & 7, word & 31)
        elif operation == _PULL and word & 0x80:
            if self._fifo:
                self.osr = self._fifo.popleft()
                self.taken += 1
            elif word & 0x20:
                return False
            else:
                self.osr = self.x
            self._next()
        elif operation == _MOV and not word & 0x18:
            setattr(self, _REGISTERS[(word >> 5) & 7], getattr(self, _REGISTERS[word & 7]))
            self._next()
        elif operation == _SET and not word & 0xE0:
            if word & 1 != self._level:
                self._level = word & 1
                self._on_edge(self._now_us, self._level)
            self._next()
        else:
            raise PioProgramError(f"instruction {word:#06x} is not known")
        self._now_us += cycles * self._cycle_us
        return True

    def _next(self) -> None:
        self._at = self._bottom if self._at == self._top else self._at + 1

    def _jump(self, condition: int, target: int) -> int:
        """Where to go on, and how many cycles that has taken."""
        if condition == _Y_DEC and target == self._at:
            cycles = self.y + 1
            self.y = _MASK
            self._next()
            return cycles
        x, y = self.x, self.y
        if condition == _X_DEC:
            self.x = (x - 1) & _MASK
        elif condition == _Y_DEC:
            self.y = (y - 1) & _MASK
        elif condition not in (_ALWAYS, _NOT_X, _NOT_Y):
            raise PioProgramError(f"condition {condition} is not known")
        if (True, not x, x != 0, not y, y != 0)[condition]:
            self._at = target
        else:
            self._next()
        return 1
