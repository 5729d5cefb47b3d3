"""Standard blocks at the edges of their inputs, scan by scan, 10 ms apart: inputs and outputs of each scan by hand.

A row of a block is (inputs with types, initial values, outputs, scans); a scan is (inputs, outputs).
"""

MS = 1_000_000
_RANGES = {
    "INT": (-32768, 32767),
    "DINT": (-2147483648, 2147483647),
    "LINT": (-9223372036854775808, 9223372036854775807),
    "UDINT": (0, 4294967295),
    "ULINT": (0, 18446744073709551615),
}


def _timers(suffix: str, type_name: str) -> dict[str, list[tuple]]:
    """At once with PT zero or below, PT changed while running, at the exact scan, an input that falls early."""
    inputs = f"IN BOOL, PT {type_name}"
    on, off = 1, 0
    return {
        f"TON{suffix}": [
            (inputs, "", "Q ET", [((on, 0), (1, 0)), ((off, 0), (0, 0))]),
            (inputs, "", "Q ET", [((on, -MS), (1, 0)), ((on, 5 * MS), (1, 0))]),
            (inputs, "", "Q ET", [((on, 10 * MS), (0, 0)), ((on, 10 * MS), (1, 10 * MS)),
                                  ((on, 10 * MS), (1, 10 * MS))]),
            (inputs, "", "Q ET", [((on, 10 * MS + 1), (0, 0)), ((on, 10 * MS + 1), (0, 10 * MS)),
                                  ((on, 10 * MS + 1), (1, 10 * MS + 1))]),
            (inputs, "", "Q ET", [((on, 10 * MS), (0, 0)), ((on, 20 * MS), (0, 10 * MS)), ((on, 5 * MS), (1, 5 * MS)),
                                  ((on, 90 * MS), (1, 5 * MS))]),
            (inputs, "", "Q ET", [((on, 15 * MS), (0, 0)), ((off, 15 * MS), (0, 0)), ((on, 15 * MS), (0, 0)),
                                  ((on, 15 * MS), (0, 10 * MS)), ((on, 15 * MS), (1, 15 * MS))]),
        ],
        f"TOF{suffix}": [
            (inputs, "", "Q ET", [((off, 20 * MS), (0, 0)), ((off, 20 * MS), (0, 0))]),
            (inputs, "", "Q ET", [((on, 0), (1, 0)), ((off, 0), (0, 0)), ((off, 0), (0, 0))]),
            (inputs, "", "Q ET", [((on, -MS), (1, 0)), ((off, -MS), (0, 0))]),
            (inputs, "", "Q ET", [((on, 10 * MS), (1, 0)), ((off, 10 * MS), (1, 0)), ((off, 10 * MS), (0, 10 * MS)),
                                  ((off, 10 * MS), (0, 10 * MS)), ((on, 10 * MS), (1, 0))]),
            (inputs, "", "Q ET", [((on, 20 * MS), (1, 0)), ((off, 20 * MS), (1, 0)), ((on, 20 * MS), (1, 0)),
                                  ((off, 20 * MS), (1, 0)), ((off, 5 * MS), (0, 5 * MS)),
                                  ((off, 90 * MS), (0, 5 * MS))]),
        ],
        f"TP{suffix}": [
            (inputs, "", "Q ET", [((on, 0), (0, 0)), ((on, 0), (0, 0)), ((off, 0), (0, 0)), ((on, 0), (0, 0))]),
            (inputs, "", "Q ET", [((on, -MS), (0, 0)), ((off, -MS), (0, 0))]),
            (inputs, "", "Q ET", [((on, 10 * MS), (1, 0)), ((off, 10 * MS), (0, 0)), ((on, 10 * MS), (1, 0)),
                                  ((on, 10 * MS), (0, 10 * MS)), ((on, 10 * MS), (0, 10 * MS)),
                                  ((off, 10 * MS), (0, 0))]),
            (inputs, "", "Q ET", [((on, 30 * MS), (1, 0)), ((off, 30 * MS), (1, 10 * MS)),
                                  ((on, 30 * MS), (1, 20 * MS)), ((off, 15 * MS), (0, 0)), ((on, 30 * MS), (1, 0))]),
        ],
    }  # fmt: skip


