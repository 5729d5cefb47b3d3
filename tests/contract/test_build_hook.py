"""The build hook compiles what it finds, only when it changed, and never hides a failure."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CEXT = Path(__file__).resolve().parents[2] / "cext"
PYPROJECT = """
[project]
name = "tiny"
version = "1"
[tool.setuptools]
packages = ["sorter_core", "sortyard_c"]
package-dir = { sorter_core = "firmware/sorter_core", sortyard_c = "cext/sortyard_c" }
"""
FILES = {
    "pyproject.toml": PYPROJECT,
    "firmware/sorter_core/__init__.py": "",
    "firmware/sorter_core/counter.py": "class Counter:\n    def step(self, by):\n        return by + 1\n",
    "firmware/sorter_core/plain.py": "",
    "cext/sortyard_c/__init__.py": "",
    "cext/sortyard_c/counter.pxd": "cdef class Counter:\n    cpdef int step(self, int by)\n",
    "cext/sortyard_c/user.pyx": "from sortyard_c.counter cimport Counter\ndef two(Counter c):\n    return c.step(1)\n",
}
BOTH = (
    "import sorter_core.counter as pure, sortyard_c.counter as compiled, sortyard_c.user as user;"
    "print(pure.__file__[-10:], compiled.__file__[-3:], pure.Counter().step(1), user.two(compiled.Counter()))"
)


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")


def copy_hook(root: Path) -> None:
    for name in ("build_hook.py", "shared_source.py", "plain_counts.h"):
        shutil.copy(CEXT / name, root / "cext")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project of the same shape with its extensions built in place."""
    root = tmp_path_factory.mktemp("template")
    write(root, FILES)
    copy_hook(root)
    assert build(root).returncode == 0
    return root


@pytest.fixture
def project(template: Path, tmp_path: Path) -> Path:
    """A copy of the built project, for one test to change."""
    return shutil.copytree(template, tmp_path / "project")


