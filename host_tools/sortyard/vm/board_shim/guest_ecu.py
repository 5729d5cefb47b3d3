"""Guest program: put the shims in the place of the modules that a board has, and start the firmware as it is."""

# pyright: reportMissingImports=false, reportOptionalCall=false, reportAttributeAccessIssue=false
# pyright: reportArgumentType=false

import builtins
import sys

import virtual_board
import virtual_cost
import virtual_flash
import virtual_machine
import virtual_micropython
import virtual_network
import virtual_select
import virtual_sys
import virtual_time
from host import call

virtual_board.begin()
virtual_flash.begin()
port, chip, board = call("chip", "").split(" ", 2)
sys.modules["machine"] = virtual_machine
sys.modules["micropython"] = virtual_micropython
sys.modules["network"] = sys.modules["socket"] = virtual_network
sys.modules["select"] = virtual_select
sys.modules["time"] = virtual_time
sys.modules["sys"] = virtual_sys.System(port, board, chip)
builtins.open = virtual_flash.open_file
if port == "esp32":
    import virtual_esp32

    virtual_machine.Pin = virtual_esp32.Pin
    virtual_machine.RTC = virtual_esp32.RTC
    sys.modules["esp32"] = virtual_esp32
    registers = sys.modules["uctypes"] = virtual_esp32.Registers(chip)
    inputs = registers.struct(registers.base, {"low": virtual_esp32.FIRST_PINS})
    virtual_cost.measure_esp32(inputs, virtual_esp32.PCNT(0), virtual_esp32.RTC().memory)
else:
    import virtual_registers
    import virtual_rp2

    virtual_machine.mem32 = virtual_registers.Registers(chip)
    sys.modules["rp2"] = virtual_rp2
    virtual_cost.measure_rp2(virtual_machine.mem32)
sys.path[:] = ["/", "/lib"]
import boot  # noqa: E402, F401
import main  # noqa: E402, F401
