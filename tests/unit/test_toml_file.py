"""What a user is told about a TOML file: every mistake at once, each at its line."""

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, field_validator

from sortyard.config.toml_file import load_located, load_model
from sortyard.config.toml_lines import KeyPath, LineMap, dotted
from sortyard.errors import Finding, InputError


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Fit(StrEnum):
    TIGHT = "tight"
    LOOSE = "loose"


class Barrier(_Table):
    kind: Literal["barrier"]
    name: str
    extend_ms: int = Field(ge=1, le=400, description="from command to full travel")


class Impulse(_Table):
    kind: Literal["impulse"]
    name: str
    stroke_ms: int


class Timing(_Table):
    delay_ms: float
    fit: Fit = Fit.TIGHT


class Site(_Table):
    name: str
    speed_mm_s: int = Field(ge=100, le=3000)
    is_loop: bool = False
    target: str | int = "A"
    marks_mm: tuple[int, ...] = ()
    timing: dict[str, Timing] = {}
    diverter: list[Annotated[Barrier | Impulse, Field(discriminator="kind")]] = []

    @field_validator("name")
    @classmethod
    def _one_word(cls, name: str) -> str:
        if " " in name:
            raise ValueError(f'"{name}" has a space in it', "write one word")
        return name


GOOD = """\
name = "hub"          # a comment with = and [brackets]
speed_mm_s = 1500
marks_mm = [
    100,
    # between two
    200,
]
[timing.slow]
delay_ms = 12.5
fit = "loose"

[[diverter]]
kind = "barrier"
name = "D1"
extend_ms = 80

[[diverter]]
kind = "impulse"
name = \"\"\"D
2\"\"\"
stroke_ms = 120
"""


def _write(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "site.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def _findings(path: Path) -> list[Finding]:
    with pytest.raises(InputError) as caught:
        load_model(path, Site)
    return list(caught.value.findings)


def test_a_good_file_becomes_its_model(tmp_path: Path) -> None:
    site = load_model(_write(tmp_path, GOOD), Site)
    assert site.marks_mm == (100, 200)
    assert site.timing["slow"].fit is Fit.LOOSE
    assert [d.name for d in site.diverter] == ["D1", "D\n2"]


def test_a_later_check_finds_the_line_of_a_key(tmp_path: Path) -> None:
    located = load_located(_write(tmp_path, "\ufeff" + GOOD.replace("\n", "\r\n")), Site)
    assert located.lines.line_of(("marks_mm", 1)) == 6
    assert located.lines.line_of(("timing", "slow", "fit")) == 10
    assert located.lines.line_of(("diverter", 1, "stroke_ms")) == 21
    assert located.lines.line_of(("diverter", 1, "not_written")) == 17
    assert located.lines.line_of(("nowhere",)) == 1
    finding = located.finding(("diverter", 0, "name"), "the name D1 is taken", "choose another")
    assert (finding.line, finding.key) == (14, "diverter[0].name")


def test_ten_mistakes_are_told_at_once_each_at_its_line(tmp_path: Path) -> None:
    text = """\
name = "our hub"
sped_mm_s = 1500
is_loop = "yes"
target = [1]
marks_mm = [1, "2", 3.5]
[timing.slow]
delay_ms = "12 ms"
fit = "losse"
[[diverter]]
kind = "barrier"
name = 7
extend_ms = 900
[[diverter]]
kind = "bariier"
"""
    findings = _findings(_write(tmp_path, text))
    told = {(f.line, f.key): f for f in findings}
    assert set(told) == {
        (1, "name"),
        (1, "speed_mm_s"),
        (2, "sped_mm_s"),
        (3, "is_loop"),
        (4, "target"),
        (5, "marks_mm[1]"),
        (5, "marks_mm[2]"),
        (7, "timing.slow.delay_ms"),
        (8, "timing.slow.fit"),
        (11, "diverter[0].name"),
        (12, "diverter[0].extend_ms"),
        (14, "diverter[1].kind"),
    }
    assert [f.line for f in findings] == sorted(f.line or 0 for f in findings)
    assert told[1, "name"].reason == '"our hub" has a space in it'
    assert told[1, "name"].remedy == "write one word"
    assert told[1, "speed_mm_s"].reason == 'the key "speed_mm_s" is missing'
    assert 'did you mean "speed_mm_s"?' in told[2, "sped_mm_s"].remedy
    assert "true or false" in told[3, "is_loop"].reason
    assert told[4, "target"].reason == "found a list of 1; allowed: text in quotes or a whole number"
    assert told[7, "timing.slow.delay_ms"].reason == 'found "12 ms"; allowed: a number'
    assert 'did you mean "loose"?' in told[8, "timing.slow.fit"].remedy
    assert 'name = "7"' in told[11, "diverter[0].name"].remedy
    assert told[12, "diverter[0].extend_ms"].reason == "found 900; allowed: at most 400"
    assert "from command to full travel" in told[12, "diverter[0].extend_ms"].remedy
    assert 'did you mean "barrier"?' in told[14, "diverter[1].kind"].remedy


def test_a_key_of_the_other_kind_of_table_is_unknown_in_this_one(tmp_path: Path) -> None:
    text = 'name = "a"\nspeed_mm_s = 500\n[[diverter]]\nkind = "impulse"\nname = "D"\nextend_ms = 4\n'
    unknown = next(f for f in _findings(_write(tmp_path, text)) if f.key == "diverter[0].extend_ms")
    assert unknown.line == 6
    assert unknown.remedy == "allowed keys: kind, name, stroke_ms"


def test_what_was_found_is_shown_as_toml_writes_it(tmp_path: Path) -> None:
    text = f'name = {{ first = "a" }}\nspeed_mm_s = true\ntarget = 1.5\nis_loop = "{"x" * 50}"\n'
    assert [f.reason for f in _findings(_write(tmp_path, text))] == [
        "found a table; allowed: text in quotes",
        "found true; allowed: a whole number",
        "found 1.5; allowed: text in quotes or a whole number",
        f'found "{"x" * 37}..."; allowed: true or false',
    ]


def test_quotes_at_the_end_of_a_long_text_do_not_shift_the_lines() -> None:
    lines = LineMap('a = """\nsays "no\\""""\nb = \'\'\'\nit\'\'\'\'\nc = 1\n')
    assert [lines.line_of((key,)) for key in "abc"] == [1, 3, 5]


def test_a_table_without_its_kind_is_told_which_key_is_missing(tmp_path: Path) -> None:
    (finding,) = _findings(_write(tmp_path, 'name = "a"\nspeed_mm_s = 500\n\n[[diverter]]\nname = "D"\n'))
    assert (finding.line, finding.key) == (4, "diverter[0].kind")
    assert finding.reason == 'the key "kind" is missing'


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("name = \n", 1, "not valid TOML at column 8: invalid value"),
        ('a = 1\nname = "x\n', 2, "not valid TOML at column 10: illegal character '\\n'"),
        ("a = 1\n\nb = [1, 2\n", 4, "not valid TOML: unclosed array"),
        ("a = 1\nb = 2\na = 3\n", 3, "a is given twice"),
        ("[t]\na = 1\n[t]\nb = 1\n", 3, "[t] is given twice"),
        (b"a = 1\nb = '\xff'\n", 2, "byte 0xff is not UTF-8 text"),
    ],
)
def test_a_file_that_is_no_toml_says_where(tmp_path: Path, text: str | bytes, line: int, reason: str) -> None:
    (finding,) = _findings(_write(tmp_path, text))
    assert finding.line == line
    assert finding.reason.startswith(reason)
    assert finding.remedy


