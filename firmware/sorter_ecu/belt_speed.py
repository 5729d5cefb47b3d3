"""The speed of the belt as its host has set it: within the line's limits, and never by a jump.

    speed = BeltSpeed(motors, limits)     # of this board; least, most and per round, of the line's image
    why = speed.ask(600)                  # mm/s: TAKEN, or why not
    speed.go_on()                         # once a round of the loop's chores, every 64 of its turns or more

It begins at the most, which is the belt's rated speed. It changes so slowly that the gate logic goes on sorting: what
`sortyard check` allows is in the image. A board that is reset begins at the most again. What meters parcels onto the
belt, and the lane at the end of its loop, go as fast as it does: else gaps would be others than those that were opened.
"""

from micropython import const

TAKEN = const(0)
NO_DRIVE = const(1)
OUT_OF_RANGE = const(2)

_SHARE = const(4096)
_PART = const(256)


class BeltSpeed:
    """`now` is what the drives are told, `aim` where it goes to: mm/s, 0 where this board does not set the speed."""

    def __init__(self, motors, limits):
        self.least, self.most, self._step = limits
        self._told = [motor for motor in motors if hasattr(motor, "set_share")]
        if not self._told:
            self.least = 0
        if not self.least:
            self.most = 0
        self.now = self.aim = self.most
        self._at = self.most * _PART  # finer than the drive is told

    def ask(self, mm_s):
        """Go to this speed."""
        if not self.least:
            return NO_DRIVE
        if not self.least <= mm_s <= self.most:
            return OUT_OF_RANGE
        self.aim = mm_s
        return TAKEN

    def go_on(self):
        """A step towards it."""
        left = self.aim * _PART - self._at
        if not left:
            return
        step = self._step
        self._at += step if left > step else -step if left < -step else left
        now = self._at // _PART
        if now != self.now:
            self.now = now
            share = now * _SHARE // self.most
            for motor in self._told:
                motor.set_share(share)
