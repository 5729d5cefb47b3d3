"""Everything in firmware/ is Python that a board understands, and every board's compiler agrees."""

import ast
from pathlib import Path

import pytest

from lint.mpy_compile import FIRMWARE, NATIVE_ARCHITECTURES, compilations, refusal

# what type stubs and linters accept, and MicroPython does not have
NOT_ON_BOARDS = {"bit_length", "bit_count", "removeprefix", "removesuffix", "makedirs", "fromhex", "casefold"}
FILES = sorted(FIRMWARE.rglob("*.py"))


def foreign_names(source: str) -> set[str]:
    """Attributes in `source` that no board has."""
    return {
        node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)
    } & NOT_ON_BOARDS


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FIRMWARE).as_posix())
def test_a_file_uses_no_method_that_boards_lack(path):
    assert foreign_names(path.read_text("utf-8")) == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FIRMWARE).as_posix())
def test_a_file_compiles_for_every_board(path):
    options = [options for source, options in compilations(FIRMWARE) if source == path]
    expected = 1 + len(NATIVE_ARCHITECTURES) if "sorter_core" in path.parts else 1
    assert len(options) == expected
    assert [said for chosen in options if (said := refusal(path, chosen))] == []


def test_a_method_that_boards_lack_is_found():
    assert foreign_names("n = (5).bit_length()") == {"bit_length"}


@pytest.mark.parametrize("text", ["match x:\n    case 1: pass", "a = {**b}", "def f(a, /): pass", "x = 1 +"])
def test_what_a_board_cannot_compile_is_refused(tmp_path: Path, text: str):
    source = tmp_path / "wrong.py"
    source.write_text(text + "\n", "utf-8")
    assert "SyntaxError" in refusal(source, [])
