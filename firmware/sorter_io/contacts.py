"""The operator's contacts: emergency stop (monitored, not made safe), start, stop and reset.

    contacts = Contacts({"estop": 22, "start": 26, "reset": 27}, options)
    if inputs & contacts.watched has changed or not contacts.is_quiet:
        if contacts.poll(inputs): feed(contacts.kind, contacts.level)

The emergency stop is the auxiliary contact of a hard-wired relay, closed (high) while all is well: a cut wire
stops. It acts at once; it is released, and a button (high while pressed) counts, once, when all contacts have
kept still for `settle_turns` turns of the loop. Nothing here starts: after a release a reset and a start are pressed.

A relay's second channel may be wired, too. Either one stops. If they differ for `discrepancy_turns`, one of them is
welded or its wire is broken: the stop is latched (`is_discrepant`) until both have been seen open together.
"""

from machine import Pin
from micropython import const

from sorter_io.chip import input_bit

DRIVER = "Contacts"
PINS = {"estop": "pulled", "estop2": "pulled", "start": "in", "stop": "in", "reset": "in"}
OPTIONAL_PINS = ("estop", "estop2", "start", "stop", "reset")
OPTIONS = (
    ("settle_turns", 20, 1, 1000, "turns", "of the control loop"),
    ("discrepancy_turns", 500, 20, 5000, "turns", "for which the two channels may differ"),
)

_ESTOP = const(9)
_BUTTONS = (("reset", 10), ("start", 11), ("stop", 13))


class Contacts:
    """`kind` and `level` are the input of the gate logic that `poll` has found."""

    def __init__(self, pins, options):
        self.kind = 0
        self.level = 0
        self._settle = options["settle_turns"]
        self.is_discrepant = 0
        self._discrepancy = max(options["discrepancy_turns"], self._settle + 1)
        self._still = self._settle  # turns without a change after which there is nothing more to tell
        self._estop_bits = self._input(pins, "estop") | self._input(pins, "estop2")
        self._is_estop = 0
        self._bits = [self._input(pins, name) for name, _ in _BUTTONS]
        self._kinds = [kind for _, kind in _BUTTONS]
        self.watched = self._estop_bits
        for bit in self._bits:
            self.watched |= bit
        self.is_quiet = 0  # nothing can be told as long as the watched inputs stay as they are
        self._last = self._estop_bits
        self._turns = 0  # in which the contacts have not changed, up to `settle_turns`
        self._at = -1

    def _input(self, pins, name):
        if name not in pins:
            return 0
        Pin(pins[name], Pin.IN, Pin.PULL_DOWN)
        return input_bit(pins[name])

    def poll(self, inputs):
        """Look at the inputs of this turn; 1 when something is to be told, more of it in the next turn."""
        inputs &= self.watched
        if inputs != self._last:
            self._last = inputs
            self._turns = 0
            self._at = -1
            self.is_quiet = 0
            closed = inputs & self._estop_bits
            self._still = self._discrepancy if closed and closed != self._estop_bits else self._settle
            if closed != self._estop_bits and not self._is_estop:
                return self._tell_estop(1)
            return 0
        if self._at >= 0:
            return self._next_button()
        if self._turns == self._still:
            self.is_quiet = 1
            return 0
        self._turns += 1
        if self._turns == self._discrepancy:
            self.is_discrepant = 1
        return self._settled() if self._turns == self._settle else 0

    def _tell_estop(self, level):
        self._is_estop = level
        self.kind = _ESTOP
        self.level = level
        return 1

    def _settled(self):
        """The contacts have kept still for long enough to be believed: the buttons' in the turns that follow."""
        self._at = 0
        closed = self._last & self._estop_bits
        if not closed:
            self.is_discrepant = 0
        if self._is_estop and closed == self._estop_bits and not self.is_discrepant:
            return self._tell_estop(0)
        return 0

    def _next_button(self):
        while self._at < len(self._bits):
            i = self._at
            self._at = i + 1
            if self._last & self._bits[i]:
                self.kind = self._kinds[i]
                self.level = 1
                return 1
        self._at = -1
        return 0
