"""The JSON Schemas for editors: valid in themselves, true to what sortyard takes and to what it refuses."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sortyard.cli.schema import Kind, model_of, schema_of
from sortyard.config.examples import FOLDER, example_names
from sortyard.config.toml_file import load_model
from sortyard.errors import InputError

SCENARIO = """
format = 1
seed = 7
note = "a lifted parcel"
[[fault]]
name = "parcel_lifted"
at_parcel = [17]
"""
FIRST_CHANGED = {
    "an unknown key": ("format = 1", "format = 1\nspeed = 3"),
    "a wrong type": ("format = 1", 'format = "1"'),
    "another version": ("format = 1", "format = 2"),
}


def validator(kind: Kind) -> Draft202012Validator:
    schema = schema_of(model_of(kind))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def wrong(kind: Kind, text: str) -> list[str]:
    return [error.message for error in validator(kind).iter_errors(tomllib.loads(text))]


@pytest.mark.parametrize("kind", [Kind.line, Kind.plan])
@pytest.mark.parametrize("example", example_names())
def test_a_shipped_file_is_valid_by_its_schema(example: str, kind: Kind) -> None:
    text = (FOLDER / example / f"{example}.{kind}.toml").read_text(encoding="utf-8")
    assert wrong(kind, text) == []


def test_a_scenario_is_valid_by_its_schema(tmp_path: Path) -> None:
    assert wrong(Kind.scenario, SCENARIO) == []
    path = tmp_path / "one.scenario.toml"
    path.write_text(SCENARIO)
    assert load_model(path, model_of(Kind.scenario))


@pytest.mark.parametrize("name", FIRST_CHANGED)
@pytest.mark.parametrize("kind", [Kind.line, Kind.scenario])
def test_what_sortyard_refuses_the_schema_refuses(kind: Kind, name: str, tmp_path: Path) -> None:
    text = SCENARIO
    if kind is Kind.line:
        text = (FOLDER / "starter" / "starter.line.toml").read_text(encoding="utf-8")
    old, new = FIRST_CHANGED[name]
    changed = text.replace(old, new, 1)
    assert changed != text
    assert wrong(kind, changed)
    path = tmp_path / "changed.toml"
    path.write_text(changed)
    with pytest.raises(InputError):
        load_model(path, model_of(kind))


def deviations(schema: Any, path: str = "") -> list[str]:
    """Numbers without limits, and tables that take any key."""
    if not isinstance(schema, dict):
        return []
    found = []
    if schema.get("type") == "integer" and not {"minimum", "maximum", "const", "enum"} & schema.keys():
        found.append(path)
    if (
        schema.get("type") == "object"
        and "properties" in schema
        and schema.get("additionalProperties") is not False
    ):
        found.append(path)
    for key, value in schema.items():
        for place, one in enumerate(value if isinstance(value, list) else [value]):
            found += deviations(one, f"{path}/{key}/{place}" if isinstance(value, list) else f"{path}/{key}")
    return found


@pytest.mark.parametrize("kind", list(Kind))
def test_every_number_has_limits_and_no_table_takes_any_key(kind: Kind) -> None:
    assert deviations(schema_of(model_of(kind))) == []
