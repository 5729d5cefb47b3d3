"""Reference documentation of the blocks by which a program knows a line, made from blocks.st."""

from sortyard.config.examples import line_file_of
from sortyard.config.line_file import load_line
from sortyard.plc import tree as t
from sortyard.plc.line.parts import Part, parts_of
from sortyard.plc.line.prelude import blocks
from sortyard.plc.source import Span

_HEAD = """\
# The parts of a line in a program

Made by `sortyard docs blocks` from `blocks.st`; do not write here. A program that a line file names
(`program.file = "cascade.st"`) has a variable for each part, of the block below and with the part's name, _ for -; the
line itself is `LINE`. Requests are what a program asks for: the gate logic decides, and an emergency stop stands above
both. Requests and what the line writes can also stand at addresses: `[program.map]` of the line file. A request at an
address is heard there only; a program that writes it by its name is told so (SY2203).

What each variable is: **asks** a request; **setting** yours to set; **line** written by the line before each scan;
**block** worked out when the block is called."""
_EXAMPLE = "cascade"


def block_docs() -> str:
    """The whole reference, as Markdown."""
    file = blocks()
    parts = {part.block: part for part in parts_of(load_line(line_file_of(_EXAMPLE)).model)}
    rows = [_HEAD]
    for unit in file.units:
        if isinstance(unit, t.PouDecl):
            rows += _block(file, unit, parts[unit.name.text])
    rows.append("## Types")
    for unit in file.units:
        if isinstance(unit, t.TypeBlock):
            rows += [_type(file, declaration) for declaration in unit.declarations]
    return "\n\n".join(rows) + "\n"


def _block(file: t.File, unit: t.PouDecl, part: Part) -> list[str]:
    rows = []
    for block in unit.blocks:
        if block.section not in ("VAR_INPUT", "VAR_OUTPUT"):
            continue
        for declaration in block.declarations:
            kind = declaration.type.span.text()
            default = f"`{declaration.init.span.text()}`" if declaration.init else ""
            for name in declaration.names:
                row = (f"`{name.text}`", f"`{kind}`", default, _role(block.section, name.text, part))
                rows.append((*row, _comment_behind(file, declaration.span)))
    head = ("variable", "type", "default", "is", "what")
    table = [head, tuple("---" for _ in head), *rows]
    lines = "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in table)
    return [f"## {unit.name.text}", _comment_behind(file, unit.name.span), lines]


def _role(section: str, name: str, part: Part) -> str:
    if name in part.writes and section == "VAR_INPUT":
        return "asks"
    if name in part.reads:
        return "line"
    return "setting" if section == "VAR_INPUT" else "block"


def _type(file: t.File, declaration: t.TypeDecl) -> str:
    assert isinstance(declaration.type, t.EnumSpec)
    values = ", ".join(f"`{name.text}`" for name, _ in declaration.type.values)
    before = [one for one in file.comments if one.end <= declaration.span.start]
    above = before[-1] if before and declaration.span.line - before[-1].end_line == 1 else None
    what = f" {_text(above)}" if above else ""
    return f"`{declaration.name.text}`: {values}.{what}"


def _comment_behind(file: t.File, span: Span) -> str:
    """The comment that follows on the same line or the next one."""
    for comment in file.comments:
        if comment.start >= span.end:
            return _text(comment) if comment.line - span.end_line <= 1 else ""
    return ""


def _text(comment: Span) -> str:
    return " ".join(comment.text().removeprefix("(*").removesuffix("*)").split())
