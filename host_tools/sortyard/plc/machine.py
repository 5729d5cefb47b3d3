"""What runs a compiled program: the face that every back end shows to the runtime."""

from typing import Protocol, runtime_checkable


class Machine(Protocol):
    """A back end with a program loaded. Its first image is `Compiled.image.initial`.

    `memory` begins with the process image, byte for byte as image.py lays it out, and may be longer. Between two calls
    of `run` the runtime reads it and writes to it: inputs, the clock, forced values, retained data.
    """

    @property
    def memory(self) -> bytearray | memoryview: ...

    def run(self, task: int, budget: int) -> None:
        """Run the programs of `Compiled.tasks[task]`, one after another, on that many loop turns and calls.

        Raises PlcFault with kind and place (of the innermost statement or expression that has one); the image is then
        as the fault left it. The outputs are turned off by the runtime.
        """
        ...


@runtime_checkable
class TimedMachine(Protocol):
    """A machine that stands for a board: `run_ns` is what the last run takes there."""

    @property
    def run_ns(self) -> int: ...
