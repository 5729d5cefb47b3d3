"""REAL as bits: what conversions need, in integers."""

from sorter_core.plc.rounding import bits_of
from sorter_core.plc.words import copy64, neg64

_LOW_30 = (1 << 30) - 1


def real_to_whole(H, d, a, bits, is_signed, is_cut):
    """The single at word `a` as a whole number in the four words at d: to nearest, halves to even, or cut.

    1 if a type of that many bits has no such value, else 0.
    """
    high = H[a + 1]
    exponent = (high >> 7) & 255
    if exponent == 255:
        return 1
    mantissa = (high & 127) << 16 | H[a]
    if exponent:
        mantissa |= 1 << 23
    move = exponent - 150
    if move > 40:
        return 1
    if move < 0:
        mantissa = _without_fraction(mantissa, -move, is_cut)
        H[d], H[d + 1] = mantissa & 65535, mantissa >> 16
        H[d + 2] = H[d + 3] = 0
    else:
        _put(H, d, mantissa, move)
    is_below = high > 32767
    if not fits(H, d, bits, is_signed, is_below):
        return 1
    if is_below:
        neg64(H, d, d)
    return 0


def _put(H, d, mantissa, move):
    """Store 24 bits, moved up by 0 to 40, in four words."""
    H[d] = H[d + 1] = H[d + 2] = H[d + 3] = 0
    near = move & 15
    low, high = mantissa & 65535, mantissa >> 16
    at = d + (move >> 4)
    H[at] = (low & (65535 >> near)) << near
    middle = low >> (16 - near) | high << near
    H[at + 1] = middle & 65535
    if middle > 65535:
        H[at + 2] = middle >> 16


def _without_fraction(mantissa, places, is_cut):
    """mantissa / 2**places as a whole number."""
    if places > 25:
        return 0
    whole = mantissa >> places
    if is_cut:
        return whole
    rest = mantissa - (whole << places)
    half = 1 << (places - 1)
    if rest > half or (rest == half and whole & 1):
        whole += 1
    return whole


def fits(H, d, bits, is_signed, is_below):
    """True if the size at d, with that sign, is a value of the type."""
    if bits == 64:
        top = H[d + 3]
        rest = H[d] or H[d + 1] or H[d + 2]
    elif H[d + 2] or H[d + 3]:
        return False
    elif bits == 32:
        top = H[d + 1]
        rest = H[d]
    elif H[d + 1]:
        return False
    else:
        top = H[d]
        rest = 0
    if not is_signed:
        return not (is_below and (top or rest)) and (bits != 8 or top < 256)
    half = 128 if bits == 8 else 32768
    return top < half or (is_below and top == half and not rest)


def whole_to_real(H, d, a, is_signed):
    """The 64 bits at a as a single at d: to nearest, halves to even. d has four words."""
    sign = 0
    if is_signed and H[a + 3] > 32767:
        neg64(H, d, a)
        sign = 32768
    else:
        copy64(H, d, a)
    k = 3 if H[d + 3] else 2 if H[d + 2] else 1 if H[d + 1] else 0
    top = H[d + k]
    if top == 0:
        return
    gap = 16 - bits_of(top)
    top <<= gap
    second = H[d + k - 1] if k else 0
    third = H[d + k - 2] if k > 1 else 0
    is_more = k > 2 and H[d] != 0
    top |= second >> (16 - gap)
    second = (second & (65535 >> gap)) << gap | third >> (16 - gap)
    is_more = is_more or third & (65535 >> gap)
    mantissa = top << 8 | second >> 8
    rest = (second & 255) << 1 | (1 if is_more else 0)
    _pack(H, d, sign, 142 + 16 * k - gap, mantissa, rest > 256 or (rest == 256 and mantissa & 1))


def _pack(H, d, sign, exponent, mantissa, is_up):
    """Store a normal single; `mantissa` has 24 bits, `is_up` rounds its size up."""
    if is_up:
        mantissa += 1
        if mantissa >> 24:
            mantissa >>= 1
            exponent += 1
    H[d] = mantissa & 65535
    H[d + 1] = sign | exponent << 7 | (mantissa >> 16) & 127


def root(H, f, U, L, d, value):
    """The square root of a single of 0 or more, rounded to nearest, as index d of f.

    The float function may be a little wrong on a board: the guess is compared with the value in whole numbers.
    """
    f[d] = value
    w = 2 * d
    high = H[w + 1]
    if high & 32640 == 32640 or (high & 32767 == 0 and H[w] == 0):
        return
    mantissa, exponent = (high & 127) << 16 | H[w], high >> 7
    if exponent:
        mantissa |= 1 << 23
    else:
        gap = 8 - bits_of(mantissa >> 16) if mantissa > 65535 else 24 - bits_of(mantissa)
        exponent = 1 - gap
        mantissa <<= gap
    # value = mantissa * 2**(exponent - 150) = mantissa * 2**places * 2**(an even number)
    places = 23 if exponent & 1 else 24
    scale = (exponent + 150 - places) >> 1
    U()
    f[d] = value**0.5
    L()
    guess = (H[w + 1] & 127 | 128) << 16 | H[w]
    if (H[w + 1] >> 7) != scale:
        guess = 16777215 if (H[w + 1] >> 7) > scale else 8388608
    left = _difference(mantissa, places, guess)
    while left > guess or left < 1 - guess:
        guess += 1 if left > 0 else -1
        left = _difference(mantissa, places, guess)
    _pack(H, w, 0, scale, guess, False)


def _difference(mantissa, places, guess):
    """mantissa * 2**places - guess**2, known to be small: its low 30 bits, every step within them."""
    high, low = guess >> 12, guess & 4095
    left = (mantissa & ((1 << (30 - places)) - 1)) << places
    left = left - ((high * high & 63) << 24) & _LOW_30
    left = left - ((2 * high * low & 262143) << 12) & _LOW_30
    left = left - low * low & _LOW_30
    return left if left < 536870912 else left - 536870912 - 536870912
