"""A binary heap of numbered entities whose keys can change: one entry per entity, smallest (key, number) first."""

from sortyard_c.plant_world cimport NEVER, Entry, Heap, i64


cdef inline bint _is_before(const Entry* a, const Entry* b) noexcept nogil:
    return a.key < b.key or (a.key == b.key and a.entity < b.entity)


cdef inline void _up(Heap* h, int place, Entry entry) noexcept nogil:
    """Let `entry` rise from a free place to where it belongs."""
    cdef int above
    while place > 0:
        above = (place - 1) >> 1
        if not _is_before(&entry, &h.entry[above]):
            break
        h.entry[place] = h.entry[above]
        h.place[h.entry[place].entity] = place
        place = above
    h.entry[place] = entry
    h.place[entry.entity] = place


cdef inline void _down(Heap* h, int place, Entry entry) noexcept nogil:
    """Let `entry` sink from a free place to where it belongs."""
    cdef int below = 2 * place + 1
    while below < h.n:
        if below + 1 < h.n and _is_before(&h.entry[below + 1], &h.entry[below]):
            below += 1
        if not _is_before(&h.entry[below], &entry):
            break
        h.entry[place] = h.entry[below]
        h.place[h.entry[place].entity] = place
        place = below
        below = 2 * place + 1
    h.entry[place] = entry
    h.place[entry.entity] = place


cdef inline void heap_set(Heap* h, int entity, i64 key) noexcept nogil:
    """Give an entity a key; NEVER takes it out."""
    cdef int place = h.place[entity]
    cdef Entry entry
    entry.key = key
    entry.entity = entity
    if place < 0:
        if key != NEVER:
            h.n += 1
            _up(h, h.n - 1, entry)
    elif key == NEVER:
        h.n -= 1
        h.place[entity] = -1
        if place < h.n:
            entry = h.entry[h.n]
            if place > 0 and _is_before(&entry, &h.entry[(place - 1) >> 1]):
                _up(h, place, entry)
            else:
                _down(h, place, entry)
    elif key < h.entry[place].key:
        _up(h, place, entry)
    elif key > h.entry[place].key:
        _down(h, place, entry)


cdef inline i64 heap_key(const Heap* h) noexcept nogil:
    """The smallest key, NEVER if the heap is empty."""
    return h.entry[0].key if h.n else NEVER


cdef inline i64 key_of(const Heap* h, int entity) noexcept nogil:
    """The key of an entity, NEVER if it is not in."""
    return h.entry[h.place[entity]].key if h.place[entity] >= 0 else NEVER
