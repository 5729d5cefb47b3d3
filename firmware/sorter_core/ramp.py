"""How fast something that may not jump goes at a time: a trapezoid, or an S-curve that has no jerk at its corners.

    ramp = Ramp(65535, 300, 0)            # full scale, ramp in ms, share of it that is rounded (0 to 500 permille)
    ramp.aim(1, now_us)
    duty = ramp.step(now_us)              # 0 to full scale: its first millisecond has passed at once

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
        self._coarse = full >> 10
        self._fine = full & 1023
        self._wanted = 0
        self._last = 0
        self._rest_us = 0
        round_ms = ramp_ms * round_permille // 1000
        # the area under the slope is ONE: a plateau of (ramp - round) milliseconds at its height
        self._height = ONE // (ramp_ms - round_ms) if ramp_ms > round_ms else ONE
        self._jerk = max(self._height // round_ms, 1) if round_ms else 0  # 0: a trapezoid
        self._slope = 0

    def aim(self, is_on, now_us):
        """Up to full scale, or down to 0, from now on; `now_us` wraps at 28 bits or later."""
        self._wanted = ONE if is_on else 0
        if self.rate != self._wanted and not self.is_moving:
            self.is_moving = 1
            self._last = (now_us - 1000) & _MASK
            self._rest_us = 0

    def step(self, now_us):
        """The value at this time, 0 to full scale; `now_us` wraps at 28 bits or later, and a pause is no jump.

        However many milliseconds have passed, they are one piece of work: a loop has no time for each of them.
        """
        if self.is_moving:
            passed = ((now_us - self._last) & _MASK) + self._rest_us
            self._last = now_us
            if passed >= _HALF:
                passed = 0
            ms = passed // 1000
            self._rest_us = passed - 1000 * ms
            if ms > _LONGEST_MS:
                ms = _LONGEST_MS
            if ms:
                if self._jerk:
                    self._bend(ms)
                else:
                    left = self._wanted - self.rate
                    height = self._height
                    if height >= (left if left > 0 else -left) // ms:
                        self.jump()
                    else:
                        self.rate += height * ms if left > 0 else -height * ms
        # rate * full / ONE, in halves, because it has more than 30 bits
        part = self.rate >> 9
        return (part * self._coarse >> 9) + (part * self._fine >> 19)

    def stop(self):
        """At 0 at once: something is wrong, or the current is off anyway."""
        self._wanted = 0
        self.jump()

    def jump(self):
        """Where it is to be, at once."""
        self.rate = self._wanted
        self._slope = 0
        self.is_moving = 0

    def _bend(self, ms):
        """So many milliseconds of an S-curve, 1 or more, with one change of slope."""
        left = self._wanted - self.rate
        slope = self._slope
        height = self._height
        sign = 1 if left > 0 else -1
        slope *= sign  # towards the aim
        left *= sign
        change = self._jerk * ms if self._jerk < height // ms else height
        if slope < 0:  # it was on its way elsewhere: that ends first
            slope += change
            if slope > 0:
                slope = 0
        elif slope > left // ms or self._braking(slope) + slope * (ms - 1) >= left:
            slope -= change
            if slope < self._jerk:
                slope = self._jerk
        else:
            slope += change
            if slope > height:
                slope = height
        if slope >= left // ms:
            self.jump()
            return
        self._slope = slope = sign * slope
        rate = self.rate + slope * ms
        if rate < 0:
            rate = 0
        elif rate > ONE:
            rate = ONE
        self.rate = rate

    def _braking(self, slope):
        """What the rate still gains while its slope goes down to nothing."""
        steps = slope // self._jerk
        return (slope >> 1) * (steps + 1)
