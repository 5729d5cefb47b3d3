"""`sortyard plc build`: a program as C, or for a board."""

import json
from pathlib import Path

import typer

from sortyard.cli.plc_messages import EXIT_UNUSABLE, leave, refuse
from sortyard.config.board_file import board_names, load_board
from sortyard.errors import InputError
from sortyard.plc.c.program import Generator
from sortyard.plc.diagnostics import PlcSourceError
from sortyard.plc.keeper import survival_of
from sortyard.plc.mpy.build import ARCHITECTURES, build
from sortyard.plc.program import Compiled
from sortyard.plc.runtime import tick_of


def build_c(compiled: Compiled, out: Path, interval_ns: int, as_json: bool) -> None:
    """Write program.c and program.h, with `interval_ns` between scans where no TASK says it."""
    source = Generator(compiled, tick_of(compiled, interval_ns)).generate()
    out.mkdir(parents=True, exist_ok=True)
    written = {"program.h": source.header, "program.c": source.code}
    for name, text in written.items():
        (out / name).write_text(text, "utf-8")
    if as_json:
        print(
            json.dumps({"files": [str(out / name) for name in written], "image_bytes": compiled.image.size})
        )
    else:
        print(f"{out / 'program.c'} and program.h: image of {compiled.image.size} bytes")


def build_for_boards(compiled: Compiled, out: Path, architecture: str, board: str, as_json: bool) -> None:
    """Write plc_program.py and plc_program.mpy, and tell what each function is and takes.

    Refuses an unknown architecture or board, and what is too large for the board.
    """
    if architecture and architecture not in ARCHITECTURES:
        reason = f'there is no architecture "{architecture}"'
        refuse("--arch", reason, f"choose one of {', '.join(ARCHITECTURES)}")
    if board and board not in board_names():
        refuse("--board", f'there is no board "{board}"', f"choose one of {', '.join(board_names())}")
    try:
        built = build(compiled, out, architecture or None)
    except PlcSourceError as refused:
        leave(refused.diagnostics, as_json)
    found = built.too_large_for(load_board(board)) if board else []
    kept = built.sizes()["retain_bytes"]
    survival = survival_of(load_board(board), kept) if board and kept else ""
    if not as_json:
        print(built.text())
        if survival:
            print(survival)
        if found:
            raise InputError(found)
        return
    files = [str(built.source), str(built.code)]
    more = {"retain": survival} if survival else {}
    more |= InputError(found).as_dict() if found else {}
    print(json.dumps({"files": files, **built.sizes(), "functions": built.rows(), **more}))
    if found:
        raise typer.Exit(EXIT_UNUSABLE)
