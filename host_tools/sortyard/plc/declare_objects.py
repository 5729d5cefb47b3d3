"""Classes, function blocks with methods, interfaces: who inherits from whom, and what each must have."""

from sortyard.plc import tree as t
from sortyard.plc.diagnostics import nearest
from sortyard.plc.source import Span
from sortyard.plc.symbols import Pou, Project, Variable
from sortyard.plc.types import BlockType, has_interface, lineage

FB_INIT = "FB_INIT"
"""The method that vendors run before the first scan; that of a heir may have more parameters."""
QUERY = "__SYSTEM.IQUERYINTERFACE"
"""What vendors' interfaces extend, so that __QUERYINTERFACE takes them; here it takes every one."""
GET, SET = "GET ", "SET "
"""Before a property's name: the keys of its two methods."""
ACCESS = ("PUBLIC", "PROTECTED", "PRIVATE", "INTERNAL")


def enter_members(pou: Pou) -> None:
    """Make the methods of a unit, two for each property; what is in them waits."""
    for decl in pou.decl.methods:
        _enter(pou, decl, decl.name.key)
    for decl in pou.decl.properties:
        for kind, access in ((GET, decl.getter), (SET, decl.setter)):
            if access is not None:
                _enter(pou, _accessor(decl, kind, access), kind + decl.name.key)


def _accessor(decl: t.PropertyDecl, kind: str, access: t.Accessor) -> t.PouDecl:
    """A property's getter returns its value; its setter has it as an input of the property's name."""
    name = t.Name(decl.name.span, decl.name.text)
    is_getter, blocks = kind == GET, access.blocks
    if not is_getter:
        value = t.VarDecl(name.span, [name], [None], decl.type, None, "")
        blocks = [t.VarBlock(name.span, "VAR_INPUT", frozenset(), [value]), *blocks]
    result = decl.type if is_getter else None
    return t.PouDecl(
        decl.span, "METHOD", name, access.modifiers or decl.modifiers, result, [], [], [], blocks, [], [], access.body
    )  # fmt: skip


def _enter(owner: Pou, decl: t.PouDecl, key: str) -> None:
    old = owner.methods.get(key)
    if old is not None:
        where = f"{old.decl.name.span.file}:{old.decl.name.span.line}"
        message = f"{owner.name} has {decl.name.text} twice, first at {where}"
        owner.scope.sink.tell("SY1202", decl.name.span, message, "rename one of them")
        return
    method = Pou(f"{owner.name}.{decl.name.text}", "METHOD", decl, owner.scope, owner.is_library)
    method.owner = owner
    method.key = key
    method.scope = owner.scope.inside(method)
    owner.methods[key] = method


def link(project: Project) -> None:
    """Find the bases and interfaces of every unit, and number the types that objects may have at run time."""
    for pou in project.pous.values():
        for path in pou.decl.extends:
            if path.key == QUERY and not project.is_strict:
                continue
            base = _base(project, pou, path)
            if base is not None and pou.kind == "INTERFACE":
                pou.interfaces.append(base)
            elif base is not None:
                if pou.base is not None:
                    message = f"{pou.name} extends {pou.base.name} already"
                    project.sink.tell("SY1221", path.span, message, "extend one, implement interfaces")
                    continue
                pou.base = base
        for path in pou.decl.implements:
            found = pou.scope.find(project.pous, path.key)
            if found is None or found.kind != "INTERFACE":
                known = [p.name for p in project.pous.values() if p.kind == "INTERFACE"]
                hint = nearest(path.text, known) or "declare it with INTERFACE"
                project.sink.tell("SY1203", path.span, f"there is no interface {path.text}", hint)
            else:
                pou.interfaces.append(found)
    _break_circles(project)
    number = 0
    for pou in project.pous.values():
        if pou.kind in ("CLASS", "FUNCTION_BLOCK"):
            number += 1
            pou.type_id = number
            if pou.base is not None:
                pou.base.heirs.append(pou)
    for pou in project.pous.values():
        is_object = bool(pou.methods or pou.heirs or pou.interfaces or pou.base)
        if isinstance(pou.type, BlockType) and pou.base is None and is_object:
            pou.type.has_type_id = True


def _base(project: Project, pou: Pou, path: t.Path) -> Pou | None:
    base = pou.scope.find(project.pous, path.key)
    kinds = {"INTERFACE": ("INTERFACE",), "CLASS": ("CLASS",)}.get(pou.kind, ("FUNCTION_BLOCK", "CLASS"))
    if base is None or base.kind not in kinds:
        known = [p.name for p in project.pous.values() if p.kind in kinds]
        what = "interface" if pou.kind == "INTERFACE" else "class or function block"
        hint = nearest(path.text, known) or "declare it"
        project.sink.tell("SY1203", path.span, f"there is no {what} {path.text}", hint)
        return None
    if "FINAL" in base.decl.modifiers:
        project.sink.tell("SY1222", path.span, f"{base.name} is FINAL", "remove FINAL there, or contain it")
        return None
    return base


