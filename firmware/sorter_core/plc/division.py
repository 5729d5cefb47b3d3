"""Division of 32- and 64-bit integers in memory (see words.py), and the number of turns of a loop.

Division of 64 bits goes in steps, each short enough for a slice of a scan: `div64_begin`, then `div64_step` until it
answers 0. What is under way is in memory.
"""

from sorter_core.plc.words import cmp64, copy64, neg64, sub64, ucmp64

_MANY_TURNS = (1 << 30) - 1


def div32(H, d, a, b, is_signed):
    """d := a / b, the two words behind it := a MOD b. 0, or 1 for a divisor of 0, 2 if the quotient does not fit."""
    xl, xh = H[a], H[a + 1]
    yl, yh = H[b], H[b + 1]
    if yl == 0 and yh == 0:
        return 1
    x_minus = is_signed and xh > 32767
    y_minus = is_signed and yh > 32767
    if x_minus:
        xh = 65535 - xh if xl else 65536 - xh
        xl = -xl & 65535
    if y_minus:
        yh = 65535 - yh if yl else 65536 - yh
        yl = -yl & 65535
    if yh:
        _by_two_words(H, d, xl, xh, yl, yh)
    else:
        _by_one_word(H, d, xl, xh, yl)
    if x_minus:
        low = H[d + 2]
        H[d + 2] = -low & 65535
        H[d + 3] = (65535 if low else 65536) - H[d + 3] & 65535
    if x_minus != y_minus:
        low = H[d]
        H[d] = -low & 65535
        H[d + 1] = (65535 if low else 65536) - H[d + 1] & 65535
    elif is_signed and H[d + 1] > 32767:
        return 2
    return 0


def _by_one_word(H, d, low, high, y):
    """Quotient and rest of 32 bits by 16; every number that is divided has less than 31."""
    word = high // y
    left = high - word * y
    H[d + 1] = word
    if y < 16384:
        left = left << 16 | low
        word = left // y
        H[d] = word
    else:
        left = left << 8 | low >> 8
        first = left // y
        left = left - first * y << 8 | low & 255
        word = left // y
        H[d] = first << 8 | word
    H[d + 2] = left - word * y
    H[d + 3] = 0


def _by_two_words(H, d, xl, xh, yl, yh):
    """Quotient and rest by 17 to 32 bits. 28 of them tell the quotient to a few too little: what is left is divided
    again until it is below the divisor."""
    most = (yh << 12 | yl >> 4) + 1
    y0, y1 = yl & 255, yl >> 8
    total = 0
    while True:
        word = (xh << 12 | xl >> 4) // most
        if word == 0:
            if xh < yh or (xh == yh and xl < yl):
                break
            word = 1
        total += word
        low = word * y0
        middle = word * y1 + (low >> 8)
        xl -= (middle & 255) << 8 | low & 255
        xh = xh - word * yh - (middle >> 8) + (xl >> 16)
        xl &= 65535
    H[d] = total
    H[d + 1] = 0
    H[d + 2] = xl
    H[d + 3] = xh


def div64_by_small(H, d, a, y):
    """d := a / y for a signed a, truncated toward zero; y from 1 to 16383. d may be a."""
    is_minus = H[a + 3] > 32767
    if is_minus:
        neg64(H, d, a)
        a = d
    left = H[a + 3]
    word = left // y
    H[d + 3] = word
    left = left - word * y << 16 | H[a + 2]
    word = left // y
    H[d + 2] = word
    left = left - word * y << 16 | H[a + 1]
    word = left // y
    H[d + 1] = word
    left = left - word * y << 16 | H[a]
    H[d] = left // y
    if is_minus:
        neg64(H, d, d)


# A division under way, in words from d on: quotient (4), rest (5), divisor without its sign (5), the same times 256 (5)
_DIVISOR, _PLACE, _SIZE, _TOP, _SIGNS, _MORE = 9, 19, 20, 21, 22, 23
_X_MINUS, _Y_MINUS, _SIGNED = 1, 2, 4


def div64_begin(H, d, a, b, is_signed):
    """Begin d := a / b, with a MOD b in the four words behind it; d has 24 words apart from a and b.

    `is_signed`: 0 neither is, 1 both are, 2 only a is. 1 for a divisor of 0, else 0.
    """
    if not (H[b] or H[b + 1] or H[b + 2] or H[b + 3]):
        return 1
    signs = 0
    x, y = d + 4, d + 9
    if is_signed and H[a + 3] > 32767:
        neg64(H, x, a)
        signs = _X_MINUS
    else:
        copy64(H, x, a)
    if is_signed == 1 and H[b + 3] > 32767:
        neg64(H, y, b)
        signs |= _Y_MINUS
    else:
        copy64(H, y, b)
    H[d + _SIGNS] = signs | _SIGNED if is_signed else 0
    H[d] = H[d + 1] = H[d + 2] = H[d + 3] = H[d + 8] = 0
    H[d + _SIZE] = H[d + _MORE] = 0
    return 0


