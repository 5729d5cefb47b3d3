"""A Machine in the `micropython` on the PATH, with its functions in viper where that can be; else in the VM."""

import shutil
import subprocess
from importlib import resources
from pathlib import Path

from sortyard.plc.faults import PlcFault
from sortyard.plc.mpy.machine import MicroPythonMachine
from sortyard.plc.mpy.module import Module
from sortyard.plc.program import Compiled

GUEST = Path(__file__).with_name("native_guest.py")
FIRMWARE = Path(__file__).parents[3] / "firmware"
NO_LIMIT = (1 << 30) - 1


class NativeMachine:
    """One process. A crash of it is a BrokenPipeError or ValueError here, never a hang."""

    def __init__(self, compiled: Compiled, folder: Path, slice_fuel: int = 0) -> None:
        self.module = Module(compiled, is_native=True, has_doubles=True)
        self.memory = bytearray(compiled.image.initial)
        self.slice_fuel = slice_fuel or NO_LIMIT
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "plc_program.py").write_text(self.module.text(), "utf-8")
        views = resources.files("sortyard.plc.mpy") / "plc_views.py"
        (folder / "plc_views.py").write_bytes(views.read_bytes())
        executable = shutil.which("micropython")
        assert executable is not None
        self._process = subprocess.Popen(
            [executable, str(GUEST)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"MICROPYPATH": f"{folder}:{FIRMWARE}"},
        )

    def run(self, task: int, budget: int) -> None:
        """One run of a task, see machine.Machine."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{task} {budget} {self.slice_fuel} {self.memory.hex()}\n")
        process.stdin.flush()
        fault, place, image = process.stdout.readline().split()
        self.memory[:] = bytes.fromhex(image)
        if fault != "0":
            kind, span, _ = self.module.sites[int(fault) - 1]
            raise PlcFault(kind, "", self.module.places[int(place) - 1] if place != "0" else span)

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


HAS_NATIVE = shutil.which("micropython") is not None


def native_or_vm(compiled: Compiled, folder: Path, slice_fuel: int = 0) -> NativeMachine | MicroPythonMachine:
    """The program in machine code where this host has a MicroPython, else as bytecode in the virtual machine."""
    if not HAS_NATIVE:
        return MicroPythonMachine(compiled, slice_fuel)
    return NativeMachine(compiled, folder, slice_fuel)
