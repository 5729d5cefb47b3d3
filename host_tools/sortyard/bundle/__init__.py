"""The firmware of one board as one file of bytecode, with nothing in it that its line does not use.

`build.firmware_of(files, image, port)` gives what lies on a board: `modules` reads the modules that the configuration
asks for, `merge` makes one of them, `fold` decides what is known already, `shake` leaves out what nobody calls and
finds what only the start does, `names` gives short names. What a function does stays as it is written.
"""
