cpdef bint is_swapped_alike(long long offset_um, long long window_um, long long length_a_um, long long length_b_um,
                            long long tolerance_um) noexcept nogil
cpdef bint is_gone_after_last_eye(long long left_x_um, long long last_eye_x_um) noexcept nogil
cpdef bint is_one_block(long long gap_um, long long resolution_um, int codes_read) noexcept nogil
cpdef bint is_unseen_before(long long seen_us, long long commanded_us) noexcept nogil
cpdef bint is_shifted_after_last_eye(long long offset_um, long long margin_um) noexcept nogil
cpdef bint is_without_witness(bint has_confirm_eye, bint is_gate_healthy) noexcept nogil
cpdef bint is_clear_as_told(long long nose_um, long long tail_um, long long zone_start_um,
                            long long zone_end_um) noexcept nogil
cpdef bint is_in_own_place(long long offset_um, long long window_um, bint is_told_else) noexcept nogil
