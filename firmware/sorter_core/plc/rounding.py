"""Whole numbers without a sign of `words` words of 16 bits, the lowest first, from word w of `H` on.

What products and quotients of doubles need before they are rounded; every intermediate is within 30 bits, so that
nothing allocates.
"""

_OF_FOUR = b"\0\1\2\2\3\3\3\3\4\4\4\4\4\4\4\4"
"""How many bits the numbers from 0 to 15 have."""


def bits_of(word):
    """How many bits a number from 0 to 65535 has."""
    bits = 0
    if word > 255:
        word >>= 8
        bits = 8
    if word > 15:
        word >>= 4
        bits += 4
    return bits + _OF_FOUR[word]


def size(H, w, words):
    """How many bits the number has, 0 for 0."""
    k = words - 1
    while k and H[w + k] == 0:
        k -= 1
    return 16 * k + bits_of(H[w + k])


def up(H, w, words, count):
    """Times 2**count; what leaves at the top is lost. count from 0 on."""
    skip, bits = count >> 4, count & 15
    stays, gap = 65535 >> bits, 16 - bits
    if skip < words:
        word = H[w + words - 1 - skip]
        for j in range(w + words - 1, w + skip, -1):
            below = H[j - skip - 1]
            H[j] = (word & stays) << bits | below >> gap
            word = below
        H[w + skip] = (word & stays) << bits
    for j in range(w, w + (skip if skip < words else words)):
        H[j] = 0


def cut(H, w, words, places):
    """By 2**places, without what is left over. places from 0 on."""
    skip, bits = places >> 4, places & 15
    goes, gap = (1 << bits) - 1, 16 - bits
    end = w + words
    if skip < words:
        word = H[w + skip] >> bits
        for j in range(w + skip + 1, end):
            above = H[j]
            H[w] = word | (above & goes) << gap
            word = above >> bits
            w += 1
        H[w] = word
        w += 1
    for j in range(w, end):
        H[j] = 0


def behind(H, w, words, places, more):
    """What `cut` would leave over: 0 less than a half, 1 a half, 2 more; `more`: the number is a little larger than
    what its bits say."""
    if places <= 0 or places > 16 * words:
        return 0
    at = w + (places - 1 >> 4)
    half = 1 << (places - 1 & 15)
    word = H[at]
    if not word & half:
        return 0
    more = more or word & (half - 1)
    while at > w and not more:
        at -= 1
        more = H[at]
    return 2 if more else 1


def nearest(H, w, left):
    """To nearest, halves to even, behind `cut`; `left` is what `behind` has said."""
    if left == 2 or (left == 1 and H[w] & 1):
        while H[w] == 65535:
            H[w] = 0
            w += 1
        H[w] += 1
