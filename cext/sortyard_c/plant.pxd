"""The plant's face for compiled callers; Python sees the same methods.

One run of the simulation loop, `t` always in microseconds since the start of the run:

    plant = Plant(line_table, fault_table, pair_gap_um, seed)   # tables: sortyard.sim.plant_config
    plant.set_codes(rows); plant.add_parcels(rows)
    while not plant.is_done():
        t = plant.run(limit)          # stops at the first input, at a change of the speed plan, or at `limit`
        step = next full millisecond >= t;  plant.advance(step)     # inputs of the same millisecond
        if plant.boots != boots: the controller has restarted: a new GateLogic with boot number plant.boots
        n = plant.take(inbox)         # inputs since the last take, 5 ints each: kind index position a b
        ... feed, step(plant.position(), step), drain ...
        plant.command(kind, a, b, c, position)                    # every record of the gate logic, in order

- `run` and `advance` move time on, never back; `now_us` is where the plant stands. Between two returns of `run`
  the belt's speed is constant, so `time_of_count` is exact until the next return. While the belt stands it
  answers NEVER_US (2^62 - 1).
- Tracks that are open at a reboot are closed by the host: DISPOSITION records LOST/REBOOT through `command`, before
  the new controller's first record (its track numbers begin anew).
- While `is_down` is 1 (power cut) the controller does not exist: do not step it, commands are ignored. At the end
  `boots` grows by one and the inbox holds the levels that a booting controller finds (blocked eyes, drive,
  emergency stop, gate ends, full chutes).
- READ comes with a = index into the code table, b = the board's answer of `set_codes`; the loop replaces a by the
  slot (+ 1024 if it is new). On DEST_REQUEST the loop calls `ask_host(track, code)`; the DESTINATION input comes
  by itself, late, or never. `command` ignores DEST_REQUEST.
- `needs_parcels()` is how many more rows fit: call `add_parcels` again when it is half or more of
  ROW_CAPACITY; after the last rows call `end_of_parcels()`. `is_done()`: no row waits, nothing lies on the belt,
  feeder or loop, and every announced track has its disposition (or SETTLE_S have passed without any movement
  of a parcel).
- `close()` tells the truth to judge what is still open; `results()` gives the counters.
"""

cimport cython

from sortyard_c.plant_world cimport World, i64


@cython.final
cdef class Plant:
    cdef World* w
    cdef readonly i64 seed

    cpdef i64 run(self, i64 limit_us) noexcept
    cpdef void advance(self, i64 t_us) noexcept
    cpdef int take(self, int[::1] inbox, int offset) noexcept
    cpdef int position(self) noexcept
    cpdef i64 time_of_count(self, int count) noexcept
    cpdef void command(self, int kind, int a, int b, int c, int position) noexcept
    cpdef void restart_controller(self, i64 duration_us) noexcept
    cpdef int disturb(self) noexcept
    cpdef void miscount(self) noexcept
    cpdef void misread(self, int code) noexcept
    cpdef void own(self, int gate, int track) noexcept
    cpdef void ask_host(self, int track, int code) noexcept
    cpdef int needs_parcels(self) noexcept
    cpdef bint is_done(self) noexcept
