"""`--force NAME=VALUE`: what holds a variable or place at a value for a whole run, as a user writes it.

forces = read_forces(["Main.REQUEST=FALSE", "%QX0.1=TRUE", "Main.T.PT=T#5s"], compiled)     # InputError
forces[0].text                                                                              # "FALSE"

A value is written as in a program: TRUE or 1, -5, 16#FF, 1.5, T#5s, D#2024-02-29, RED or Colour#RED, 'text'.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sortyard.errors import Finding, InputError
from sortyard.plc import literals
from sortyard.plc.program import Compiled
from sortyard.plc.python_values import stored
from sortyard.plc.text_values import written
from sortyard.plc.types import EnumType, InterfaceType, RefType, Type, kind_of
from sortyard.plc.watch import Watch

OPTION = "--force"
_BOOLS = {"TRUE": True, "FALSE": False, "1": True, "0": False}


class Force(NamedTuple):
    """A variable by its name or address, what `Runtime.force` takes, and the value as a program writes it."""

    path: str
    value: Any
    text: str


def read_forces(texts: Iterable[str], compiled: Compiled) -> tuple[Force, ...]:
    """What the options ask for. Raises InputError with all that a program has not, or that fits no variable."""
    watch = Watch(compiled.image, bytearray(compiled.image.initial))
    forces: list[Force] = []
    places: dict[tuple[int, int], str] = {}
    findings = []
    for text in texts:
        try:
            force = _force(watch, text)
            offset, _, bit = watch.find(force.path)
            first = places.setdefault((offset, bit), text)
            if first is not text:
                raise ValueError(f"{text} and {first} are about the same place")
            forces.append(force)
        except (KeyError, ValueError) as wrong:
            remedy = "write a variable or address of the program: Main.REQUEST=FALSE, %QX0.1=TRUE"
            findings.append(Finding("command line", None, OPTION, str(wrong.args[0]), remedy))
    if findings:
        raise InputError(findings)
    return tuple(forces)


def _force(watch: Watch, text: str) -> Force:
    path, _, given = (part.strip() for part in text.partition("="))
    if not given:
        raise ValueError(f"{text} has no value")
    _, type_, _ = watch.find(path)
    value = stored(path, type_, _parsed(path, type_, given))
    watch.set(path, value)
    return Force(path, value, written(type_, value))


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
        return literals.duration(text if "#" in text else f"T#{text}")[1]
    if kind in ("int", "uint", "bits"):
        sign = -1 if text.startswith("-") else 1
        return sign * literals.integer(text.lstrip("+-"))
    return text