def div64_step(B, H, d):
    """Go on with a division; 0 at its end: then word 23 is 1 if the quotient does not fit, else 0."""
    n = H[d + _SIZE]
    if n == 0:
        _scale(H, d)
        return 1
    j = H[d + _PLACE]
    q = -1
    if H[d + _MORE]:
        # back to a rest that is not below 0
        B[2 * d + j] -= 1
    elif j == 0:
        _settle(H, d)
        return 0
    elif n == 2:
        _by_word(H, d, H[d + 9], 2 if j > 2 else 0)
        H[d + _PLACE] = 2 if j > 2 else 0
        return 1
    else:
        j -= 1
        H[d + _PLACE] = j
        k = 2 * d + 8 + n + j
        q = (B[k] << 16 | B[k - 1] << 8 | B[k - 2]) // H[d + _TOP]
        if q == 0:
            return 1
        # at most two too high, because it knows two bytes of the divisor and three of what is left
        q = q if q < 256 else 255
        B[2 * d + j] = q
    # q times the divisor of n bytes, moved up by j, is taken from what is left
    y = d + _DIVISOR + (5 if j & 1 else 0)
    move = d + 4 + (j >> 1) - y
    carry = 0
    for i in range(y, y + (n + (j & 1) + 2 >> 1)):
        at = i + move
        carry += H[at] - q * H[i]
        H[at] = carry & 65535
        carry >>= 16
    H[d + _MORE] = carry <= 0 if q < 0 else carry < 0
    return 1


def _scale(H, d):
    """What the steps want to know of the divisor: how many bytes it has, the upper two, and it itself times 256."""
    w, x = H[d + 9], H[d + 10]
    y, z = H[d + 11], H[d + 12]
    n = 8 if z else 6 if y else 4 if x else 2
    if n > 2:
        H[d + 13] = 0
        H[d + 14] = (w & 255) << 8
        H[d + 15] = (x & 255) << 8 | w >> 8
        H[d + 16] = (y & 255) << 8 | x >> 8
        H[d + 17] = (z & 255) << 8 | y >> 8
        H[d + 18] = z >> 8
        top = z or y or x
        if top < 256:
            n -= 1
            top = top << 8 | H[d + 8 + (n >> 1)] >> 8
        H[d + _TOP] = top
    H[d + _SIZE] = n
    H[d + _PLACE] = 9 - n


def _settle(H, d):
    """Signs of the quotient and the rest, and whether the quotient fits."""
    signs = H[d + _SIGNS]
    if signs & _X_MINUS:
        neg64(H, d + 4, d + 4)
    is_minus = (signs + 1) & 2
    if is_minus:
        neg64(H, d, d)
    H[d + _MORE] = 1 if signs and not is_minus and H[d + 3] > 32767 else 0


def _by_word(H, d, y, at):
    """Two words of the quotient by one, those at d + at; every number that is divided has less than 31 bits. What is
    left is kept where its upper half was, and is the rest at last."""
    left = 0 if at else H[d + 6]
    for k in range(d + at + 1, d + at - 1, -1):
        x = H[k + 4]
        if y < 16384:
            left = left << 16 | x
            word = left // y
            H[k] = word
            left -= word * y
            continue
        left = left << 8 | x >> 8
        high = left // y
        left = left - high * y << 8 | x & 255
        low = left // y
        left -= low * y
        H[k] = high << 8 | low
    if at:
        H[d + 6] = left
    else:
        H[d + 4] = left
        H[d + 5] = H[d + 6] = H[d + 7] = 0


def trips_begin(H, d, start, end, step, is_signed, is_down):
    """What tells the turns of a loop from `start` to `end`, all 64 bits: the four words at d + 24 divided by those
    behind them. d has 33 words, the first 24 for that division; the step is not 0."""
    order = cmp64(H, end, start) if is_signed else ucmp64(H, end, start)
    H[d + 32] = order <= 0 if is_down else order >= 0
    if is_down:
        sub64(H, d + 24, start, end)
        neg64(H, d + 28, step)
    else:
        sub64(H, d + 24, end, start)
        copy64(H, d + 28, step)


def trips_end(H, d):
    """The turns that a division at d has counted, saturating at 2^30 - 1."""
    if not H[d + 32]:
        return 0
    if H[d + 3] or H[d + 2] or H[d + 1] > 16382:
        return _MANY_TURNS
    return (H[d + 1] << 16 | H[d]) + 1
