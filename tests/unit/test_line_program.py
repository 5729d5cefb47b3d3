"""A line's program: compiled with the line's parts, mapped by name or by address, and judged all at once."""

import json
from pathlib import Path

import pytest
from sites import line_of, site

from sortyard.cli.main import main
from sortyard.config.board_file import load_board
from sortyard.config.examples import line_file_of
from sortyard.config.site import load_site
from sortyard.errors import Finding, InputError
from sortyard.plc.hints import OF_A_LINE
from sortyard.plc.line import channels
from sortyard.plc.line.load import BoundProgram, load_program, read_program
from sortyard.plc.line.parts import parts_of
from sortyard.plc.line.prelude import blocks
from sortyard.plc.tree import PouDecl, TypeBlock
from sortyard.plc.watch import Watch
from sortyard_c.program_io import ASKED_CHANNELS, SEEN_CHANNELS

FILE = 'program.file = "cascade.st"'
TASK = "\nCONFIGURATION C TASK T (INTERVAL := {}); PROGRAM P WITH T : Main; END_CONFIGURATION\n"


def bound(folder: Path, text: str, keys: str = "") -> BoundProgram:
    """The line cascade with another program, and with these keys beside `file`."""
    path = site(folder, "cascade", (FILE, f"{FILE}\n{keys}"))
    (folder / "cascade.st").write_text(text, encoding="utf-8")
    found = read_program(load_site(path))
    assert found is not None
    return found


def told(folder: Path, text: str, keys: str = "") -> list[str]:
    """Reasons of everything worse than a note."""
    return [one.reason for one in bound(folder, text, keys).findings if one.severity != "note"]


def main_with(body: str, variables: str = "") -> str:
    return f"PROGRAM Main\nVAR\n{variables}\nEND_VAR\n{body}\nEND_PROGRAM\n"


def test_every_part_of_the_line_is_a_variable_of_its_kind(tmp_path):
    text = main_with(
        "LINE(); M_BELT(); PE_INFEED(); SCAN(); D01(); C01(); LAMP();\n"
        "n := PE_INFEED.COUNT + SCAN.READS + D01.CYCLES + C01.SORTED + LINE.SORTED;\n"
        "LINE.HOLD := LINE.STATE = LINE_STATE#RUNNING AND C01.STATE = CHUTE_STATE#FULL AND D01.RATED = n;",
        "n : UDINT;",
    )
    assert told(tmp_path, text) == []


def test_without_its_line_a_program_is_told_to_name_it(tmp_path, capsys):
    path = site(tmp_path, "cascade")
    assert main(["plc", "check", str(tmp_path / "cascade.st")]) == 2
    assert "there is no type SORT_LINE" in (said := capsys.readouterr().err)
    assert "name the line file whose part it is, with --line" in said
    assert main(["plc", "check", str(tmp_path / "cascade.st"), "--line", str(path)]) == 0


def test_every_type_that_only_a_line_has_is_known_as_such():
    units = blocks().units
    names = {one.name.key for unit in units if isinstance(unit, TypeBlock) for one in unit.declarations}
    assert names | {unit.name.key for unit in units if isinstance(unit, PouDecl)} == OF_A_LINE


def test_the_line_file_gives_initial_values(tmp_path):
    found = bound(tmp_path, main_with("LINE();"))
    watch = Watch(found.compiled.image, bytearray(found.compiled.image.initial))
    assert watch.get("D01.RATED") == 5_000_000
    assert (watch.get("LINE.FLUSH"), watch.get("M_BELT.RUN"), watch.get("C01.ENABLE")) == (0, 1, 1)


def test_every_variable_of_every_part_has_a_place_of_its_own(tmp_path):
    found = bound(tmp_path, main_with("LINE();"))
    line = load_site(tmp_path / "cascade.line.toml").line
    assert len(found.reads) == len(set(found.reads)) == sum(len(part.reads) for part in parts_of(line))
    assert len(found.writes) == len(set(found.writes)) == sum(len(part.writes) for part in parts_of(line))
    places = [range(row.offset, row.offset + row.width) for row in (*found.reads, *found.writes)]
    taken = [byte for place in places for byte in place]
    assert len(taken) == len(set(taken))


def test_channels_have_the_numbers_of_the_compiled_code():
    assert channels.SEEN_CHANNELS == SEEN_CHANNELS
    assert channels.ASKED_CHANNELS == ASKED_CHANNELS


