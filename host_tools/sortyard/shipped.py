"""The data of the repository's top level that an installed sortyard needs: boards, and the boards' own files.

A wheel carries the folders inside the package; in a checkout they are where they are written.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(folder: str) -> Path:
    """The folder `boards` or `firmware`. FileNotFoundError if this installation lacks it."""
    for place in (_PACKAGE / "_shipped" / folder, _PACKAGE.parents[1] / folder):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"this installation of sortyard has no {folder}/: install it again")
