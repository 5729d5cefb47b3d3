"""The list of messages: every code that the compiler tells is in it, and nothing else."""

import re
from pathlib import Path

from sortyard.cli.main import main
from sortyard.plc import message_docs
from sortyard.plc.diagnostics import SEVERITY_OF_CODE

FOLDER = Path(message_docs.__file__).parent
_CODE = re.compile(r'"(SY\d{4})"')


def test_every_code_of_the_sources_is_listed_and_no_other():
    told = set()
    for path in FOLDER.rglob("*.py"):
        if path.name != "message_docs.py":
            told |= set(_CODE.findall(path.read_text("utf-8")))
    assert told == message_docs.CODES.keys()
    assert {code[:3] for code in told} == SEVERITY_OF_CODE.keys()
    assert {code[:4] for code in told} == message_docs.GROUPS.keys()


def test_the_written_list_is_what_the_command_prints(capsys):
    assert main(["docs", "plc"]) == 0
    said = capsys.readouterr().out
    assert said.count("| SY") == len(message_docs.CODES)
    assert said == (FOLDER / "README.md").read_text("utf-8"), (
        "sortyard docs plc > host_tools/sortyard/plc/README.md"
    )
