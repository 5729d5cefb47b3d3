"""The one layout: what it does, that doing it twice changes nothing more, and that programs mean the same."""

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sortyard.plc
from sortyard.cli.main import main
from sortyard.plc.diagnostics import Sink
from sortyard.plc.format import format_text
from sortyard.plc.lexer import tokenize
from sortyard.plc.program import check_sources
from sortyard.plc.source import Source, Span

LIBRARY = sorted(Path(sortyard.plc.__file__).with_name("library").glob("*.st"))


def formatted(text: str) -> str:
    return format_text(Source("t.st", text))


UGLY = """\
function_block   Door
var_input ask:bool ; END_VAR
  var  t:ton ;n :ARRAY[1 .. 3]OF int:=[1,2 ,3] ; (* kept  as it is *)
END_VAR



{pragma  kept}
t( IN:=ask,PT:=T#2s ,
Q=>ask);
   if ask AND( n[ 1 ]>- 1 ) THEN // why
if not ask then n[1]:=n[1] - 1;
end_if ;
ELSIF n [2] = 3 THEN
n[2]:=INT#5* - n[1]; ELSE n[3]:=n[1] +
n[2];
END_IF;
CASE n[1] OF
1,2 .. 3: n[1]:=0;
n[2]:=0;
  (* nested *)
4:
for n[1]:=1 to 3 do n[2]:=1; end_for;
else n[3]:=1;
END_CASE;
end_function_block
"""
NICE = """\
FUNCTION_BLOCK Door
VAR_INPUT ask : bool; END_VAR
VAR t : ton; n : ARRAY[1..3] OF int := [1, 2, 3]; (* kept  as it is *)
END_VAR

{pragma  kept}
t(IN := ask, PT := T#2s,
    Q => ask);
IF ask AND (n[1] > -1) THEN // why
    IF NOT ask THEN n[1] := n[1] - 1;
    END_IF;
ELSIF n[2] = 3 THEN
    n[2] := INT#5 * -n[1]; ELSE n[3] := n[1] +
        n[2];
END_IF;
CASE n[1] OF
    1, 2..3: n[1] := 0;
        n[2] := 0;
    (* nested *)
    4:
        FOR n[1] := 1 TO 3 DO n[2] := 1; END_FOR;
ELSE n[3] := 1;
END_CASE;
END_FUNCTION_BLOCK
"""


def test_an_ugly_source_becomes_a_nice_one():
    assert formatted(UGLY) == NICE
    assert formatted(NICE) == NICE


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.name)
def test_the_library_is_laid_out_this_way(path):
    assert formatted(path.read_text("utf-8")) == path.read_text("utf-8")


@pytest.mark.parametrize("apart", [". .", ".. .", "1. 2", "1. 2.. 3"])
def test_what_would_be_read_as_one_stays_apart(apart):
    words = [token.text for token in scan(formatted(apart)).tokens]
    assert words == [token.text for token in scan(apart).tokens]


WORDS = {
    token.text for path in LIBRARY for token in tokenize(Source("s", path.read_text("utf-8")), Sink()).tokens
}
PIECES = st.sampled_from(
    [*sorted(WORDS), "\n", "\n\n", "(* c *)", "// d\n", "{p}", "(* a\n  b *)", "'t'", "TEST", "GET"]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=60))
def test_formatting_twice_changes_nothing_and_no_word_is_lost(pieces):
    text = " ".join(pieces)
    once = formatted(text)
    assert formatted(once) == once
    assert [t.text.upper() for t in scan(once).tokens] == [t.text.upper() for t in scan(text).tokens]
    assert len(scan(once).comments) == len(scan(text).comments)
    assert [span.text() for span in scan(once).pragmas] == [span.text() for span in scan(text).pragmas]


def scan(text: str):
    return tokenize(Source("s", text), Sink())


SPACES = st.sampled_from([" ", "  ", "\n", "\t", " \n  ", "\n\n\n"])


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_formatted_program_has_the_same_operations(data):
    tokens = [t.text for t in scan(NICE.replace("bool", "BOOL")).tokens]
    text = "".join(token + data.draw(SPACES) for token in tokens)
    assert operations(formatted(text)) == operations(text)


def operations(text: str) -> Any:
    """Everything that is compiled, places in the source left out."""
    compiled = check_sources([Source("t.st", text)])
    assert not compiled.has_errors
    return [shape(pou.body) for pou in compiled.pous if not pou.is_library], compiled.image.initial


def shape(value: Any) -> Any:
    if isinstance(value, Span):
        return None
    if isinstance(value, (list, tuple)):
        return [shape(item) for item in value]
    if is_dataclass(value) and type(value).__module__ == "sortyard.plc.ir":
        return [type(value).__name__, *(shape(getattr(value, field.name)) for field in fields(value))]
    return (
        value
        if isinstance(value, (int, float, str, type(None)))
        else str(getattr(value, "name", type(value)))
    )


def test_fmt_writes_files_and_check_only_tells(tmp_path, capsys):
    path = tmp_path / "door.st"
    path.write_text(UGLY, "utf-8")
    assert main(["plc", "fmt", str(path), "--check"]) == 1
    assert path.read_text("utf-8") == UGLY
    assert f"{path} would be changed" in capsys.readouterr().out
    assert main(["plc", "fmt", str(path)]) == 0
    assert path.read_text("utf-8") == NICE
    assert main(["plc", "fmt", str(path), "--check"]) == 0
    path.write_text("PROGRAM p x := ; END_PROGRAM", "utf-8")
    assert main(["plc", "fmt", str(path)]) == 2
    assert "SY1100" in capsys.readouterr().err
