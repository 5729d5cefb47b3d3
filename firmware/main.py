"""Starts the ECU."""

from sorter_ecu.start import run

run()
