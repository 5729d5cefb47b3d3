"""Durations times and by REAL as with doubles: each step rounded to 53 bits, halves to even, then to a whole number.

A board has no doubles, so this is done in whole numbers of 96 bits (rounding.py), in steps that are short enough for a
slice of a scan.
"""

from sorter_core.plc.rounding import behind, cut, nearest, size, up
from sorter_core.plc.words import copy64, neg64

_EXPONENT, _STAGE, _FAILED, _MORE, _NUMBER, _OTHER, _DIVISOR, _BIAS = 4, 5, 6, 7, 8, 14, 16, 1024
_PRECISION, _SHORT, _WORDS, _DIVIDED = 53, 4, 6, 9


def span_begin(H, d):
    """Begin at d, which has twenty words: the result, then what steps keep; word 6 is 1 at the end if there is none."""
    H[d + _STAGE] = H[d + _FAILED] = H[d + _MORE] = 0
    H[d + _EXPONENT] = _BIAS


def span_step(H, d, a, b, is_division):
    """d := the signed 64 bits at a times or by the single at word b, a step further; 0 at the end."""
    stage = H[d + _STAGE]
    H[d + _STAGE] = stage + 1
    return (_QUOTIENT if is_division else _PRODUCT)[stage](H, d, a, b)


def _exponent(H, b):
    return (H[b + 1] >> 7) & 255


def _take_factor(H, d, a, b):
    if _exponent(H, b) == 255:
        H[d + _FAILED] = 1
        return 0
    return _take(H, d, a)


def _take_dividend(H, d, a, b):
    """0 is what is left of a division by infinity; nothing else has a value then."""
    if _exponent(H, b) == 255:
        H[d] = H[d + 1] = H[d + 2] = H[d + 3] = 0
        H[d + _FAILED] = 1 if H[b + 1] & 127 or H[b] else 0
        return 0
    return _take(H, d, a)


def _take(H, d, a):
    """The size of the number at a."""
    w = d + _NUMBER
    if H[a + 3] > 32767:
        neg64(H, w, a)
    else:
        copy64(H, w, a)
    H[w + 4] = H[w + 5] = 0
    return 1


def _look_at_number(H, d, a, b):
    return _look(H, d, _SHORT, size(H, d + _NUMBER, _SHORT) - _PRECISION)


def _look_at_result(H, d, a, b):
    return _look(H, d, _WORDS, size(H, d + _NUMBER, _WORDS) - _PRECISION)


def _look_at_whole(H, d, a, b):
    return _look(H, d, _SHORT, _BIAS - H[d + _EXPONENT])


def _look(H, d, words, places):
    """Decide how the number is rounded by so many bits; the next two stages do it, which are left out where there are
    none."""
    if places > 0:
        H[d + _MORE] = behind(H, d + _NUMBER, words, places, H[d + _MORE])
        H[d] = places
    else:
        H[d + _STAGE] += 2
    return 1


def _cut_short(H, d, a, b):
    cut(H, d + _NUMBER, _SHORT, H[d])
    return 1


def _cut(H, d, a, b):
    cut(H, d + _NUMBER, _WORDS, H[d])
    return 1


def _nearest(H, d, a, b):
    nearest(H, d + _NUMBER, H[d + _MORE])
    H[d + _MORE] = 0
    H[d + _EXPONENT] += H[d]
    return 1


def _times_high(H, d, a, b):
    """The upper twelve bits of the factor times the number, kept beside it."""
    exponent = _exponent(H, b)
    H[d + _EXPONENT] += (exponent or 1) - 150
    high = (H[b + 1] & 127 | (128 if exponent else 0)) << 4 | H[b] >> 12
    carry = 0
    for i in range(d + _NUMBER, d + _NUMBER + _SHORT):
        carry += H[i] * high
        H[i + _WORDS] = carry & 65535
        carry >>= 16
    H[d + _NUMBER + _WORDS + _SHORT] = carry
    return 1


def _times_low(H, d, a, b):
    """The lower twelve bits times the number, and what was kept, twelve bits higher."""
    low = H[b] & 4095
    carry, before = 0, 0
    for i in range(d + _NUMBER, d + _NUMBER + _SHORT + 1):
        kept = H[i + _WORDS]
        carry += H[i] * low + ((kept & 15) << 12 | before)
        before = kept >> 4
        H[i] = carry & 65535
        carry >>= 16
    return 1


def _align(H, d, a, b):
    """Decide how far the number goes up to the top, so that a quotient has more than 53 bits."""
    room, exponent = 16 * _WORDS - size(H, d + _NUMBER, _SHORT), _exponent(H, b)
    H[d] = room
    H[d + _EXPONENT] += 150 - (exponent or 1) - room
    H[d + _DIVISOR], H[d + _DIVISOR + 1] = H[b], H[b + 1] & 127 | (128 if exponent else 0)
    H[d + _OTHER] = H[d + _OTHER + 1] = 0
    return 1


def _lift(H, d, a, b):
    up(H, d + _NUMBER, _WORDS, H[d])
    return 1


def _divide(H, d, a, b):
    """Two words by 24 bits, in digits of five or six bits; whether something is left over at last tells which half is
    the nearer."""
    divisor = H[d + _DIVISOR + 1] << 16 | H[d + _DIVISOR]
    at = d + _NUMBER + 2 * (_DIVIDED - H[d + _STAGE])
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
    return 1


def _move(H, d, a, b):
    """Decide how far the whole number goes up to its place, if it is one of 64 bits; else this is the end: 0."""
    move = H[d + _EXPONENT] - _BIAS
    bits = size(H, d + _NUMBER, _SHORT)
    if bits and bits + move > 64:
        H[d + _FAILED] = 1
        return 0
    H[d] = move
    if not (bits and move):
        H[d + _STAGE] += 1
    return 1


def _lift_whole(H, d, a, b):
    up(H, d + _NUMBER, _SHORT, H[d])
    return 1


def _sign(H, d, a, b):
    """The whole number with its sign, if it is one of 63 bits then."""
    w, is_minus = d + _NUMBER, (H[b + 1] ^ H[a + 3]) & 32768
    if is_minus:
        neg64(H, d, w)
    else:
        copy64(H, d, w)
    if (H[w + 3] or H[w + 2] or H[w + 1] or H[w]) and (H[d + 3] > 32767) != (is_minus > 0):
        H[d + _FAILED] = 1
    return 0


_ROUNDED = (_look_at_result, _cut, _nearest, _look_at_whole, _cut_short, _nearest, _move, _lift_whole, _sign)
_PRODUCT = (_take_factor, _look_at_number, _cut_short, _nearest, _times_high, _times_low) + _ROUNDED
_QUOTIENT = (
    _take_dividend,
    _look_at_number,
    _cut_short,
    _nearest,
    _align,
    _lift,
    _divide,
    _divide,
    _divide,
) + _ROUNDED
"""Stages: the number is rounded to 53 bits, then multiplied, or divided in three steps; both ways it is rounded again,
then to a whole number, which is moved to its place and gets its sign."""
