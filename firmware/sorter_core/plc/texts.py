"""Strings in memory: characters of `w` bytes (1 or 2), at most `cap` of them, a zero behind the last and up to the end.

`B` is memory, `H` its words of 16 bits, `V` a memoryview of it, places are byte offsets. Results lie apart from what
they are made of. What works on many characters goes through slices, which take some bytes of heap; what takes time for
each character goes in steps, each short enough for a slice of a scan.

`V[i:j][:] = ...`: without the second slice MicroPython would also move everything behind j, to where it is.
"""

_ZEROS = bytes(64)
_WINDOW, _WIDE_WINDOW, _PREFIX, _PLACES = 128, 4, 16, 64


def measure(B, a, cap, w):
    """Characters before the first zero, at most `cap`; everything behind it is zero too."""
    low = 0
    while low < cap:
        middle = (low + cap) >> 1
        at = a + middle * w
        if B[at] or (w == 2 and B[at + 1]):
            low = middle + 1
        else:
            cap = middle
    return low


def length(B, V, a, cap, w):
    """Characters before the first zero, at most `cap`, whatever lies behind it."""
    if w == 1 and cap > 8:
        found = bytes(V[a : a + cap]).find(b"\0")
        return cap if found < 0 else found
    n = 0
    while n < cap and (B[a] or (w == 2 and B[a + 1])):
        n += 1
        a += w
    return n


def _clear(V, start, end):
    """Zeros from `start` to `end`, twice as many each time."""
    size = end - start
    if size <= 64:
        V[start:end][:] = _ZEROS[:size]
        return
    V[start : start + 64][:] = _ZEROS
    done = 64
    while done < size:
        more = done if done < size - done else size - done
        V[start + done : start + done + more][:] = V[start : start + more]
        done += more


def _put(V, d, cap, w, at, a, n):
    """Copy n characters to character `at` of d, as far as they fit; returns how many d has then."""
    if n > cap - at:
        n = cap - at
    if n > 0:
        start = d + at * w
        V[start : start + n * w][:] = V[a : a + n * w]
        at += n
    return at


def assign(B, V, d, cap, a, n, w):
    """d := the n characters of a, cut at its length."""
    at = _put(V, d, cap, w, 0, a, n)
    _clear(V, d + at * w, d + (cap + 1) * w)


def append(H, V, d, cap, a, n, w, s):
    """Put the n characters of a behind the first ones of d, of which word s tells the number."""
    H[s] = _put(V, d, cap, w, H[s], a, n)


def end(H, V, d, cap, w, s):
    """Zeros behind the first characters of d, of which word s tells the number."""
    _clear(V, d + H[s] * w, d + (cap + 1) * w)


def part(B, V, d, cap, a, n, w, first, count):
    """d := `count` of the n characters of a from character `first` on, counted from 0; a first one below 0 counts from
    the end, with nothing before the string."""
    if first < 0:
        first += n
        if first < 0:
            first = 0
    at = 0
    if first < n:
        at = _put(V, d, cap, w, 0, a + first * w, count if count < n - first else n - first)
    _clear(V, d + at * w, d + (cap + 1) * w)


def splice(B, V, d, cap, a, n, b, m, w, keep, drop):
    """d := `keep` of the n characters of a, then the m of b, then what a has `drop` characters further on.

    `keep` beyond a's end, and below 0, takes the nearest.
    """
    if keep > n:
        keep = n
    elif keep < 0:
        keep = 0
    at = _put(V, d, cap, w, 0, a, keep)
    at = _put(V, d, cap, w, at, b, m)
    keep += drop
    if keep < n:
        at = _put(V, d, cap, w, at, a + keep * w, n - keep)
    _clear(V, d + at * w, d + (cap + 1) * w)


def replace(B, V, d, cap, a, n, b, m, w, count, position):
    """d := a with b for `count` characters from `position` on, counted from 1; a where there is no such position."""
    if 1 <= position <= n + 1:
        splice(B, V, d, cap, a, n, b, m, w, position - 1, count if count > 0 else 0)
    else:
        assign(B, V, d, cap, a, n, w)


def find_step(H, V, s, a, n, b, m, w):
    """Look for the m characters of b among the n of a, at some places from the one in word s on; 0 at the end: word
    s + 1 has the first place, from 1 on, or 0 if there is none or b is empty."""
    p = H[s]
    H[s + 1] = 0
    if m == 0 or p + m > n:
        return 0
    size = m * w
    end = (n - m) * w + (size if size < _PREFIX else _PREFIX)
    start = a + p * w
    end = start + _PLACES + _PREFIX if p * w + _PLACES + _PREFIX < end else a + end
    what = bytes(V[b : b + (size if size < _PREFIX else _PREFIX)])
    at = bytes(V[start:end]).find(what)
    if at < 0:
        H[s] = p + _PLACES // w
        return 1
    p += at // w
    at += start
    # not between two characters, and the rest too
    if (w == 1 or not (at - a) & 1) and V[at : at + size] == V[b : b + size]:
        H[s + 1] = p + 1
        return 0
    H[s] = p + 1
    return 1


def compare_step(H, V, s, a, n, b, m, w):
    """Compare n characters of a with m of b, some from the place in word s on; 0 at the end: word s + 1 has 0, 1 or 2
    as a comes before b, is equal or comes behind it."""
    p = H[s]
    k = _WINDOW if w == 1 else _WIDE_WINDOW
    i = p + k if p + k < n else n
    j = p + k if p + k < m else m
    H[s + 1] = 1
    if p >= i and p >= j:
        return 0
    left, right = bytes(V[a + p * w : a + i * w]), bytes(V[b + p * w : b + j * w])
    if left == right:
        H[s] = p + k
        return 1
    H[s + 1] = (0 if left < right else 2) if w == 1 else _wide_order(left, right)
    return 0


def _wide_order(left, right):
    """0 or 2 as one comes before or behind another that differs, in characters of two bytes."""
    for i in range(0, len(left) if len(left) < len(right) else len(right), 2):
        x, y = left[i + 1] << 8 | left[i], right[i + 1] << 8 | right[i]
        if x != y:
            return 0 if x < y else 2
    return 0 if len(left) < len(right) else 2


def recode_step(H, B, s, d, a, n, w):
    """Characters of a from the place in word s on with the other width; one that STRING does not have becomes a
    question mark. 0 at the end, then word s has n."""
    p = H[s]
    last = p + 8 if p + 8 < n else n
    for i in range(p, last):
        if w == 1:
            B[d + 2 * i] = B[a + i]
            B[d + 2 * i + 1] = 0
        else:
            B[d + i] = 63 if B[a + 2 * i + 1] else B[a + 2 * i]
    H[s] = last
    return last < n
