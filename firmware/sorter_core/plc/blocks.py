"""Arrays, structures and strings: bytes in memory. `B` is memory, `H` its words, `V` a memoryview of it.

`U` and `L` unlock and lock the heap, see texts.py.
"""

_BY_HAND, _AT_ONCE = 16, 8192


def copy(B, H, V, U, L, d, a, size):
    """Copy bytes from a to d. More than a few go through slices, which take some bytes of heap."""
    if size > _BY_HAND:
        # assigned to a view of its own: else MicroPython also moves everything behind it, to where it is
        U()
        V[d : d + size][:] = V[a : a + size]
        L()
        return
    if (d | a | size) & 1:
        _by_hand(B, d, a, size)
    else:
        _by_hand(H, d >> 1, a >> 1, size >> 1)


def copy_step(H, V, U, L, s, d, a, size):
    """Copy many bytes, some more each time; words s and s + 1 tell how many have been, 0 at first. 0 at the end."""
    done = H[s + 1] << 13 | H[s]
    more = size - done if size - done < _AT_ONCE else _AT_ONCE
    d, a = d + done, a + done
    U()
    V[d : d + more][:] = V[a : a + more]
    L()
    done += more
    H[s], H[s + 1] = done & 8191, done >> 13
    return done < size


def _by_hand(view, d, a, count):
    if d <= a:
        for i in range(count):
            view[d + i] = view[a + i]
    else:
        for i in range(count - 1, -1, -1):
            view[d + i] = view[a + i]
