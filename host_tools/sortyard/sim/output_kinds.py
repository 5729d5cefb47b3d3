"""Kinds of the gate logic's outputs, as `sorter_core.codes.OUTPUTS` numbers them, and which of them drives what."""

EXTEND, RETRACT, HOLD, SAFE, LINE, INFEED, MERGE = 1, 2, 3, 4, 5, 6, 7
DISPOSITION, DEST_REQUEST, EVENT, FAULT = 8, 9, 10, 11
STRAY_SEEN = 8
"""Of events: first value."""
MOTORS = {"belt": LINE, "meter": INFEED, "loop": MERGE}
"""What the gate logic says to each motor."""
