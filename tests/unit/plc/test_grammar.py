"""The tables of the grammar are made once for a user, and parse the same whether they are made or kept."""

import os

import pytest
from lark.load_grammar import load_grammar

from sortyard.plc import grammar, parser
from sortyard.plc.diagnostics import Sink
from sortyard.plc.source import Source

PROGRAM = "PROGRAM Main\nVAR a, b : INT; END_VAR\nIF a > 1 THEN b := a * 2 + 1; END_IF;\nEND_PROGRAM\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A cache folder of this test's own, and no tables yet."""
    monkeypatch.setenv("SORTYARD_CACHE_DIR", str(tmp_path / "cache"))
    parser._machine.cache_clear()
    yield tmp_path / "cache"
    parser._machine.cache_clear()


@pytest.fixture
def made(monkeypatch) -> list[str]:
    """Grammars of which tables have been made."""
    grammars, load = [], load_grammar
    monkeypatch.setattr("lark.lark.load_grammar", lambda *given: grammars.append(given[0]) or load(*given))
    return grammars


def parsed() -> str:
    """What a new process makes of the program."""
    parser._machine.cache_clear()
    sink = Sink()
    tree = parser.parse(Source("main.st", PROGRAM), sink)
    assert not sink.items
    return repr(tree)


def test_tables_are_made_once_and_parse_alike_when_they_are_kept(folder, made):
    first = parsed()
    (there,) = folder.iterdir()
    assert parsed() == first
    assert (len(made), list(folder.iterdir())) == (1, [there])


def test_tables_that_are_not_whole_are_made_anew(folder, made):
    first = parsed()
    (there,) = folder.iterdir()
    there.write_bytes(there.read_bytes()[:-100])
    assert parsed() == first
    assert len(made) == 2
    assert parsed() == first
    assert len(made) == 2


def test_tables_of_the_newest_grammars_are_kept_and_what_else_is_in_the_cache(folder, made):
    folder.mkdir()
    for number in range(6):
        old = folder / f"grammar-{number}.lark"
        old.write_bytes(b"of another version")
        os.utime(old, (number, number))
    (folder / "firmware-0").write_bytes(b"not a grammar's")
    parsed()
    names = {path.name for path in folder.iterdir()}
    assert names > {"firmware-0", "grammar-3.lark", "grammar-4.lark", "grammar-5.lark"}
    assert len(names) == 5
    parsed()
    assert len(made) == 1
    assert {path.name for path in folder.iterdir()} == names


def test_another_grammar_has_other_tables():
    assert grammar._key("start: A") != grammar._key("start: B")


def test_a_cache_that_cannot_be_written_costs_only_time(folder, made):
    folder.write_text("a file where the folder should be")
    assert parsed() == parsed()
    assert len(made) == 2