def _counters(suffix: str, name: str) -> dict[str, list[tuple]]:
    """PV at zero and at the ends, a value at the ends of the type, both inputs at once, reset before load."""
    low, high = _RANGES[name]
    return {
        f"CTU{suffix}": [
            (f"CU BOOL, R BOOL, PV {name}", "", "Q CV", [((0, 0, 0), (1, 0)), ((1, 1, 1), (0, 0)), ((1, 0, 1), (0, 0)),
                                                         ((0, 0, 1), (0, 0)), ((1, 0, 1), (1, 1))]),
            (f"CU BOOL, R BOOL, PV {name}", f"CV := {high - 1}", "Q CV",
             [((1, 0, high), (1, high)), ((0, 0, high), (1, high)), ((1, 0, high), (1, high)), ((0, 1, high), (0, 0))]),
            (f"CU BOOL, R BOOL, PV {name}", "", "Q CV", [((0, 0, low), (1, 0))]),
        ],
        f"CTD{suffix}": [
            (f"CD BOOL, LD BOOL, PV {name}", "", "Q CV", [((0, 0, 5), (1, 0)), ((1, 1, 5), (0, 5)), ((1, 0, 5), (0, 5)),
                                                          ((0, 0, 5), (0, 5)), ((1, 0, 5), (0, 4))]),
            (f"CD BOOL, LD BOOL, PV {name}", f"CV := {low + 1}", "Q CV",
             [((1, 0, 1), (1, low)), ((0, 0, 1), (1, low)), ((1, 0, 1), (1, low)), ((0, 1, high), (0, high))]),
        ],
        f"CTUD{suffix}": [
            (f"CU BOOL, CD BOOL, R BOOL, LD BOOL, PV {name}", "", "QU QD CV",
             [((1, 1, 0, 0, 1), (0, 1, 0)), ((0, 0, 1, 1, 1), (0, 1, 0)), ((1, 0, 0, 1, 1), (1, 0, 1)),
              ((0, 1, 0, 0, 1), (0, 1, 0)), ((1, 0, 0, 0, 1), (1, 0, 1))]),
            (f"CU BOOL, CD BOOL, R BOOL, LD BOOL, PV {name}", f"CV := {high}", "QU QD CV",
             [((1, 0, 0, 0, high), (1, 0, high)), ((0, 1, 0, 0, high), (0, 0, high - 1))]),
            (f"CU BOOL, CD BOOL, R BOOL, LD BOOL, PV {name}", f"CV := {low}", "QU QD CV",
             [((0, 1, 0, 0, 1), (0, 1, low)), ((1, 0, 0, 0, low + 1), (1, int(low + 1 <= 0), low + 1))]),
        ],
    }  # fmt: skip


