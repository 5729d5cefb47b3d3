"""What implementations of Structured Text disagree on, by number: tests are named test_item_NN_... after it."""

ITEMS = {
    1: "integers wrap at their declared width and sign",
    2: "DIV truncates, MOD has the dividend's sign; typed faults with file and line, safe outputs, reset",
    3: "REAL is single and rounded after every operation, LREAL double; rounding half to even",
    4: "FOR evaluates end and step once, copes with the type's last value, what it leaves; a modified loop variable",
    5: "STRING[n] and STRING(n), cut on assignment, positions from 1",
    6: "AND and OR evaluate both sides, AND_THEN and OR_ELSE do not; operands from left to right",
    7: "CASE with ranges, lists and enumerations; names in any case",
    8: "TIME in 64-bit nanoseconds, LTIME, literals with all units and signs; the clock stands still in a scan",
    9: "timers: edges at the exact scan, ET ends at PT, PT changed, PT = 0, two calls in a scan, the first call",
    10: "instances, initial values, EN and ENO, VAR_IN_OUT, VAR_TEMP, RETAIN, VAR_EXTERNAL, addresses",
    11: "shifts and rotations by more than the width",
    12: "the budget of loop turns and calls; recursion is refused, the stack is bounded",
    13: "retained data: layout, migration by name and type, a cut while it is written",
}
