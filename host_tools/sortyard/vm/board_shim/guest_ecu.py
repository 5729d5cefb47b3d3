"""Guest program: put the shims in the place of the modules that a board has, and start the firmware as it is."""

import sys

import virtual_board
import virtual_cost
import virtual_esp32
import virtual_machine
import virtual_micropython
import virtual_rp2
import virtual_select
import virtual_time

sys.modules["machine"] = virtual_machine
sys.modules["micropython"] = virtual_micropython
sys.modules["select"] = virtual_select
sys.modules["esp32"] = virtual_esp32
sys.modules["rp2"] = virtual_rp2
sys.modules["time"] = virtual_time
virtual_board.begin()
virtual_cost.measure()
sys.path[:] = ["/", "/lib"]
import boot  # noqa: E402, F401
import main  # noqa: E402, F401
