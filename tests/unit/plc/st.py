"""Short ways for tests to write ST, run it and read messages."""

from sortyard.plc.faults import PlcFault
from sortyard.plc.program import Compiled, check_sources, compile_sources
from sortyard.plc.runtime import Runtime
from sortyard.plc.source import Source

MS = 1_000_000


def program(variables: str, body: str, before: str = "") -> str:
    """A PROGRAM main with these variables and this body, behind `before`."""
    return f"{before}\nPROGRAM main\nVAR\n{variables}\nEND_VAR\n{body}\nEND_PROGRAM\n"


def start(text: str, dialect: str = "strict", **options) -> Runtime:
    """The program, compiled and not yet scanned."""
    return Runtime(compile_sources([Source("t.st", text)], dialect), **options)


def run(variables: str, body: str, before: str = "", scans: int = 1, dialect: str = "strict") -> Runtime:
    """The program after some scans."""
    runtime = start(program(variables, body, before), dialect)
    runtime.scan(scans)
    return runtime


def value(expression: str, type_name: str, variables: str = "", before: str = ""):
    """What an expression assigned to a variable of that type gives."""
    return run(f"{variables} result : {type_name};", f"result := {expression};", before).get("main.result")


def fault_of(variables: str, body: str, before: str = "", **options) -> PlcFault:
    """The fault of the first scan; its line counts from 1 at the body's first line."""
    text = program(variables, body, before)
    runtime = start(text, **options)
    try:
        runtime.scan()
    except PlcFault as fault:
        return fault
    raise AssertionError("no fault")


def check(text: str, dialect: str = "strict") -> Compiled:
    return check_sources([Source("t.st", text)], dialect)


def told(text: str, dialect: str = "strict") -> list[str]:
    """Messages as `line:column code message | suggestion`, in order."""
    rows = check(text, dialect).diagnostics
    return [f"{d.span.line}:{d.span.column} {d.code} {d.message} | {d.suggestion}" for d in rows]


def codes(variables: str, body: str, before: str = "", dialect: str = "strict") -> list[str]:
    """Only the codes of the messages, in order."""
    return [d.code for d in check(program(variables, body, before), dialect).diagnostics]
