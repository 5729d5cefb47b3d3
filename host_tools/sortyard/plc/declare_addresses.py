"""Variables that code names by their addresses alone, and places that VAR_CONFIG gives to `AT %I*`."""

from sortyard.plc import tree as t
from sortyard.plc.diagnostics import nearest
from sortyard.plc.image import address_of
from sortyard.plc.symbols import Pou, Project, Scope, Variable
from sortyard.plc.types import BOOL, BYTE, DWORD, LWORD, WORD, Type

_TYPES: dict[int, Type] = {0: BOOL, 1: BYTE, 2: WORD, 4: DWORD, 8: LWORD}


def enter_addresses(project: Project, addresses: list[t.Address]) -> None:
    """Make a variable for each address of a statement that no declaration names: a BOOL or bit string of its size."""
    known = {variable.address for variable in project.located}
    for node in addresses:
        text = node.text.upper()
        if text in known:
            continue
        found = address_of(text)
        if found is None:
            project.sink.tell("SY1318", node.span, f"{text} is not an address", "write %IX0.1, %QW2, %MD4")
            continue
        known.add(text)
        variable = Variable(
            text, node.span, _TYPES[found.size], "VAR_GLOBAL", scope=Scope(project), address=text
        )
        variable.storage = "image"
        project.located.append(variable)


def apply_settings(project: Project) -> None:
    """Do what VAR_CONFIG says: `resource.program.variable AT %IX1.0 : BOOL;` and initial values."""
    for configuration in project.configurations:
        programs: dict[str, Pou] = {}
        for resource in (configuration.own, *configuration.resources):
            for written in resource.programs:
                pou = Scope(project).find(project.pous, written.program.key)
                if pou is not None:
                    programs[written.name.key] = programs[f"{resource.name.key}.{written.name.key}"] = pou
        for setting in configuration.settings:
            _apply(project, setting, programs)


def _apply(project: Project, setting: t.ConfigPath, programs: dict[str, Pou]) -> None:
    where, _, name = setting.path.key.rpartition(".")
    pou, span = programs.get(where), setting.path.span
    if pou is None:
        hint = (
            nearest(where, programs)
            or "write resource.program.variable; variables of blocks have no VAR_CONFIG"
        )
        project.sink.tell("SY1201", span, f"there is no program {where}", hint)
        return
    variable = pou.variables.get(name)
    if variable is None:
        hint = nearest(name, [v.name for v in pou.variables.values()])
        project.sink.tell("SY1310", span, f"{pou.name} has no variable {name}", hint)
        return
    if setting.init is not None:
        variable.init = setting.init
    if setting.address is None:
        return
    if variable.address is None or not variable.address.endswith("*"):
        hint = f"declare it AT %{setting.address[1]}*"
        project.sink.tell("SY1318", span, f"{variable.name} waits for no address", hint)
    elif setting.address[1] != variable.address[1]:
        project.sink.tell(
            "SY1318", span, f"{setting.address} is not in {variable.address}", "use the same area"
        )
    else:
        variable.address = setting.address
