"""A few random programs on both back ends; campaign.py runs as many as one likes."""

from parity.plc.generate.campaign import Report, compiled, machine, run, try_seed
from parity.plc.generate.choices import Choices, shrink
from parity.plc.generate.program import generate

PROGRAMS = 44


def test_random_programs_are_the_same_in_c(monkeypatch, tmp_path):
    monkeypatch.setenv("SORTYARD_CACHE", str(tmp_path))
    report = Report()
    for seed in range(PROGRAMS):
        try_seed(seed, machine("c0"), report)
    assert report.failures == []
    assert report.refused < PROGRAMS // 4
    assert {"DIVIDE_BY_ZERO", "INDEX_OUT_OF_BOUNDS", "BUDGET"} <= set(report.faults)
    assert len(report.constructs) > 100


def test_the_same_choices_give_the_same_program():
    first = Choices(seed=5)
    text = generate(first)
    assert generate(Choices(replay=first.drawn)) == text
    assert generate(Choices(seed=6)) != text


def test_no_choices_at_all_are_a_program():
    program = compiled(generate(Choices(replay=[])))
    assert program is not None
    run(program, 0, machine("ref"), Report())


def test_shrinking_leaves_what_matters():
    drawn = [9, 3, 77, 4, 1, 50, 8]
    assert shrink(drawn, lambda rows: any(n >= 42 for n in rows)) == [50]
