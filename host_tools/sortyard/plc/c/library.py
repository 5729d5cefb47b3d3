"""The host's C compiler: programs become shared libraries, kept by their content, loaded into this process."""

import ctypes
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from sortyard.errors import SortyardError
from sortyard.plc.c.program import CSource

FLAGS = (
    "-std=gnu11", "-fPIC", "-shared", "-w", "-ffp-contract=off", "-fwrapv", "-fno-strict-aliasing", "-fno-math-errno",
)  # fmt: skip
KEPT = 200
"""Libraries that the cache holds beside those of the last hour; the ones used longest ago go first."""


def compiler() -> str:
    """The C compiler: $CC or cc. Raises SortyardError if there is none."""
    name = os.environ.get("CC", "cc").split()[0]
    found = shutil.which(name)
    if found is None:
        remedy = "install gcc or clang, name it in CC, or use --backend ref"
        raise SortyardError(f"there is no C compiler: {name} was not found", remedy)
    return found


@lru_cache(maxsize=4)
def _version(path: str) -> str:
    return subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout


def cache_folder() -> Path:
    """Where libraries are kept: $SORTYARD_CACHE, else the user's cache folder."""
    base = os.environ.get("SORTYARD_CACHE")
    if base:
        return Path(base)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sortyard"


def shared_library(source: CSource, optimise: str = "-O2") -> Path:
    """The compiled library of a program; compiles only what is not in the cache."""
    cc = compiler()
    key = "\0".join([source.header, source.code, optimise, *FLAGS, _version(cc)])
    path = cache_folder() / "plc" / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.so"
    if path.exists():
        os.utime(path)
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    _drop_old(path.parent, int(time.monotonic() // 60))
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        place = Path(folder)
        (place / "program.h").write_text(source.header, "utf-8")
        (place / "program.c").write_text(source.code, "utf-8")
        command = [cc, *FLAGS, optimise, "program.c", "-o", "program.so", "-lm"]
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
        if done.returncode:
            first = next((line for line in done.stderr.splitlines() if "error" in line), done.stderr[:200])
            raise SortyardError(
                f"the C compiler {cc} refused the generated program: {first}",
                "this is a fault of the C back end: use --backend ref, and report the program",
            )
        os.replace(place / "program.so", path)
    return path


@lru_cache(maxsize=1)
def _drop_old(folder: Path, _minute: int) -> None:
    """Keep the cache small, once a minute: a look takes longer the more was compiled. Others may be at work in it."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                if entry.name.endswith(".so"):
                    found.append((entry.stat().st_mtime, entry.path))
    old = sorted(row for row in found if row[0] < time.time() - 3600)
    for _, path in old[: max(0, len(old) - KEPT)]:
        Path(path).unlink(missing_ok=True)


def load(path: Path) -> ctypes.PyDLL:
    """The library in this process. Calls keep the interpreter's lock: they are short."""
    library = ctypes.PyDLL(str(path))
    library.plc_size.restype = ctypes.c_size_t
    library.plc_init.argtypes = [ctypes.c_void_p]
    library.plc_run.argtypes = [ctypes.c_void_p, ctypes.c_int32, ctypes.c_int64]
    library.plc_run.restype = ctypes.c_int32
    library.plc_scan.argtypes = [ctypes.c_void_p]
    library.plc_reset.argtypes = [ctypes.c_void_p]
    library.plc_fault_of.argtypes = [ctypes.c_void_p]
    library.plc_caller.argtypes = [ctypes.c_void_p]
    library.plc_fault_of.restype = Fault
    return library


class Fault(ctypes.Structure):
    """`struct plc_fault`."""

    _fields_ = (
        ("kind", ctypes.c_int32), ("line", ctypes.c_int32), ("column", ctypes.c_int32), ("file", ctypes.c_char_p),
        ("message", ctypes.c_char_p), ("value", ctypes.c_int64), ("low", ctypes.c_int64), ("high", ctypes.c_int64),
    )  # fmt: skip
