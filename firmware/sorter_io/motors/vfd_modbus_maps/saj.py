"""SAJ 8000 series: 1000H takes 1 (forward), 5 (stop) and others; 1001H tells 1 (forward), 2 (reverse) or 3 (stopped).

Speed and faults are not in this map: set the speed in the inverter, and wire its fault relay.
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
    "fault_mask": 0,
}
