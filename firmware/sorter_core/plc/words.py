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


def mul_words(H, d, a, b, words):
    """d := a * b, the low `words` words; d is apart from a and b."""
    for i in range(d, d + words):
        H[i] = 0
    for i in range(words):
        x = H[a + i]
        if x == 0:
            continue
        k = d + i
        carry = 0
        for j in range(b, b + words - i):
            # 16 by 16 bits in two steps of 8, because the product of both would take more than 30
            y = H[j]
            low = x * (y & 255) + carry
            high = x * (y >> 8) + (low >> 8)
            low = H[k] + ((high & 255) << 8 | low & 255)
            H[k] = low & 65535
            carry = (high >> 8) + (low >> 16)
            k += 1


def mul64_by_small(H, d, a, y):
    """d := a * y, wrapped; y from 0 to 16383. d may be a."""
    carry = 0
    for i in range(4):
        carry += H[a + i] * y
        H[d + i] = carry & 65535
        carry >>= 16


def mul32(H, d, a, b):
    """d := a * b, wrapped; d is apart from a and b."""
    mul_words(H, d, a, b, 2)


def mul64(H, d, a, b):
    """d := a * b, wrapped; d is apart from a and b."""
    mul_words(H, d, a, b, 4)


def negate(H, d, words):
    """d := -d."""
    carry = 0
    for i in range(d, d + words):
        carry -= H[i]
        H[i] = carry & 65535
        carry >>= 16


def is_zero(H, a, words):
    """True if all words are 0."""
    for i in range(a, a + words):
        if H[i]:
            return False
    return True
