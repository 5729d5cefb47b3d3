"""Closed loop for speed: proportional and integral, in integers of 30 bits.

    loop = SpeedLoop(2048, 512, 65535)
    duty = loop.step(target, encoder.count(), now_us)     # target in counts a second; a sample every SAMPLE_MS

duty = (kp * error + ki * sum of errors) / 256, cut to 0 .. most. The sum stands still while the duty is cut and would
go further beyond (conditional integration: Astrom and Hagglund, Advanced PID Control, section 3.5), so that a belt that
was held does not run away when it is let go.
"""

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


SAMPLE_MS = const(20)
_SHIFT = const(8)
_MASK = const(0x0FFFFFFF)
_HALF = const(0x08000000)
_MOST_ERROR = const(40000)
_MOST_MS = const(1000)


class SpeedLoop:
    """`kp` 0 to 4096 and `ki` 0 to 1024 in 1/256 of the output for each count a second; `most` 1 to 65,535."""

    def __init__(self, kp, ki, most):
        self.speed = 0
        self._kp = kp
        self._ki = ki
        self._most = most
        self._out = 0
        self._sum = 0  # already times ki: the integral's part of the output, in 1/256
        self._position = 0
        self._since = -1

    def reset(self):
        """The belt is to stand: forget what was."""
        self._out = 0
        self._sum = 0
        self.speed = 0
        self._since = -1

    def step(self, target, position, now_us):
        """The output for this time; target 0 to 20,000 counts a second, position and time wrap at 28 bits."""
        if self._since < 0:
            self._since = now_us
            self._position = position
            return self._out
        passed_ms = ((now_us - self._since) & _MASK) // 1000
        if passed_ms < SAMPLE_MS:
            return self._out
        counts = (position - self._position) & _MASK
        if counts >= _HALF:
            counts -= _MASK + 1
        self._since = now_us
        self._position = position
        if passed_ms > _MOST_MS:  # a pause of the loop: nothing to learn from it
            return self._out
        self._control(target, _cut(counts, _MOST_ERROR * SAMPLE_MS // 1000) * 1000 // passed_ms)
        return self._out

    def _control(self, target, speed):
        self.speed = speed
        error = _cut(target - speed, _MOST_ERROR)
        most = self._most << _SHIFT
        out = self._kp * error + self._sum
        if (out < most or error < 0) and (out > 0 or error > 0):
            self._sum += self._ki * error
            if self._sum > most:
                self._sum = most
            elif self._sum < 0:
                self._sum = 0
            out = self._kp * error + self._sum
        self._out = 0 if out < 0 else self._most if out > most else out >> _SHIFT


def _cut(value, most):
    return most if value > most else -most if value < -most else value
