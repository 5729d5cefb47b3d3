"""What is true, and what of the gate logic's words contradicts it. See plant_truth.pyx."""

from sortyard_c.plant_world cimport MAX_MEMBERS, Member, Track, World, i64

cdef enum:                  # kinds of stories, in the order of STORY_KINDS in plant_results.pyx
    S_STRIKE = 1
    S_STRIKE_SAFE = 2
    S_STRIKE_BROKEN = 3
    S_STRIKE_UNDETECTABLE = 4
    S_MISSORT = 5
    S_UNDETECTABLE = 6
    S_MISREAD = 7
    S_UNDISPOSED = 8
    S_DOUBLE = 9
    S_ESTOP = 10
    S_UNANNOUNCED = 11
    S_NOT_SORTED = 12

cdef enum:                  # causes of a silent missort, MISSORT_CAUSES
    M_NOBODY = 1            # nothing stands behind the claimed track
    M_ELSEWHERE = 2         # the parcel is in another chute, or at the end instead of a chute
    M_NOWHERE = 3           # it is in no chute at all
    M_WRONG_GROUP = 4       # it is where the claim says, but that is no chute of its own plan

cdef enum:
    U_SWAPPED = 1
    U_GONE = 2
    U_BLOCK = 3
    U_UNSEEN = 4
    U_SHIFTED = 5
    U_NO_WITNESS = 6
    U_OWN_PLACE = 7


cdef inline i64 on_encoder(World* w, i64 x) noexcept nogil:
    """Place x against the encoder's scale: constant while a parcel rides and the encoder counts right."""
    return x - (w.s + <i64>w.bias * w.um_per_count)


cdef inline Member* member(World* w, Track* k, int n) noexcept nogil:
    """The nth parcel of a track. Only the first stands with its track: so what is used all the time stays in a cache."""
    return &k.first if n == 0 else &w.others[(MAX_MEMBERS - 1) * (k - w.track) + n - 1]


cdef void tell_story(World* w, int kind, int cause, i64 parcel, int track, i64 x) noexcept nogil
cdef void open_interval(World* w, i64 s) noexcept nogil
cdef void close_interval(World* w, i64 s) noexcept nogil
cdef void join_interval(World* w, int i) noexcept nogil
cdef void leave_infeed(World* w, int i) noexcept nogil
cdef void parcel_left(World* w, int i, int place, int chute) noexcept nogil
cdef void announce(World* w, int number, int head) noexcept nogil
cdef void announce_stray(World* w, int number, int eye) noexcept nogil
cdef void dispose(World* w, int number, int bits) noexcept nogil
cdef bint has_member(World* w, int place, int i) noexcept nogil
cdef int place_of(World* w, int number) noexcept nogil
cdef void estop_violation(World* w, int kind, int index) noexcept nogil
cdef void touch(World* w, int fault, int i) noexcept nogil
cdef void close_books(World* w) noexcept nogil
