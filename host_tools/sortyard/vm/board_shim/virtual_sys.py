"""The module `sys` of a virtual board: says which port and chip it is."""

import sys


class _Implementation:
    name = "micropython"
    version = sys.implementation.version

    def __init__(self, board, chip):
        self._machine = board + " with " + chip


class System:
    """All that firmware asks of `sys`."""

    modules = sys.modules
    path = sys.path
    stdin = sys.stdin
    stdout = sys.stdout

    def __init__(self, port, board, chip):
        self.platform = port
        self.implementation = _Implementation(board, chip)
