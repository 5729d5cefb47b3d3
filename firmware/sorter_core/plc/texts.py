"""Strings in memory: characters of `w` bytes (1 or 2), at most `cap` of them, a zero behind the last and up to the end.

`B` is memory, `V` a memoryview of it, places are byte offsets. Results lie apart from what they are made of. What works
on many characters goes through slices, which take some bytes of heap; nothing takes time for each character of STRING.
"""

_ZEROS = bytes(64)


def length(B, V, a, cap, w):
    """Characters before the first zero, at most `cap`."""
    if w == 1 and cap > 8:
        found = bytes(V[a : a + cap]).find(b"\0")
        return cap if found < 0 else found
    n = 0
    while n < cap and (B[a] or (w == 2 and B[a + 1])):
        n += 1
        a += w
    return n


def _clear(V, start, end):
    while end - start > 64:
        V[start : start + 64] = _ZEROS
        start += 64
    V[start:end] = _ZEROS[: end - start]


def _put(V, d, cap, w, at, a, n):
    """Copy n characters to character `at` of d, as far as they fit; returns how many d has then."""
    n = min(n, cap - at)
    if n > 0:
        start = d + at * w
        V[start : start + n * w] = V[a : a + n * w]
        at += n
    return at


def assign(B, V, d, cap, a, a_cap, w):
    """d := a, cut at its length."""
    at = _put(V, d, cap, w, 0, a, length(B, V, a, a_cap, w))
    _clear(V, d + at * w, d + (cap + 1) * w)


def append(B, V, d, cap, a, a_cap, w, at):
    """Put a behind the first `at` characters of d; returns how many d has then."""
    at = _put(V, d, cap, w, at, a, length(B, V, a, a_cap, w))
    _clear(V, d + at * w, d + (cap + 1) * w)
    return at


def part(B, V, d, cap, a, a_cap, w, first, count):
    """d := `count` characters of a from character `first` on, counted from 0; a first one below 0 counts from the end,
    with nothing before the string."""
    n = length(B, V, a, a_cap, w)
    if first < 0:
        first = max(n + first, 0)
    at = _put(V, d, cap, w, 0, a + first * w, min(count, n - first)) if first < n else 0
    _clear(V, d + at * w, d + (cap + 1) * w)


def splice(B, V, d, cap, a, a_cap, b, b_cap, w, keep, drop):
    """d := `keep` characters of a, then b, then what a has `drop` characters further on.

    `keep` beyond a's end, and below 0, takes the nearest.
    """
    n = length(B, V, a, a_cap, w)
    keep = min(max(keep, 0), n)
    at = _put(V, d, cap, w, 0, a, keep)
    at = _put(V, d, cap, w, at, b, length(B, V, b, b_cap, w))
    rest = min(keep + drop, n)
    at = _put(V, d, cap, w, at, a + rest * w, n - rest)
    _clear(V, d + at * w, d + (cap + 1) * w)


def replace(B, V, d, cap, a, a_cap, b, b_cap, w, count, position):
    """d := a with b for `count` characters from `position` on, counted from 1; a where there is no such position."""
    if 1 <= position <= length(B, V, a, a_cap, w) + 1:
        splice(B, V, d, cap, a, a_cap, b, b_cap, w, position - 1, max(count, 0))
    else:
        assign(B, V, d, cap, a, a_cap, w)


def find(B, V, a, a_cap, b, b_cap, w):
    """The first position of b in a, from 1 on; 0 if it is not there or empty."""
    n, m = length(B, V, a, a_cap, w), length(B, V, b, b_cap, w)
    if m == 0:
        return 0
    where = bytes(V[a : a + n * w])
    what = bytes(V[b : b + m * w])
    at = where.find(what)
    while at >= 0 and w == 2 and at & 1:
        at = where.find(what, at + 1)
    return at // w + 1 if at >= 0 else 0


def compare(B, V, a, a_cap, b, b_cap, w):
    """-1, 0 or 1 as a comes before b, is equal or comes behind it."""
    n, m = length(B, V, a, a_cap, w), length(B, V, b, b_cap, w)
    left, right = bytes(V[a : a + n * w]), bytes(V[b : b + m * w])
    if left == right:
        return 0
    if w == 1:
        return -1 if left < right else 1
    for i in range(0, min(n, m) * 2, 2):
        x, y = left[i + 1] << 8 | left[i], right[i + 1] << 8 | right[i]
        if x != y:
            return -1 if x < y else 1
    return -1 if n < m else 1


def recode(B, V, d, cap, a, a_cap, a_w):
    """d := a with characters of the other width; one that STRING does not have becomes a question mark."""
    n = min(length(B, V, a, a_cap, a_w), cap)
    w = 3 - a_w
    for i in range(n):
        if w == 2:
            B[d + 2 * i] = B[a + i]
            B[d + 2 * i + 1] = 0
        else:
            B[d + i] = 63 if B[a + 2 * i + 1] else B[a + 2 * i]
    _clear(V, d + n * w, d + (cap + 1) * w)
