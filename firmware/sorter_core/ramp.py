"""How fast something that may not jump goes at a time: a trapezoid, or an S-curve that has no jerk at its corners.

    ramp = Ramp(65535, 300, 0)            # full scale, ramp in ms, share of it that is rounded (0 to 500 permille)
    ramp.aim(1)
    duty = ramp.step(now_us)              # 0 to full scale

Integers of 30 bits only: a state is (rate, slope), in parts of ONE; time is taken in milliseconds, the rest is kept.
The curve: slope goes up by a constant for the rounded share of the ramp, stays, and goes down to 0 again, so
that the rate's second derivative is bounded (Biagiotti and Melchiorri, Trajectory Planning, section 3.4).
"""

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


ONE = const(1 << 28)
_MASK = const(0x0FFFFFFF)
_HALF = const(0x08000000)
_LONGEST_MS = const(50)


class Ramp:
    """Between 0 and `full` (1 to 1 << 20): from one to the other in `ramp_ms` (0 to 10,000), and `round_permille` of
    that, 0 to 500, at its beginning and again at its end with less slope."""

    def __init__(self, full, ramp_ms, round_permille):
        self.rate = 0
        self.is_moving = 0
        self._full = full
        self._wanted = 0
        self._last = -1
        self._rest_us = 0
        round_ms = ramp_ms * round_permille // 1000
        # the area under the slope is ONE: a plateau of (ramp - round) milliseconds at its height
        self._height = ONE // (ramp_ms - round_ms) if ramp_ms > round_ms else ONE
        self._jerk = self._height // round_ms if round_ms else self._height
        if not self._jerk:
            self._jerk = 1
        self._slope = 0

    def aim(self, is_on):
        """Up to full scale, or down to 0, from now on."""
        self._wanted = ONE if is_on else 0
        if self.rate != self._wanted:
            self.is_moving = 1

    def step(self, now_us):
        """The value at this time, 0 to full scale; `now_us` wraps at 28 bits, and a pause is no jump."""
        if not self.is_moving:
            self._last = now_us
            return self.value()
        if self._last < 0:
            self._last = now_us
        passed = ((now_us - self._last) & _MASK) + self._rest_us
        self._last = now_us
        if passed >= _HALF:
            passed = 0
        ms = passed // 1000
        self._rest_us = passed - 1000 * ms
        if ms > _LONGEST_MS:
            ms = _LONGEST_MS
        while ms and self.is_moving:
            self._millisecond()
            ms -= 1
        return self.value()

    def stop(self):
        """At 0 at once: something is wrong, or the current is off anyway."""
        self._wanted = 0
        self.jump()

    def jump(self):
        """Where it is to be, at once."""
        self.rate = self._wanted
        self._slope = 0
        self.is_moving = 0

    def value(self):
        """The value that `step` has returned last: rate * full / ONE, in halves, because it has more than 30 bits."""
        part = self.rate >> 9
        full = self._full
        return (part * (full >> 10) >> 9) + (part * (full & 1023) >> 19)

    def _millisecond(self):
        left = self._wanted - self.rate
        slope = self._slope
        sign = 1 if left > 0 else -1
        slope *= sign  # towards the aim
        left *= sign
        if slope < 0:  # it was on its way elsewhere: that ends first
            slope += self._jerk
        elif self._braking(slope) >= left:
            slope -= self._jerk
            if slope < self._jerk:
                slope = self._jerk
        elif slope < self._height:
            slope += self._jerk
            if slope > self._height:
                slope = self._height
        if slope >= left:
            self.rate = self._wanted
            self._slope = 0
            self.is_moving = 0
            return
        self.rate += sign * slope
        self._slope = sign * slope
        if self.rate < 0:
            self.rate = 0
        elif self.rate > ONE:
            self.rate = ONE

    def _braking(self, slope):
        """What the rate still gains while its slope goes down to nothing."""
        steps = slope // self._jerk
        return (slope >> 1) * (steps + 1)
