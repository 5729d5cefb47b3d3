"""Which variables need more than constant bytes before the first scan (lower_start.py gives it to them)."""

from sortyard.plc import tree as t
from sortyard.plc.declare_objects import FB_INIT, SET, find_method
from sortyard.plc.lower_places import path_of
from sortyard.plc.symbols import Pou, Scope, Variable
from sortyard.plc.types import ArrayType, BlockType, StructType, Type, lineage

_ANSWERED_BY_TYPE = ("SIZEOF", "LOWER_BOUND", "UPPER_BOUND")


def is_dynamic(node: t.Expr, scope: Scope) -> bool:
    """True if the value of an expression is known only when variables have their places, or contents."""
    match node:
        case t.Literal():
            return False
        case t.NameRef():
            variable = scope.variable(node.key)
            return node.key == "THIS" if variable is None else variable.storage != "none"
        case t.Member():
            shared = scope.find(scope.project.globals, path_of(node) or "")
            return shared.storage != "none" if shared is not None else is_dynamic(node.base, scope)
        case t.Unary():
            return is_dynamic(node.operand, scope)
        case t.Binary():
            return is_dynamic(node.left, scope) or is_dynamic(node.right, scope)
        case t.Call():
            return _is_dynamic_call(node, scope)
        case t.ArrayInit():
            return any(is_dynamic(value, scope) for _, values in node.items for value in values)
        case t.StructInit():
            return any(is_dynamic(value, scope) for _, value in node.fields)
    return True


def _is_dynamic_call(node: t.Call, scope: Scope) -> bool:
    path = path_of(node.callee) or ""
    if path in _ANSWERED_BY_TYPE:
        return False
    pou = scope.find(scope.project.pous, path)
    if pou is not None and not pou.is_library:
        return True
    if isinstance(node.callee, t.Member) and pou is None:
        return True
    return any(is_dynamic(argument.value, scope) for argument in node.arguments)


def needs_start(what: Variable | Type) -> bool:
    """True if a variable, or every variable of a type, needs statements before the first scan."""
    if isinstance(what, Variable):
        if what.storage == "none" or what.address is not None or _is_passed(what):
            return False
        is_written = (
            what.init is not None
            and what.scope is not None
            and (is_dynamic(what.init, what.scope) or sets_property(what.type, what.init))
        )
        return is_written or bool(what.given and _holds_block(what.type)) or needs_start(what.type)
    if isinstance(what, ArrayType):
        return needs_start(what.element)
    if isinstance(what, StructType):
        return any(
            needs_start(field.type) or (field.init is not None and is_dynamic(field.init, field.scope))
            for field in what.fields.values()
        )
    return isinstance(what, BlockType) and (has_init(what) or starts_itself(what.pou))


def sets_property(type_: Type, node: t.Expr) -> bool:
    """True if an initial value gives a property its value: `gate : Gate := (Width := 3)`."""
    if isinstance(node, t.ArrayInit) and isinstance(type_, ArrayType):
        return any(sets_property(type_.element, value) for _, values in node.items for value in values)
    return (
        isinstance(node, t.StructInit)
        and isinstance(type_, BlockType)
        and any(find_method(type_.pou, SET + name.key) is not None for name, _ in node.fields)
    )


def _is_passed(variable: Variable) -> bool:
    """An input of a function: the call stores it."""
    pou = variable.scope.pou if variable.scope is not None else None
    return variable.section == "VAR_INPUT" and pou is not None and pou.kind in ("FUNCTION", "METHOD")


def _holds_block(type_: Type) -> bool:
    return _holds_block(type_.element) if isinstance(type_, ArrayType) else isinstance(type_, BlockType)


def has_init(type_: Type) -> bool:
    """True for a block whose FB_Init runs before the first scan: a method of that name, where vendors are read."""
    return (
        isinstance(type_, BlockType)
        and not type_.pou.scope.is_strict
        and any(FB_INIT in step.methods for step in lineage(type_.pou))
    )


def starts_itself(pou: Pou) -> bool:
    """True if a variable of the unit, or of its base, needs a start."""
    if pou.needs_start is None:
        pou.needs_start = False  # what contains itself was told
        pou.scope.project.declare(pou)
        pou.needs_start = any(
            variable.storage in ("instance", "retain") and not variable.by_reference and needs_start(variable)
            for variable in pou.variables.values()
        )
    return pou.needs_start
