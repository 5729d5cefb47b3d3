"""Which programs run when: CONFIGURATION, RESOURCE and TASK, or every PROGRAM at each scan where there is none."""

from dataclasses import dataclass, field

from sortyard.plc import ir
from sortyard.plc import tree as t
from sortyard.plc.block_tasks import place_of
from sortyard.plc.diagnostics import nearest
from sortyard.plc.image import Instance
from sortyard.plc.lower_places import Part, mark
from sortyard.plc.lower_stmt import StatementLowerer
from sortyard.plc.resources import name_in, resources_of, units_of
from sortyard.plc.source import Span
from sortyard.plc.symbols import Project, Scope
from sortyard.plc.types import BOOL, LINT, LTIME, BlockType, Type

LOWEST_PRIORITY = 32_767
CALLED = "(called)"
"""What programs that no task runs have in place of its name."""


@dataclass(slots=True)
class Task:
    """Programs that run together, in order, on one budget. `interval_ns` 0: at every scan. Priority 0 is first.

    Programs without a task are the last one, named "".
    """

    name: str
    interval_ns: int = 0
    priority: int = LOWEST_PRIORITY
    trigger: tuple[int, int] | None = None
    """SINGLE: image offset and bit (-1: a whole byte) of a BOOL whose rising edge makes the task due."""
    is_test: bool = False
    """Runs on request only: a TEST."""
    instances: list[Instance] = field(default_factory=list)
    span: Span | None = None
    """Where its interval is written."""
    watches: bool = False
    """Its programs call a PLC_FAULT, or one is its event: it goes on while a fault of another task stands."""


def instances_of(project: Project) -> list[Instance]:
    """The programs that run, in the order of the sources."""
    found: dict[str, Instance] = {}
    for _, resource in resources_of(project):
        for written in resource.programs:
            instance = _instance(written, resource, project)
            if instance is not None and found.setdefault(instance.name.upper(), instance) is not instance:
                _tell_twice(project, written.name)
    programs = [p for p in project.pous.values() if p.kind == "PROGRAM"]
    if not project.configurations:
        return [Instance(p.name, p, p.decl.name.span) for p in programs]
    if not project.is_strict:
        idle = [p for p in programs if p not in [instance.pou for instance in found.values()]]
        return [*found.values(), *(Instance(p.name, p, p.decl.name.span, CALLED) for p in idle)]
    return list(found.values())


def _tell_twice(project: Project, name: t.Name) -> None:
    project.sink.tell("SY1202", name.span, f"{name.text} is declared twice", "rename one")


def leave_to_callers(project: Project, instances: list[Instance]) -> None:
    """Programs that others call run when they are called, where no CONFIGURATION says what runs."""
    called = {pou for caller in project.pous.values() for pou in caller.calls if pou.kind == "PROGRAM"}
    for instance in instances if not project.configurations else ():
        if instance.pou in called:
            instance.task = CALLED


def _instance(written: t.ProgramInstance, resource: t.Resource, project: Project) -> Instance | None:
    pou = units_of(project, resource, written).find(project.pous, written.program.key)
    if pou is None or pou.kind != "PROGRAM":
        known = [p.name for p in project.pous.values() if p.kind == "PROGRAM"]
        hint = nearest(written.program.text, known) or "declare it with PROGRAM"
        project.sink.tell("SY1203", written.program.span, f"there is no program {written.program.text}", hint)
        return None
    name, blocks = name_in(project, resource, written.name, "programs"), written.blocks
    if not all(_is_task(project, resource, task) for task in (written.task, *(one.task for one in blocks))):
        return None
    task = name_in(project, resource, written.task, "tasks").upper() if written.task else None
    instance = Instance(name, pou, written.name.span, task, 0, written.is_retained, written.arguments)
    instance.resource = resource.name.key
    instance.blocks = [
        (one.path, name_in(project, resource, one.task, "tasks").upper()) for one in written.blocks
    ]
    return instance


