"""What a virtual board's firmware has written to its flash: values by their keys, files by their names."""

from __future__ import annotations

from collections.abc import MutableMapping


class Flash:
    """`kept` outlives a power cut. What is on its way is in memory that host and guest share, behind its length."""

    def __init__(self, kept: MutableMapping[str, bytes]) -> None:
        self._kept = kept

    def locate(self, shared: memoryview) -> None:
        """Where that memory is."""
        self._shared = shared

    def answer(self, name: str, key: str) -> str:
        """To the guest's calls: "flash_put", "" or why not; "flash_get", how many bytes, -1 where there is nothing."""
        shared = self._shared
        if name == "flash_put":
            try:
                self._kept[key] = bytes(shared[1 : 1 + shared[0]])
            except OSError:
                return "full"
            return ""
        value = self._kept.get(key)
        if value is None:
            return "-1"
        shared[0] = len(value)
        shared[1 : 1 + len(value)] = value
        return str(len(value))