def build(root: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the hook as a program."""
    command = [sys.executable, "cext/build_hook.py"]
    env = {**os.environ, **environment}
    return subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)


def built(root: Path) -> dict[str, int]:
    """Name of each extension -> when it was written, in nanoseconds."""
    return {path.name.split(".")[0]: path.stat().st_mtime_ns for path in root.glob("build/lib.*/*/*.so")}


def test_one_source_is_there_pure_and_compiled_in_one_process(project):
    paths = os.pathsep.join(str(project / folder) for folder in ("firmware", "cext"))
    env = {**os.environ, "PYTHONPATH": paths}
    done = subprocess.run(
        [sys.executable, "-c", BOTH], cwd=project, env=env, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("counter.py .so 2 2\n", "")


def test_only_modules_with_types_are_compiled_and_generated_files_stay_in_build(project):
    assert built(project).keys() == {"counter", "user"}
    assert {path.relative_to(project).parts[0] for path in project.rglob("*.c")} == {"build"}


def test_nothing_is_rebuilt_until_types_change_and_then_all_that_use_them(project):
    first = built(project)
    assert build(project).stdout == ""
    assert built(project) == first
    (project / "cext/sortyard_c/user.pyx").touch()
    assert build(project).returncode == 0
    second = built(project)
    assert second["counter"] == first["counter"]
    assert second["user"] > first["user"]
    (project / "cext/sortyard_c/counter.pxd").touch()
    assert build(project).returncode == 0
    third = built(project)
    assert third["counter"] > second["counter"]
    assert third["user"] > second["user"]


def test_a_changed_constant_is_compiled_into_all_that_use_it(project):
    def counter(by: int, body: str) -> dict[str, str]:
        text = f"def const(value):\n    return value\n_BY = const({by})\nclass Counter:\n    def step(self, by):\n"
        return {"firmware/sorter_core/counter.py": f"{text}        {body}\n"}

    declared = f'include "constants/counter.pxi"\n{FILES["cext/sortyard_c/counter.pxd"]}'
    used = "from sortyard_c.counter cimport _BY\ndef by():\n    return _BY\n"
    write(project, {"cext/sortyard_c/counter.pxd": declared, "cext/sortyard_c/user.pyx": used})
    write(project, counter(1, "return by"))
    assert build(project).returncode == 0
    first = built(project)
    write(project, counter(1, "return by + _BY"))
    assert build(project).returncode == 0
    second = built(project)
    assert second["counter"] > first["counter"]
    assert second["user"] == first["user"]
    write(project, counter(2, "return by + _BY"))
    assert build(project).returncode == 0
    assert built(project)["user"] > second["user"]
    code = "import sys; sys.path.insert(0, 'cext'); import sortyard_c.user as user; print(user.by())"
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=True
    )
    assert told.stdout == "2\n"


SUM = "def total(int[::1] some):\n    return sum(some)\n"
TOTALS = (
    "import sys; sys.path.insert(0, 'cext'); from array import array; import sortyard_c.first, sortyard_c.second;"
    "print(sortyard_c.first.total(array('i', [1, 2])), sortyard_c.second.total(array('i', [3, 4])))"
)


def test_what_views_of_memory_need_is_compiled_once_for_all_and_goes_when_nobody_uses_them(project):
    users = [project / f"cext/sortyard_c/{name}.pyx" for name in ("first", "second")]
    for user in users:
        user.write_text(SUM, "utf-8")
    assert build(project).returncode == 0
    with_views = built(project)
    assert with_views.keys() == {"counter", "user", "first", "second", "views_of_memory"}
    told = subprocess.run(
        [sys.executable, "-c", TOTALS], cwd=project, capture_output=True, text=True, check=False
    )
    assert (told.stdout, told.stderr) == ("3 7\n", "")
    users[0].touch()
    assert build(project).returncode == 0
    assert {name for name, at in built(project).items() if at != with_views[name]} == {"first"}
    for user in users:
        user.unlink()
    assert build(project).returncode == 0
    assert built(project).keys() == {"counter", "user"}


def test_another_release_of_cython_translates_all_anew(project):
    first = built(project)
    (project / "build/cython/release.txt").write_text("3.0.0", "utf-8")
    assert build(project).returncode == 0
    second = built(project)
    assert all(second[name] > first[name] for name in first)


def test_an_extension_whose_source_is_gone_goes_too(project):
    (project / "cext/sortyard_c/user.pyx").unlink()
    assert build(project).returncode == 0
    assert built(project).keys() == {"counter"}
    assert [path.name.split(".")[0] for path in project.glob("cext/sortyard_c/*.so")] == ["counter"]


def test_an_extension_that_does_not_compile_is_an_error_unless_pure_is_asked_for(tmp_path):
    write(tmp_path, FILES | {"cext/sortyard_c/user.pyx": "cdef int x = nothing_of_that_name()\n"})
    copy_hook(tmp_path)
    done = build(tmp_path)
    assert done.returncode != 0
    assert "nothing_of_that_name" in done.stdout + done.stderr
    assert build(tmp_path, SORTYARD_PURE="1").returncode == 0
    assert built(tmp_path) == {}


def test_a_wheel_carries_the_boards_and_the_firmware_as_data(project):
    write(
        project, {"boards/tiny/board.toml": "", "firmware/main.py": "", "firmware/__pycache__/main.pyc": ""}
    )
    code = "import sys; sys.path.insert(0, 'cext'); import build_hook; build_hook.build_wheel('.')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = project.glob("tiny-1-*.whl")
    names = [name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("sortyard/_shipped/")]
    assert sorted(name.removeprefix("sortyard/_shipped/") for name in names) == [
        "boards/tiny/board.toml",
        "firmware/main.py",
        *sorted(f"firmware/sorter_core/{name}.py" for name in ("__init__", "counter", "plain")),
    ]
