"""TwinCAT's files: a unit's declaration, body and methods lie apart in XML; here they become one text.

A project (*.plcproj) names its files, and the namespace in which other projects find what they declare. A list of
global variables (*.TcGVL) is a namespace too, whose names are also seen without it unless the list says
`qualified_only`. What a task (*.TcTTO) runs is a CONFIGURATION.
"""

import re
from pathlib import Path, PurePosixPath

from sortyard.plc.diagnostics import Sink
from sortyard.plc.lexer import tokenize
from sortyard.plc.source import Problem, Source, read_text
from sortyard.plc.xml_parts import Element, Writer, read_xml, text_of

UNIT_FILES = frozenset({".tcpou", ".tcgvl", ".tcdut", ".tcio"})
PROJECT_FILE = ".plcproj"
TASK_FILE = ".tctto"

_ENDS = {
    "FUNCTION_BLOCK": "END_FUNCTION_BLOCK",
    "FUNCTION": "END_FUNCTION",
    "PROGRAM": "END_PROGRAM",
    "INTERFACE": "END_INTERFACE",
    "CLASS": "END_CLASS",
}
_KINDS = ("POU", "Itf", "GVL", "DUT")
_QUALIFIED_ONLY = re.compile(r"\{\s*attribute\s+'qualified_only'\s*\}", re.IGNORECASE)
_DRAWN = {"NWL": "FBD or LD", "SFC": "SFC", "CFC": "CFC", "LD": "LD", "FBD": "FBD", "IL": "IL"}


def read_unit(file: str, raw: str, namespace: str = "") -> Source:
    """The text of one *.TcPOU, *.TcGVL, *.TcDUT or *.TcIO; what cannot be read is among its problems."""
    writer = Writer(file, raw)
    root = read_xml(raw)
    if isinstance(root, Problem):
        writer.problems.append(root)
        return writer.source()
    unit = next((child for child in root.children if child.name in _KINDS), None)
    if root.name != "TcPlcObject" or unit is None:
        message = f"<{root.name}> holds no unit of TwinCAT"
        writer.problems.append(
            Problem("SY1110", root.start, root.start + 1, message, "name a *.TcPOU or its like")
        )
        return writer.source()
    own = _namespace_of(raw, unit)
    spaces = ".".join(filter(None, (namespace, own)))
    if spaces:
        writer.word(f"NAMESPACE {spaces}", unit.start)
    _write_unit(writer, raw, unit)
    if spaces:
        writer.word("END_NAMESPACE", unit.start)
    is_seen = own and not _QUALIFIED_ONLY.search(text_of(raw, unit.child("Declaration")))
    return writer.source(tuple(filter(None, (namespace, spaces if is_seen else ""))))


def _namespace_of(raw: str, unit: Element) -> str:
    return unit.attributes.get("Name", "") if unit.name == "GVL" else ""


def _write_unit(writer: Writer, raw: str, unit: Element) -> None:
    declaration = unit.child("Declaration")
    writer.content(declaration)
    for part in unit.all("Method", "Property"):
        if part.name == "Method":
            _write_routine(writer, part, "END_METHOD")
        else:
            _write_property(writer, part)
    _write_body(writer, unit)
    for part in unit.all("Action"):
        writer.word(f"ACTION {part.attributes.get('Name', '')}:", part.start)
        _write_routine(writer, part, "END_ACTION")
    end = _end_of(text_of(raw, declaration))
    if end:
        writer.word(end, unit.start)


def _end_of(declaration: str) -> str:
    """The word that ends the unit; "" for types and variables, which end in their declaration."""
    tokens = tokenize(Source("", declaration), Sink()).tokens
    return next((_ENDS[token.type] for token in tokens if token.type in _ENDS), "")


def _write_routine(writer: Writer, part: Element, end: str) -> None:
    writer.content(part.child("Declaration"))
    _write_body(writer, part)
    writer.word(end, part.start)


