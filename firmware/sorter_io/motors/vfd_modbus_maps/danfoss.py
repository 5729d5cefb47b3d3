"""Danfoss VLT FC 102, FC 202, FC 302 with the FC profile: control word 50000, reference 50010, status word 50200.

A register's number on the bus is one less than its name (VLT design guides, Modbus RTU, "Register Addressing").
Control word: bit 6 start, bits 2, 3, 4, 5 and 10 not braking, coasting, stopping, freezing, and data valid; bit 7
resets a trip as it becomes 1, and the command behind it makes it 0 again.
Reference: 4000H is 100 %. Status word: bit 3 trip, bit 11 running.
"""

MAP = {
    "command": 49999,
    "run": 0x047C,
    "halt": 0x043C,
    "speed": 50009,
    "full_speed": 0x4000,
    "status": 50199,
    "status_words": 1,
    "state_at": 0,
    "state_mask": 0x0800,
    "running": 0x0800,
    "fault_at": 0,
    "fault_mask": 0x0008,
    "reset_at": 49999,
    "reset": 0x04BC,
}