def test_a_wrong_name_is_told_with_the_place_in_the_program(tmp_path):
    text = main_with("D1.ENABLE := FALSE;\nD01.ENABEL := FALSE;\nLAMP.RED := 5.0;")
    findings = [one for one in bound(tmp_path, text).findings if one.severity == "error"]
    assert [one.line for one in findings] == [5, 6, 7]
    assert findings[0].file.endswith("cascade.st")
    assert findings[0].excerpt == "    5 | D1.ENABLE := FALSE;\n      | ^^"
    assert "D01" in findings[0].remedy
    assert "ENABLE" in findings[1].remedy


def test_writing_what_the_line_gives_is_told_and_a_stand_in_for_a_line_is_free_to(tmp_path):
    text = main_with("LINE.ESTOP := FALSE; M_BELT.RUNNING := TRUE; LINE.HOLD := TRUE;")
    assert told(tmp_path, text) == [
        "SY2105: ESTOP is an output of SORT_LINE: what is written here does not last",
        "SY2105: RUNNING is an output of MOTOR: what is written here does not last",
    ]
    stand_in = "OWN(); OWN.STATE := LINE_STATE#RUNNING; LINE.HOLD := OWN.STATE = LINE_STATE#RUNNING;"
    assert told(tmp_path, main_with(stand_in, "OWN : SORT_LINE;")) == []


def test_a_type_that_disagrees_with_the_parts_kind_is_told(tmp_path):
    text = "PROGRAM Main\nVAR_EXTERNAL D01 : MOTOR; END_VAR\nD01();\nEND_PROGRAM\n"
    assert told(tmp_path, text) == ["SY1302: D01 is DIVERTER in VAR_GLOBAL, MOTOR here"]


def test_an_interval_shorter_than_a_step_is_told_where_it_is_written(tmp_path):
    (finding,) = bound(tmp_path, main_with("LINE();") + TASK.format("T#500us")).findings
    assert finding.reason == "SY1801: an interval of 0.5 ms is shorter than a step of the gate logic"
    assert "T#500us" in finding.excerpt
    assert told(tmp_path, main_with("LINE();") + TASK.format("T#1ms")) == []


def two(a: str, b: str, own: str = "", units: str = "") -> str:
    return f"{units}PROGRAM A\n{own}\n{a}\nEND_PROGRAM\nPROGRAM B\n{b}\nEND_PROGRAM\n"


@pytest.mark.parametrize(
    ("a", "b", "name"),
    [
        ("LAMP.GREEN := LAMP#LIT;", "LAMP.GREEN := LAMP#OFF;", "LAMP.GREEN"),
        ("LAMP.HORN := TRUE;", "LAMP(HORN := FALSE);", "LAMP.HORN"),
        ("M_BELT.RUN := FALSE;", "M_BELT(RUN := TRUE);", "M_BELT.RUN"),
        ("D01(ENABLE := FALSE);", "IF LINE.HOLD THEN D01.ENABLE := TRUE; END_IF;", "D01.ENABLE"),
        ("LINE.START := TRUE; C01.ENABLE := TRUE;", "LINE.START := FALSE;", "LINE.START"),
    ],
)
def test_two_programs_that_ask_for_one_thing_are_told(tmp_path, a, b, name):
    (message,) = told(tmp_path, two(a, f"LAMP();\n{b}"))
    file = tmp_path / "cascade.st"
    assert message == (
        f"SY2116: B writes {name}, and so does A ({name}, {file}:3): the last one in a scan wins"
    )


def test_a_request_behind_a_reference_or_lent_to_a_block_is_told(tmp_path):
    behind = two(
        "r^.GREEN := LAMP#LIT;",
        "LAMP(GREEN := LAMP#OFF);",
        "VAR r : REF_TO STACK_LIGHT := REF(LAMP); END_VAR",
    )
    (message,) = told(tmp_path, behind)
    assert "B writes LAMP.GREEN, and so does A (LAMP.GREEN through r, " in message
    called = behind.replace("r^.GREEN := LAMP#LIT;", "r^(GREEN := LAMP#LIT);")
    assert ["LAMP.GREEN through r" in one for one in told(tmp_path, called)] == [True]
    sets = "FUNCTION_BLOCK Sets VAR_IN_OUT o : BOOL; END_VAR o := NOT o; END_FUNCTION_BLOCK\n"
    lent = two("f(o := LINE.HOLD);", "LINE.HOLD := TRUE;", "VAR f : Sets; END_VAR", sets)
    assert ["LINE.HOLD" in one for one in told(tmp_path, lent)] == [True]


