"""The one layout: what it does, that doing it twice changes nothing more, and that programs mean the same."""

import json
import random
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sortyard.plc
from parity.plc.generate.choices import Choices
from parity.plc.generate.program import generate
from sortyard.cli.main import main
from sortyard.plc.diagnostics import Sink
from sortyard.plc.format import format_text
from sortyard.plc.lexer import tokenize
from sortyard.plc.program import check_sources
from sortyard.plc.source import Source, Span

PACKAGE = Path(sortyard.plc.__file__).parents[1]
LIBRARY = sorted(PACKAGE.joinpath("plc/library").glob("*.st"))
TESTS = Path(__file__).parents[2]
SHIPPED = [*sorted(PACKAGE.rglob("*.st")), *sorted(TESTS.joinpath("bench/plc").rglob("*.st"))]
GENERATED = [generate(Choices(seed=seed)) for seed in range(12)]


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
VAR_INPUT ask : BOOL; END_VAR
VAR t : ton; n : ARRAY[1..3] OF INT := [1, 2, 3]; (* kept  as it is *)
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


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_programs_are_laid_out_this_way(path):
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


SPACES = [" ", "  ", "\n", "\t", " \n  ", "\n\n\n"]
SEEDS = st.integers(0, (1 << 64) - 1)


def spaced(tokens: list[str], seed: int) -> str:
    """Blanks and ends of lines behind the words, in one draw for all: Hypothesis takes longer for each than they do."""
    dice = random.Random(seed)
    return "".join(token + dice.choice(SPACES) for token in tokens)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_a_formatted_program_has_the_same_operations(seed):
    text = spaced([t.text for t in scan(NICE.replace("bool", "BOOL")).tokens], seed)
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


CASES = """\
PROGRAM main
VAR x : INT; b : BOOL; END_VAR
CASE x OF
    1: IF b THEN
            x := 2;
        END_IF;
    2:
        IF b THEN
            x := 3;
        ELSIF x > 1 THEN
            CASE x OF
                7:
                    REPEAT
                        x := 4;
                    UNTIL b
                    END_REPEAT;
            END_CASE;
        ELSE
            x := AND(x, 4);
        END_IF;
    3: FOR x := 1 TO 3 DO
            b := b AND (x > 1);
        END_FOR;
ELSE
    WHILE b DO
        b := FALSE;
    END_WHILE;
END_CASE;
END_PROGRAM
ACTIONS main
    ACTION clear
    x := 0;
    END_ACTION
END_ACTIONS
"""


def test_what_ends_a_block_stands_below_what_began_it():
    assert formatted(CASES) == CASES
    assert formatted("\n".join(line.strip() for line in CASES.splitlines())) == CASES


def test_comments_in_a_column_stay_there():
    text = "PROGRAM p\nVAR\n    a : INT;         (* one *)\n    b, c : INT;      (* two *)\nEND_VAR\nEND_PROGRAM\n"
    assert formatted(text) == text
    assert formatted(text.replace("b, c : INT;      ", "b,c:INT;         ")) == text
    assert formatted("PROGRAM p\na:=f(b,\nc\n);    // x\nEND_PROGRAM\n").splitlines()[1:4] == [
        "a := f(b,", "    c", ");    // x",
    ]  # fmt: skip


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_programs_keep_everything(path):
    keeps_everything(path.read_text("utf-8"))


@pytest.mark.parametrize("seed", range(len(GENERATED)))
def test_generated_programs_keep_everything_and_their_meaning(seed):
    keeps_everything(GENERATED[seed])
    assert operations(formatted(GENERATED[seed])) == operations(GENERATED[seed])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_comments_and_pragmas_stay_where_they_are(data):
    text = data.draw(st.sampled_from([CASES, UGLY, *GENERATED]))
    tokens = [token.text for token in scan(text).tokens]
    for _ in range(data.draw(st.integers(1, 12))):
        place = data.draw(st.integers(0, len(tokens)))
        tokens.insert(
            place, data.draw(st.sampled_from(["(* one *)", "// rest\n", "{p 1}", "/* two\n   lines */\n"]))
        )
    keeps_everything(spaced(tokens, data.draw(SEEDS)))


def keeps_everything(text: str) -> None:
    """Words, comments and pragmas stay in their order, and a second time changes nothing."""
    once = formatted(text)
    assert formatted(once) == once
    assert order(once) == order(text)


def order(text: str) -> list[str]:
    """Everything that is not blank, in order; lines of comments without blanks behind them."""
    found = scan(text)
    pieces = [(token.start, token.text.upper()) for token in found.tokens]
    pieces += [(span.start, "".join(span.text().split())) for span in [*found.comments, *found.pragmas]]
    return [piece for _, piece in sorted(pieces)]


def test_fmt_writes_files_and_check_only_tells(tmp_path, capsys):
    path = tmp_path / "door.st"
    path.write_text(UGLY, "utf-8")
    assert main(["plc", "fmt", str(path), "--check"]) == 1
    assert path.read_text("utf-8") == UGLY
    assert f"{path} would be changed" in capsys.readouterr().out
    assert main(["plc", "fmt", str(path)]) == 0
    assert path.read_text("utf-8") == NICE
    assert main(["plc", "fmt", str(path), "--check"]) == 0
    path.write_bytes(UGLY.replace("\n", "\r\n").encode())
    assert main(["plc", "fmt", str(path)]) == 0
    assert path.read_bytes() == NICE.replace("\n", "\r\n").encode()
    path.write_text("PROGRAM p x := ; END_PROGRAM", "utf-8")
    assert main(["plc", "fmt", str(path)]) == 2
    assert "SY1100" in capsys.readouterr().err


def test_elementary_types_are_in_capitals_where_they_are_types():
    text = """type t : struct a AT %x0.1 : bool; b : ref_to real := null; end_struct; e : usint (one, int); end_type
function real : dint
var_input date : date; x : string[20] := 'int'; y : my.int; end_var
case x of 1: date := int#5; int: dint := int_to_real(date); end_case;
end_function
function_block b method public m : tod m := tod#01:00:00; end_method property p : lreal end_property
int : word;
end_function_block
"""
    assert (
        format_text(Source("t.st", text))
        == """TYPE t : STRUCT a AT %x0.1 : BOOL; b : REF_TO REAL := NULL; END_STRUCT; e : USINT(one, int); END_TYPE
FUNCTION real : DINT
VAR_INPUT date : DATE; x : STRING[20] := 'int'; y : my.int; END_VAR
CASE x OF 1: date := INT#5; int: dint := int_to_real(date); END_CASE;
END_FUNCTION
FUNCTION_BLOCK b METHOD public m : TOD m := tod#01:00:00; END_METHOD PROPERTY p : LREAL END_PROPERTY
int : word;
END_FUNCTION_BLOCK
"""
    )


def test_fmt_tells_in_json_what_it_changes_and_what_it_leaves_alone(tmp_path, capsys):
    ugly, nice, wrong = (tmp_path / f"{name}.st" for name in ("ugly", "nice", "wrong"))
    ugly.write_text(UGLY, "utf-8")
    nice.write_text(NICE, "utf-8")
    assert main(["plc", "fmt", str(ugly), str(nice), "--check", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["changed"] == [str(ugly)]
    wrong.write_text("PROGRAM p x := ; END_PROGRAM", "utf-8")
    assert main(["plc", "fmt", str(ugly), str(wrong), "--json"]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["changed"] == [str(ugly)]
    assert [(row["code"], row["file"]) for row in answer["findings"]] == [("SY1100", str(wrong))]
