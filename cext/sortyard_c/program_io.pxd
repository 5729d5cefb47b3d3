"""What a program of a line sees and asks for: see program_io.pyx."""

cimport cython
from libc.stdint cimport int64_t

cdef enum:
    DROPPED = -1         # an input that is not for the gate logic
    MAX_COPIES = 2048
    SEEN = 1024
    ASKED = 256

cdef struct Copy:
    int channel
    int offset
    int width            # bytes
    int bit              # of the byte at `offset`, -1: the whole variable


@cython.final
cdef class ProgramIo:
    cdef int* seen
    cdef int* asked
    cdef int* was_asked
    cdef Copy* reads
    cdef Copy* writes
    cdef int n_reads, n_writes
    cdef int n_gates, n_chutes, um_per_count
    cdef int flush_at_boot
    cdef int gate_told[128]     # by people: 1 healthy
    cdef int gate_sent[128]
    cdef int gate_bad[128]      # set aside by the gate logic until a reset
    cdef int chute_told[128]
    cdef int chute_sent[128]
    cdef int chute_heaped[128]
    cdef int hold_sent, next_gate, next_chute
    cdef bint wants_start, wants_reset, wants_policy
    cdef int64_t speed_at_us, sent_at_us
    cdef int speed_at
    cdef readonly int64_t requests

    cdef bint _wants_stop(self) noexcept
    cdef int _gate_state(self, int g) noexcept
    cdef void _show_gate(self, int g) noexcept
    cdef int _chute_state(self, int c) noexcept
    cdef void _show_chute(self, int c) noexcept
    cdef void _reset(self) noexcept
    cdef int saw(self, int kind, int index, int a) noexcept
    cdef void said(self, int kind, int a, int b, int c) noexcept
    cdef void _safe(self, int first, int end) noexcept
    cdef void stand(self, int64_t now_us, int position, int state) noexcept
    cdef bint next_request(self, int64_t now_us, int* record) noexcept
    cdef void _event(self, int code, int detail) noexcept
    cdef void _fault(self, int code, int index) noexcept
    cdef void _ended(self, int b) noexcept
    cdef bint _next_command(self, int* record) noexcept
    cdef bint _next_gate(self, int* record) noexcept
    cdef bint _next_chute(self, int* record) noexcept
