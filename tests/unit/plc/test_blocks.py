"""The standard blocks, scan by scan, 10 ms apart."""

import pytest

from unit.plc.st import MS, program, run, start


def trace(block: str, inputs: dict[str, list], outputs: list[str]) -> list[tuple]:
    """The block's outputs after each scan, with its inputs set before."""
    names = ", ".join(f"{name} := {name}" for name in inputs)
    types = {"PT": "LTIME" if "LTIME" in block else "TIME", "PV": block.partition("_")[2] or "INT"}
    variables = " ".join(f"{name} : {types.get(name, 'BOOL')};" for name in inputs)
    runtime = start(program(f"b : {block}; {variables}", f"b({names});"))
    rows = []
    for values in zip(*inputs.values(), strict=True):
        for name, value in zip(inputs, values, strict=True):
            runtime.set(f"main.{name}", value)
        runtime.scan()
        rows.append(tuple(runtime.get(f"main.b.{name}") for name in outputs))
    return rows


@pytest.mark.parametrize("block", ["TON", "TON_TIME", "TON_LTIME"])
def test_item_09_ton_delays_the_rising_edge(block):
    rows = trace(block, {"IN": [0, 1, 1, 1, 1, 0, 1], "PT": [20 * MS] * 7}, ["Q", "ET"])
    assert rows == [(0, 0), (0, 0), (0, 10 * MS), (1, 20 * MS), (1, 20 * MS), (0, 0), (0, 0)]


def test_item_09_ton_with_a_time_that_changes_is_zero_or_negative():
    rows = trace("TON", {"IN": [1, 1, 1, 1], "PT": [50 * MS, 50 * MS, 15 * MS, 90 * MS]}, ["Q", "ET"])
    assert rows == [(0, 0), (0, 10 * MS), (1, 15 * MS), (1, 15 * MS)]
    assert trace("TON", {"IN": [1], "PT": [0]}, ["Q", "ET"]) == [(1, 0)]
    assert trace("TON", {"IN": [1], "PT": [-5 * MS]}, ["Q", "ET"]) == [(1, 0)]


@pytest.mark.parametrize("block", ["TOF", "TOF_LTIME"])
def test_item_09_tof_delays_the_falling_edge(block):
    rows = trace(block, {"IN": [0, 1, 1, 0, 0, 0, 0, 1], "PT": [20 * MS] * 8}, ["Q", "ET"])
    expected = [(0, 0), (1, 0), (1, 0), (1, 0), (1, 10 * MS), (0, 20 * MS), (0, 20 * MS), (1, 0)]
    assert rows == expected


@pytest.mark.parametrize("block", ["TP", "TP_LTIME"])
def test_item_09_tp_gives_one_pulse_and_ignores_edges_in_it(block):
    rows = trace(block, {"IN": [1, 0, 1, 1, 0, 1], "PT": [20 * MS] * 6}, ["Q", "ET"])
    assert rows == [(1, 0), (1, 10 * MS), (0, 20 * MS), (0, 20 * MS), (0, 0), (1, 0)]


def test_item_09_two_calls_in_one_scan_see_the_same_time():
    done = run(
        "t : TON; n : INT;", "t(IN := TRUE, PT := T#10ms); t(); IF t.Q THEN n := n + 1; END_IF;", scans=3
    )
    assert (done.get("main.n"), done.get("main.t.ET")) == (2, 10 * MS)


def test_edges():
    clk = [1, 1, 0, 0, 1]
    assert trace("R_TRIG", {"CLK": clk}, ["Q"]) == [(1,), (0,), (0,), (0,), (1,)]
    assert trace("F_TRIG", {"CLK": [0, *clk]}, ["Q"]) == [(0,), (0,), (0,), (1,), (0,), (0,)]


def test_bistable_blocks_differ_when_both_inputs_are_on():
    assert trace("SR", {"S1": [1, 0, 0, 1], "R": [0, 0, 1, 1]}, ["Q1"]) == [(1,), (1,), (0,), (1,)]
    assert trace("RS", {"S": [1, 0, 0, 1], "R1": [0, 0, 1, 1]}, ["Q1"]) == [(1,), (1,), (0,), (0,)]


@pytest.mark.parametrize("block", ["CTU", "CTU_INT", "CTU_DINT", "CTU_LINT", "CTU_UDINT", "CTU_ULINT"])
def test_ctu_counts_edges_and_resets(block):
    rows = trace(block, {"CU": [1, 1, 0, 1, 0], "R": [0, 0, 0, 0, 1], "PV": [2] * 5}, ["Q", "CV"])
    assert rows == [(0, 1), (0, 1), (0, 1), (1, 2), (0, 0)]


def test_counters_stop_at_the_ends_of_their_type():
    runtime = start(program("u : CTU; d : CTD_UDINT; c : BOOL;", "c := NOT c; u(CU := c); d(CD := c);"))
    runtime.set("main.u.CV", 32766)
    runtime.set("main.d.CV", 1)
    runtime.scan(10)
    assert (runtime.get("main.u.CV"), runtime.get("main.d.CV")) == (32767, 0)


