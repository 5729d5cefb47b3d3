"""What took long to make, kept for the next process of the same user.

    content = kept(name)
    if content is None:
        content = make()
        keep(name, content)

A name has to say all that the content depends on: nothing here is ever out of date. What others could have written, or
what is not whole, is not there; a cache that cannot be written only costs time.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path

_DIGEST_BYTES = 32


def cache_dir() -> Path:
    """Return the user's cache folder for sortyard: $SORTYARD_CACHE_DIR, or what the system has for caches."""
    if chosen := os.environ.get("SORTYARD_CACHE_DIR"):
        return Path(chosen)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "~/AppData/Local")
    elif sys.platform == "darwin":
        base = "~/Library/Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    return Path(os.path.expanduser(base)) / "sortyard"


def kept(name: str) -> bytes | None:
    """Return what is kept under this name, or None if there is nothing that is whole and written by this user."""
    path = cache_dir() / name
    try:
        if not _is_own(path):
            return None
        content = path.read_bytes()
    except OSError:
        return None
    digest, content = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    return content if hashlib.sha256(content).digest() == digest else None


def keep(name: str, content: bytes) -> None:
    """Try to keep `content` under a name; whoever reads it meanwhile finds all of it, or what was there before."""
    folder = cache_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=folder, prefix=name)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(hashlib.sha256(content).digest() + content)
            os.replace(part, folder / name)
        except OSError:
            os.unlink(part)
    except OSError:
        pass


def drop_oldest(prefix: str, most: int) -> None:
    """Try to remove what is kept under names that begin so, but for the `most` newest."""
    try:
        there = [(one.stat().st_mtime_ns, one) for one in cache_dir().glob(f"{prefix}*")]
        for _, one in sorted(there, reverse=True)[most:]:
            one.unlink(missing_ok=True)
    except OSError:
        pass


def _is_own(path: Path) -> bool:
    """Code is run as it is, so it must have been written by nobody else."""
    if os.name != "posix":
        return True
    status = path.stat()
    return status.st_uid == os.getuid() and not status.st_mode & 0o022