LENT = """FUNCTION_BLOCK Inner VAR_IN_OUT l : STACK_LIGHT; END_VAR
l.GREEN := LAMP#LIT; l(RED := LAMP#OFF); END_FUNCTION_BLOCK
FUNCTION_BLOCK Shows VAR_IN_OUT l : STACK_LIGHT; m : MOTOR; END_VAR VAR i : Inner; END_VAR
METHOD PUBLIC Halt m.RUN := FALSE; END_METHOD
i(l := l); Halt(); END_FUNCTION_BLOCK
"""
SHOWS = "VAR f : Shows; END_VAR"


@pytest.mark.parametrize(
    ("b", "name"),
    [
        ("LAMP(GREEN := LAMP#OFF);", "LAMP.GREEN"),
        ("LAMP.RED := LAMP#LIT;", "LAMP.RED"),
        ("M_BELT.RUN := LINE.HOLD;", "M_BELT.RUN"),
    ],
)
def test_what_a_block_asks_of_a_part_that_it_is_lent_counts_for_the_program_that_lends_it(tmp_path, b, name):
    """Also where the block lends it on, or asks in a method."""
    (message,) = told(tmp_path, two("f(l := LAMP, m := M_BELT);", b, SHOWS, LENT))
    parameter = "m" if "RUN" in name else "l"
    assert f"B writes {name}, and so does A ({name} through {parameter}, " in message


def test_a_function_that_is_lent_a_part_counts_as_well(tmp_path):
    body = "l(GREEN := LAMP#LIT); Lit := l.GREEN_ON;"
    unit = f"FUNCTION Lit : BOOL VAR_IN_OUT l : STACK_LIGHT; END_VAR {body} END_FUNCTION\n"
    (message,) = told(
        tmp_path, two("b := Lit(LAMP) OR b;", "LAMP.GREEN := LAMP#OFF;", "VAR b : BOOL; END_VAR", unit)
    )
    assert "B writes LAMP.GREEN, and so does A (LAMP.GREEN through l, " in message


def test_a_block_that_both_programs_lend_a_part_to_is_told_where_the_second_one_lends_it(tmp_path):
    both = two("f(l := LAMP, m := M_BELT);", "g(l := LAMP, m := M_LOOP);", SHOWS, LENT)
    both = both.replace("PROGRAM B", "PROGRAM B VAR g : Shows; END_VAR")
    (message,) = told(tmp_path, both)  # once for the place, about the first of its requests
    assert "B writes LAMP.RED through l, and so does A (LAMP.RED through l, " in message


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("f(l := LAMP2, m := M_BELT);", "LAMP(GREEN := LAMP#OFF);"),
        ("f(l := LAMP, m := M_LOOP);", "LAMP.AMBER := LAMP#LIT; M_BELT.RUN := LINE.HOLD;"),
        ("f(l := LAMP, m := M_BELT);", "IF LAMP.GREEN = LAMP#LIT AND M_BELT.RUN THEN LINE(); END_IF;"),
    ],
)
def test_a_part_that_is_lent_is_written_as_far_as_the_block_does_it(tmp_path, a, b):
    """LAMP is called by a block that it is lent to, so it shows what it is told."""
    second = "VAR_GLOBAL LAMP2 : STACK_LIGHT; END_VAR\n" if "LAMP2" in a else ""
    assert told(tmp_path, second + two(a, b, SHOWS, LENT)) == []


def test_a_light_that_is_lent_and_never_called_is_told(tmp_path):
    greens = (
        "FUNCTION_BLOCK Greens VAR_IN_OUT o : STACK_LIGHT; END_VAR o.GREEN := LAMP#LIT; END_FUNCTION_BLOCK\n"
    )
    text = greens + main_with("f(o := LAMP);", "f : Greens;")
    assert told(tmp_path, text) == ["SY2202: LAMP is never called: its lamps stay as they are"]


def test_a_request_that_an_address_gives_is_not_heard_from_a_block_that_is_lent_its_part(tmp_path):
    text = LENT + main_with("o := TRUE; red := o;\nf(l := LAMP, m := M_BELT);", f"{AT} f : Shows;")
    (finding,) = (one for one in bound(tmp_path, text, GIVEN).findings if one.severity != "note")
    name = "LAMP.RED through l"
    assert finding.reason == f"SY2203: {name} is not heard: [program.map] has %QX0.1 in its place"
    assert finding.excerpt.splitlines()[0].endswith("f(l := LAMP, m := M_BELT);")


