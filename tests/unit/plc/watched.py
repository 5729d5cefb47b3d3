"""A program of three tasks for tests of faults: one works, one watches it, one watches both."""

WATCHED = """
VAR_GLOBAL
    lamp AT %QX0.0 : BOOL; speed AT %QW1 : INT;
    button AT %IX0.0 : BOOL; d AT %IW1 : INT; e AT %IW2 : INT; f AT %IW3 : INT;
END_VAR
PROGRAM Work VAR n, q : INT; END_VAR
lamp := TRUE; n := n + 1;
q := 100 / d;
speed := q;
END_PROGRAM
FUNCTION_BLOCK Looks VAR_INPUT ack : BOOL; END_VAR VAR_OUTPUT kind : PLC_FAULT_KIND; END_VAR
VAR seen : PLC_FAULT; END_VAR
seen(RESET := ack); kind := seen.KIND;
END_FUNCTION_BLOCK
PROGRAM Guard VAR n, q : INT; looks : Looks; END_VAR
n := n + 1; lamp := TRUE; speed := n;
q := 100 / e;
looks(ack := button);
END_PROGRAM
PROGRAM Last VAR n, q : INT; fault : PLC_FAULT; END_VAR
n := n + 1;
q := 100 / f;
fault(RESET := FALSE);
END_PROGRAM
CONFIGURATION c RESOURCE r ON cpu
TASK work(INTERVAL := T#10ms, PRIORITY := 1); TASK guard(INTERVAL := T#10ms, PRIORITY := 2);
TASK last(INTERVAL := T#20ms, PRIORITY := 3);
PROGRAM a WITH work : Work; PROGRAM b WITH guard : Guard; PROGRAM z WITH last : Last;
END_RESOURCE END_CONFIGURATION
"""
"""Work fails where d is 0, Guard where e is, Last where f is; Guard asks for a reset with the button."""
