"""Calls of the library's functions whose arguments are constant: done while compiling, by the reference interpreter."""

from typing import Any

from sortyard.plc import ir
from sortyard.plc.budget import DEFAULT_BUDGET, Budget
from sortyard.plc.image import Image
from sortyard.plc.initial import Initial
from sortyard.plc.interpreter import Interpreter
from sortyard.plc.layout import AREAS_START
from sortyard.plc.lower import lower_callees, place_work
from sortyard.plc.program import Compiled
from sortyard.plc.symbols import Project
from sortyard.plc.types import aligned


def evaluate(project: Project, call: ir.Call) -> Any:
    """What the call yields. Raises PlcFault.

    The units get provisional frames; those of the program come later.
    """
    order = lower_callees(project, call.pou)
    place_work(order)
    end = AREAS_START
    for pou in order:
        pou.frame_offset = end
        end = aligned(end + pou.frame_size, 8)
    initial = Initial(project)
    templates = {pou: initial.template(pou) for pou in order}
    image = Image(size=end, initial=bytes(end))
    machine = Interpreter(Compiled([], pous=order, image=image, templates=templates))
    machine.budget = Budget(DEFAULT_BUDGET)
    return machine.eval(call)
