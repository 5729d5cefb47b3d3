"""A few random programs on both back ends; campaign.py runs as many as one likes."""

from parity.plc.generate.campaign import compiled, machine, main, run, try_seed
from parity.plc.generate.choices import Choices, shrink
from parity.plc.generate.program import generate
from parity.plc.generate.report import Report
from parity.plc.generate.state import State

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


def test_a_campaign_goes_on_where_it_was_and_tells_of_every_back_end(tmp_path, monkeypatch, capsys):
    path = tmp_path / "state.json"

    def campaign(backend: str, programs: int) -> str:
        command = [
            "campaign",
            "--state",
            str(path),
            "--seed",
            "3",
            "--backend",
            backend,
            "--programs",
            str(programs),
        ]
        monkeypatch.setattr("sys.argv", command)
        assert main() == 0
        return capsys.readouterr().out

    whole = State()
    for seed in range(3, 8):
        try_seed(seed, machine("ref"), whole.report("ref"))
    campaign("ref", 2)
    table = campaign("ref", 5)
    split = State(path)
    assert split.next("ref", 3) == 8
    assert split.reports["ref"] == whole.reports["ref"]
    assert table == whole.table() + "\n"
    assert campaign("micropython", 1).splitlines()[0].split() == ["micropython", "ref"]
    assert State(path).reports["micropython"].programs <= 1


def test_a_difference_is_kept_and_ends_with_exit_code_1(tmp_path, monkeypatch, capsys):
    path = tmp_path / "state.json"
    state = State(path)
    state.report("ref").failures.append((1, "images differ"))
    state.save("ref", 2)
    monkeypatch.setattr("sys.argv", ["campaign", "--state", str(path), "--backend", "ref", "--programs", "2"])
    assert main() == 1
    assert capsys.readouterr().out.splitlines()[-1].split() == ["programs", "that", "differ", "1"]
