"""SAJ 8000 series (8000M user manual, section 8.4): 1000H takes 1 (forward), 5 (stop), 7 (reset) and others; 1001H
tells 1 (forward), 2 (reverse), 3 (stopped), 4 (fault) or 5 (supply too low).

Speed is not in this map: set it in the inverter.
"""

MAP = {
    "command": 0x1000,
    "run": 0x0001,
    "halt": 0x0005,
    "status": 0x1001,
    "status_words": 1,
    "state_at": 0,
    "state_mask": 0x0007,
    "running": 0x0001,
    "stopped": 0x0003,
    "fault_at": 0,
    "fault_mask": 0x0004,
    "reset_at": 0x1000,
    "reset": 0x0007,
}