@pytest.mark.parametrize(
    ("a", "b", "own", "units"),
    [
        ("LAMP(GREEN := LAMP#LIT);", "LAMP.RED := LAMP#LIT;", "", ""),
        ("LAMP.GREEN := LAMP#LIT; LAMP.GREEN := LAMP#OFF;", "LAMP();", "", ""),
        ("LINE(); PE_END(STUCK_AFTER := T#9s);", "LINE(); PE_END();", "", ""),
        ("D01.ENABLE := FALSE;", "D02.ENABLE := LINE.HOLD;", "", ""),
        ("own(GREEN := LAMP#LIT);", "LAMP(GREEN := LAMP#OFF);", "VAR own : STACK_LIGHT; END_VAR", ""),
        (
            "f(o := LAMP);",
            "LAMP(RED := LAMP#LIT);",
            "VAR f : Greens; END_VAR",
            "FUNCTION_BLOCK Greens VAR_IN_OUT o : STACK_LIGHT; END_VAR o.GREEN := LAMP#LIT; END_FUNCTION_BLOCK\n",
        ),
    ],
)
def test_programs_that_ask_for_different_things_are_not(tmp_path, a, b, own, units):
    assert told(tmp_path, two(a, b, own, units)) == []


def test_a_light_that_is_never_called_stays_dark_and_is_told(tmp_path):
    text = main_with("LAMP.RED := LAMP#LIT;")
    assert told(tmp_path, text) == ["SY2202: LAMP is never called: its lamps stay as they are"]
    assert told(tmp_path, main_with("LAMP(RED := LAMP#LIT);")) == []


def test_addresses_are_mapped_to_variables_of_parts(tmp_path):
    text = main_with("go := seen; n := n + count;", "seen AT %IX0.3 : BOOL; count AT %ID4 : UDINT; "
                     "go AT %QX1.0 : BOOL; n : UDINT;")  # fmt: skip
    keys = 'program.map = { "%IX0.3" = "PE-END.BLOCKED", "%ID4" = "PE-END.COUNT", "%QX1.0" = "D02.ENABLE" }'
    found = bound(tmp_path, text, keys)
    assert found.findings == []
    slices = found.compiled.image.slices
    assert [row.offset - slices["inputs"][0] for row in found.reads[-2:]] == [0, 16]
    assert [row.bit for row in found.reads[-2:]] == [3, -1]
    enable = found.writes[-1]
    assert (enable.offset - slices["outputs"][0], enable.bit) == (1, 0)
    assert [row.channel for row in found.writes].count(enable.channel) == 1


GIVEN = 'program.map = { "%QX0.0" = "D01.ENABLE", "%QX0.1" = "LAMP.RED_ON" }'
AT = "o AT %QX0.0 : BOOL; red AT %QX0.1 : BOOL;"


@pytest.mark.parametrize(
    ("body", "name", "place"),
    [
        ("D01.ENABLE := FALSE;", "D01.ENABLE", "%QX0.0"),
        ("D01(ENABLE := FALSE);", "D01.ENABLE", "%QX0.0"),
        ("LAMP(RED := LAMP#LIT);", "LAMP.RED", "%QX0.1"),
        ("LAMP.RED := LAMP#LIT; LAMP();", "LAMP.RED", "%QX0.1"),
    ],
)
def test_a_request_that_an_address_gives_is_not_heard_by_its_name(tmp_path, body, name, place):
    found = bound(tmp_path, main_with(f"o := TRUE; red := o;\n{body}", AT), GIVEN)
    (finding,) = (one for one in found.findings if one.severity != "note")
    assert finding.reason == f"SY2203: {name} is not heard: [program.map] has {place} in its place"
    assert finding.remedy == f'write {place}, or take "{place}" out of [program.map]'
    assert (finding.severity, finding.line) == ("warning", 6)
    assert finding.excerpt.startswith(f"    6 | {body}")


