"""A compiled program as two C texts: `program.h`, the interface with the image as structures, and `program.c`.

The interface, described in the header itself, stays as it is:

    plc_size plc_init plc_scan plc_reset plc_run plc_fault_of, struct plc_fault, struct plc_image
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

from sortyard.plc import ir
from sortyard.plc.budget import DEFAULT_BUDGET
from sortyard.plc.c.code import Lines, Site, Sites, flat
from sortyard.plc.c.costs import Costs
from sortyard.plc.c.effects import effects
from sortyard.plc.c.places import Unit
from sortyard.plc.c.structs import Member, Structs
from sortyard.plc.c.units import UnitWriter
from sortyard.plc.nodes import nodes
from sortyard.plc.program import Compiled, deep_work
from sortyard.plc.symbols import Pou, Variable
from sortyard.plc.tasks import Task
from sortyard.plc.types import ArrayType, BlockType, StructType, Type

_INTERFACE = """
/* A program lives in plc_size() bytes, aligned to 16. The image is the first thing in there: a pointer to the program
   is one to struct plc_image. Between two scans its variables may be read and written.
   plc_init     cold start
   plc_scan     one scan: 0, or the kind of the fault that stopped it. The outputs are 0 then, and the answer stays
                the same until plc_reset, which forgets the fault; the next scan goes on with the image as it is
   plc_run      one run of one task alone on a budget of loop turns and calls: its fault's number, or -1
   plc_caller   the number of the last call into the library, where its faults have their place */
size_t plc_size(void);
void plc_init(void *program);
int32_t plc_scan(void *program);
void plc_reset(void *program);
int32_t plc_run(void *program, int32_t task, int64_t budget);
int32_t plc_caller(const void *program);

/* kind is 0 where nothing has stopped the program */
struct plc_fault { int32_t kind, line, column; const char *file, *message; int64_t value, low, high; };
struct plc_fault plc_fault_of(const void *program);
"""
_STATE = """
struct plc {
    struct plc_image image;
    int64_t left;       /* loop turns and calls that the budget still allows */
    int64_t scans;
    int64_t next[%(tasks)d];    /* when each task is due */
    uint8_t was[%(tasks)d];     /* what each event task has seen of its variable */
    int32_t site;       /* of the fault, -1 if there is none */
    int32_t caller;     /* site of the last call into the library */
    int64_t value, low, high;
    plc_resume resume;
    uint8_t work[%(work)d] __attribute__((aligned(16)));   /* large variables of calls */
};

static void plc_stop(struct plc *plc, int32_t site, int64_t value)
{
    plc->site = site;
    plc->value = value;
    plc_back(plc->resume);
}

/* Where the retained part of a block lies; within the image whatever is in the slot. */
static inline PLC_UNUSED uint32_t plc_retained(const struct plc *plc, uint32_t slot, uint32_t size)
{
    (void)plc;
    return slot <= sizeof(struct plc_image) - size ? slot : 0;
}

static inline PLC_UNUSED uint32_t plc_offset(const struct plc *plc, const void *at)
{
    return (uint32_t)((const uint8_t *)at - (const uint8_t *)plc);
}
"""
_ENTRY = """
size_t plc_size(void) { return sizeof(struct plc); }

void plc_reset(void *program) { ((struct plc *)program)->site = -1; }

static __attribute__((noinline)) void plc_dispatch(struct plc *plc, int32_t task)
{
    switch (task) {
%(dispatch)s
    }
}

/* A task that may stop with a fault. */
static __attribute__((noinline)) int32_t plc_guarded(struct plc *plc, int32_t task, int64_t budget)
{
    plc->left = budget;
    if (plc_save(plc->resume) == 0) plc_dispatch(plc, task);
    return ((volatile struct plc *)plc)->site;
}

/* A task of a program in which no fault stands. */
static inline int32_t plc_task(struct plc *plc, int32_t task, int64_t budget)
{
%(harmless)s
    return plc_guarded(plc, task, budget);
}

int32_t plc_run(void *program, int32_t task, int64_t budget)
{
    ((struct plc *)program)->site = -1;
    return plc_task(program, task, budget);
}

int32_t plc_caller(const void *program) { return ((const struct plc *)program)->caller; }

struct plc_fault plc_fault_of(const void *program)
{
    const struct plc *plc = program;
    struct plc_fault fault = {0, 0, 0, "", "", plc->value, plc->low, plc->high};
    if (plc->site >= 0) {
        fault = plc_sites[plc->site];
        if (fault.line == 0) {
            fault.line = plc_sites[plc->caller].line;
            fault.column = plc_sites[plc->caller].column;
            fault.file = plc_sites[plc->caller].file;
        }
        fault.value = plc->value;
        fault.low = plc->low;
        fault.high = plc->high;
    }
    return fault;
}

