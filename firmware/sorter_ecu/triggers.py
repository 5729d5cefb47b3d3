"""Scanners that an eye tells to read, and until when: the last code of a parcel comes when it has left the eye.

    triggers = Triggers(((0, 3, 250),), scanners, n_eyes)   # scanner 0 by eye 3, and for 250 counts behind it
    triggers.edge(eye, 1, position)                         # a parcel is before the eye; 0: it has left
    triggers.close(position)                                # now and then: one that has had its time is told to stop

How far a parcel goes on until its code has been told is given in counts at the belt's rated speed: a belt that goes
slower, or stands, leaves the scanner more time. The next parcel is told anew, as some makes stop by themselves.
"""

from array import array

from micropython import const

_MASK = const(0x0FFFFFFF)
_HALF = const(0x08000000)


class Triggers:
    """`told` are scanner, eye and counts; an eye may tell several scanners, a scanner listens to one eye."""

    def __init__(self, told, scanners, n_eyes):
        self._scanners = scanners
        self._by_eye = bytearray(n_eyes)  # the scanners that it tells to read, a bit each
        self._counts = array("i", [0] * len(scanners))
        self._ends = array("i", [0] * len(scanners))
        self._closing = 0  # scanners that are to be told to stop, a bit each
        for scanner, eye, counts in told:
            self._by_eye[eye] |= 1 << scanner
            self._counts[scanner] = counts

    def edge(self, eye, is_blocked, position):
        """An edge of an eye at that position of the belt."""
        told = self._by_eye[eye]
        if is_blocked:
            self._closing &= ~told
        else:
            self._closing |= told
        i = 0
        while told:
            if told & 1:
                if is_blocked:
                    self._scanners[i].trigger(1)
                else:
                    self._ends[i] = (position + self._counts[i]) & _MASK
            told >>= 1
            i += 1

    def close(self, position):
        """Tell one scanner to stop, if it is time for one."""
        closing = self._closing
        i = 0
        while closing:
            if closing & 1 and not (position - self._ends[i]) & _HALF:
                self._closing &= ~(1 << i)
                self._scanners[i].trigger(0)
                return
            closing >>= 1
            i += 1
