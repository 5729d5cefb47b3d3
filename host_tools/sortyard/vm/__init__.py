"""A real MicroPython on the host: virtual clock, shared memory, counted instructions.

`machine.MicroPythonVM` runs any guest program; `gate_runtime` runs the gate logic in it.
"""