def test_a_missing_file_names_those_that_are_there(tmp_path: Path) -> None:
    _write(tmp_path, GOOD)
    (finding,) = _findings(tmp_path / "sight.toml")
    assert finding.reason == "there is no such file"
    assert "site.toml" in finding.remedy
    (finding,) = _findings(tmp_path / "no" / "folder.toml")
    assert "cannot be read either" in finding.remedy


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (finding,) = _findings(tmp_path)
    assert finding.reason == "this is a folder, not a file"


_KEYS = st.text(st.sampled_from("abc-_1 .\"'\\é\n[]#="), min_size=1, max_size=4)
_VALUES = st.recursive(
    st.integers(-9, 9)
    | st.booleans()
    | st.floats(-5, 5)
    | st.text(st.sampled_from("ab\"'\\\n,]}#= é"), max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=12,
)


def _paths(data: Any, path: KeyPath = ()) -> set[KeyPath]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return {p for key, value in items for p in {(*path, key)} | _paths(value, (*path, key))}


@given(st.dictionaries(_KEYS, _VALUES, max_size=5))
def test_every_key_that_tomllib_reads_has_a_line(data: dict[str, Any]) -> None:
    text = tomlkit.dumps(data)
    read = tomllib.loads(text)
    lines = LineMap(text)
    assert {path for path in _paths(read) if not lines.has(path)} == set()
    rows = text.split("\n")
    for key in read:
        assert key[0] in rows[lines.line_of((key,)) - 1] or "\\" in rows[lines.line_of((key,)) - 1]


def test_a_path_is_written_as_users_write_it() -> None:
    assert dotted(("diverter", 3, "pins", "extend")) == "diverter[3].pins.extend"
    assert dotted(()) == ""
