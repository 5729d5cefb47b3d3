"""The ECU. The gate logic's deepest modules are imported first: imports nest, and a board's stack is not deep."""

import sorter_core.endings
import sorter_core.gates  # noqa: F401
