"""RESOURCEs that call different things by one name, and programs that run more than once.

Tasks and programs of one name are known as RESOURCE.NAME. Where a RESOURCE has a global variable of a name that one
before it has too, its programs and all that they call see its own: they are entered once more, in a namespace of its
name. So is a program whose variables wait for places (`AT %I*`), or may be set in VAR_CONFIG, for each instance but the
first.
"""

from collections import Counter
from collections.abc import Callable, Iterator

from sortyard.plc import tree as t
from sortyard.plc.symbols import Pou, Project, Scope

Enter = Callable[[t.PouDecl, Scope], None]
"""Enters a unit in a namespace."""


def resources_of(project: Project) -> Iterator[tuple[t.Configuration, t.Resource]]:
    """Every resource with its configuration, and what stands in that outside of any."""
    for configuration in project.configurations:
        for resource in (configuration.own, *configuration.resources):
            yield configuration, resource


def name_in(project: Project, resource: t.Resource, name: t.Name, kind: str) -> str:
    """What a task or program (`kind`: tasks, programs) of a resource is called by in the whole project."""
    there = Counter(one.name.key for _, other in resources_of(project) for one in getattr(other, kind))
    return f"{resource.name.text}.{name.text}" if there[name.key] > 1 else name.text


def repeated_globals(resource: t.Resource, earlier: set[str]) -> bool:
    """True if an earlier resource has a global variable of a name of this one's; adds its names to those."""
    own = {name.key for block in resource.blocks for decl in block.declarations for name in decl.names}
    is_repeated = bool(own & earlier)
    earlier |= own
    return is_repeated


def units_of(project: Project, resource: t.Resource, written: t.ProgramInstance) -> Scope:
    """Where a program that runs in a resource is looked up: its own copy, the resource's, everybody's."""
    for namespace in (_own(resource, written), resource.name.key):
        if f"{namespace}.{written.program.key}" in project.pous:
            return Scope(project, namespace)
    return Scope(project)


def _own(resource: t.Resource, written: t.ProgramInstance) -> str:
    return f"{resource.name.key}.{written.name.key}"


def separate(project: Project, enter: Enter) -> None:
    """Enter once more what a resource or a further instance has to have for itself."""
    users = [pou for pou in project.pous.values() if not pou.is_library and pou.kind != "TEST"]
    for namespace in project.separated:
        for pou in users:
            _again(project, pou, namespace, enter)
    seen: set[Pou] = set()
    for configuration, resource in resources_of(project):
        for written in resource.programs:
            pou: Pou | None = units_of(project, resource, written).find(project.pous, written.program.key)
            if pou in seen and (_waits(pou.decl) or configuration.settings):
                _again(project, pou, _own(resource, written), enter)
            elif pou is not None:
                seen.add(pou)


def _again(project: Project, pou: Pou, namespace: str, enter: Enter) -> None:
    inner = pou.scope.namespace
    own = inner.removeprefix(namespace.partition(".")[0]).lstrip(".") if inner in project.separated else inner
    using = [*pou.scope.using, *([inner] if inner else [])]
    enter(pou.decl, Scope(project, f"{namespace}.{own}" if own else namespace, using))


def _waits(decl: t.PouDecl) -> bool:
    """True if a variable of a program gets its place elsewhere."""
    rows = (address for block in decl.blocks for one in block.declarations for address in one.addresses)
    return any(address is not None and address.endswith("*") for address in rows)
