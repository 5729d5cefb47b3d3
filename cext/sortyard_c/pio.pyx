"""A PIO state machine of an RP2040, instruction by instruction, as far as it waits for pins and counts.

Encodings: RP2040 datasheet, section 3.4. It runs until it stalls; whoever changes a pin lets it go on.
"""

cimport cython
from libc.stdint cimport int64_t

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
    SHOWN = 0x0FFFFFFF          # of 32 bits, what is a small integer on the board; the firmware counts in as many


SHOWN_BITS = SHOWN
"""Of X and Y what a guest sees."""


class PioProgramError(Exception):
    """The program uses what is not known here, or never waits."""


@cython.final
cdef class PioStateMachine:
    """`words` is the assembled program; bit n of `levels` is the level of pin n of the chip, `waits_for` the pin whose
    level it waits for."""

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

    cpdef int go_on(self, int64_t levels) except -1:
        """Run until the program waits for a level that is not there."""
        cdef int spent
        cdef Instruction* one
        if not self.is_active:
            return 0
        for spent in range(ENDLESS):
            one = &self.program[self.at]
            if one.what == WAITS and (levels >> one.pin & 1) != one.wanted:
                self.waits_for = one.pin
                return 0
            if one.what == UNKNOWN:
                raise PioProgramError(f"instruction {one.wanted:#06x}: neither a jump nor a wait for a pin")
            self.at = one.wanted if self.takes(one, levels) else one.following
        raise PioProgramError(f"{ENDLESS} instructions without waiting for a pin")

    cpdef int64_t turn(self, int64_t levels, int first, int second, int times) except? -1:
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


cdef class PioMachines:
    """The state machines of one chip, by unit. `has_others` is set by whoever counts with something else, too."""

    def __init__(self):
        self.machines = {}

    def show_in(self, int[::1] registers):
        """Where the guest sees X and Y of each unit."""
        self.registers = registers

    cdef void show_machines(self) noexcept:
        """Let the guest see them as they are."""
        cdef int unit
        cdef PioStateMachine machine
        for unit, machine in self.machines.items():
            self.registers[2 * unit] = machine.x & SHOWN
            self.registers[2 * unit + 1] = machine.y & SHOWN

    cdef PioStateMachine alone(self):
        """The one that there is, None where there are more, or something else."""
        cdef PioStateMachine machine
        if len(self.machines) != 1 or self.has_others:
            return None
        for machine in self.machines.values():
            return machine


cdef Instruction decoded(int word, int in_base, int jmp_pin) noexcept:
    cdef int operation = word >> 13, how = (word >> 5) & 7
    if operation == JMP and how <= PIN:
        return Instruction(how, jmp_pin, word & 31, 0)
    if operation == WAIT and how & 3 == ON_PIN:
        return Instruction(WAITS, in_base + (word & 31), how >> 2, 0)
    return Instruction(UNKNOWN, 0, word, 0)
