"""Base of the classes that keep arrays of integers, which they get when they are made and never let go.

Compiled, this module is `sortyard_c/tables.pyx` instead: there the arrays are plain memory, which is read and given
a local name without counting who uses it.
"""

from array import array


class Tables:
    """Makes arrays of integers. `kind` is how narrow they may be, as `array` has it: on a board they are."""

    def ints(self, n, value, kind="i"):
        """`n` integers, each `value`."""
        return array(kind, [value] * n)

    def column(self, c, at, n, row, column, kind="i"):
        """Column `column` of `n` rows, `row` integers each, which begin at c[at]."""
        return array(kind, [c[at + row * i + column] for i in range(n)])
