"""Strings in memory: characters of `w` bytes (1 or 2), at most `cap` of them, a zero behind the last and up to the end.

`B` is memory, `H` its words of 16 bits, `V` a memoryview of it, places are byte offsets. Results lie apart from what
they are made of. What works on many characters goes through slices, which take some bytes of heap; what takes time for
each character, and what works on long strings, goes in steps, each short enough for a slice of a scan: a function whose
name ends in `step` answers 0 when it is done, and keeps how far it is in word s, which is 0 at first.

`U` and `L` unlock and lock the heap: it is locked when a function is called, so that its frame stays on the stack. A
frame on the heap is given back at its end, and from there on every later search for room begins: it would pass by all
that is allocated in between.

`V[i:j][:] = ...`: without the second slice MicroPython would also move everything behind j, to where it is.
"""

_ZEROS = memoryview(bytes(256))
_MOVED, _CLEARED, _SEARCHED, _BY_HAND = 2048, 512, 256, 10
_WINDOW, _WIDE_WINDOW, _PREFIX, _PLACES, _TAIL = 128, 4, 16, 40, 512


def measure(B, H, a, cap, w):
    """Characters before the first zero, at most `cap`; everything behind it is zero too."""
    low, view = 0, B
    if w == 2:
        view = H
        a >>= 1
    while low < cap:
        middle = (low + cap) >> 1
        if view[a + middle]:
            low = middle + 1
        else:
            cap = middle
    return low


def length_step(H, B, V, U, L, s, a, cap, w):
    """Count the characters before the first zero, at most `cap`, whatever lies behind it: word s tells how many."""
    p = H[s]
    if w == 1:
        last = p + _SEARCHED if p + _SEARCHED < cap else cap
        U()
        found = bytes(V[a + p : a + last]).find(b"\0")
        L()
        H[s] = p + found if found >= 0 else last
        return found < 0 and last < cap
    last = p + _BY_HAND if p + _BY_HAND < cap else cap
    a += 2 * p
    while p < last and (B[a] or B[a + 1]):
        p += 1
        a += 2
    H[s] = p
    return p == last < cap


def _clear(V, U, L, start, end):
    """Zeros from `start` to `end`, as far as one step goes; returns how many bytes those were."""
    size = end - start if end - start < _CLEARED else _CLEARED
    end = start + size
    U()
    while end - start > 256:
        V[start : start + 256][:] = _ZEROS
        start += 256
    V[start:end][:] = _ZEROS[: end - start]
    L()
    return size


def assign_step(H, V, U, L, s, d, cap, w, a, n):
    """d := the n characters of a, cut at its length."""
    if n > cap:
        n = cap
    at = H[s]
    if at < n:
        size = (n - at) * w if (n - at) * w < _MOVED else _MOVED
        start = d + at * w
        U()
        V[start : start + size][:] = V[a + at * w : a + at * w + size]
        L()
        at += size // w
        H[s] = at
        if at < n:
            return 1
    start, end = d + at * w, d + (cap + 1) * w
    size = _clear(V, U, L, start, end)
    H[s] = at + size // w
    return start + size < end


def append_step(H, V, U, L, s, d, cap, w, a, n):
    """Put the n characters of a behind the first ones of d, as far as they fit: word s tells how many d has, the next
    one how many of a it has got so far."""
    at, done = H[s], H[s + 1]
    n -= done
    if n > cap - at:
        n = cap - at
    size = n * w if n * w < _MOVED else _MOVED
    if size > 0:
        start, a = d + at * w, a + done * w
        U()
        V[start : start + size][:] = V[a : a + size]
        L()
        H[s] = at + size // w
        if size < n * w:
            H[s + 1] = done + size // w
            return 1
    H[s + 1] = 0
    return 0


def end_step(V, U, L, H, s, d, cap, w):
    """Zeros behind the first characters of d, of which word s tells the number."""
    start, end = d + H[s] * w, d + (cap + 1) * w
    size = _clear(V, U, L, start, end)
    H[s] += size // w
    return start + size < end


def take(H, s, n, first, count):
    """Of n characters, `count` from `first` on, counted from 0: word s tells the first one that there is, the next
    word how many. A first one below 0 counts from the end, with nothing before the string."""
    if first < 0:
        first += n
        if first < 0:
            first = 0
    elif first > n:
        first = n
    if count > n - first:
        count = n - first
    H[s] = first
    H[s + 1] = count if count > 0 else 0


def insert(H, s, n, m, keep):
    """m characters behind the first `keep` of n: words from s on tell how many of the n are kept, how many are put in,
    where the others begin and how many those are."""
    if keep > n:
        keep = n
    elif keep < 0:
        keep = 0
    H[s] = H[s + 2] = keep
    H[s + 1] = m
    H[s + 3] = n - keep


def replace(H, s, n, m, count, position):
    """m characters for `count` of n from `position` on, counted from 1; words from s on as of insert. Where there is no
    such position all are kept."""
    if not 1 <= position <= n + 1:
        position, count, m = n + 1, 0, 0
    position -= 1
    if count < 0:
        count = 0
    elif count > n - position:
        count = n - position
    H[s] = position
    H[s + 1] = m
    H[s + 2] = position + count
    H[s + 3] = n - position - count


def find_step(H, V, U, L, s, a, n, b, m, w):
    """Look for the m characters of b among the n of a, at some places from the one in word s on; at the end word s + 1
    has the first place, from 1 on, or 0 if there is none or b is empty. Word s + 2: how many bytes are equal there."""
    p, size = H[s], m * w
    if H[s + 2]:
        return _tail(H, V, U, L, s, a + p * w, b, size)
    H[s + 1] = 0
    if m == 0 or p + m > n:
        return 0
    prefix = size if size < _PREFIX else _PREFIX
    end = (n - m) * w + prefix
    start = a + p * w
    end = start + _PLACES + _PREFIX if p * w + _PLACES + _PREFIX < end else a + end
    U()
    what = bytes(V[b : b + prefix])
    at = bytes(V[start:end]).find(what)
    L()
    if at < 0:
        H[s] = p + _PLACES // w
        return 1
    p += at // w
    if w == 2 and at & 1:
        # between two characters
        H[s] = p + 1
        return 1
    if size == prefix:
        H[s + 1] = p + 1
        return 0
    H[s] = p
    H[s + 2] = prefix
    return 1


def _tail(H, V, U, L, s, at, b, size):
    """Compare some more bytes of a place where the first ones are those of b."""
    done = H[s + 2]
    last = done + _TAIL if done + _TAIL < size else size
    U()
    is_equal = V[at + done : at + last] == V[b + done : b + last]
    L()
    if is_equal and last == size:
        H[s + 1] = H[s] + 1
        return 0
    if is_equal:
        H[s + 2] = last
    else:
        H[s + 2] = 0
        H[s] += 1
    return 1


def compare_step(H, V, U, L, s, a, n, b, m, w):
    """Compare n characters of a with m of b, some from the place in word s on; 0 at the end: word s + 1 has 0, 1 or 2
    as a comes before b, is equal or comes behind it."""
    p = H[s]
    k = _WINDOW if w == 1 else _WIDE_WINDOW
    i = p + k if p + k < n else n
    j = p + k if p + k < m else m
    H[s + 1] = 1
    if p >= i and p >= j:
        return 0
    U()
    left, right = bytes(V[a + p * w : a + i * w]), bytes(V[b + p * w : b + j * w])
    L()
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
