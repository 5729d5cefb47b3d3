"""What a program takes of a board's C stack: every call of a function lies there, with all of its locals, because the
heap is locked while a program runs (py/objfun.c: `fun_bc_call`)."""

import re

from sortyard.plc.mpy.module import Module
from sortyard.plc.mpy.unit import Unit
from sortyard.plc.symbols import Pou

VM_CALL_BYTES = 352
"""What the interpreter's own functions take for one call in the virtual machine, as measured."""
WORD_BYTES = 4
EXPRESSION_WORDS = 14
"""At most on the evaluation stack: a support function, its arguments, and an index within one."""
OTHER_WORDS = 24
"""Locals of the runner, and of a support function, at most."""
SUPPORT_CALLS = 2
"""A support function that calls another one."""
_LOCAL = re.compile(r"\b(?:[vr]\d+|s[248]?|[ptBHKVULDbhf])\b")


def stack_bytes(module: Module, call_bytes: int = VM_CALL_BYTES) -> int:
    """The most that a run takes: the runner, the deepest chain of units, a support function at its end.

    `call_bytes`: what the board's interpreter takes for a call, beside the function's locals.
    """
    deepest: dict[Pou, int] = {}
    for pou in module.compiled.pous:
        below = max((deepest.get(callee, 0) for callee in pou.calls), default=0)
        deepest[pou] = _chain(module.units[pou], call_bytes) + below
    starts = max((_chain(unit, call_bytes) for unit in module.starts), default=0)
    others = (2 if module.waiting else 1) + SUPPORT_CALLS
    return starts + max(deepest.values(), default=0) + others * (call_bytes + WORD_BYTES * OTHER_WORDS)


def _chain(unit: Unit, call_bytes: int) -> int:
    """A call of a unit that goes on into the deepest of its parts."""
    inside = max((_chain(part, call_bytes) for part in unit.parts), default=0)
    return call_bytes + _words(unit) + inside


def _words(unit: Unit) -> int:
    """Bytes of a function's locals and of its expressions."""
    names = {name for line in unit.lines for name in _LOCAL.findall(line)}
    return WORD_BYTES * (len(names) + EXPRESSION_WORDS)
