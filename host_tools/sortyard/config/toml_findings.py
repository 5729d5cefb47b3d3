"""Turn pydantic's errors into findings: the line, what was found, what is allowed, what to do."""

import difflib
import types
from collections.abc import Iterable
from math import isfinite
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from sortyard.config.toml_lines import KeyPath, LineMap, dotted
from sortyard.errors import Finding

_NAMED_TYPES = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "string": "text in quotes",
    "list": "a list in [ ]",
    "tuple": "a list in [ ]",
    "set": "a list in [ ]",
    "frozen_set": "a list in [ ]",
    "dict": "a table",
    "model": "a table",
    "model_attributes": "a table",
}
_BOUNDS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
    "multiple_of": ("multiple_of", "a multiple of"),
}
_LENGTHS = {
    "too_short": ("min_length", "at least", "entries"),
    "too_long": ("max_length", "at most", "entries"),
    "string_too_short": ("min_length", "at least", "characters"),
    "string_too_long": ("max_length", "at most", "characters"),
}


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean "x"? ` for the nearest known word, else nothing."""
    near = difflib.get_close_matches(word.lower(), [k.lower() for k in known], n=1, cutoff=0.6)
    for candidate in known:
        if near and candidate.lower() == near[0]:
            return f'did you mean "{candidate}"? '
    return ""


def findings_of(
    error: ValidationError, model: type[BaseModel], data: dict[str, Any], lines: LineMap, file: str
) -> list[Finding]:
    """One finding per key that is wrong, in the order of the file's lines."""
    by_key: dict[tuple[KeyPath, str], list[Any]] = {}
    for raw in error.errors(include_url=False):
        entry = _tag_as_key(raw)
        path = _written_path(entry["loc"], data, entry["type"] == "missing")
        is_name = entry["type"] in ("missing", "extra_forbidden")
        by_key.setdefault((path, entry["type"] if is_name else "value"), []).append(entry)
    found = [_finding(path, entries, model, lines, file) for (path, _), entries in by_key.items()]
    return sorted(found, key=lambda finding: finding.line or 0)


def _finding(path: KeyPath, entries: list[Any], model: type[BaseModel], lines: LineMap, file: str) -> Finding:
    entry = entries[0]
    key = dotted(path[-2:] if path and isinstance(path[-1], int) else path[-1:])
    if entry["type"] == "extra_forbidden":
        known = _known_keys(model, entry["loc"][:-1])
        reason = f'the key "{key}" is not known here'
        remedy = f"{did_you_mean(key, known)}allowed keys: {', '.join(known)}"
    elif entry["type"] == "missing":
        reason = f'the key "{key}" is missing'
        remedy = f"add {key} = ...{_described(model, entry['loc'])}"
    elif entry["type"] in ("value_error", "assertion_error"):
        reason, remedy = _own_words(entry)
    else:
        allowed = " or ".join(dict.fromkeys(_allowed(one) for one in entries))
        reason = f"found {_shown(entry['input'])}; allowed: {allowed}"
        remedy = _value_remedy(entry, key) + _described(model, entry["loc"])
    return Finding(file, lines.line_of(path), dotted(path), reason, remedy)


def _tag_as_key(entry: Any) -> Any:
    """A wrong or missing tag of a union is told as a wrong or missing value of the key that holds it."""
    if not entry["type"].startswith("union_tag"):
        return entry
    context = entry["ctx"]
    loc = (*entry["loc"], context["discriminator"].strip("'"))
    if entry["type"] == "union_tag_not_found":
        return {**entry, "type": "missing", "loc": loc}
    expected = {"expected": context["expected_tags"]}
    return {**entry, "type": "literal_error", "loc": loc, "input": context["tag"], "ctx": expected}


def _own_words(entry: Any) -> tuple[str, str]:
    args = entry["ctx"]["error"].args
    reason = str(args[0]) if args else "this does not fit"
    return reason, str(args[1]) if len(args) > 1 else "correct this value"


def _allowed(entry: Any) -> str:
    kind, context = entry["type"], entry.get("ctx", {})
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        return f"{words} {context[name]}"
    if kind in _LENGTHS:
        name, words, unit = _LENGTHS[kind]
        return f"{words} {context[name]} {unit}"
    if kind in ("literal_error", "enum"):
        return context["expected"]
    if kind == "string_pattern_mismatch":
        return f"text of the form {context['pattern']}"
    base = kind.removesuffix("_type").removesuffix("_parsing").removesuffix("_from_float")
    if base in _NAMED_TYPES:
        return _NAMED_TYPES[base]
    return entry["msg"].removeprefix("Input should be ").rstrip(".")


def _value_remedy(entry: Any, key: str) -> str:
    if entry["type"] in ("literal_error", "enum") and isinstance(entry["input"], str):
        choices = [part.strip(" '") for part in entry["ctx"]["expected"].replace(" or ", ", ").split(",")]
        return did_you_mean(entry["input"], choices) + "choose one of the allowed values"
    if entry["type"] == "string_type" and isinstance(entry["input"], int | float):
        return f'put it in quotes: {key} = "{entry["input"]}"'
    if isinstance(entry["input"], str) and entry["type"] in ("int_type", "float_type", "bool_type"):
        return "write it without quotes and without a unit"
    if isinstance(entry["input"], float) and entry["type"].startswith("int_"):
        return "write it without a decimal point" if isfinite(entry["input"]) else "write a whole number"
    return f"correct {key}"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 40 else f'"{value[:37]}..."'
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return repr(value)


def _written_path(loc: KeyPath, data: Any, is_missing: bool) -> KeyPath:
    """The error's location without what pydantic puts in for the member of a union."""
    path: list[str | int] = []
    for place, part in enumerate(loc):
        is_absent_key = is_missing and place == len(loc) - 1
        if isinstance(data, dict) and isinstance(part, str) and (part in data or is_absent_key):
            path.append(part)
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int):
            path.append(part)
            data = data[part] if part < len(data) else None
    return tuple(path)


def _known_keys(model: type[BaseModel], loc: KeyPath) -> list[str]:
    """The keys that the tables at `loc` may have."""
    known: dict[str, None] = {}
    for annotation in _walk(model, loc):
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            known.update(dict.fromkeys(_names(annotation)))
    return list(known)


def _described(model: type[BaseModel], loc: KeyPath) -> str:
    """` (the description of the key)` where the model has one."""
    while loc and isinstance(loc[-1], int):
        loc = loc[:-1]
    for annotation in _walk(model, loc[:-1]):
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            field = annotation.model_fields.get(_names(annotation).get(str(loc[-1]), "")) if loc else None
            if field is not None and field.description:
                return f" ({field.description})"
    return ""


def _names(model: type[BaseModel]) -> dict[str, str]:
    """Key in the file -> name of the model's field."""
    return {field.alias or name: name for name, field in model.model_fields.items()}


def _walk(model: type[BaseModel], loc: KeyPath) -> list[Any]:
    annotations: list[Any] = [model]
    for part in loc:
        annotations = [member for one in _step(annotations, part) for member in _members(one)]
    return annotations


def _step(annotations: list[Any], part: str | int) -> list[Any]:
    """Where one part of a location leads; a part that leads nowhere names a member of a union."""
    reached: list[Any] = []
    for annotation in annotations:
        origin, args = get_origin(annotation), get_args(annotation)
        if isinstance(part, int) and origin in (list, tuple, set, frozenset) and args:
            reached.append(args[0])
        elif isinstance(part, str) and origin is dict:
            reached.append(args[1])
        elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
            name = _names(annotation).get(str(part))
            if name is not None:
                reached.append(annotation.model_fields[name].annotation)
    return reached or [one for one in annotations if _is_named(one, part)] or annotations


def _is_named(annotation: Any, tag: str | int) -> bool:
    if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return False
    literals = [f.annotation for f in annotation.model_fields.values() if get_origin(f.annotation) is Literal]
    return annotation.__name__ == tag or any(tag in get_args(literal) for literal in literals)


def _members(annotation: Any) -> list[Any]:
    """The plain types of an annotation: unions opened, metadata taken off."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _members(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return [member for one in get_args(annotation) for member in _members(one)]
    return [annotation]