/* Whether a task is due that runs at intervals. */
static PLC_UNUSED int plc_due(int64_t *next, int64_t now, int64_t interval)
{
    int64_t late = now - *next;
    if (late < 0) return 0;
    *next += (late / interval + 1) * interval;
    return 1;
}

int32_t plc_scan(void *program)
{
    struct plc *plc = program;
    if (plc->site >= 0) return plc_sites[plc->site].kind;
    int64_t now = plc->image.clock = plc->scans++ * %(tick)dLL;
    (void)now;
%(scan)s
    return 0;
%(stopped)s
}
"""
_STOPPED = """stopped:
    memset((uint8_t *)plc + %(outputs)d, 0, %(size)d);
    return plc_sites[plc->site].kind;"""


@dataclass(slots=True)
class CSource:
    """`header` and `code`; `sites` are the places of faults by number."""

    header: str
    code: str
    sites: list[Site]


class Generator:
    """Writes a program as C. `tick_ns`: what lies between two calls of plc_scan."""

    def __init__(self, compiled: Compiled, tick_ns: int) -> None:
        self.compiled = compiled
        self.tick_ns = tick_ns
        self.structs = Structs()
        self.sites = Sites()
        self.faulting: set[str] = set()
        self.work_end = max((pou.work_offset + pou.work_size for pou in compiled.pous), default=0)
        """Bytes of the program's work area: large variables of calls, then each unit's buffers."""

    @cached_property
    def exposed(self) -> set[Variable] | None:
        """Variables that something refers to; None if a reference may lead anywhere."""
        found = effects([pou.body for pou in self.compiled.pous] + [i.call for i in self.compiled.instances])
        if found.makes_references:
            return None
        exposed, todo = set(found.referred), [variable.type for variable in found.referred]
        seen: set[Type] = set()
        while todo:  # a reference into a block may lead to any of its own variables
            type_ = todo.pop()
            if isinstance(type_, ArrayType):
                todo.append(type_.element)
            elif isinstance(type_, StructType):
                todo += [member.type for member in type_.fields.values()]
            elif isinstance(type_, BlockType) and type_ not in seen:
                seen.add(type_)
                exposed |= set(type_.pou.variables.values())
                todo += [variable.type for variable in type_.pou.variables.values()]
        return exposed

    def generate(self) -> CSource:
        """Both texts."""
        with deep_work():
            return self._generate()

    def _generate(self) -> CSource:
        compiled = self.compiled
        for pou in compiled.pous:
            if pou.type is not None:
                self.structs.struct(pou.type)
        members = self.structs.image(compiled.image)
        functions: Lines = []
        costs = Costs(compiled.pous)
        tasks = [[i.call for i in task.instances if i.call is not None] for task in compiled.tasks]
        bounds = [costs.calls(calls) for calls in tasks]
        harmless: dict[int, int] = {}
        bounded = _reached([calls for calls, bound in zip(tasks, bounds, strict=True) if bound is not None])
        for pou in compiled.pous:
            for counted in (True, False) if pou in bounded else (True,):
                writer = self._writer(pou, members, counted)
                functions += writer.function()
                self.work_end = writer.work_most
        for number, (calls, bound) in enumerate(zip(tasks, bounds, strict=True)):
            for counted in (True, False) if bound is not None else (True,):
                writer = self._writer(None, members, counted)
                functions += writer.entry(calls, f"plc_{'' if counted else 'un'}counted_{number}")
                self.work_end = writer.work_most
                if bound is not None and not counted and not writer.may_fault:
                    harmless[number] = bound
            functions += _task(number, bound)
        return CSource(self._header(), self._code(functions, harmless), self.sites.all)

    def _writer(self, pou: Pou | None, members: list[Member], counted: bool) -> UnitWriter:
        unit = Unit(pou, self.structs, members, self.compiled.image.size, self.faulting, self.work_end)
        return UnitWriter(unit, self.sites, self.compiled.templates, self.exposed, counted)

    def _header(self) -> str:
        rows = [
            "#ifndef PLC_PROGRAM_H",
            "#define PLC_PROGRAM_H",
            "#include <stddef.h>",
            "#include <stdint.h>",
            "",
        ]
        return "\n".join([*rows, *self.structs.text, _INTERFACE, "#endif", ""])

    def _code(self, functions: Lines, harmless: dict[int, int]) -> str:
        """The whole of `program.c`. `harmless`: the budget from which on a task can meet no fault."""
        support = files("sortyard.plc.c").joinpath("support.h").read_text("utf-8")
        state = _STATE % {"work": max(self.work_end, 1), "tasks": max(len(self.compiled.tasks), 1)}
        parts = [
            support,
            '#include "program.h"',
            state,
            *flat(functions),
            *self._tables(),
            self._entry(harmless),
        ]
        return "\n".join(parts)

    def _tables(self) -> Iterable[str]:
        yield "static const struct plc_fault plc_sites[] = {"
        for site in self.sites.all:
            # the user knows no places in the library: line 0 stands for that of the call
            line, column = (0, 0) if site.is_library else (site.span.line, site.span.column)
            place = f"{int(site.kind)}, {line}, {column}"
            yield f"    {{{place}, {quoted(site.span.file)}, {quoted(site.detail)}, 0, 0, 0}},"
        yield '    {0, 0, 0, "", "", 0, 0, 0}'
        yield "};"
        yield f"static const uint8_t plc_initial[{self.compiled.image.size}] = {{"
        data = self.compiled.image.initial.rstrip(b"\0") or b"\0"
        for start in range(0, len(data), 24):
            yield "    " + " ".join(f"{b}," for b in data[start : start + 24])
        yield "};"

    def _entry(self, harmless: dict[int, int]) -> str:
        rows, scan, runs, unguarded = [], [], [], []
        for number, bound in harmless.items():
            run = f"{{ plc_uncounted_{number}(plc); return -1; }}"
            unguarded.append(f"    if (task == {number} && budget >= {bound}) {run}")
        for number, task in enumerate(self.compiled.tasks):
            rows.append(f"    case {number}: plc_task_{number}(plc); break;")
            if not task.is_test:
                scan.append(f"    const int due_{number} = {_due(number, task)};")
                run = f"plc_task(plc, {number}, {DEFAULT_BUDGET}) >= 0"
                runs.append(f"    if (due_{number} && {run}) goto stopped;")
        scan += runs
        start, end = self.compiled.image.slices["outputs"]
        stopped = _STOPPED % {"outputs": start, "size": end - start} if scan else ""
        initial = """
