"""The build backend: setuptools, plus the extensions of the package sortyard_c.

What is compiled is found, not listed:
- every `cext/sortyard_c/NAME.pyx`;
- every `firmware/sorter_core/NAME.py` that has a `cext/sortyard_c/NAME.pxd` but no .pyx in its place, built as
  `sortyard_c.NAME` with the types that the .pxd declares (Cython's pure Python mode), from a copy in which
  `shared_source` has written constants and local names out.
What Cython needs for views of memory, half a megabyte of C, is in an extension of its own for all that use them.
A wheel also gets the folders of SHIPPED as data inside the package sortyard.

`SORTYARD_PURE=1` builds without extensions on purpose; an extension that fails to compile is an error.
Run as a program it builds the extensions in place, and only those whose sources changed.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import setuptools
from setuptools.build_meta import _BuildMetaBackend
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py
from setuptools.modified import newer_group

import shared_source

ROOT = Path(__file__).resolve().parent.parent
TYPES = Path("cext/sortyard_c")
SHARED = Path("firmware/sorter_core")
GENERATED = Path("build/cython")
CONSTANTS = GENERATED / "constants"
BARE = Path("build/shared")
SHIPPED = ("boards", "firmware")
PLAIN_COUNTS = "cext/plain_counts.h"
VIEWS = "sortyard_c.views_of_memory"
VIEW = "[::1]"
JOBS = 2
DIRECTIVES = {
    "language_level": 3,
    "boundscheck": False,
    "wraparound": False,
    "initializedcheck": False,
    "cdivision": True,
    "annotation_typing": False,
    "infer_types": True,
    # Nothing is pickled, and what it writes for tables of two sizes in one class is refused by GCC from 14 on.
    "auto_pickle": False,
}
CIMPORT = re.compile(r"^.*\bcimport\b.*$", re.MULTILINE)


def sources() -> dict[str, Path]:
    """Module name in sortyard_c -> the file it is compiled from."""
    found = {path.stem: path for path in sorted(TYPES.glob("*.pyx"))}
    for pxd in sorted(TYPES.glob("*.pxd")):
        shared = SHARED / f"{pxd.stem}.py"
        if shared.exists():
            found.setdefault(pxd.stem, shared)
    return found


def _types_used(path: Path, seen: set[Path]) -> set[Path]:
    """Every .pxd of sortyard_c that `path` takes declarations from, its own and through other ones."""
    cimports = " ".join(CIMPORT.findall(path.read_text("utf-8")))
    names = {path.stem, *re.findall(r"\w+", cimports)}
    for pxd in (TYPES / f"{name}.pxd" for name in sorted(names)):
        if pxd.exists() and pxd not in seen:
            seen.add(pxd)
            _types_used(pxd, seen)
    return seen


def _constants_of(types: set[Path]) -> list[Path]:
    """What `_for_cython` declares for them: literals in whatever takes declarations from there."""
    found = sources()
    shared = [pxd.stem for pxd in types if found.get(pxd.stem, pxd).parent == SHARED]
    return [CONSTANTS / f"{name}.pxi" for name in shared]


def _for_cython(path: Path) -> Path:
    """Write what Cython is to see of a shared source and the constants of it; where the former is."""
    source = path.read_text("utf-8")
    for folder in (CONSTANTS, BARE):
        folder.mkdir(parents=True, exist_ok=True)
    declared = shared_source.declared(shared_source.constants(source))
    pxi = CONSTANTS / f"{path.stem}.pxi"
    if not pxi.exists() or pxi.read_text("utf-8") != declared:
        pxi.write_text(declared, "utf-8")
    (BARE / path.name).write_text(shared_source.bare(source), "utf-8")
    return BARE / path.name


def extensions() -> list[setuptools.Extension]:
    """One extension per module of `sources`, none when SORTYARD_PURE=1."""
    if os.environ.get("SORTYARD_PURE") == "1":
        return []
    made = []
    has_views = False
    for name, source in sources().items():
        types = _types_used(source, set())
        depends = [path.as_posix() for path in sorted([*types, *_constants_of(types)])]
        made.append(_extension(f"sortyard_c.{name}", source, [*depends, "cext/shared_source.py"]))
        has_views = has_views or any(VIEW in path.read_text("utf-8") for path in {source, *types})
    if has_views:
        made.append(_extension(VIEWS, GENERATED / f"{VIEWS.rpartition('.')[2]}.c", []))
    return made


def _extension(name: str, source: Path, depends: list[str]) -> setuptools.Extension:
    return setuptools.Extension(
        name,
        [source.as_posix()],
        depends=[*depends, "cext/build_hook.py", PLAIN_COUNTS, _cython().as_posix()],
        extra_compile_args=["-O3", "-g0", "-include", PLAIN_COUNTS],
    )


def _cython() -> Path:
    """A file that is as new as the release of Cython in use: what another one has written does not fit its own."""
    release = version("cython")
    told = GENERATED / "release.txt"
    told.parent.mkdir(parents=True, exist_ok=True)
    if not told.exists() or told.read_text("utf-8") != release:
        told.write_text(release, "utf-8")
    return told


def _write_views(ext: setuptools.Extension) -> None:
    """Have Cython write the code that `ext` is to be compiled from, if it has not."""
    [source] = ext.sources
    if newer_group(ext.depends, source):
        command = [sys.executable, "-m", "cython", f"--generate-shared={source}", "--module-name", ext.name]
        subprocess.run(command, check=True)


class BuildExtensions(build_ext):
    """build_ext that translates stale modules into build/ first and then compiles two at a time."""

    def finalize_options(self) -> None:
        super().finalize_options()
        self.parallel = JOBS

    def build_extensions(self) -> None:
        self._remove_orphans()
        self._translate()
        super().build_extensions()

    def _remove_orphans(self) -> None:
        """An extension whose source is gone would go on being imported, and end in a wheel."""
        kept = {ext.name.rpartition(".")[2] for ext in self.extensions}
        for folder in (Path(self.build_lib) / "sortyard_c", TYPES):
            for built in folder.glob("*.so"):
                if built.name.split(".")[0] not in kept:
                    built.unlink()

    def _translate(self) -> None:
        from Cython.Build import cythonize

        written = {ext.name: Path(ext.sources[0]) for ext in self.extensions if ext.name != VIEWS}
        shared = {name: _for_cython(path) for name, path in written.items() if path.parent == SHARED}
        stale = []
        generated = {}
        for ext in self.extensions:
            if ext.name == VIEWS:
                _write_views(ext)
                continue
            source = written[ext.name]
            seen = shared.get(ext.name, source)
            generated[ext.name] = GENERATED / seen.with_suffix(".c")
            if newer_group([source, *ext.depends], str(generated[ext.name])):
                stale.append(ext)
            ext.sources = [seen.as_posix()]
        cythonize(
            stale,
            build_dir=str(GENERATED),
            include_path=["cext", str(GENERATED)],
            compiler_directives=DIRECTIVES,
            shared_utility_qualified_name=VIEWS,
            nthreads=min(JOBS, len(stale)),
            force=True,
        )
        for ext in self.extensions:
            if ext.name in generated:
                ext.sources = [generated[ext.name].as_posix()]


class BuildPython(build_py):
    """build_py that puts the data of the top level where `sortyard.shipped` looks for it in a wheel."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib) / "sortyard" / "_shipped"
        shutil.rmtree(target, ignore_errors=True)
        for folder in filter(os.path.isdir, SHIPPED):
            shutil.copytree(folder, target / folder, ignore=shutil.ignore_patterns("__pycache__"))


@contextmanager
def _alone() -> Iterator[None]:
    """Wait for another build in this folder: two at a time would remove each other's files."""
    Path("build").mkdir(exist_ok=True)
    with open("build/.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _setup(**options) -> None:
    os.chdir(ROOT)
    with _alone():
        setuptools.setup(
            ext_modules=extensions(),
            cmdclass={"build_ext": BuildExtensions, "build_py": BuildPython},
            **options,
        )


class _Backend(_BuildMetaBackend):
    """setuptools' own backend with `_setup` in the place of a setup.py."""

    def run_setup(self, setup_script: str = "setup.py") -> None:
        _setup()


_backend = _Backend()
build_wheel = _backend.build_wheel
build_sdist = _backend.build_sdist
build_editable = _backend.build_editable
get_requires_for_build_wheel = _backend.get_requires_for_build_wheel
get_requires_for_build_sdist = _backend.get_requires_for_build_sdist
get_requires_for_build_editable = _backend.get_requires_for_build_editable
prepare_metadata_for_build_wheel = _backend.prepare_metadata_for_build_wheel
prepare_metadata_for_build_editable = _backend.prepare_metadata_for_build_editable

if __name__ == "__main__":
    _setup(script_args=["--quiet", "build_ext", "--inplace"])
