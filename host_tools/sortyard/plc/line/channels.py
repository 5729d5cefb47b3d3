"""The numbers of what a line shows and of what a program asks for: those of `sortyard_c.program_io`, as plain data.

What there is of each eye, gate, chute or light begins at the number of that name and goes by its own.
"""

SEEN_CHANNELS = {
    "state": 0, "estop": 1, "start_button": 2, "stop_button": 3, "reset_button": 4, "position": 5, "speed": 6,
    "fault": 7, "fault_index": 8, "faults": 9, "inducted": 10, "sorted": 11, "recirculated": 12, "rejected": 13,
    "lost": 14, "strays": 15, "belt_runs": 16, "infeed_runs": 17, "lane_runs": 18, "eye_blocked": 32,
    "eye_count": 192, "scanner_reads": 352, "gate_out": 368, "gate_cycles": 448, "gate_healthy": 528,
    "chute_state": 608, "chute_sorted": 704,
}  # fmt: skip
ASKED_CHANNELS = {
    "start": 0, "stop": 1, "reset": 2, "flush": 3, "hold": 4, "run_belt": 5, "run_meter": 6, "run_loop": 7,
    "enable_gate": 16, "enable_chute": 96, "lamps": 192,
}  # fmt: skip