void plc_init(void *program)
{
    memset(program, 0, sizeof(struct plc));
    memcpy(program, plc_initial, sizeof plc_initial);
    plc_reset(program);
}
"""
        parts = {
            "dispatch": "\n".join(rows),
            "harmless": "\n".join(unguarded),
            "scan": "\n".join(scan),
            "tick": self.tick_ns,
            "stopped": stopped,
        }
        return initial.join(["", _ENTRY % parts])


def _reached(calls: list[list[ir.Call]]) -> set[Pou]:
    """All units that run in these calls."""
    todo = [node.pou for node in nodes(calls) if isinstance(node, ir.Call)]
    found: set[Pou] = set()
    while todo:
        pou = todo.pop()
        if pou not in found:
            found.add(pou)
            todo += pou.calls
    return found


def _task(number: int, bound: int | None) -> Lines:
    """A task: where its budget covers all that it can take, nothing is counted."""
    lines = [f"plc_counted_{number}(plc);"]
    if bound is not None:
        lines = [
            f"if (plc->left >= {bound}) plc_uncounted_{number}(plc);",
            f"else plc_counted_{number}(plc);",
        ]
    return [f"static void plc_task_{number}(struct plc *plc)", "{", lines, "}", ""]


def _due(number: int, task: Task) -> str:
    """Whether a task is due, in C; see schedule.py."""
    periodic = f"plc_due(&plc->next[{number}], now, {task.interval_ns}LL)" if task.interval_ns else "1"
    if task.trigger is None:
        return periodic
    offset, bit = task.trigger
    at = f"((uint8_t *)plc)[{offset}]"
    level = f"({at} != 0)" if bit < 0 else f"({at} >> {bit} & 1)"
    # while its variable is TRUE an event task runs once, whatever its interval
    otherwise = periodic if task.interval_ns else "0"
    edge = f"plc->was[{number}] == 0 && (plc->was[{number}] = 1)"
    return f"{level} ? ({edge}) : ((void)(plc->was[{number}] = 0), {otherwise})"


def quoted(text: str) -> str:
    """A C string literal."""
    body = "".join(
        ch if ch.isascii() and ch.isprintable() and ch not in '"\\?' else _escaped(ch) for ch in text
    )
    return f'"{body}"'


def _escaped(ch: str) -> str:
    return "".join(f"\\{b:03o}" for b in ch.encode("utf-8"))
