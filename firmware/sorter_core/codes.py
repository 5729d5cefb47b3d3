"""Names of the numbers that the gate logic takes and gives. Data only: the board never imports this.

The numbers are part of the link protocol and of every recorded trace: append, never renumber.
"""

INPUTS = {
    1: "EYE_BLOCKED",
    2: "EYE_CLEARED",
    3: "READ",
    4: "DESTINATION",
    5: "CHUTE",
    6: "GATE_HEALTH",
    7: "GATE_END",
    8: "DRIVE",
    9: "ESTOP",
    10: "RESET",
    11: "START",
    12: "RESTART_POLICY",
    13: "STOP",
    14: "HOLD",  # a: 1 the infeed, 2 the merge, 3 both, 0 nothing is held any more
    15: "HANDED",  # index: slot + 1, position: origin, a: track, b: length; from the zone upstream
    16: "BOUND",  # index: facts (borders), a: track, b: group + 256 * reason (+ 8192: round again); behind HANDED
    17: "PEER",  # a: 0 another zone has stopped, 1 is alive, 2 dead, and 4 * zone; 15: the link to all of them
    18: "LAP",  # index: slot + 1, a: track; one that was handed over is on the loop, in the zone where codes are read
}
OUTPUTS = {
    1: "GATE_EXTEND",
    2: "GATE_RETRACT",
    3: "GATE_HOLD",
    4: "GATES_SAFE",
    5: "LINE",
    6: "INFEED",
    7: "MERGE",
    8: "DISPOSITION",
    9: "DEST_REQUEST",
    10: "EVENT",
    11: "FAULT",
    12: "HANDED",  # a: track, b: length, c: slot + 1, position: origin; to the zone downstream
    13: "BOUND",  # a: track, b: group + 256 * reason, c: facts
}
OUTCOMES = {1: "SORTED", 2: "RECIRCULATED", 3: "REJECTED", 4: "LOST", 5: "STRAY"}
REASONS = {
    0: "NONE",
    1: "NO_READ",
    2: "MULTI_READ",
    3: "NO_DATA",
    4: "LATE_DATA",
    5: "CHUTE_FULL",
    6: "CHUTE_DISABLED",
    7: "GATE_FAULT",
    8: "GAP_TOO_SMALL",
    9: "LENGTH",
    10: "UNCERTAIN",
    11: "FLUSHED",
    12: "LAP_LIMIT",
    # why nothing is claimed (LOST, STRAY)
    13: "NOT_SEEN",  # missing at a verify eye or at the end
    14: "MERGED",  # inside a block that another track stands for
    15: "REBOOT",  # closed by the host: the board had restarted
    16: "UNPROVEN",  # diverted while uncertain: it may be in the chute, nobody claims it
    17: "CARRIED",  # a stray that reached the end of the belt
    18: "VANISHED",  # a stray that was not seen again
}
EVENTS = {
    1: "INDUCTED",  # leading edge at the infeed eye
    2: "MEASURED",  # detail: length in counts
    3: "ASSIGNED",  # a read was given to a track; detail: slot
    4: "ROUTED",  # detail: chute
    5: "CONDEMNED",  # goes to the end of the belt; detail: reason
    6: "DOUBTED",  # became UNCERTAIN; detail: cause (DOUBTS)
    7: "DIVERT_FAILED",  # detail: gate
    8: "STRAY_SEEN",  # detail: eye
    9: "UNEXPECTED_CONFIRM",  # detail: chute
    10: "READ_UNASSIGNED",  # detail: slot
    11: "LATE_ANSWER",  # a destination came when it was of no use; detail: group + 1
    12: "FLUSH",  # every track on the belt runs to reject
    13: "RESUMED",  # start with the picture kept
    14: "CHUTE_FULL",  # detail: chute; by its confirm eye
    15: "CHUTE_FREE",  # detail: chute
    16: "GATE_SLOW",  # detail: gate + 128 * milliseconds
    17: "LOOP_LOAD",  # detail: parcels on the loop
}
DOUBTS = {
    1: "LENGTH",
    2: "AMBIGUOUS",
    3: "DIVERT_FAILED",
    4: "BELT",
    5: "STANDSTILL",
    6: "LOSSES",  # two or more in a row were lost in front of the eye behind its gate
}
FAULTS = {
    1: "JAM",  # index: eye
    2: "ENCODER_STALLED",
    3: "ENCODER_DRIFT",  # counts while the drive is off
    4: "OVERSPEED",
    5: "REVERSED",
    6: "GATE_NO_END",  # index: gate
    7: "GATE_FAILS",  # index: gate; divert after divert was not confirmed
    8: "TRACKS_FULL",
    9: "INPUTS_LOST",  # detail: how many
    10: "OUTPUTS_LOST",  # detail: how many
    11: "GATE_STUCK",  # index: gate; parcels arrive that were not sent
    12: "GATE_WORN",  # index: gate
    13: "CONFIG",  # index: place in the configuration
    14: "ZONE_DEAD",  # index: zone
    # of the board's wires: sorter_ecu.wire_watch
    27: "ENCODER_MISSES",  # detail: counts that an encoder's handlers have missed since this was told last
    28: "EXPANDER_SILENT",  # index: expander; the line is stopped
    29: "HOST_LOST",  # the line may not run without its host (policy.host_lost); detail: seconds that it has been gone
    # of the board itself, told after the reset (OLD_FAULT): sorter_ecu.fault_log
    30: "WATCHDOG",  # the board hung, and its watchdog reset it
    31: "FAILED",  # index 0: an exception, 1: the control loop did not keep up
}