@pytest.mark.parametrize(("other", "is_told"), [("D02", False), ("D01", True)])
def test_a_reference_is_not_heard_where_none_of_its_targets_is(tmp_path, other, is_told):
    """%QX0.0 has the place of D01.ENABLE, %QX0.1 that of D03.ENABLE, D02.ENABLE is heard."""
    keys = 'program.map = { "%QX0.0" = "D01.ENABLE", "%QX0.1" = "D03.ENABLE" }'
    body = f"o := red; IF o THEN r := REF({other}.ENABLE); ELSE r := REF(D03.ENABLE); END_IF;\nr^ := TRUE; red := o;"
    reasons = told(tmp_path, main_with(body, f"{AT} r : REF_TO BOOL;"), keys)
    expected = "SY2203: D01.ENABLE through r is not heard: [program.map] has %QX0.0 in its place"
    assert reasons == ([expected] if is_told else [])


def test_what_is_asked_by_name_or_only_read_is_heard(tmp_path):
    body = "o := D01.ENABLE; red := o; D01(); D02.ENABLE := o; LAMP(GREEN := LAMP#LIT); D01.RATED := 5;"
    assert told(tmp_path, main_with(body, AT), GIVEN) == []
    assert told(tmp_path, main_with("D01.ENABLE := FALSE;")) == []


def test_plc_check_with_a_line_tells_what_the_line_has_against_the_program(tmp_path, capsys):
    bound(
        tmp_path, main_with("o := TRUE; red := o; LAMP.GREEN := LAMP#LIT;\nD01.ENABLE := FALSE;", AT), GIVEN
    )
    command = ["plc", "check", str(tmp_path / "cascade.st"), "--line", str(tmp_path / "cascade.line.toml")]
    assert main(command) == 0
    said = capsys.readouterr().err
    assert "SY2203: D01.ENABLE is not heard: [program.map] has %QX0.0 in its place" in said
    assert "SY2202: LAMP is never called" in said
    assert main([*command, "--json"]) == 0
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert sorted(one["code"] for one in findings) == ["SY2202", "SY2203"]
    assert [one["line"] for one in findings if one["code"] == "SY2203"] == [6]


def test_every_mistake_in_the_map_is_told_at_once(tmp_path):
    text = main_with(
        "a := b; x := y;",
        "a AT %QX0.0 : BOOL; b AT %IX0.0 : BOOL; x AT %QW2 : WORD; y AT %IW2 : INT; z AT %QX0.1 : BOOL; "
        "w AT %QX0.2 : BOOL; v AT %IX0.5 : BOOL;",
    )
    keys = "\n".join(
        (
            "[program]",
            'file = "cascade.st"',
            "[program.map]",
            '"%IX0.0" = "PE-EDN.BLOCKED"',
            '"%IX0.5" = "PE-END.BLOKED"',
            '"%QX0.0" = "PE-END.BLOCKED"',
            '"%QX0.1" = "D01.ENABLE"',
            '"%QX0.2" = "D01.ENABLE"',
            '"%IW2" = "LINE.SPEED"',
            '"%QW2" = "D02.ENABLE"',
            '"%QX9.0" = "D03.ENABLE"',
            '"%MX0.0" = "D04.ENABLE"',
            '"%IB0" = "LINE.ESTOP"',
        )
    )
    path = site(tmp_path, "cascade", (FILE, ""))
    whole = path.read_text(encoding="utf-8")
    path.write_text(f"{whole}\n{keys}\n", encoding="utf-8")
    (tmp_path / "cascade.st").write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        load_program(load_site(path))
    found = read_program(load_site(path))
    assert found is not None
    reasons = {one.line: one.reason for one in found.findings if one.file == str(path)}

    def at(key: str) -> str:
        return reasons[line_of(path, f'"{key}"')]

    assert at("%IX0.0") == 'there is no part "PE-EDN"'
    assert at("%IX0.5") == "PE-END has no BLOKED to be mapped"
    assert at("%QX0.0") == "PE-END.BLOCKED cannot be at %QX0.0"
    assert at("%QX0.2") == "D01.ENABLE is mapped twice, to %QX0.1 and %QX0.2"
    assert at("%QW2") == "D02.ENABLE is BOOL, and %QW2 is not of its size"
    assert at("%QX9.0") == "the program has no variable AT %QX9.0"
    assert at("%MX0.0") == "%MX0.0 is no address of an input or output"
    assert "the same place" in " ".join(one.reason for one in found.findings)
    mismatch = next(one for one in found.findings if one.reason.startswith("SY1802"))
    assert mismatch.reason == "SY1802: y is INT, and LINE.SPEED at %IW2 is UINT"
    assert "y AT %IW2" in mismatch.excerpt


