"""The sites that sortyard ships, each a folder of files in the package, ready to be copied."""

from pathlib import Path

from sortyard.config.output_file import writing
from sortyard.errors import Finding, InputError

FOLDER = Path(__file__).resolve().parent.parent / "examples"


def example_names() -> list[str]:
    """Names of the examples, the smallest site first."""
    found = [folder for folder in FOLDER.iterdir() if line_file_of(folder.name).is_file()]
    return [folder.name for folder in sorted(found, key=lambda one: line_file_of(one.name).stat().st_size)]


def line_file_of(name: str) -> Path:
    """The line file of an example."""
    return FOLDER / name / f"{name}.line.toml"


def summary_of(name: str) -> str:
    """The first sentence of an example's README."""
    text = (FOLDER / name / "README.md").read_text(encoding="utf-8")
    paragraph = text.split("\n\n")[1].replace("\n", " ")
    return paragraph.partition(". ")[0].rstrip(".") + "."


def copy_example(name: str, target: Path, is_forced: bool) -> list[Path]:
    """Copy the files of an example into the folder `target`, which is made if need be; returns where they are.

    A file that is there already with the same content stays as it is, so that a copy which was broken off can be
    finished. Raises InputError for every file that is there with another content, unless `is_forced`, and writes
    nothing then.
    """
    sources = sorted(path for path in (FOLDER / name).iterdir() if path.is_file())
    if target.exists() and not target.is_dir():
        raise InputError(
            [Finding(str(target), None, "", "this is a file, not a folder", "name a folder for the site")]
        )
    open_ones = [path for path in sources if not _has_content(target / path.name, path.read_bytes())]
    taken = [target / path.name for path in open_ones if (target / path.name).exists()]
    if taken and not is_forced:
        remedy = "choose another folder, or overwrite it with --force"
        reason = "the file is there already, with another content"
        raise InputError(Finding(str(path), None, "", reason, remedy) for path in taken)
    target.mkdir(parents=True, exist_ok=True)
    for path in open_ones:
        with writing(target / path.name):
            (target / path.name).write_bytes(path.read_bytes())
    return [target / path.name for path in sources]


def _has_content(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content
