"""Delta VFD-E, VFD-EL, VFD-M, VFD-S, MS300: user manuals, list of communication addresses (2000H, 2001H, 2100H, 2101H).

2000H: bits 0-1 stop (1) or run (2), bits 4-5 forward (1). 2001H: 0.01 Hz; full speed here is 50 Hz. 2100H: error code,
0 while there is none. 2101H: bits 0-1 are 3 while it runs. 2002H: bit 1 resets a fault.
"""

MAP = {
    "command": 0x2000,
    "run": 0x0012,
    "halt": 0x0001,
    "speed": 0x2001,
    "full_speed": 5000,
    "status": 0x2100,
    "status_words": 2,
    "state_at": 1,
    "state_mask": 0x0003,
    "running": 0x0003,
    "fault_at": 0,
    "fault_mask": 0x00FF,
    "reset_at": 0x2002,
    "reset": 0x0002,
}