def test_an_address_that_nothing_is_mapped_to_is_told(tmp_path):
    text = main_with("a := TRUE;", "a AT %QX0.0 : BOOL;")
    assert told(tmp_path, text) == ["SY2201: nothing of the line is mapped to %QX0.0"]


def test_a_part_whose_name_is_a_word_of_the_language_is_told(tmp_path):
    path = site(
        tmp_path, "cascade", ('name = "LAMP"', 'name = "END_IF"'), ('name = "M-LOOP"', 'name = "PE_END"')
    )
    found = read_program(load_site(path))
    assert found is not None
    assert [one.reason.split(":")[0] for one in found.findings] == [
        'in a program "PE-END" is PE_END, and so is PE_END',
        '"END_IF" is a word of Structured Text',
    ]


def test_a_program_that_is_not_there_is_told_at_its_key(tmp_path):
    path = site(tmp_path, "cascade", (FILE, 'program.file = "missing.st"'))
    found = read_program(load_site(path))
    assert found is not None
    (finding,) = found.findings
    assert (finding.line, finding.key) == (line_of(path, "program.file"), "program.file")


def test_an_unknown_key_of_the_program_is_refused(tmp_path):
    path = site(tmp_path, "cascade", (FILE, f"{FILE}\nprogram.mapp = {{}}"))
    with pytest.raises(InputError, match="mapp"):
        load_site(path)


def test_a_light_without_a_program_is_a_warning(tmp_path):
    found = load_findings(site(tmp_path, "cascade", (FILE, "")))
    assert [(one.severity, one.key) for one in found] == [("warning", "light[0]")]


def load_findings(path: Path) -> list[Finding]:
    from sortyard.config.line_file import read_line

    return read_line(path).findings


def test_check_tells_of_the_program_with_caret_and_exit_code(tmp_path, capsys):
    path = site(tmp_path, "cascade")
    (tmp_path / "cascade.st").write_text(main_with("D1.ENABLE := FALSE;"), encoding="utf-8")
    assert main(["check", str(path)]) == 1
    shown = capsys.readouterr().out
    assert "cascade.st:5: column 1: SY1200" in shown
    assert "    5 | D1.ENABLE := FALSE;\n      | ^^" in shown
    assert main(["check", str(path), "--json"]) == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [one["line"] for one in findings if one["severity"] == "error"] == [5]
    assert main(["sim", str(path)]) == 2
    assert "SY1200" in capsys.readouterr().err


def test_check_tells_what_a_power_cut_leaves_of_what_is_retained(tmp_path):
    def said(variables: str, more: str = "") -> list[tuple[str, str]]:
        found = bound(tmp_path, main_with("LINE();", f"END_VAR\nVAR {variables}")).findings
        return [(one.severity, one.reason) for one in found if "retain" in one.reason.lower()]

    ((severity, reason),) = said("RETAIN n : ULINT;")
    assert severity == "note"
    assert reason.startswith("Raspberry Pi Pico keeps the 8 bytes that are RETAINed in flash")
    assert said("n : ULINT;") == []
    room = load_board("pico").plc.retain
    too_much = [
        ("error", f"what it retains takes {room + 1:,} bytes, Raspberry Pi Pico has room for {room:,}")
    ]
    assert said(f"RETAIN n : ARRAY[0..{room}] OF BYTE;") == too_much


def test_the_examples_tests_run_with_the_lines_parts(tmp_path, capsys):
    path = site(tmp_path, "cascade")
    files = [str(tmp_path / name) for name in ("cascade.st", "test_cascade.st")]
    assert main(["plc", "test", *files, "--line", str(path)]) == 0
    assert "8 of 8 tests passed" in capsys.readouterr().out
    assert main(["plc", "check", files[0]]) == 2
    assert "SORT_LINE" in capsys.readouterr().err


def test_the_reference_of_the_blocks_is_the_one_in_the_repository():
    from sortyard.plc.line import docs

    written = Path(docs.__file__).with_name("README.md").read_text(encoding="utf-8")
    assert written == docs.block_docs(), "sortyard docs blocks > host_tools/sortyard/plc/line/README.md"


def test_the_reference_tells_every_variable_that_a_line_has():
    from sortyard.plc.line.docs import block_docs

    text = block_docs()
    for part in parts_of(load_site(line_file_of("cascade")).line):
        section = text.partition(f"## {part.block}\n")[2].partition("\n## ")[0]
        assert all(f"| `{name}` |" in section for name in (*part.reads, *part.writes)), part.block
