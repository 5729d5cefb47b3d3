"""Integers of 32 and 64 bits in memory, as words of 16 bits, the lowest first.

`H` is memory seen as unsigned 16-bit words; `d`, `a`, `b` are the words where result and operands begin. Every
intermediate is within 30 bits, so that nothing allocates. Results may overwrite operands where this is not excluded.
"""


def add64(H, d, a, b):
    """d := a + b, wrapped."""
    carry = H[a] + H[b]
    H[d] = carry & 65535
    carry = H[a + 1] + H[b + 1] + (carry >> 16)
    H[d + 1] = carry & 65535
    carry = H[a + 2] + H[b + 2] + (carry >> 16)
    H[d + 2] = carry & 65535
    H[d + 3] = (H[a + 3] + H[b + 3] + (carry >> 16)) & 65535


def sub64(H, d, a, b):
    """d := a - b, wrapped."""
    carry = H[a] - H[b]
    H[d] = carry & 65535
    carry = H[a + 1] - H[b + 1] + (carry >> 16)
    H[d + 1] = carry & 65535
    carry = H[a + 2] - H[b + 2] + (carry >> 16)
    H[d + 2] = carry & 65535
    H[d + 3] = (H[a + 3] - H[b + 3] + (carry >> 16)) & 65535


def neg64(H, d, a):
    """d := -a, wrapped."""
    carry = -H[a]
    H[d] = carry & 65535
    carry = (carry >> 16) - H[a + 1]
    H[d + 1] = carry & 65535
    carry = (carry >> 16) - H[a + 2]
    H[d + 2] = carry & 65535
    H[d + 3] = ((carry >> 16) - H[a + 3]) & 65535


def not64(H, d, a):
    """d := NOT a."""
    for i in range(4):
        H[d + i] = H[a + i] ^ 65535


def and64(H, d, a, b):
    """d := a AND b."""
    for i in range(4):
        H[d + i] = H[a + i] & H[b + i]


def or64(H, d, a, b):
    """d := a OR b."""
    for i in range(4):
        H[d + i] = H[a + i] | H[b + i]


def xor64(H, d, a, b):
    """d := a XOR b."""
    for i in range(4):
        H[d + i] = H[a + i] ^ H[b + i]


def ucmp64(H, a, b):
    """-1, 0 or 1 as a is below, equal to or above b, both without a sign."""
    x, y = H[a + 3], H[b + 3]
    if x == y:
        x, y = H[a + 2], H[b + 2]
        if x == y:
            x, y = H[a + 1], H[b + 1]
            if x == y:
                x, y = H[a], H[b]
                if x == y:
                    return 0
    return -1 if x < y else 1


def cmp64(H, a, b):
    """-1, 0 or 1 as a is below, equal to or above b, both signed."""
    x, y = H[a + 3] ^ 32768, H[b + 3] ^ 32768
    if x == y:
        x, y = H[a + 2], H[b + 2]
        if x == y:
            x, y = H[a + 1], H[b + 1]
            if x == y:
                x, y = H[a], H[b]
                if x == y:
                    return 0
    return -1 if x < y else 1


def mul64_by_small(H, d, a, y):
    """d := a * y, wrapped; y from 0 to 16383. d may be a."""
    carry = 0
    for i in range(4):
        carry += H[a + i] * y
        H[d + i] = carry & 65535
        carry >>= 16


def mul32(H, d, a, b):
    """d := a * b, wrapped."""
    x, xh = H[a], H[a + 1]
    y, yh = H[b], H[b + 1]
    low = x * (y & 255)
    middle = x * (y >> 8) + (low >> 8)
    high = (middle >> 8) + x * (yh & 255) + xh * (y & 255)
    H[d] = (middle & 255) << 8 | low & 255
    H[d + 1] = high + ((x * (yh >> 8) & 255) << 8) + ((xh * (y >> 8) & 255) << 8) & 65535


def mul64(H, d, a, b):
    """d := a * b, wrapped. Digits of 13 bits: the sum of five products is a small integer."""
    x, y = H[a], H[a + 1]
    a0, a1 = x & 8191, x >> 13 | (y & 1023) << 3
    x = H[a + 2]
    a2 = y >> 10 | (x & 127) << 6
    y = H[a + 3]
    a3, a4 = x >> 7 | (y & 15) << 9, y >> 4
    x, y = H[b], H[b + 1]
    b0, b1 = x & 8191, x >> 13 | (y & 1023) << 3
    x = H[b + 2]
    b2 = y >> 10 | (x & 127) << 6
    y = H[b + 3]
    b3, b4 = x >> 7 | (y & 15) << 9, y >> 4
    x = a0 * b0
    y = a0 * b1 + a1 * b0 + (x >> 13)
    H[d] = x & 8191 | (y & 7) << 13
    x = a0 * b2 + a1 * b1 + a2 * b0 + (y >> 13)
    H[d + 1] = (y & 8191) >> 3 | (x & 63) << 10
    y = a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + (x >> 13)
    H[d + 2] = (x & 8191) >> 6 | (y & 511) << 7
    x = a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 + (y >> 13)
    H[d + 3] = (y & 8191) >> 9 | (x & 4095) << 4


def copy64(H, d, a):
    """d := a."""
    H[d] = H[a]
    H[d + 1] = H[a + 1]
    H[d + 2] = H[a + 2]
    H[d + 3] = H[a + 3]
