"""Shifts and rotations of bit strings of 32 and 64 bits in memory (see words.py)."""


def shift(H, d, words, kind, count):
    """Change the words at d: `kind` 0 SHL, 1 SHR, 2 ROL, 3 ROR, by `count` bits, 0 or more."""
    bits = 16 * words
    if kind > 1:
        count %= bits
        if kind == 3:
            count = (bits - count) % bits
        _turn(H, d, words, count)
    elif count >= bits:
        for i in range(d, d + words):
            H[i] = 0
    elif kind == 0:
        _left(H, d, words, count)
    else:
        _right(H, d, words, count)


def _left(H, d, words, count):
    """Up by less than the width, zeros come in."""
    far, near = count >> 4, count & 15
    stays, down = 65535 >> near, 16 - near
    k = d + words - 1
    word = H[k - far]
    while k > d + far:
        below = H[k - far - 1]
        H[k] = (word & stays) << near | below >> down
        word = below
        k -= 1
    H[k] = (word & stays) << near
    for i in range(d, k):
        H[i] = 0


def _right(H, d, words, count):
    """Down by less than the width, zeros come in."""
    far, near = count >> 4, count & 15
    leaves, up = (1 << near) - 1, 16 - near
    end = d + words
    k = d
    word = H[k + far]
    while k + far + 1 < end:
        above = H[k + far + 1]
        H[k] = word >> near | (above & leaves) << up
        word = above
        k += 1
    H[k] = word >> near
    for i in range(k + 1, end):
        H[i] = 0


def _turn(H, d, words, count):
    """Up by less than the width; what leaves at the top comes in at the bottom."""
    last = d + words - 1
    if count & 16:
        top = H[last]
        for k in range(last, d, -1):
            H[k] = H[k - 1]
        H[d] = top
    if count & 32:
        H[d], H[d + 2] = H[d + 2], H[d]
        H[d + 1], H[last] = H[last], H[d + 1]
    count &= 15
    if count:
        stays = 65535 >> count
        carry = H[last] >> (16 - count)
        for i in range(d, last + 1):
            word = H[i]
            H[i] = (word & stays) << count | carry
            carry = word >> (16 - count)
