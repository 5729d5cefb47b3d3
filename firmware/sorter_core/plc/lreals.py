"""LREAL, where MicroPython has double floats: its square root, and whole numbers of it."""

from sorter_core.plc.reals import fits
from sorter_core.plc.rounding import behind, cut, nearest, up
from sorter_core.plc.words import neg64

_SPLIT = 134217729.0
_FAILED, _STAGE, _LEFT = 4, 5, 6
_ONE, _LARGEST = 1075, 1086
"""Exponents of doubles whose last bit is worth 1, and whose numbers have 64 bits."""


def lreal_root(D, U, L, d, value):
    """The square root of a double of 0 or more, rounded to nearest, as index d of D.

    The float function may be a little wrong: what its square leaves (Dekker's product) says by how much.
    """
    U()
    if value - value != 0 or value == 0:
        D[d] = value
        L()
        return
    scale = 1.0
    if value < 1e-270:
        value *= 1.298074214633707e33
        scale = 2.7755575615628914e-17
    elif value > 1e300:
        value *= 7.703719777548943e-34
        scale = 36028797018963968.0
    root = value**0.5
    high = _SPLIT * root
    high -= high - root
    low = root - high
    square = root * root
    lost = ((high * high - square) + 2.0 * high * low) + low * low
    lost = (value - square) - lost
    other = root + lost / (2.0 * root)
    # the middle of both is the bound between them
    half = (other - root) * 0.5
    if half and (lost - 2.0 * root * half > half * half) == (half > 0):
        root = other
    D[d] = root * scale
    L()


def whole_begin(H, d):
    """Begin at d, which has seven words: the result, then what steps keep; word 4 is 1 at the end if there is none."""
    H[d + _FAILED] = H[d + _STAGE] = 0


def whole_step(H, d, a, bits, is_signed, is_cut):
    """The double at word `a` as a whole number of a type of that many bits in the four words at d: to nearest, halves
    to even, or cut. A step further; 0 at the end."""
    stage = H[d + _STAGE]
    H[d + _STAGE] = stage + 1
    exponent = (H[a + 3] >> 4) & 2047
    if stage == 0:
        if exponent > _LARGEST:
            H[d + _FAILED] = 1
            return 0
        H[d], H[d + 1], H[d + 2] = H[a], H[a + 1], H[a + 2]
        H[d + 3] = H[a + 3] & 15 | (16 if exponent else 0)
        H[d + _LEFT] = 0 if is_cut else behind(H, d, 4, _ONE - exponent, 0)
        return 1
    if stage == 1:
        if exponent >= _ONE:
            up(H, d, 4, exponent - _ONE)
        else:
            cut(H, d, 4, _ONE - exponent)
            nearest(H, d, H[d + _LEFT])
        return 1
    is_below = H[a + 3] > 32767
    if not fits(H, d, bits, is_signed, is_below):
        H[d + _FAILED] = 1
    elif is_below:
        neg64(H, d, d)
    return 0
