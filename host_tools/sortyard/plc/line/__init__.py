"""A program that runs on a line: its parts as typed variables, bound to the simulated line and to its requests."""