_LATE = 1_709_164_800_000 * MS  # 2024-02-29
BLOCKS: dict[str, list[tuple]] = {
    "SR": [("S1 BOOL, R BOOL", "", "Q1",
            [((0, 0), (0,)), ((1, 1), (1,)), ((0, 0), (1,)), ((0, 1), (0,)), ((0, 0), (0,))])],
    "RS": [("S BOOL, R1 BOOL", "", "Q1",
            [((0, 0), (0,)), ((1, 1), (0,)), ((1, 0), (1,)), ((0, 0), (1,)), ((0, 1), (0,))])],
    "R_TRIG": [("CLK BOOL", "", "Q", [((1,), (1,)), ((1,), (0,)), ((0,), (0,)), ((1,), (1,))]),
               ("CLK BOOL", "", "Q", [((0,), (0,)), ((1,), (1,)), ((0,), (0,))])],
    "F_TRIG": [("CLK BOOL", "", "Q", [((0,), (0,)), ((0,), (0,)), ((1,), (0,)), ((0,), (1,)), ((0,), (0,))]),
               ("CLK BOOL", "", "Q", [((1,), (0,)), ((0,), (1,)), ((1,), (0,))])],
    "RTC": [("IN BOOL, PDT DT", "", "Q CDT",
             [((1, -MS), (1, -MS)), ((1, 0), (1, 9 * MS)), ((0, 0), (0, 9 * MS)), ((1, _LATE), (1, _LATE)),
              ((1, 0), (1, _LATE + 10 * MS))])],
    "HYSTERESIS": [("XIN1 REAL, XIN2 REAL, EPS REAL", "", "Q",
                    [((1.0, 1.0, 0.0), (0,)), ((1.5, 1.0, 0.0), (1,)), ((1.0, 1.0, 0.0), (1,)), ((0.5, 1.0, 0.0), (0,)),
                     ((float("inf"), 1.0, 1.0), (1,)), ((float("nan"), 1.0, 1.0), (0,))])],
    "INTEGRAL": [("RUN BOOL, R1 BOOL, XIN REAL, X0 REAL, CYCLE TIME", "", "Q XOUT",
                  [((0, 0, 9.0, 9.0, 1000 * MS), (1, 0.0)), ((1, 1, 9.0, -2.0, 1000 * MS), (0, -2.0)),
                   ((1, 0, 4.0, 0.0, 500 * MS), (1, 0.0)), ((1, 0, -1.0, 0.0, 0), (1, 0.0)),
                   ((0, 0, 4.0, 0.0, 500 * MS), (1, 0.0)), ((1, 0, 3e38, 0.0, 10_000 * MS), (1, float("inf")))])],
    "DERIVATIVE": [("RUN BOOL, XIN REAL, CYCLE TIME", "", "XOUT",
                    [((0, 5.0, 1000 * MS), (0.0,)), ((1, 5.0, 1000 * MS), (0.0,)), ((1, 5.0, 1000 * MS), (0.0,)),
                     ((1, 15.0, 1000 * MS), (3.0,)), ((0, 99.0, 1000 * MS), (0.0,)), ((1, 7.0, 1000 * MS), (0.0,))])],
    "PID": [("AUTO BOOL, PV REAL, SP REAL, X0 REAL, KP REAL, TR REAL, TD REAL, CYCLE TIME", "", "XOUT",
             [((0, 10.0, 10.0, 4.0, 1.0, 2.0, 0.0, 1000 * MS), (4.0,)),
              ((1, 10.0, 10.0, 4.0, 1.0, 2.0, 0.0, 1000 * MS), (4.0,)),
              ((1, 12.0, 10.0, 0.0, 1.0, 2.0, 0.0, 1000 * MS), (7.0,)),
              ((1, 12.0, 10.0, 0.0, 0.0, 2.0, 0.0, 1000 * MS), (0.0,)),
              ((0, 12.0, 10.0, 1.5, 2.0, 2.0, 0.0, 1000 * MS), (3.0,))])],
    "RAMP": [("RUN BOOL, X0 REAL, X1 REAL, TR TIME, CYCLE TIME", "", "BUSY XOUT",
              [((0, 1.0, 2.0, 0, 0), (0, 1.0)), ((1, 1.0, 2.0, 0, 0), (0, 2.0)), ((0, 3.0, 2.0, 0, 0), (0, 3.0)),
               ((1, 3.0, -1.0, 20 * MS, 10 * MS), (1, 3.0)), ((1, 3.0, -1.0, 20 * MS, 10 * MS), (1, 1.0)),
               ((1, 3.0, -1.0, 20 * MS, 10 * MS), (0, -1.0)), ((1, 3.0, -1.0, 20 * MS, 10 * MS), (0, -1.0))])],
    **_timers("", "TIME"),
    **_timers("_TIME", "TIME"),
    **_timers("_LTIME", "LTIME"),
    **_counters("", "INT"),
}  # fmt: skip
for _name in _RANGES:
    BLOCKS |= _counters(f"_{_name}", _name)
