"""A binary heap of numbered entities whose keys can change: one entry per entity, smallest (key, number) first."""

from sortyard_c.plant_world cimport NEVER, Entry, Heap, i64


cdef inline void _up(Heap* h, int place, int entity, i64 key) noexcept nogil:
    """Let an entry rise from a free place to where it belongs."""
    cdef Entry* above
    while place > 0:
        above = &h.entry[(place - 1) >> 1]
        if above.key < key or (above.key == key and above.entity < entity):
            break
        h.entry[place] = above[0]
        h.place[above.entity] = place
        place = (place - 1) >> 1
    h.entry[place].key = key
    h.entry[place].entity = entity
    h.place[entity] = place


cdef inline void _down(Heap* h, int place, int entity, i64 key) noexcept nogil:
    """Let an entry sink from a free place to where it belongs."""
    cdef int next_place = 2 * place + 1
    cdef Entry* below
    cdef Entry* other
    while next_place < h.n:
        below = &h.entry[next_place]
        if next_place + 1 < h.n:
            other = below + 1
            if other.key < below.key or (other.key == below.key and other.entity < below.entity):
                below = other
                next_place += 1
        if key < below.key or (key == below.key and entity < below.entity):
            break
        h.entry[place] = below[0]
        h.place[below.entity] = place
        place = next_place
        next_place = 2 * place + 1
    h.entry[place].key = key
    h.entry[place].entity = entity
    h.place[entity] = place


cdef inline void _take_out(Heap* h, int place) noexcept nogil:
    """Take out what is at a place, and let the last entry find a new one."""
    cdef Entry last
    h.place[h.entry[place].entity] = -1
    h.n -= 1
    if h.n == 0:
        h.entry[0].key = NEVER
    if place == h.n:
        return
    last = h.entry[h.n]
    if last.key < h.entry[place].key:
        _up(h, place, last.entity, last.key)
    else:
        _down(h, place, last.entity, last.key)


cdef inline void heap_set(Heap* h, int entity, i64 key) noexcept nogil:
    """Give an entity a key; NEVER takes it out."""
    cdef int place = h.place[entity]
    if place < 0:
        if key != NEVER:
            h.n += 1
            _up(h, h.n - 1, entity, key)
    elif key == NEVER:
        _take_out(h, place)
    elif key < h.entry[place].key:
        _up(h, place, entity, key)
    elif key > h.entry[place].key:
        _down(h, place, entity, key)


cdef inline i64 heap_key(const Heap* h) noexcept nogil:
    """The smallest key, NEVER if the heap is empty."""
    return h.entry[0].key


cdef inline i64 key_of(const Heap* h, int entity) noexcept nogil:
    """The key of an entity, NEVER if it is not in."""
    return h.entry[h.place[entity]].key if h.place[entity] >= 0 else NEVER
