"""`--force NAME=VALUE@FROM..TO`: what holds a variable or place at a value, and from when to when, as a user writes it.

forces = read_forces(["Main.REQUEST=FALSE", "%QX0.1=TRUE@5s..T#1m", "Main.T.PT=T#5s@..2s"], compiled)    # InputError
forces[1].text                                                                                 # "TRUE"
forces[1].from_ns, forces[1].to_ns                                                             # 5e9, 60e9

A value is written as in a program: TRUE or 1, -5, 16#FF, 1.5, T#5s, D#2024-02-29, RED or Colour#RED, 'text'. Times are
durations since the start; without @, FROM or TO it holds from the start, and to the end.
"""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from sortyard.errors import Finding, InputError
from sortyard.plc import literals
from sortyard.plc.program import Compiled
from sortyard.plc.python_values import stored
from sortyard.plc.text_values import written
from sortyard.plc.types import TIME, EnumType, InterfaceType, RefType, Type, kind_of
from sortyard.plc.watch import Watch

OPTION = "--force"
_SPAN = re.compile(r"""@([^'"@]*)\.\.([^'"@]*)$""")
_BOOLS = {"TRUE": True, "FALSE": False, "1": True, "0": False}


class Force(NamedTuple):
    """A variable by its name or address, what `Runtime.force` takes, and the value as a program writes it; when it is
    forced and released again, in ns since the start, None: never.
    """

    path: str
    value: Any
    text: str
    from_ns: int = 0
    to_ns: int | None = None

    def __str__(self) -> str:
        """`TRUE`, `TRUE from T#5s to T#10s`"""
        start = f" from {_time(self.from_ns)}" if self.from_ns else ""
        return self.text + start + (f" to {_time(self.to_ns)}" if self.to_ns is not None else "")

    def meets(self, other: "Force") -> bool:
        """Whether there is a time at which both hold."""
        return _is_before(self.from_ns, other.to_ns) and _is_before(other.from_ns, self.to_ns)


def _is_before(time_ns: int, end_ns: int | None) -> bool:
    return end_ns is None or time_ns < end_ns


def _time(time_ns: int) -> str:
    return written(TIME, time_ns)


def told(forces: Iterable[Force]) -> dict[str, str]:
    """What is forced, by name: its values, and when."""
    found: dict[str, list[str]] = {}
    for force in sorted(forces, key=lambda one: one.from_ns):
        found.setdefault(force.path, []).append(str(force))
    return {path: ", ".join(same) for path, same in found.items()}


def read_forces(texts: Iterable[str], compiled: Compiled) -> tuple[Force, ...]:
    """What the options ask for. Raises InputError with all that a program has not, or that fits no variable."""
    watch = Watch(compiled.image, bytearray(compiled.image.initial))
    forces: list[Force] = []
    places: dict[tuple[int, int], list[tuple[Force, str]]] = {}
    findings = []
    for text in texts:
        try:
            force = _force(watch, text)
            offset, _, bit = watch.find(force.path)
            here = places.setdefault((offset, bit), [])
            for other, first in here:
                if force.meets(other):
                    raise ValueError(f"{text} and {first} are about the same place at the same time")
            here.append((force, text))
            forces.append(force)
        except (KeyError, ValueError) as wrong:
            remedy = "write a variable or address of the program: Main.REQUEST=FALSE, %QX0.1=TRUE@5s..10s"
            findings.append(Finding("command line", None, OPTION, str(wrong.args[0]), remedy))
    if findings:
        raise InputError(findings)
    return tuple(forces)


def _force(watch: Watch, text: str) -> Force:
    span = _SPAN.search(text)
    path, _, given = (part.strip() for part in (text[: span.start()] if span else text).partition("="))
    if not given:
        raise ValueError(f"{text} has no value")
    _, type_, _ = watch.find(path)
    value = stored(path, type_, _parsed(path, type_, given))
    watch.set(path, value)
    from_ns, to_ns = _span(text, *span.groups()) if span else (0, None)
    return Force(path, value, written(type_, value), from_ns, to_ns)


def _span(text: str, begin: str, end: str) -> tuple[int, int | None]:
    """From when to when. Raises ValueError for what is no span of time."""
    try:
        from_ns = _duration(begin.strip()) if begin.strip() else 0
        to_ns = _duration(end.strip()) if end.strip() else None
    except literals.BadLiteral as bad:
        raise ValueError(f"{text}: {bad.args[0]}; {bad.args[1]}") from None
    if from_ns < 0 or not _is_before(from_ns, to_ns):
        raise ValueError(f"{text}: from {begin or 'the start'} to {end or 'the end'} is no time")
    return from_ns, to_ns


def _duration(text: str) -> int:
    """`5s`, `T#5s` in nanoseconds. Raises BadLiteral."""
    return literals.duration(text if "#" in text else f"T#{text}")[1]


def _parsed(path: str, type_: Type, text: str) -> Any:
    """The value as Python has it: what `stored` takes."""
    if isinstance(type_, (RefType, InterfaceType)):
        raise ValueError(f"{path} is {type_}: where it leads to cannot be forced")
    try:
        return _value(type_, text)
    except literals.BadLiteral as bad:
        raise ValueError(f"{path}: {bad.args[0]}; {bad.args[1]}") from None
    except ValueError:
        raise ValueError(f"{path} is {type_}; {text} is not a value of it") from None


def _value(type_: Type, text: str) -> Any:
    kind = kind_of(type_)
    if kind == "bool":
        return _BOOLS.get(text.upper(), text)
    if kind in ("string", "wstring", "char", "wchar"):
        is_quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
        return literals.string(text if is_quoted else f"'{text}'", kind.startswith("w"))
    if isinstance(type_, EnumType):
        return text.rpartition("#")[2]
    if kind == "real" and "nan" not in text.lower():
        return literals.real(text)
    if kind == "time":
        return _duration(text)
    if kind in ("int", "uint", "bits"):
        sign = -1 if text.startswith("-") else 1
        return sign * literals.integer(text.lstrip("+-"))
    return text
