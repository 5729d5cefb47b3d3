"""Compiled with Cython: the shared core under a second name, and what exists as an extension alone.

`sortyard_c.gate_logic` is `firmware/sorter_core/gate_logic.py`, compiled; `sorter_core.gate_logic` is the same
file as plain Python. Both live in one process, which is how they are compared.
"""
