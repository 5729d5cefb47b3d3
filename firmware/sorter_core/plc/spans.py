"""Durations times and by REAL as with doubles: each step rounded to 53 bits, halves to even, then to a whole number.

A board has no doubles, so this is done in whole numbers of any size, which take some bytes of heap.
"""

from sorter_core.plc.words import copy64, neg64

_STAGE, _EXPONENT, _FAILED, _BIAS = 5, 4, 6, 1024


def span_begin(H, d):
    """Begin at d, which has seven words: the result, then what steps keep; word 6 is 1 at the end if there is none."""
    H[d + _STAGE] = H[d + _FAILED] = 0


def span_step(H, d, a, b, is_division):
    """d := the signed 64 bits at a times or by the single at word b, a step further; 0 at the end."""
    stage = H[d + _STAGE]
    H[d + _STAGE] = stage + 1
    exponent = (H[b + 1] >> 7) & 255
    if exponent == 255:
        H[d + _FAILED] = _by_infinity(H, d, b, is_division)
        return 0
    if stage == 0:
        _normalize(H, d, a)
        return 1
    if stage == 1:
        _scale(H, d, (H[b + 1] & 127) << 16 | H[b], exponent, is_division)
        return 1
    _finish(H, d, (H[b + 1] ^ H[a + 3]) & 32768)
    return 0


def _read(H, a):
    return (H[a + 3] << 8 | H[a + 2] >> 8) << 40 | (H[a + 2] & 255) << 32 | H[a + 1] << 16 | H[a]


def _write(H, d, value):
    low, value = value & 268435455, value >> 28
    H[d] = low & 65535
    middle, high = value & 268435455, value >> 28
    H[d + 1] = low >> 16 | (middle & 15) << 12
    H[d + 2] = middle >> 4 & 65535
    H[d + 3] = middle >> 20 | (high & 255) << 8


def _size(value, most):
    """How many bits a small number has, at most `most`."""
    while most and not value >> (most - 1):
        most -= 8 if most > 8 and not value >> (most - 8) else 1
    return most


def _normalize(H, d, a):
    """Keep the size of a signed number with exactly 53 bits, or 0."""
    if H[a + 3] > 32767:
        neg64(H, d, a)
    else:
        copy64(H, d, a)
    k = 3 if H[d + 3] else 2 if H[d + 2] else 1 if H[d + 1] else 0
    size = 16 * k + _size(H[d + k], 16)
    value = _read(H, d)
    if size > 53:
        value = _nearest(value, size - 53, 0)
    else:
        value <<= 53 - size
    if value >> 53:
        value >>= 1
        size += 1
    _write(H, d, value)
    H[d + _EXPONENT] = size - 53 + _BIAS


def _scale(H, d, factor, exponent, is_division):
    """Times or by factor * 2**exponent of a single, rounded to 53 bits."""
    if exponent:
        factor |= 8388608
        exponent -= 1
    gap = 24 - _size(factor, 24)
    factor <<= gap
    exponent -= gap + 149
    value, places = _read(H, d), 23
    more = 0
    if is_division:
        # what division leaves over only says which half is the nearer
        value <<= 40
        whole = value // factor
        more = value - whole * factor
        value, places = whole, 16
        exponent = -40 - exponent
    else:
        value *= factor
    if value >> (53 + places):
        places += 1
    _write(H, d, _nearest(value, places, more))
    H[d + _EXPONENT] += exponent + places


def _finish(H, d, is_minus):
    """The kept value as a whole number."""
    value, move = _read(H, d), H[d + _EXPONENT] - _BIAS
    if move < 0:
        value = _nearest(value, -move, 0)
    elif value:
        if move > 11:
            H[d + _FAILED] = 1
            return
        value <<= move
    if value > ((1 << 63) if is_minus else (1 << 63) - 1):
        H[d + _FAILED] = 1
        return
    _write(H, d, -value if is_minus else value)


def _by_infinity(H, d, b, is_division):
    """0 is what is left of a division by infinity; nothing else has a value."""
    if not is_division or H[b + 1] & 127 or H[b]:
        return 1
    H[d] = H[d + 1] = H[d + 2] = H[d + 3] = 0
    return 0


def _nearest(value, places, more):
    """value and a bit `more` / 2**places as a whole number, halves to even."""
    if places > 150:
        return 0
    whole = value >> places
    rest = value - (whole << places)
    half = 1 << (places - 1)
    if rest > half or (rest == half and (more or whole & 1)):
        whole += 1
    return whole
