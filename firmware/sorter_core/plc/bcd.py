"""Decimal digits of four bits each, from and to 64 bits in memory (see words.py), four digits in a step."""

from sorter_core.plc.words import mul64_by_small


def bcd_begin(H, d, digits):
    """Begin at d, which has six words: the result, then how many groups of four digits are left, and what is wrong."""
    H[d] = H[d + 1] = H[d + 2] = H[d + 3] = 0
    H[d + 4] = (digits + 3) >> 2
    H[d + 5] = 0


def from_bcd_step(H, d, a):
    """Four digits more of the number at a; 0 at the end. Word 5 is 1 if one of them is above 9."""
    k = H[d + 4] - 1
    H[d + 4] = k
    digits = H[a + k]
    if (digits + 26214 ^ digits) & 69904 or digits > 39321:
        H[d + 5] = 1
        return 0
    value = ((digits >> 12) * 10 + (digits >> 8 & 15)) * 100 + (digits >> 4 & 15) * 10 + (digits & 15)
    mul64_by_small(H, d, d, 10000)
    value += H[d]
    H[d] = value & 65535
    i = d
    while value > 65535:
        i += 1
        value = H[i] + 1
        H[i] = value & 65535
    return k


def to_bcd_step(H, d, a, digits):
    """The next four of so many digits of the number at a, which is used up; 0 at the end. Word 5 is 1 if it has
    more."""
    left = 0
    for k in range(a + 3, a - 1, -1):
        left = left << 16 | H[k]
        word = left // 10000
        H[k] = word
        left -= word * 10000
    done = ((digits + 3) >> 2) - H[d + 4]
    high, low = left // 100, left % 100
    H[d + done] = (high // 10 << 4 | high % 10) << 8 | low // 10 << 4 | low % 10
    H[d + 4] -= 1
    if H[d + 4]:
        return 1
    if H[a] or H[a + 1] or H[a + 2] or H[a + 3] or (digits == 2 and high):
        H[d + 5] = 1
    return 0
