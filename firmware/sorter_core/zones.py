"""Zero-pressure accumulation: a row of conveyor zones with an eye at the end of each, whose parcels never touch.

    zones = Zones(4, options)
    running = zones.step(eyes, is_released, now_us)       # bit masks, zone 0 upstream; running: rollers that turn

A zone's parcel stands at its eye. It goes on when the next zone can take it: when that one is empty (singulation), or
as soon as its own parcel leaves (slug: the whole row starts together). The last zone lets go while it is released.
A zone that is empty turns, so that a parcel from upstream is taken in, and stands when its eye is blocked.

Jams, each after `jam_us` (up to 60 s; time wraps at 28 bits): the parcel does not leave its eye (SENSOR_JAM), or has
left and does not come to the next one (ARRIVAL_JAM). It is tried to clear `tries` times: both zones stand for `rest_us`
and try again. Then the zone is stopped until `reset`; those ahead of it go on, those behind it fill up.
"""

from array import array

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


MOST = const(16)
SENSOR_JAM = const(1)
ARRIVAL_JAM = const(2)

_STANDING = const(0)
_LEAVING = const(1)  # its parcel is still before the eye
_CROSSING = const(2)  # its parcel is between its eye and the next one
_RESTING = const(3)
_MASK = const(0x0FFFFFFF)


class Zones:
    """`count` zones, 1 to 16. `jams[i]` is 0, SENSOR_JAM or ARRIVAL_JAM for good; `tries_made` counts attempts."""

    def __init__(self, count, is_slug, jam_us, rest_us, tries):
        self.jams = bytearray(count)
        self.tries_made = 0
        self.running = 0
        self._count = count
        self._is_slug = is_slug
        self._jam_us = jam_us
        self._rest_us = rest_us
        self._tries = tries
        self._state = bytearray(count)
        self._before = bytearray(count)  # the state that a zone which rests goes back to
        self._tried = bytearray(count)
        self._since = array("i", [0] * count)
        self._must_clear = 0  # the next zone's eye is still blocked by its own parcel, which leaves, too

    def reset(self):
        """Jams are cleared by hand: all zones begin anew."""
        i = 0
        while i < self._count:
            self.jams[i] = 0
            self._state[i] = _STANDING
            self._tried[i] = 0
            i += 1
        self._must_clear = 0

    def step(self, eyes, is_released, now_us):
        """One look at all eyes (bit i: zone i's is blocked); which zones turn. From the last one upstream."""
        running = 0
        i = self._count - 1
        while i >= 0:
            state = self._state[i]
            if state == _RESTING:
                self._rest(i, now_us)
            elif state != _STANDING:
                self._go_on(i, eyes, now_us)
            elif not self.jams[i] and eyes >> i & 1 and self._can_leave(i, eyes, is_released):
                self._begin(i, eyes, now_us)
            i -= 1
        i = 0
        while i < self._count:
            if self._turns(i, eyes, is_released):
                running |= 1 << i
            i += 1
        self.running = running
        return running

    def _can_leave(self, i, eyes, is_released):
        if i == self._count - 1:
            return is_released
        if self.jams[i + 1] or self._state[i + 1] == _RESTING:
            return 0
        if not eyes >> (i + 1) & 1:
            return self._state[i + 1] == _STANDING or self._is_slug
        return self._is_slug and self._state[i + 1] == _LEAVING

    def _begin(self, i, eyes, now_us):
        self._state[i] = _LEAVING
        self._tried[i] = 0
        self._since[i] = now_us
        bit = 1 << i
        self._must_clear &= ~bit
        if i < self._count - 1 and eyes >> (i + 1) & 1:
            self._must_clear |= bit

    def _go_on(self, i, eyes, now_us):
        """A transfer: out of its eye, then into the next one."""
        is_last = i == self._count - 1
        bit = 1 << i
        ahead = 0 if is_last else eyes >> (i + 1) & 1
        if not ahead:
            self._must_clear &= ~bit
        if self._state[i] == _LEAVING and not eyes & bit:
            self._state[i] = _STANDING if is_last else _CROSSING
            self._since[i] = now_us
        elif self._state[i] == _CROSSING and ahead and not self._must_clear & bit:
            self._state[i] = _STANDING
        elif ((now_us - self._since[i]) & _MASK) >= self._jam_us:
            self._jam(i, now_us)

    def _jam(self, i, now_us):
        """The transfer takes too long: rest and try again, or give up."""
        state = self._state[i]
        if self._tried[i] < self._tries:
            self._tried[i] += 1
            self.tries_made += 1
            self._before[i] = state
            self._state[i] = _RESTING
        else:
            self.jams[i] = SENSOR_JAM if state == _LEAVING else ARRIVAL_JAM
            self._state[i] = _STANDING
        self._since[i] = now_us

    def _rest(self, i, now_us):
        if ((now_us - self._since[i]) & _MASK) >= self._rest_us:
            self._state[i] = self._before[i]
            self._since[i] = now_us

    def _turns(self, i, eyes, is_released):
        """A zone turns while its own parcel leaves, while one comes into it, and while it is empty and may take one."""
        if self.jams[i]:
            return 0
        state = self._state[i]
        if state == _LEAVING or state == _CROSSING:
            return 1
        if state == _RESTING:
            return 0
        if i and self._state[i - 1] == _RESTING:
            return 0
        if i and self._state[i - 1] != _STANDING:
            return 1
        return 1 if i == 0 and not eyes & 1 else 0
