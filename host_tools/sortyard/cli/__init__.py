"""The command `sortyard`: one module per sub-command, imported only when that sub-command is called."""
