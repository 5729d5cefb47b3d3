"""A firmware made into one module: what it does stays, what nobody needs is not there, and names are short."""

import ast
import json
from typing import Any

import pytest
from sim_runs import example

from sortyard.bundle.build import MODULE, firmware_files, firmware_of
from sortyard.bundle.fold import Fold
from sortyard.bundle.merge import Merged
from sortyard.bundle.modules import BundleError, Modules
from sortyard.bundle.names import Names
from sortyard.bundle.nodes import walk
from sortyard.bundle.shake import Shake
from sortyard.bundle.tables import Choice, Table, name_hash
from sortyard.config.board_file import load_board
from sortyard.config.driver_tables import all_drivers
from sortyard.config.ecu_image import ecu_image

START = """
from sorter_core.parts import Part, LIMIT, made
from sorter_core import parts as there
from array import array
FEW = LIMIT - 1
if sys.platform == "rp2":
    PORT = 1
else:
    PORT = 2
def run(most=LIMIT):
    part = Part(most, handler=made)
    keep_on(part)
    return part, FEW, there.twice(PORT), array("i", [there.LIMIT])
def keep_on(part):
    part.turn()
def dead():
    return "nobody calls this"
"""
PARTS = '''
"""Words that cost memory."""
LIMIT = const(1 << 2)
_HINTS = ("what", "nobody", "reads")
class Base:
    kind = 7
    def turn(self):
        self.turns += self._step()
        self._handler(self)
        names = [one for one in "ab"]
        def add(one, more=0):
            nonlocal names
            names = names + [one, more]
        add(1)
        self.seen = (names, self.kind, hasattr(self, "flush"))
    def _step(self):
        return 1
class Part(Base):
    def __init__(self, most, handler):
        self.turns = 0
        self._handler = handler
        self._later = self._given_away
        self.most = self._only_at_first(most)
    def _only_at_first(self, most):
        return most + 1 if most > 3 else 0
    def _given_away(self):
        return self._asked_for_by_it()
    def _asked_for_by_it(self):
        return self.most
    def flush(self):
        """Found by its name as a text."""
    def unused(self):
        return _HINTS
def made(part):
    part.mark = twice(part.most)
def twice(value):
    return 2 * value
'''
SOURCES = {"sorter_ecu.start": START, "sorter_core.parts": PARTS}


def merged(sources: dict[str, str], port: str = "rp2") -> ast.Module:
    return Merged(Modules(sources, port), port).tree


@pytest.mark.parametrize(("port", "twice"), [("rp2", 2), ("esp32", 4)])
def test_one_module_with_short_names_does_what_the_modules_do(port, twice):
    tree = merged(SOURCES, port)
    Shake(tree).leave_out("sorter_ecu.start.run")
    names = Names(tree)
    names.shorten(tree)
    text = ast.unparse(ast.fix_missing_locations(tree))
    space: dict[str, Any] = {}
    exec(compile(text, "bundle", "exec"), space)
    part, few, doubled, limits = space[names.globals["sorter_ecu.start.run"]]()
    assert (few, doubled, list(limits)) == (3, twice, [4])
    seen = {long: getattr(part, names.attributes[long]) for long in ("turns", "most", "mark", "seen")}
    assert seen == {"turns": 1, "most": 5, "mark": 10, "seen": (["a", "b", 1, 0], 7, True)}
    assert "const" not in text
    for word in ("nobody", "unused", "LIMIT", "_HINTS", "Words", "_step", "most"):
        assert word not in text
    assert "def flush" in text  # somebody may ask for it by its name


def test_what_the_start_alone_has_called_is_spent_and_what_it_has_given_away_is_not():
    tree = merged(SOURCES)
    shake = Shake(tree)
    shake.leave_out("sorter_ecu.start.run")
    spent = shake.spent("sorter_ecu.start.keep_on")
    assert sorted(spent) == [
        "sorter_core.parts.Base",
        "sorter_core.parts.Part",
        "sorter_core.parts.Part/__init__",
        "sorter_core.parts.Part/_only_at_first",
        "sorter_ecu.start.run",
    ]


def test_whole_numbers_decide_branches_before_a_board_does():
    tree = ast.parse(
        "if LATCHES or slow():\n    a = M & ~3\nelse:\n    b = 1\nc = 5 if not x and LATCHES else -M << 2"
    )
    Fold({"LATCHES": 1, "M": 15}, "rp2").visit(tree)
    assert ast.unparse(ast.fix_missing_locations(tree)) == "a = 12\nc = 5 if not x and 1 else -60"


