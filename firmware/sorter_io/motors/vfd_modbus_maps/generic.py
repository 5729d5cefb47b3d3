"""Any make: every register is said by the options of the driver."""

MAP = {}
