"""Blocks of programs that have a task of their own: `PROGRAM p WITH fast : Main(lamp WITH slow);`.

The task alone runs the block. A call of it in the program hands its inputs over and takes its outputs, as the task's
last run left them: it is the call of a unit on the same data that does nothing.
"""

from sortyard.plc import ir
from sortyard.plc import tree as t
from sortyard.plc.diagnostics import nearest
from sortyard.plc.image import Instance
from sortyard.plc.lower_places import block_variable
from sortyard.plc.symbols import Pou, Project, Variable
from sortyard.plc.types import BlockType


def blocks_of(project: Project, programs: list[Instance]) -> list[Instance]:
    """The blocks that tasks run, in the order of the sources; what cannot be is told."""
    found: dict[tuple[str, Variable], Instance] = {}
    for program in programs:
        for path, task in program.blocks:
            variable = _block(project, program.pou, path)
            if variable is None:
                continue
            if (program.name, variable) in found:
                project.sink.tell("SY1202", path.span, f"{path.text} has two tasks", "remove one")
                continue
            if variable not in project.passed:
                project.passed[variable] = _handing_over(block_of(variable))
            instance = Instance(f"{program.name}.{variable.name}", block_of(variable), path.span, task)
            instance.resource, instance.owner, instance.block = program.resource, program, variable
            found[program.name, variable] = instance
    for program in programs:
        for variable in program.pou.variables.values():
            if variable in project.passed and (program.name, variable) not in found:
                message = (
                    f"{variable.name} has a task of its own in another {program.pou.name}, and none here"
                )
                hint = f"write {variable.name} WITH ... here, too"
                project.sink.tell("SY1701", program.span, message, hint)
    return list(found.values())


def _block(project: Project, pou: Pou, path: t.Path) -> Variable | None:
    """The program's block that a path names; None, and told, if it names none that a task can run."""
    variable = pou.variables.get(path.key)
    if variable is None or not isinstance(variable.type, BlockType) or variable.by_reference:
        blocks = [v.name for v in pou.variables.values() if isinstance(v.type, BlockType)]
        hint = nearest(path.text, blocks) or "name a function block of the program itself"
        project.sink.tell("SY1310", path.span, f"{pou.name} has no block {path.text}", hint)
        return None
    unit = variable.type.pou
    if unit.kind != "FUNCTION_BLOCK" or unit.parameters("VAR_IN_OUT"):
        why = (
            "has VAR_IN_OUT, which only a call gives"
            if unit.kind == "FUNCTION_BLOCK"
            else "is no function block"
        )
        project.sink.tell("SY1701", path.span, f"{unit.name} {why}", "let the program call it")
        return None
    return variable


def block_of(variable: Variable) -> Pou:
    """The function block that a variable is an instance of."""
    assert isinstance(variable.type, BlockType)
    return variable.type.pou


def _handing_over(pou: Pou) -> Pou:
    """A unit with the block's inputs and outputs that does nothing."""
    same = Pou(pou.name, pou.kind, pou.decl, pou.scope, pou.is_library, pou.key)
    same.declared = same.is_laid_out = True
    same.variables = {
        key: variable for key, variable in pou.variables.items() if variable.section != "VAR_TEMP"
    }
    same.type, same.body = pou.type, []
    return same


def place_of(instance: Instance) -> ir.Place:
    """Where what a task runs lies: a program, or a block in one."""
    if instance.owner is None or instance.block is None:
        assert instance.pou.type is not None
        return ir.Place("image", instance.offset, instance.pou.type, instance.span)
    return block_variable(place_of(instance.owner), instance.block, instance.span)