@pytest.mark.parametrize("block", ["CTD", "CTD_INT", "CTD_DINT", "CTD_LINT", "CTD_UDINT", "CTD_ULINT"])
def test_ctd_loads_and_counts_down(block):
    rows = trace(block, {"CD": [0, 1, 0, 1], "LD": [1, 0, 0, 0], "PV": [2] * 4}, ["Q", "CV"])
    assert rows == [(0, 2), (0, 1), (0, 1), (1, 0)]


@pytest.mark.parametrize("block", ["CTUD", "CTUD_DINT", "CTUD_ULINT"])
def test_ctud_counts_both_ways(block):
    inputs = {
        "CU": [1, 0, 1, 0, 0],
        "CD": [0, 0, 1, 0, 1],
        "R": [0] * 5,
        "LD": [0, 0, 0, 1, 0],
        "PV": [3] * 5,
    }
    assert trace(block, inputs, ["QU", "QD", "CV"]) == [(0, 0, 1), (0, 0, 1), (0, 0, 1), (1, 0, 3), (0, 0, 2)]


def test_rtc_starts_at_its_preset_and_runs_while_in():
    variables = "c : RTC; on : BOOL;"
    runtime = start(program(variables, "c(IN := on, PDT := DT#2024-02-28-23:59:59.990);"))
    rows = []
    for on in (0, 1, 1, 1, 0, 1):
        runtime.set("main.on", on)
        runtime.scan()
        rows.append((runtime.get("main.c.Q"), runtime.get("main.c.CDT")))
    preset = 1_709_164_799_990 * MS
    assert rows == [
        (0, 0),
        (1, preset),
        (1, preset + 10 * MS),
        (1, preset + 20 * MS),
        (0, preset + 20 * MS),
        (1, preset),
    ]


def test_hysteresis_keeps_its_state_within_the_band():
    runtime = start(program("h : HYSTERESIS; x : REAL;", "h(XIN1 := x, XIN2 := 10.0, EPS := 1.0);"))
    rows = []
    for x in (10.5, 11.0, 11.5, 10.0, 9.0, 8.9, 10.0):
        runtime.set("main.x", x)
        runtime.scan()
        rows.append(runtime.get("main.h.Q"))
    assert rows == [0, 0, 1, 1, 1, 0, 0]


def test_ramp_goes_from_x0_to_x1_in_its_time():
    body = "r(RUN := on, X0 := 2.0, X1 := 10.0, TR := T#40ms, CYCLE := T#10ms);"
    runtime = start(program("r : RAMP; on : BOOL;", body))
    rows = []
    for on in (0, 1, 1, 1, 1, 1, 0):
        runtime.set("main.on", on)
        runtime.scan()
        rows.append((runtime.get("main.r.BUSY"), runtime.get("main.r.XOUT")))
    assert rows == [(0, 2.0), (1, 2.0), (1, 4.0), (1, 6.0), (1, 8.0), (0, 10.0), (0, 2.0)]


def test_integral_and_derivative():
    body = "i(RUN := TRUE, R1 := reset, XIN := x, X0 := 5.0, CYCLE := T#500ms); "
    body += "d(RUN := TRUE, XIN := x, CYCLE := T#500ms);"
    runtime = start(program("i : INTEGRAL; d : DERIVATIVE; x : REAL; reset : BOOL := TRUE;", body))
    rows = []
    for x in (0.0, 2.0, 4.0, 6.0, 8.0):
        runtime.set("main.x", x)
        runtime.scan()
        runtime.set("main.reset", 0)
        rows.append((runtime.get("main.i.XOUT"), runtime.get("main.d.XOUT")))
    # (3 (x - x3) + x1 - x2) / (10 * 0.5 s): 6/5, (12 + 2)/5, (18 + 2)/5, (18 + 2)/5
    expected = [(5.0, 0.0), (6.0, 1.2), (8.0, 2.8), (11.0, 4.0), (15.0, 4.0)]
    assert [(i, round(d, 6)) for i, d in rows] == expected


def test_pid_by_hand_and_in_control():
    body = "p(AUTO := auto, PV := pv, SP := 20.0, X0 := 3.0, KP := 2.0, TR := 4.0, TD := 0.0, CYCLE := T#1s);"
    runtime = start(program("p : PID; auto : BOOL; pv : REAL := 25.0;", body))
    rows = []
    for auto in (0, 1, 1):
        runtime.set("main.auto", auto)
        runtime.scan()
        rows.append(runtime.get("main.p.XOUT"))
    # by hand KP * X0; then the integral grows by 5 a second: 2 * (5 + (4 * (3 - 5) + 5) / 4) = 8.5, then 11
    assert rows == [6.0, 8.5, 11.0]
