"""What compiled Structured Text needs on the board: arithmetic that small integers cannot do, without allocating."""