def _is_task(project: Project, resource: t.Resource, task: t.Name | None) -> bool:
    """False, and told, for a name that no task of the resource has."""
    tasks = [one.name.text for one in resource.tasks]
    if task is None or task.key in [name.upper() for name in tasks]:
        return True
    hint = nearest(task.text, tasks) or "declare it with TASK"
    project.sink.tell("SY1201", task.span, f"there is no task {task.text}", hint)
    return False


def tests_of(project: Project) -> list[Instance]:
    """One instance for each TEST, in the order of the sources."""
    tests = [pou for pou in project.pous.values() if pou.kind == "TEST"]
    return [
        Instance(f"__TEST{i}", pou, pou.decl.name.span, f"TEST {pou.name}") for i, pou in enumerate(tests)
    ]


def connect(project: Project, instances: list[Instance]) -> None:
    """Make the call of each instance, with the arguments that its declaration gives."""
    for instance in instances:
        lowerer = StatementLowerer(Scope(project, instance.resource))
        lowerer.connects = True
        callee = t.NameRef(instance.span, 1, instance.name)
        call = t.Call(instance.span, 1, callee, instance.arguments)
        instance.call = lowerer.unit_call(call, instance.pou, place_of(instance))


def tasks_of(project: Project, instances: list[Instance]) -> list[Task]:
    """Tasks with something to do, the most urgent first."""
    tasks: dict[str, Task] = {}
    for _, resource in resources_of(project):
        for written in resource.tasks:
            name = name_in(project, resource, written.name, "tasks").upper()
            if name in tasks:
                _tell_twice(project, written.name)
            tasks[name] = _task(written, name, Scope(project, resource.name.key))
    ordered = [*sorted(tasks.values(), key=lambda task: task.priority), Task("")]
    ordered += [Task(i.task or "", is_test=True) for i in instances if i.pou.kind == "TEST"]
    for task in ordered:
        task.instances = [i for i in instances if (i.task or "") == task.name]
    return [task for task in ordered if task.instances]


def _trigger(lowerer: StatementLowerer, expr: t.Expr) -> tuple[int, int] | None:
    """Where the variable of SINGLE lies."""
    found = lowerer.place(expr)
    if found is None:
        return None
    place, bit = (found.place, found.shift) if isinstance(found, Part) else (found, -1)
    type_ = found.type if isinstance(found, Part) else place.type
    if type_ is not BOOL or place.base != "image" or place.indexings:
        lowerer.sink.tell(
            "SY1320", expr.span, "SINGLE takes a global BOOL variable", "declare one in VAR_GLOBAL"
        )
        return None
    mark(place, read=True)
    return place.offset, bit


def _is_of_fault(lowerer: StatementLowerer, expr: t.Expr) -> bool:
    """True for an output of a PLC_FAULT: such a task would never run if it stood still with the others."""
    base = lowerer.place(expr.base) if isinstance(expr, t.Member) else None
    return (
        isinstance(base, ir.Place)
        and isinstance(base.type, BlockType)
        and base.type.pou is lowerer.scope.project.library["PLC_FAULT"]
    )


def _task(written: t.TaskDecl, name_of_task: str, scope: Scope) -> Task:
    task = Task(name_of_task)
    types: dict[str, Type] = {"INTERVAL": LTIME, "PRIORITY": LINT, "SINGLE": BOOL}
    for name, expr in written.fields:
        sink = scope.project.sink
        type_ = types.get(name.key)
        if type_ is None:
            hint = nearest(name.text, types) or "INTERVAL and PRIORITY"
            sink.tell("SY1408", name.span, f"a task has no {name.text}", hint)
            continue
        lowerer = StatementLowerer(scope)
        if name.key == "SINGLE":
            task.trigger = _trigger(lowerer, expr)
            task.watches = _is_of_fault(lowerer, expr)
            continue
        value = lowerer.convert.to(lowerer.expr(expr), type_, name.text)
        if not isinstance(value, ir.Const) or value.value < 0:
            sink.tell("SY1609", expr.span, f"{name.text} is a constant, 0 or more", "write T#10ms or 1")
        elif name.key == "INTERVAL":
            task.interval_ns, task.span = value.value, expr.span
        else:
            task.priority = value.value
    return task
