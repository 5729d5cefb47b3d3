"""Runs at every reset, before main.py. It starts neither loop nor watchdog, so that a tool can always get in."""

import micropython

micropython.alloc_emergency_exception_buf(100)
