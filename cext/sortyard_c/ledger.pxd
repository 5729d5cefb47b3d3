"""The books of a simulated run: see ledger.pyx."""

cimport cython
from libc.stdint cimport int64_t

cdef enum:
    OUTPUT = 32          # added to the kind of an output record
    PROGRAM = 64         # what the line's program says
    INDUCTED = 1
    MEASURED = 2
    ASSIGNED = 3
    ROUTED = 4
    STRAY_SEEN = 8
    CHUTE_FULL = 14
    CHUTE_FREE = 15

cdef struct Record:
    int64_t t_us
    int belt
    int kind
    int p
    int q
    int r
    int s

cdef struct Track:
    int handle           # -1: never used; kept until another track needs the place
    int is_open
    int origin           # belt counter when the leading edge stood at x = 0
    int is_read
    int64_t opened_us
    int64_t assigned_us  # -1: no code yet


@cython.final
cdef class Ledger:
    cdef Record* ring
    cdef Record* picked
    cdef bytes opening   # the first RING records, once there are more
    cdef Record* chunk
    cdef int* trace
    cdef Track* tracks
    cdef int64_t* eye_from
    cdef int64_t* eye_to
    cdef int64_t written
    cdef int chunk_used, chunk_room, trace_used, n_eyes, um_per_count, near
    cdef object sha, on_chunk
    cdef readonly int open_tracks
    cdef int64_t dispositions[8][32]
    cdef int64_t sorted_by_chute[256]
    cdef int64_t unconfirmed, inducted, read_tracks
    cdef int64_t events[32]
    cdef int64_t faults[32]
    cdef int64_t gate_cycles[128]
    cdef int64_t full_us[256]
    cdef int64_t full_since[256]
    cdef int64_t gaps[256]
    cdef int64_t latency[1024]
    cdef int64_t length_sum_counts, measured
    cdef int64_t running_us, stopped_us, stops, drive_since
    cdef int is_running, infeed_cleared, has_infeed_cleared
    cdef int case_room[2]
    cdef readonly list cases

    cdef inline void _write(self, int64_t t_us, int belt, int kind, const int* told) noexcept
    cdef void taken(self, int64_t t_us, int belt, const int* record) noexcept
    cdef void given(self, int64_t t_us, int belt, const int* record) noexcept
    cdef void _count_input(self, int64_t t_us, const int* record) noexcept
    cdef int flush(self) except -1
    cdef void _event(self, int64_t t_us, int code, int track, int detail, int position) noexcept
    cdef void _destined(self, int64_t t_us, int track) noexcept
    cdef int _origin_of_stray(self, int eye, int position) noexcept
    cdef void _disposed(self, int64_t t_us, int track, int b) noexcept
    cdef void _open(self, int64_t t_us, int track, int origin) noexcept
    cdef void _chute(self, int64_t t_us, int chute, int is_full) noexcept
    cdef void _drive(self, int64_t t_us, int is_running) noexcept
    cdef void _gap(self, int kind, int position) noexcept
    cdef int64_t _first_from(self, int64_t t_us) noexcept
    cdef bint _is_about(self, const Record* record, int track, int origin) noexcept
