"""A campaign of random inputs goes on where it was interrupted, and a parser that fails is told with what it takes."""

from pathlib import Path

import fuzz

from sortyard.config.driver_tables import drivers_of


class Parser:
    """Stands everything until `falls_at`; keeps what it was given."""

    def __init__(self, falls_at: int = -1) -> None:
        self.given: list[tuple[int, int]] = []
        self._falls_at = falls_at

    def __call__(self, inputs: int, seed: int) -> None:
        if len(self.given) == self._falls_at:
            raise ValueError("hurt")
        self.given.append((inputs, seed))


def test_what_was_done_is_not_done_again(tmp_path: Path):
    whole, cut = Parser(), Parser(falls_at=2)
    assert fuzz.run("x", whole, 3500, 5, fuzz.Progress(tmp_path / "whole" / "p.json"))
    assert not fuzz.run("x", cut, 3500, 5, fuzz.Progress(tmp_path / "cut.json"))
    rest = Parser()
    assert fuzz.run("x", rest, 3500, 5, fuzz.Progress(tmp_path / "cut.json"))
    assert [inputs for inputs, _ in whole.given] == [1000, 1000, 1000, 500]
    assert cut.given + rest.given == whole.given
    assert len({seed for _, seed in whole.given}) == 4


def test_a_parser_that_fails_is_told_with_its_piece(tmp_path: Path, capsys):
    progress = fuzz.Progress(tmp_path / "p.json")
    assert not fuzz.run("x", Parser(falls_at=1), 2000, 5, progress)
    assert "x: FAILED with 1000 inputs, seed 1000005: ValueError('hurt')" in capsys.readouterr().out
    assert progress.done == {"x": 1000}


def test_every_parser_is_tried():
    known = fuzz.targets()
    assert set(known) == {"frames", "modbus", "image"} | set(drivers_of("scanner"))
    for name in ("frames", "modbus", "image", "gm65"):
        known[name](50, 3)