def _break_circles(project: Project) -> None:
    """Nobody inherits from itself: the link that closes a circle is told and removed."""
    for pou in project.pous.values():
        seen: set[Pou] = set()
        step = pou
        while step.base is not None:
            seen.add(step)
            if step.base in seen:
                project.sink.tell(
                    "SY1303", step.decl.name.span, f"{step.name} extends itself", "break the circle"
                )
                step.base = None
                break
            step = step.base
        if pou.kind == "INTERFACE" and pou in _above(pou, set()):
            project.sink.tell("SY1303", pou.decl.name.span, f"{pou.name} extends itself", "break the circle")
            pou.interfaces.clear()


def _above(interface: Pou, seen: set[Pou]) -> set[Pou]:
    for upper in interface.interfaces:
        if upper not in seen:
            seen.add(upper)
            _above(upper, seen)
    return seen


def all_interfaces(pou: Pou) -> list[Pou]:
    """Every interface that objects of the unit have, inherited ones too."""
    found: dict[Pou, None] = {}
    for step in lineage(pou):
        for interface in step.interfaces:
            found[interface] = None
            found.update(dict.fromkeys(_above(interface, set())))
    return list(found)


def find_method(pou: Pou, key: str) -> Pou | None:
    """The method that an object of exactly this type runs; of an interface, its prototype."""
    candidates = [pou, *_above(pou, set())] if pou.kind == "INTERFACE" else list(lineage(pou))
    return next((step.methods[key] for step in candidates if key in step.methods), None)


def descendants(pou: Pou) -> list[Pou]:
    """The unit and all that extend it."""
    found = [pou]
    for step in found:
        found += step.heirs
    return found


def implementers(project: Project, interface: Pou) -> list[Pou]:
    """Units whose objects have the interface."""
    return [
        p
        for p in project.pous.values()
        if p.kind in ("CLASS", "FUNCTION_BLOCK") and has_interface(p, interface)
    ]


def is_abstract(pou: Pou) -> bool:
    return "ABSTRACT" in pou.decl.modifiers


# ---- rules, once all variables are known ----


def check_objects(project: Project) -> None:
    """Tell what units with bases, interfaces or methods lack."""
    for pou in project.pous.values():
        if pou.is_library:
            continue
        for method in pou.methods.values():
            _check_method(project, pou, method)
        if pou.kind != "INTERFACE":
            _check_complete(project, pou)


def _check_method(project: Project, pou: Pou, method: Pou) -> None:
    span, words = method.decl.name.span, method.decl.modifiers
    overridden = find_method(pou.base, method.key) if pou.base is not None else None
    tell, name = project.sink.tell, method.decl.name.text
    if "OVERRIDE" in words and overridden is None:
        tell("SY1223", span, f"no base of {pou.name} has a method {name}", "remove OVERRIDE")
    if overridden is None:
        return
    if "FINAL" in overridden.decl.modifiers:
        tell("SY1222", span, f"{overridden.name} is FINAL", "remove FINAL there, or use another name")
    elif "OVERRIDE" not in words and project.is_strict:
        tell("SY1223", span, f"{overridden.name} is overridden", "write METHOD OVERRIDE")
    _check_signature(project, method, overridden, span)


def _check_signature(project: Project, method: Pou, wanted: Pou, span: Span) -> None:
    """Parameters and result are the same, because callers know only one of the two."""
    for unit in (method, wanted):
        project.declare(unit)
    own, other = (_signature(unit) for unit in (method, wanted))
    may_add = method.key == FB_INIT and not project.is_strict
    if own != other and not (may_add and set(other) <= set(own)):
        message = f"{method.name} does not have the parameters and result of {wanted.name}"
        where = f"{wanted.decl.name.span.file}:{wanted.decl.name.span.line}"
        project.sink.tell("SY1224", span, message, f"write them as at {where}")


def _signature(unit: Pou) -> list[tuple[str, str, str]]:
    rows = [(v.section, v.name.upper(), str(v.type)) for v in _parameters(unit)]
    return rows + ([("RESULT", "", str(unit.result.type))] if unit.result else [])


def _parameters(unit: Pou) -> list[Variable]:
    return unit.parameters("VAR_INPUT", "VAR_OUTPUT", "VAR_IN_OUT")


def _check_complete(project: Project, pou: Pou) -> None:
    """Everything that interfaces and abstract bases promise is there."""
    span = pou.decl.name.span
    for interface in all_interfaces(pou):
        for key, prototype in interface.methods.items():
            method = find_method(pou, key)
            if method is None and not is_abstract(pou):
                what = f"{prototype.decl.name.text} of {interface.name}"
                project.sink.tell(
                    "SY1225", span, f"{pou.name} lacks {what}", f"write METHOD {prototype.decl.name.text}"
                )
            elif method is not None:
                _check_signature(project, method, prototype, method.decl.name.span)
    if is_abstract(pou):
        return
    keys = {key: None for step in lineage(pou) for key in step.methods}
    for key in keys:
        method = find_method(pou, key)
        if method is not None and is_abstract(method):
            message = f"{pou.name} lacks {method.decl.name.text}: {method.name} is ABSTRACT"
            project.sink.tell(
                "SY1225", span, message, f"write METHOD {method.decl.name.text}, or make it ABSTRACT"
            )