def _write_property(writer: Writer, part: Element) -> None:
    writer.content(part.child("Declaration"))
    for word in ("Get", "Set"):
        half = part.child(word)
        if half is not None:
            writer.word(word.upper(), half.start)
            _write_routine(writer, half, f"END_{word.upper()}")
    writer.word("END_PROPERTY", part.start)


def _write_body(writer: Writer, part: Element) -> None:
    """What the unit does, where that is written in Structured Text."""
    body = part.child("Implementation")
    if body is None:
        return
    writer.content(body.child("ST"))
    for other in body.children:
        if other.name != "ST":
            language = _DRAWN.get(other.name, other.name)
            message = f"the body of {part.attributes.get('Name', 'this unit')} is written in {language}"
            remedy = "only Structured Text is read: convert it in its editor"
            writer.problems.append(Problem("SY1701", other.start, other.start + 1, message, remedy))


def read_project(path: Path, with_tasks: bool) -> list[Source]:
    """The sources that a *.plcproj names, and what its tasks run where that is wanted.

    Raises OSError if it cannot be read itself.
    """
    raw = read_text(path)
    own = Writer(str(path), raw)
    root = read_xml(raw)
    if isinstance(root, Problem):
        own.problems.append(root)
        return [own.source()]
    namespace = text_of(raw, next((e for e in root.walk() if e.name == "DefaultNamespace"), None)).strip()
    references = [e for e in root.walk() if e.name in ("PlaceholderReference", "LibraryReference")]
    own.libraries = [e.attributes.get("Include", "").partition(",")[0] for e in references]
    sources = []
    for element in root.walk():
        include = element.attributes.get("Include", "")
        suffix = PurePosixPath(include).suffix.lower()
        is_ours = element.name == "Compile" and suffix in (*UNIT_FILES, TASK_FILE)
        if not is_ours or text_of(raw, element.child("ExcludeFromBuild")).strip().lower() == "true":
            continue
        found = _beside(path, include)
        if found is None:
            message = f"there is no {include}, which the project names"
            hint = "add it, or remove the line"
            own.problems.append(Problem("SY1110", element.start, element.start + 1, message, hint))
        elif suffix == TASK_FILE:
            sources += [read_task(str(found), read_text(found))] if with_tasks else []
        else:
            sources.append(read_unit(str(found), read_text(found), namespace))
    return [own.source(), *sources]


def read_task(file: str, raw: str) -> Source:
    """A *.TcTTO as a CONFIGURATION; its cycle time is in microseconds. One that runs nothing is no text."""
    writer = Writer(file, raw)
    root = read_xml(raw)
    if isinstance(root, Problem):
        writer.problems.append(root)
        return writer.source()
    task = next((e for e in root.walk() if e.name == "Task"), root)
    name, at = task.attributes.get("Name", "Task"), task.start
    time, priority = (text_of(raw, task.child(part)).strip() for part in ("CycleTime", "Priority"))
    programs = [text_of(raw, call.child("Name")).strip() for call in task.all("PouCall")]
    if not programs:
        return writer.source()
    given = f"INTERVAL := T#{time or 10000}us, PRIORITY := {priority or 20}"
    writer.word(f"CONFIGURATION {name} TASK {name}({given});", at)
    for program in programs:
        writer.word(f"PROGRAM {program.rpartition('.')[2]} WITH {name} : {program};", at)
    writer.word("END_CONFIGURATION", at)
    return writer.source()


def _beside(project: Path, include: str) -> Path | None:
    """The file that a project names, in the case that it has on disk."""
    here = project.parent
    for part in include.replace("\\", "/").split("/"):
        if (here / part).exists():
            here = here / part
            continue
        entries = here.iterdir() if here.is_dir() else ()
        found = next((entry for entry in entries if entry.name.lower() == part.lower()), None)
        if found is None:
            return None
        here = found
    return here
