"""A PIO state machine of an RP2040, instruction by instruction, as far as it waits for pins and counts.

Encodings: RP2040 datasheet, section 3.4. It runs until it stalls; whoever changes a pin lets it go on.
"""

from libc.stdint cimport int64_t, uint32_t

cdef enum:
    JMP = 0
    WAIT = 1                    # operations
    ALWAYS = 0
    NOT_X
    X_DEC
    NOT_Y
    Y_DEC
    X_NOT_Y
    PIN                         # how a jump is taken
    WAITS
    UNKNOWN
    ON_PIN = 1
    ENDLESS = 1000              # instructions without a stall that no sensible program needs between two edges
    MOST_WORDS = 32

cdef struct Instruction:
    int what
    int pin                     # that it looks at
    int wanted                  # level that it waits for, or where it jumps to
    int following


class PioProgramError(Exception):
    """The program uses what is not known here, or never waits."""


cdef class PioStateMachine:
    """`words` is the assembled program; bit n of `levels` is the level of pin n of the chip."""

    cdef readonly tuple words, wrap
    cdef readonly uint32_t x, y
    cdef public bint is_active
    cdef readonly int waits_for
    """pin whose level it waits for"""
    cdef int at
    cdef Instruction[MOST_WORDS] program

    def __init__(self, words, wrap, int in_base, int jmp_pin):
        cdef int number
        if len(words) > MOST_WORDS:
            raise PioProgramError(f"{len(words)} instructions: a state machine has {MOST_WORDS}")
        self.waits_for = -1
        self.words, self.wrap = tuple(words), wrap
        self.at, top = wrap
        for number, word in enumerate(words):
            self.program[number] = decoded(word, in_base, jmp_pin)
            self.program[number].following = self.at if number == top else number + 1

    def go_on(self, int64_t levels):
        """Run until the program waits for a level that is not there."""
        cdef int spent
        cdef Instruction* one
        if not self.is_active:
            return
        for spent in range(ENDLESS):
            one = &self.program[self.at]
            if one.what == WAITS and (levels >> one.pin & 1) != one.wanted:
                self.waits_for = one.pin
                return
            if one.what == UNKNOWN:
                raise PioProgramError(f"instruction {one.wanted:#06x}: neither a jump nor a wait for a pin")
            self.at = one.wanted if self.takes(one, levels) else one.following
        raise PioProgramError(f"{ENDLESS} instructions without waiting for a pin")

    def turn(self, int64_t levels, int first, int second, int times):
        """So often the level of one pin changes, and then that of another one; the levels that are left."""
        cdef int one, pin
        for one in range(2 * times):
            pin = second if one & 1 else first
            levels ^= <int64_t>1 << pin
            if self.waits_for == pin:
                self.go_on(levels)
        return levels

    cdef bint takes(self, Instruction* one, int64_t levels) noexcept:
        """Whether a jump is taken."""
        if one.what == X_DEC:
            self.x -= 1
            return self.x != 0xFFFFFFFF
        if one.what == Y_DEC:
            self.y -= 1
            return self.y != 0xFFFFFFFF
        if one.what == ALWAYS:
            return True
        if one.what == PIN:
            return levels >> one.pin & 1
        if one.what == NOT_X:
            return not self.x
        if one.what == NOT_Y:
            return not self.y
        return one.what == X_NOT_Y and self.x != self.y


cdef Instruction decoded(int word, int in_base, int jmp_pin) noexcept:
    cdef int operation = word >> 13, how = (word >> 5) & 7
    if operation == JMP and how <= PIN:
        return Instruction(how, jmp_pin, word & 31, 0)
    if operation == WAIT and how & 3 == ON_PIN:
        return Instruction(WAITS, in_base + (word & 31), how >> 2, 0)
    return Instruction(UNKNOWN, 0, word, 0)
