"""Variables that code names by their addresses alone, and places that VAR_CONFIG gives to `AT %I*`."""

from sortyard.plc import tree as t
from sortyard.plc.declare_types import TypeResolver
from sortyard.plc.diagnostics import nearest
from sortyard.plc.image import address_of
from sortyard.plc.resources import name_in, units_of
from sortyard.plc.symbols import Pou, Project, Scope, Variable
from sortyard.plc.types import BOOL, BYTE, DWORD, LWORD, UNKNOWN, WORD, Type

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
        programs: dict[str, tuple[Pou, str]] = {}
        for resource in (configuration.own, *configuration.resources):
            for written in resource.programs:
                pou = units_of(project, resource, written).find(project.pous, written.program.key)
                if pou is not None:
                    found = pou, name_in(project, resource, written.name, "programs")
                    programs[written.name.key] = programs[f"{resource.name.key}.{written.name.key}"] = found
        for setting in configuration.settings:
            _apply(project, setting, programs)


def _apply(project: Project, setting: t.ConfigPath, programs: dict[str, tuple[Pou, str]]) -> None:
    steps, span = setting.path.key.split("."), setting.path.span
    known = [n for n in (1, 2) if ".".join(steps[:n]) in programs and len(steps) > n]
    if not known:
        where = ".".join(steps[:-1])
        hint = nearest(where, programs) or "write resource.program.variable"
        project.sink.tell("SY1201", span, f"there is no program {where}", hint)
        return
    pou, instance = programs[".".join(steps[: known[-1]])]
    name, *inner = steps[known[-1] :]
    variable = pou.variables.get(name)
    if variable is None:
        hint = nearest(name, [v.name for v in pou.variables.values()])
        project.sink.tell("SY1310", span, f"{pou.name} has no variable {name}", hint)
        return
    if inner:
        if setting.address is not None:
            project.placed[".".join([instance, name, *inner]).upper()] = setting
        if setting.init is not None:
            project.settings.append((".".join([instance, name, *inner]), setting))
        return
    type_, _ = TypeResolver(project).resolve(setting.type, pou.scope)
    if UNKNOWN not in (type_, variable.type) and str(type_) != str(variable.type):
        what = f"{variable.name} is {variable.type} in {pou.name}, {type_} here"
        project.sink.tell("SY1302", setting.type.span, what, "use the same type")
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
