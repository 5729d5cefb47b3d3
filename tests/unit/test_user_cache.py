"""What is kept for the next process is there as it was, or not at all."""

import os
import sys
from pathlib import Path

import pytest

from sortyard.user_cache import cache_dir, drop_oldest, keep, kept


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A cache folder of this test's own, which is not there yet."""
    monkeypatch.setenv("SORTYARD_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_what_is_kept_is_there_under_its_name_alone(folder):
    keep("one", b"first")
    keep("two", b"")
    keep("one", b"second")
    assert (kept("one"), kept("two"), kept("three")) == (b"second", b"", None)
    assert sorted(path.name for path in folder.iterdir()) == ["one", "two"]


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: data[:-1] + b"?", lambda data: b""])
def test_what_is_not_whole_is_not_there(folder, damage):
    keep("one", b"content")
    (folder / "one").write_bytes(damage((folder / "one").read_bytes()))
    assert kept("one") is None


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")
def test_what_others_may_write_is_not_there(folder):
    keep("one", b"content")
    (folder / "one").chmod(0o666)
    assert kept("one") is None


def test_a_cache_that_cannot_be_written_costs_only_time(folder):
    folder.write_text("a file where the folder should be")
    keep("one", b"content")
    drop_oldest("one", 0)
    assert kept("one") is None


def test_the_oldest_of_a_kind_go(folder):
    for n, name in enumerate(("kind-c", "kind-a", "other-z", "kind-b")):
        keep(name, b"content")
        os.utime(folder / name, (n, n))
    drop_oldest("kind-", 2)
    assert sorted(path.name for path in folder.iterdir()) == ["kind-a", "kind-b", "other-z"]


def test_the_cache_folder_follows_the_systems_habit(monkeypatch):
    monkeypatch.delenv("SORTYARD_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    monkeypatch.setattr(sys, "platform", "linux")
    assert cache_dir() == Path("/somewhere/sortyard")
