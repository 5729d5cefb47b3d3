"""Sort plans as users write them: what they mean, and what a user is told about mistakes."""

from pathlib import Path

import pytest

from sortyard.config.plan import HostPlan, PlanFile, compile_plan, load_plan
from sortyard.errors import Finding, InputError

CHUTES = ["A1", "A2", "A3"]

GOOD = """\
default = ["A3"]

[texts]
depot = ["BER", "HAM"]

[[format]]
id = "tray"
name = "House tray"
patterns = ["{depot}(#{6})<#>"]
check = { kind = "luhn" }

[[rule]]
format = ["s10", "tray"]
prefix = ["RR", "BER"]
chutes = ["A1", "A2"]
priority = 200

[[rule]]
codes_csv = "vip.csv"
codes = ["V1", "V2", "V9"]
chute = "A2"

[[rule]]
range = { from = "100", to = "199" }
regex = ".*7"
chute = "A1"

[[rule]]
range = { from = "100", to = "199" }
chute = "A2"
"""


def _write(folder: Path, text: str, name: str = "hub.plan.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def _findings(path: Path) -> list[Finding]:
    with pytest.raises(InputError) as caught:
        load_plan(path)
    return list(caught.value.findings)


def test_a_plan_decides_by_its_first_matching_rule(tmp_path: Path) -> None:
    _write(tmp_path, "code;name\r\nV1;x\r\nV2;y\r\nV3;z\r\n", "vip.csv")
    plan = load_plan(_write(tmp_path, GOOD))
    groups = plan.groups
    assert groups == (("A1", "A2"), ("A2",), ("A1",), ("A3",))
    host = HostPlan(plan)
    for code, chutes, priority in [
        ("RR123456785GB", ("A1", "A2"), 200),
        ("LX123456785GB", ("A3",), 0),  # the format, but none of the prefixes
        ("BER1234566", ("A1", "A2"), 200),
        ("BER1234567", ("A3",), 0),  # the format's check is wrong
        ("V1", ("A2",), 100),
        ("V3", ("A3",), 0),  # in the file, but not in the rule's own list
        ("V9", ("A3",), 0),
        ("1007", ("A1",), 100),
        ("1008", ("A2",), 100),
        ("99", ("A3",), 0),
    ]:
        decided = host.decide(code)
        assert decided is not None
        assert (groups[decided[0]], decided[1]) == (chutes, priority), code


def test_the_board_asks_the_host_for_expressions_and_says_so(tmp_path: Path) -> None:
    _write(tmp_path, "code\nV1\n", "vip.csv")
    board = compile_plan(load_plan(_write(tmp_path, GOOD)), CHUTES)
    assert [(rule.line, rule.key) for rule in board.host_only_rules] == [(23, "rule[2]")]
    assert board.host_only_rules[0].text == "range 100 to 199 and regex .*7"
    assert board.groups == [(0, 1), (1,), (0,), (2,)]


def test_an_expression_that_would_try_every_way_to_split_a_code_is_decided_at_once(tmp_path: Path) -> None:
    """2^80 ways; a test that tried them would never end."""
    host = HostPlan(load_plan(_write(tmp_path, '[[rule]]\nregex = "(a|a)*(a+)+b"\nchute = "A1"\n')))
    assert host.decide("a" * 80) is None
    assert host.decide("a" * 79 + "b") == (0, 100)


@pytest.mark.parametrize("expression", ["(?=A).*", "(A)\\\\1", "(?<!A)B"])
def test_what_only_trying_can_match_is_refused(expression: str, tmp_path: Path) -> None:
    found = _findings(_write(tmp_path, f'[[rule]]\nregex = "{expression}"\nchute = "A1"\n'))
    assert [(finding.line, finding.key) for finding in found] == [(2, "rule[0].regex")]
    assert found[0].reason.startswith("not a regular expression of RE2: ")
    assert "no look-around" in found[0].remedy


def test_a_code_no_rule_knows_has_no_answer_without_default(tmp_path: Path) -> None:
    host = HostPlan(load_plan(_write(tmp_path, '[[rule]]\nprefix = "A"\nchute = "A1"\n')))
    assert host.decide("B") is None
    assert host.decide("") is None
    assert host.decide("A\xe4") == (0, 100)


def test_a_plan_without_rules_sends_everything_to_its_default(tmp_path: Path) -> None:
    assert HostPlan(load_plan(_write(tmp_path, 'default = "A1"\n'))).decide("X") == (0, 0)
    assert HostPlan(load_plan(_write(tmp_path, "[texts]\n"))).decide("X") is None


def test_ten_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = """\
defualt = "A1"
[[rule]]
format = "S10"
chute = "A1"
[[rule]]
chute = "A1"
[[rule]]
prefix = ""
chute = "A1"
[[rule]]
range = { from = "20", to = "100" }
chute = "A1"
[[rule]]
range = { from = "200", to = "100" }
chute = "A1"
[[rule]]
regex = "(x"
chute = "A1"
[[rule]]
prefix = "A"
[[rule]]
prefix = "A"
chute = "A1"
chutes = ["A1"]
[[rule]]
prefix = "A"
chute = "A1"
priority = 256
[[rule]]
codes = ["\u00e4", 17]
chute = "A1"
"""
    told = {(f.line, f.key): f for f in _findings(_write(tmp_path, text))}
    assert set(told) == {
        (1, "defualt"),
        (3, "rule[0].format"),
        (5, "rule[1]"),
        (8, "rule[2].prefix"),
        (11, "rule[3].range"),
        (14, "rule[4].range"),
        (17, "rule[5].regex"),
        (19, "rule[6]"),
        (21, "rule[7]"),
        (28, "rule[8].priority"),
        (30, "rule[9].codes[0]"),
        (30, "rule[9].codes[1]"),
    }
    assert 'did you mean "default"?' in told[1, "defualt"].remedy
    assert told[5, "rule[1]"].reason == "the rule has no condition"
    assert "not equally long" in told[11, "rule[3].range"].reason
    assert "behind" in told[14, "rule[4].range"].reason
    assert "missing )" in told[17, "rule[5].regex"].reason
    assert "neither chute nor chutes" in told[19, "rule[6]"].reason
    assert "both chute and chutes" in told[21, "rule[7]"].reason
    assert told[28, "rule[8].priority"].reason == "found 256; allowed: at most 255"


def test_what_names_are_wrong_is_told_at_once(tmp_path: Path) -> None:
    text = """\
[[format]]
id = "s10"
name = "Mine"
patterns = ["##"]
[[format]]
id = "own"
name = "Own"
patterns = ["(#"]
[[format]]
id = "own"
name = "Own again"
patterns = ["##"]
[[rule]]
format = ["own", "s1o"]
chute = "A1"
[[rule]]
codes_csv = "nowhere.csv"
chute = "A1"
"""
    findings = _findings(_write(tmp_path, text))
    assert [(f.line, f.key) for f in findings if f.file.endswith("plan.toml")] == [
        (2, "format[0].id"),
        (8, "format[1].patterns"),
        (10, "format[2].id"),
        (14, "rule[0].format"),
        (17, "rule[1].codes_csv"),
    ]
    assert "a format of sortyard" in findings[0].reason
    assert 'did you mean "s10"?' in findings[3].remedy
    assert findings[4].reason.endswith("nowhere.csv: there is no such file")


def test_a_wrong_value_hides_no_other_mistake(tmp_path: Path) -> None:
    """Two rules with a wrong value, a format with one, and beside each a name that is not there."""
    text = """\
default = "NOWHERE"
[[format]]
id = "own"
name = ""
patterns = ["##"]
[[rule]]
format = "s1o"
chute = "NORT"
priority = 300
[[rule]]
prefix = ""
chutes = ["A1", "A11"]
[[rule]]
format = "own"
chute = "A1"
color = "red"
"""
    with pytest.raises(InputError) as caught:
        load_plan(_write(tmp_path, text), ["A1", "A2"])
    assert [(f.line, f.key) for f in caught.value.findings] == [
        (1, "default"),
        (4, "format[0].name"),
        (7, "rule[0].format"),
        (8, "rule[0].chute"),
        (9, "rule[0].priority"),
        (11, "rule[1].prefix"),
        (12, "rule[1].chutes"),
        (16, "rule[2].color"),
    ]


def test_a_plan_in_csv_tells_of_rows_and_of_chutes_at_once(tmp_path: Path) -> None:
    path = _write(tmp_path, "code,chute\n1,A1\n2,A9\n3,\n1,A2\n", "hub.csv")
    with pytest.raises(InputError) as caught:
        load_plan(path, ["A1", "A2"])
    assert [(f.line, f.key) for f in caught.value.findings] == [(3, "chute"), (4, "chute"), (5, "code")]


def test_a_chute_is_in_a_group_once(tmp_path: Path) -> None:
    (finding,) = _findings(_write(tmp_path, '[[rule]]\nprefix = "A"\nchutes = ["A1", "A2", "A1"]\n'))
    assert (finding.line, finding.key) == (3, "rule[0].chutes")
    assert finding.reason == 'the chute "A1" is there twice'


def test_an_empty_list_is_a_mistake_not_a_rule_that_never_holds(tmp_path: Path) -> None:
    text = "default = []\n[[rule]]\nformat = []\nprefix = []\ncodes = []\nchutes = []\n"
    findings = _findings(_write(tmp_path, text))
    assert [f.key for f in findings] == [
        "default",
        "rule[0].format",
        "rule[0].prefix",
        "rule[0].codes",
        "rule[0].chutes",
    ]
    assert all("at least 1 entries" in f.reason for f in findings)


def test_a_chute_that_the_line_does_not_have(tmp_path: Path) -> None:
    plan = load_plan(_write(tmp_path, 'default = "A11"\n[[rule]]\nprefix = "A"\nchutes = ["A1", "B11"]\n'))
    with pytest.raises(InputError) as caught:
        compile_plan(plan, CHUTES)
    findings = sorted(caught.value.findings, key=lambda f: f.line or 0)
    assert [(f.line, f.key, f.reason) for f in findings] == [
        (1, "default", 'there is no chute "A11"'),
        (4, "rule[0].chutes", 'there is no chute "B11"'),
    ]
    assert all("the line has A1, A2, A3" in f.remedy for f in findings)
    assert 'did you mean "A1"?' in findings[0].remedy


def test_more_groups_than_a_board_can_number(tmp_path: Path) -> None:
    rules = "".join(f'[[rule]]\nprefix = "{n:03d}"\nchute = "C{n}"\n' for n in range(201))
    (finding,) = _findings(_write(tmp_path, rules))
    assert finding.reason == "the plan has 201 chute groups; allowed: 200"


def test_a_plan_in_csv(tmp_path: Path) -> None:
    path = _write(tmp_path, "\ufeffChute;CODE\r\nA1;100\r\nA2;200\r\n\r\nA1;300\r\nA1;100\r\n", "hub.csv")
    plan = load_plan(path)
    host = HostPlan(plan)
    assert [host.decide(code) for code in ("100", "200", "300", "400")] == [
        (0, 100),
        (1, 100),
        (0, 100),
        None,
    ]
    assert [(f.line, f.severity) for f in plan.findings] == [(6, "warning")]
    with pytest.raises(InputError) as caught:
        compile_plan(plan, ["A1"])
    assert [(f.line, f.key) for f in caught.value.findings] == [(3, "chute")]


def test_mistakes_of_a_plan_in_csv_are_told_at_once(tmp_path: Path) -> None:
    text = "code,chute\n100,A1\n100,A2\n,A1\n300,\n400\n500,A1\n" + "9" * 65 + ",A1\n"
    found = [(f.line, f.key, f.reason) for f in _findings(_write(tmp_path, text, "hub.csv"))]
    assert [(line, key) for line, key, _ in found] == [
        (3, "code"),
        (4, "code"),
        (5, "chute"),
        (6, ""),
        (8, "code"),
    ]
    assert "another chute in line 2" in found[0][2]


def test_a_plan_in_csv_with_other_columns(tmp_path: Path) -> None:
    findings = _findings(_write(tmp_path, "codes,chut\n1,A1\n", "hub.csv"))
    assert [f.key for f in findings] == ["code", "chute"]
    assert 'did you mean "codes"?' in findings[0].remedy
    (finding,) = _findings(_write(tmp_path, "code,chute\n", "hub.csv"))
    assert finding.reason == "the plan has no codes"
    (finding,) = _findings(_write(tmp_path, "", "hub.csv"))
    assert finding.reason == "the file is empty"


def test_a_list_of_codes_is_checked_row_by_row(tmp_path: Path) -> None:
    rule = '[[rule]]\ncodes_csv = "list.csv"\nchute = "A1"\n'
    _write(tmp_path, "code\nA\n" + "B" * 65 + "\n\u00e4\n", "list.csv")
    findings = _findings(_write(tmp_path, rule))
    assert [f.line for f in findings if f.file.endswith("list.csv")] == [3, 4]
    _write(tmp_path, "number\nA\n", "list.csv")
    assert any('the column "code" is missing' in f.reason for f in _findings(_write(tmp_path, rule)))
    _write(tmp_path, "code\n", "list.csv")
    assert any("the list has no codes" in f.reason for f in _findings(_write(tmp_path, rule)))


def test_the_schema_names_every_key_of_a_rule() -> None:
    described = PlanFile.model_json_schema()
    assert set(described["properties"]) == {"texts", "format", "default", "rule"}
    rule = described["$defs"]["RuleTable"]
    assert set(rule["properties"]) >= {"format", "prefix", "range", "codes", "codes_csv", "regex", "chutes"}
    assert rule["additionalProperties"] is False
    assert set(described["$defs"]["Range"]["properties"]) == {"from", "to"}
