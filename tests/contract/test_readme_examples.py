"""The examples in README's recipes are the files that they name, and short enough to be read."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
EXAMPLES = (
    "boards/pico_w/board.toml",
    "firmware/sorter_io/motors/contactor.py",
    "firmware/sorter_io/scanners/keyence_sr.py",
)


@pytest.mark.parametrize("path", EXAMPLES)
def test_an_example_is_its_file_and_under_sixty_lines(path: str):
    text = (ROOT / path).read_text("utf-8")
    assert len(text.splitlines()) < 60
    blocks = re.findall(r"```\w+\n(.*?)```", README, re.DOTALL)
    assert text in blocks, f"README shows another {path}"
