"""The soft PLC: IEC 61131-3 Structured Text, checked, laid out in one flat image and run.

The way of a source text, each step one module that needs only those before it:

    source, diagnostics     text with positions; messages with code, place, cause and suggestion
    lexer, grammar.lark, build_*, recovery, parser      text -> syntax tree (tree.py), all syntax errors at once
    types, symbols, declare*    names, types, sizes of everything that is declared; who inherits from whom
    standard_*, library/*.st    standard functions (table of signatures; bodies here or in ST) and blocks (ST)
    lower_*                 syntax tree -> typed operations (ir.py): every conversion and check is explicit here
    layout, image           where each variable lies in the process image; its first content
    interpreter             runs the typed operations on the image; the definition of what a program means
    c/                      the same operations as C, compiled and loaded into this process
    program                 all of it for files on disk
    runtime, schedule, retain   a program at work: tasks, faults, restarts, what survives a power cut
    testing, harness, pytest_plugin     TEST units, and programs as tests in Python see them
    format                  the one layout of sources

`ir.py` and `layout.py` are what a further back end needs; neither knows the syntax tree.
"""
