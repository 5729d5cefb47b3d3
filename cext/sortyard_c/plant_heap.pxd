"""A binary heap of numbered entities whose keys can change: one entry per entity, smallest (key, number) first.

An entry is one number, `key << ENTITY_BITS | entity`, so that one comparison orders two of them and a child is
chosen without a branch. Keys are from -FAR to FAR - 2 (1.1e15: 35 years in microseconds, 1.1e6 km in micrometres);
one that is further away never comes. Behind the last entry stands LAST, so that every entry has two children; its
key is FAR - 1.
"""

from sortyard_c.plant_world cimport ENTITY_BITS, FAR, LAST, NEVER, Heap, i64

cdef enum:
    ENTITY = (1 << ENTITY_BITS) - 1


cdef inline void _up(Heap* h, i64 place, i64 item) noexcept nogil:
    """Let an entry rise from a free place to where it belongs."""
    cdef i64* entry = h.entry
    cdef int* places = h.place
    cdef i64 parent, above
    while place > 0:
        parent = (place - 1) >> 1
        above = entry[parent]
        if above < item:
            break
        entry[place] = above
        places[above & ENTITY] = <int>place
        place = parent
    entry[place] = item
    places[item & ENTITY] = <int>place


cdef inline void _down(Heap* h, i64 place, i64 item) noexcept nogil:
    """Let an entry sink from a free place to where it belongs."""
    cdef i64* entry = h.entry
    cdef int* places = h.place
    cdef i64 n = h.n, child = 2 * place + 1, below
    while child < n:
        child += entry[child + 1] < entry[child]
        below = entry[child]
        if item < below:
            break
        entry[place] = below
        places[below & ENTITY] = <int>place
        place = child
        child = 2 * place + 1
    entry[place] = item
    places[item & ENTITY] = <int>place


cdef inline void _take_out(Heap* h, int place) noexcept nogil:
    """Take out what is at a place, and let the last entry find a new one."""
    cdef i64 gone = h.entry[place], last
    h.place[gone & ENTITY] = -1
    h.n -= 1
    last = h.entry[h.n]
    h.entry[h.n] = LAST
    if place == h.n:
        return
    if last < gone:
        _up(h, place, last)
    else:
        _down(h, place, last)


cdef inline void heap_set(Heap* h, int entity, i64 key) noexcept nogil:
    """Give an entity a key; NEVER, and what is as good as never, takes it out."""
    cdef int place = h.place[entity]
    cdef i64 item = key << ENTITY_BITS | entity
    if key >= FAR - 1:
        if place >= 0:
            _take_out(h, place)
    elif place < 0:
        h.n += 1
        h.entry[h.n] = LAST
        _up(h, h.n - 1, item)
    elif item < h.entry[place]:
        _up(h, place, item)
    elif item > h.entry[place]:
        _down(h, place, item)


cdef inline i64 heap_key(const Heap* h) noexcept nogil:
    """The smallest key, FAR - 1 if the heap is empty."""
    return h.entry[0] >> ENTITY_BITS


cdef inline int heap_first(const Heap* h) noexcept nogil:
    """The entity with the smallest key, while there is one."""
    return h.entry[0] & ENTITY


cdef inline i64 key_of(const Heap* h, int entity) noexcept nogil:
    """The key of an entity, NEVER if it is not in."""
    return h.entry[h.place[entity]] >> ENTITY_BITS if h.place[entity] >= 0 else NEVER