@pytest.mark.parametrize(
    ("start", "told"),
    [
        ("from sorter_core.parts import gone\ndef run():\n    pass", "has no gone"),
        (
            "import sorter_core.parts as parts\nfrom sorter_core import parts\ndef run():\n    parts.gone()",
            "has no gone",
        ),
        ("def run():\n    class Inner:\n        pass", "a class within a function"),
    ],
)
def test_what_cannot_be_one_module_is_refused_with_its_place(start, told):
    with pytest.raises(BundleError, match=told):
        merged({**SOURCES, "sorter_ecu.start": start})


def test_modules_that_import_each_other_are_refused():
    with pytest.raises(BundleError, match="import each other"):
        merged({**SOURCES, "sorter_core.parts": "from sorter_ecu.start import run\n" + PARTS})


def test_a_full_table_is_looked_through_and_a_name_at_home_is_found_at_once():
    table = Table(2)
    for name in ("a", "b"):
        assert table.steps(name_hash(name)) == 0
        table.put(name_hash(name))
    assert table.steps(name_hash("c")) >= 2
    assert name_hash("a") & 0xFF == (5381 * 33 ^ 97) & 0xFF


def test_only_attributes_that_no_object_can_both_have_share_a_name():
    other = "class Other:\n    def __init__(self):\n        self.one = self.two = 0\n        self.more = 0\n"
    sources = {**SOURCES, "sorter_core.parts": PARTS + other}
    names = Names(merged(sources)).attributes
    of_part = {
        "turns",
        "_handler",
        "_later",
        "most",
        "seen",
        "kind",
        "turn",
        "_step",
        "_only_at_first",
        "unused",
    }
    assert len({names[one] for one in of_part}) == len(of_part)
    assert len({names[one] for one in ("one", "two", "more")}) == 3
    assert {names[one] for one in ("one", "two", "more")} & {names[one] for one in of_part}
    # a stranger gives it to an object, to which one nobody knows: it is nobody else's
    assert list(names.values()).count(names["mark"]) == 1


def test_errors_of_a_board_are_told_with_the_names_of_the_source():
    names = Names(merged(SOURCES))
    part, most, made = (
        names.globals["sorter_core.parts.Part"],
        names.attributes["most"],
        "sorter_core.parts.made",
    )
    told = f"AttributeError: '{part}' object has no attribute '{most}'"
    assert names.meanings().readable(told) == "AttributeError: 'Part' object has no attribute 'most'"
    assert (
        names.meanings()
        .readable(f"NameError: name '{names.globals[made]}' isn't defined")
        .startswith("NameError: name 'made'")
    )
    assert (
        names.meanings().readable("the control loop does not keep up") == "the control loop does not keep up"
    )


@pytest.mark.parametrize("port", ["rp2", "esp32"])
def test_every_driver_of_a_port_can_be_built(port):
    drivers = [one for one in all_drivers().values() if one.port in ("", port)]
    parts = json.dumps({"motors": [[one.path, {}, one.defaults()] for one in drivers]}).encode()
    image = b"SYEC\x01\x01" + len(parts).to_bytes(3, "little") + parts
    source = firmware_of(firmware_files(), image, port).source
    assert len(drivers) >= 25
    for one in drivers:
        assert f"'{one.path}': " in source


@pytest.mark.parametrize("name", ["starter", "hub16"])
def test_a_line_gets_the_drivers_that_it_uses_and_no_words_of_others(name):
    site = example(name)
    (ecu,) = site.line.ecu
    image = ecu_image(site, ecu.name)
    built = firmware_of(firmware_files(), image, load_board(ecu.board).port)
    assert sorted(built.files) == ["/boot.py", "/main.py", f"/{MODULE}.mpy"]
    assert "motors.vfd_modbus" in built.source
    assert "scanners.zebra_ssi" not in built.source
    assert "register of the run command" not in built.source
    assert built.files == firmware_of(firmware_files(), image, load_board(ecu.board).port).files


def test_a_walk_finds_all_but_operators_and_contexts_in_the_order_of_ast():
    tree = ast.parse("\n".join(content.decode() for content in firmware_files().values()))
    left_out = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
    assert walk(tree) == [one for one in ast.walk(tree) if not isinstance(one, left_out)]


def test_each_name_is_the_one_of_the_pool_that_is_found_soonest_in_full_tables_too():
    pool = [first + second for first in "abcdef" for second in "ghijkl"]
    tables, same = ([(Table(members), True) for members in (7, 20)] for _ in range(2))
    choice, taken = Choice(pool), set[str]()
    for n in range(20):
        free = [one for one in pool if one not in taken]
        choice.give(str(n), tables, taken)
        steps = {one: sum(table.steps(name_hash(one)) for table, _ in same) for one in free}
        assert choice.found[str(n)] == min(free, key=lambda one: steps[one])
        taken.add(choice.found[str(n)])
        for table, _ in same:
            table.put(name_hash(choice.found[str(n)]))
