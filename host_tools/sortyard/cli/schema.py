"""`sortyard schema`: what an editor needs to complete and check the files that users write."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pydantic import BaseModel


class Kind(StrEnum):
    """The files that have a schema."""

    line = "line"
    plan = "plan"
    scenario = "scenario"


def schema(kind: Annotated[Kind, typer.Argument(help="Which file: line, plan or scenario.")]) -> None:
    """Print the JSON Schema of a line file, sort plan or scenario.

    An editor with a TOML language server (taplo; Even Better TOML in VS Code) completes and checks
    the file as you type. Save the schema beside it, and name it in the file's first line:

    \b
        sortyard schema line > line.schema.json
        #:schema line.schema.json
    """
    import json

    typer.echo(json.dumps(schema_of(model_of(kind)), indent=2, ensure_ascii=False))


def schema_of(model: "type[BaseModel]") -> dict[str, object]:
    """The JSON Schema of a model: keys keep their own names, without made-up titles."""
    from pydantic.json_schema import GenerateJsonSchema

    class Plain(GenerateJsonSchema):
        def field_title_should_be_set(self, schema: object) -> bool:
            return False

    document = model.model_json_schema(schema_generator=Plain)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **document}


def model_of(kind: Kind) -> "type[BaseModel]":
    """What a file of that kind is read into."""
    if kind is Kind.line:
        from sortyard.config.line import Line

        return Line
    if kind is Kind.plan:
        from sortyard.config.plan_file import PlanFile

        return PlanFile
    from sortyard.sim.scenario import Scenario

    return Scenario
