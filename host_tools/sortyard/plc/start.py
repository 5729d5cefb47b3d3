"""The first image of a program whose variables need more than constants: made once, while compiling.

The reference interpreter runs what lower_start.py made on the image that has all constant contents, so every back end
and every restart begins with the same bytes, and no board carries code for it. At a warm start the retained variables
come over this image: FB_Init has seen their initial values, as at a first start.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from sortyard.plc.budget import DEFAULT_BUDGET, Budget
from sortyard.plc.diagnostics import Sink
from sortyard.plc.faults import PlcFault
from sortyard.plc.interpreter import Interpreter, deep_run
from sortyard.plc.symbols import Pou

if TYPE_CHECKING:
    from sortyard.plc.program import Compiled


def start(compiled: "Compiled", unit: Pou, sink: Sink) -> None:
    """Let `unit` change the first image; a fault is told where it happened."""
    machine = Interpreter(replace(compiled, pous=list(compiled.templates)))
    machine.budget = Budget(DEFAULT_BUDGET)
    try:
        with deep_run():
            machine.body(unit, 0)
    except PlcFault as fault:
        span = fault.span or unit.decl.name.span
        sink.tell("SY1611", span, f"before the first scan: {fault.detail}", "it runs while compiling")
        return
    image = compiled.image
    start_of_frames, end_of_frames = image.slices["frames"]
    frames = bytes(end_of_frames - start_of_frames)
    machine.memory[start_of_frames:end_of_frames] = frames
    image.initial = bytes(machine.memory[: image.size])
