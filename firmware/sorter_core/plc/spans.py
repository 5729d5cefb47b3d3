"""Durations times and by REAL as with doubles: each step rounded to 53 bits, halves to even, then to a whole number.

A board has no doubles, so this is done in whole numbers of 96 bits (rounding.py), in steps that are short enough for a
slice of a scan.
"""

from sorter_core.plc.rounding import behind, cut_nearest, size, up
from sorter_core.plc.words import copy64, neg64

_EXPONENT, _STAGE, _FAILED, _MORE, _NUMBER, _OTHER, _BIAS = 4, 5, 6, 7, 8, 14, 1024
_PRECISION, _SHORT, _WORDS = 53, 4, 6
_SCALE, _DIVIDE, _PRODUCT, _WHOLE, _MOVE = 2, 3, 6, 8, 10
"""Stages: the first two round the number to 53 bits, then it is multiplied, or divided in three steps; both ways it is
rounded again, then to a whole number, which is moved to its place and gets its sign."""


def span_begin(H, d):
    """Begin at d, which has twenty words: the result, then what steps keep; word 6 is 1 at the end if there is none."""
    H[d + _STAGE] = H[d + _FAILED] = H[d + _MORE] = 0
    H[d + _EXPONENT] = _BIAS


def span_step(H, d, a, b, is_division):
    """d := the signed 64 bits at a times or by the single at word b, a step further; 0 at the end."""
    stage = H[d + _STAGE]
    H[d + _STAGE] = stage + 1
    exponent = (H[b + 1] >> 7) & 255
    if stage == 0:
        if exponent == 255:
            H[d + _FAILED] = _by_infinity(H, d, b, is_division)
            return 0
        _take(H, d, a)
        _look(H, d, _SHORT, size(H, d + _NUMBER, _SHORT) - _PRECISION)
    elif stage == _SCALE:
        H[d + _EXPONENT] += _place(exponent, is_division)
        if is_division:
            _align(H, d)
        else:
            _times_high(H, d, _mantissa(H, b, exponent) >> 12)
    elif stage == _PRODUCT:
        _look(H, d, _WORDS, size(H, d + _NUMBER, _WORDS) - _PRECISION)
    elif stage == _WHOLE:
        _look(H, d, _SHORT, _BIAS - H[d + _EXPONENT])
    elif stage < _SCALE or _PRODUCT < stage < _MOVE:
        _round(H, d, _WORDS if stage == _PRODUCT + 1 else _SHORT)
    elif stage < _PRODUCT:
        mantissa = _mantissa(H, b, exponent)
        if is_division:
            _divide(H, d, mantissa, d + _NUMBER + _WORDS - 2 * (stage - _DIVIDE + 1))
        else:
            _times_low(H, d, mantissa & 4095)
            H[d + _STAGE] = _PRODUCT
    elif stage == _MOVE:
        return _move(H, d)
    else:
        _sign(H, d, (H[b + 1] ^ H[a + 3]) & 32768)
        return 0
    return 1


def _mantissa(H, b, exponent):
    """The 24 bits of a single."""
    return (H[b + 1] & 127 | (128 if exponent else 0)) << 16 | H[b]


def _place(exponent, is_division):
    """The power of two that a factor's 24 bits, or a divisor's, bring with them."""
    power = (exponent or 1) - 150
    return -power if is_division else power


def _take(H, d, a):
    """The size of the number at a."""
    w = d + _NUMBER
    if H[a + 3] > 32767:
        neg64(H, w, a)
    else:
        copy64(H, w, a)
    H[w + 4] = H[w + 5] = 0


def _look(H, d, words, places):
    """Decide how the number is rounded by so many bits; the next stage does it, which is left out where there are
    none."""
    if places > 0:
        H[d + _MORE] = behind(H, d + _NUMBER, words, places, H[d + _MORE])
        H[d] = places
    else:
        H[d + _STAGE] += 1


def _round(H, d, words):
    """Round the number as has been decided."""
    cut_nearest(H, d + _NUMBER, words, H[d], H[d + _MORE])
    H[d + _MORE] = 0
    H[d + _EXPONENT] += H[d]


def _times_high(H, d, high):
    """The upper twelve bits of the factor times the number, kept beside it."""
    carry = 0
    for i in range(d + _NUMBER, d + _NUMBER + _SHORT):
        carry += H[i] * high
        H[i + _WORDS] = carry & 65535
        carry >>= 16
    H[d + _NUMBER + _WORDS + _SHORT] = carry


def _times_low(H, d, low):
    """The lower twelve bits times the number, and what was kept, twelve bits higher."""
    carry, before = 0, 0
    for i in range(d + _NUMBER, d + _NUMBER + _SHORT + 1):
        kept = H[i + _WORDS]
        carry += H[i] * low + ((kept & 15) << 12 | before)
        before = kept >> 4
        H[i] = carry & 65535
        carry >>= 16


def _align(H, d):
    """Move the number up to the top, so that a quotient has more than 53 bits."""
    w = d + _NUMBER
    room = 16 * _WORDS - size(H, w, _SHORT)
    up(H, w, _WORDS, room)
    H[d + _EXPONENT] -= room
    H[d + _OTHER] = H[d + _OTHER + 1] = 0


def _divide(H, d, divisor, at):
    """Two words by 24 bits, in digits of five or six bits; whether something is left over at last tells which half is
    the nearer."""
    rest = H[d + _OTHER + 1] << 16 | H[d + _OTHER]
    for i in range(at + 1, at - 1, -1):
        word = H[i]
        rest = rest << 5 | word >> 11
        digit = rest // divisor
        quotient = digit << 11
        rest = (rest - digit * divisor) << 5 | word >> 6 & 31
        digit = rest // divisor
        quotient |= digit << 6
        rest = (rest - digit * divisor) << 6 | word & 63
        digit = rest // divisor
        H[i] = quotient | digit
        rest -= digit * divisor
    H[d + _OTHER], H[d + _OTHER + 1] = rest & 65535, rest >> 16
    H[d + _MORE] = 1 if rest else 0


def _move(H, d):
    """Move the whole number up to its place, if it is one of 64 bits; else this is the end: 0."""
    w, move = d + _NUMBER, H[d + _EXPONENT] - _BIAS
    bits = size(H, w, _SHORT)
    if bits and bits + move > 64:
        H[d + _FAILED] = 1
        return 0
    if bits and move:
        up(H, w, _SHORT, move)
    return 1


def _sign(H, d, is_minus):
    """The whole number with its sign, if it is one of 63 bits then."""
    w = d + _NUMBER
    if is_minus:
        neg64(H, d, w)
    else:
        copy64(H, d, w)
    if (H[w + 3] or H[w + 2] or H[w + 1] or H[w]) and (H[d + 3] > 32767) != (is_minus > 0):
        H[d + _FAILED] = 1


def _by_infinity(H, d, b, is_division):
    """0 is what is left of a division by infinity; nothing else has a value."""
    if not is_division or H[b + 1] & 127 or H[b]:
        return 1
    H[d] = H[d + 1] = H[d + 2] = H[d + 3] = 0
    return 0
