"""Division of 32- and 64-bit integers in memory (see words.py), and the number of turns of a loop."""

from sorter_core.plc.words import cmp64, is_zero, negate, sub64, ucmp64

_MANY_TURNS = (1 << 30) - 1


def div32(B, H, d, a, b, is_signed):
    """d := a / b, the two words behind it := a MOD b. 0, or 1 for a divisor of 0, 2 if the quotient does not fit.

    d is followed by seven words of scratch memory in all, apart from a and b.
    """
    return _divide(B, H, d, a, b, is_signed, 2)


def div64(B, H, d, a, b, is_signed):
    """d := a / b, the four words behind it := a MOD b; as div32, with thirteen words."""
    return _divide(B, H, d, a, b, is_signed, 4)


def _divide(B, H, d, a, b, is_signed, words):
    rest = d + words
    divisor = rest + words + 1
    upper = y = 0
    for i in range(words):
        H[rest + i] = H[a + i]
        y = H[b + i]
        H[divisor + i] = y
        if i:
            upper |= y
    if not (upper or H[b]):
        return 1
    H[rest + words] = 0
    a_minus = is_signed and H[rest + words - 1] > 32767
    b_minus = is_signed and y > 32767
    if a_minus:
        negate(H, rest, words)
    if b_minus:
        negate(H, divisor, words)
        upper = not is_zero(H, divisor + 1, words - 1)
    if upper:
        _by_many(B, H, d, rest, divisor, words)
    else:
        _by_word(H, d, rest, H[divisor], words)
    failed = 0
    if a_minus:
        negate(H, rest, words)
    if a_minus != b_minus:
        negate(H, d, words)
    elif is_signed and H[d + words - 1] > 32767:
        failed = 2
    return failed


def div64_by_small(H, d, a, y):
    """d := a / y for a signed a, truncated toward zero; y from 1 to 16383. d may be a."""
    is_minus = H[a + 3] > 32767
    for i in range(4):
        H[d + i] = H[a + i]
    if is_minus:
        negate(H, d, 4)
    left = 0
    for k in range(d + 3, d - 1, -1):
        left = left << 16 | H[k]
        word = left // y
        H[k] = word
        left -= word * y
    if is_minus:
        negate(H, d, 4)


def _by_word(H, d, rest, y, words):
    """Quotient and rest by one word, eight bits at a time."""
    left = 0
    for k in range(words - 1, -1, -1):
        x = H[rest + k]
        H[rest + k] = 0
        if y < 16384:
            left = left << 16 | x
            word = left // y
            H[d + k] = word
            left -= word * y
            continue
        left = left << 8 | x >> 8
        high = left // y
        left = (left - high * y) << 8 | x & 255
        low = left // y
        left -= low * y
        H[d + k] = high << 8 | low
    H[rest] = left


def _by_many(B, H, d, rest, divisor, words):
    """Quotient and rest by more than one word: one byte of the quotient after the other, the first guess at most two
    too high, because it knows two bytes of the divisor and three of what is left."""
    r = 2 * rest
    v = 2 * divisor
    n = 2 * words
    while B[v + n - 1] == 0:
        n -= 1
    top = B[v + n - 1] << 8 | B[v + n - 2]
    for i in range(d, d + words):
        H[i] = 0
    j = 2 * words - n
    while j >= 0:
        k = r + j + n
        q = (B[k] << 16 | B[k - 1] << 8 | B[k - 2]) // top
        if q > 255:
            q = 255
        if q:
            carry = 0
            for i in range(n):
                carry += B[r + j + i] - q * B[v + i]
                B[r + j + i] = carry & 255
                carry >>= 8
            carry += B[k]
            B[k] = carry & 255
            while carry < 0:
                q -= 1
                carry = _add_back(B, r + j, v, n)
            B[2 * d + j] = q
        j -= 1


def _add_back(B, at, v, n):
    """Add the divisor to what is left; below 0 if that is not enough."""
    carry = 0
    for i in range(n):
        carry += B[at + i] + B[v + i]
        B[at + i] = carry & 255
        carry >>= 8
    carry += B[at + n]
    B[at + n] = carry & 255
    return 0 if carry > 255 else -1


def trips(B, H, d, start, end, step, is_signed, is_down):
    """Turns of a loop from `start` to `end`, all 64 bits, saturating at 2^30 - 1; 21 words of scratch memory at d."""
    order = cmp64(H, end, start) if is_signed else ucmp64(H, end, start)
    if (order > 0) if is_down else (order < 0):
        return 0
    if is_down:
        sub64(H, d, start, end)
    else:
        sub64(H, d, end, start)
    for i in range(4):
        H[d + 4 + i] = H[step + i]
    if is_down:
        negate(H, d + 4, 4)
    div64(B, H, d + 8, d, d + 4, 0)
    q = d + 8
    if H[q + 3] or H[q + 2] or H[q + 1] > 16382:
        return _MANY_TURNS
    return (H[q + 1] << 16 | H[q]) + 1
