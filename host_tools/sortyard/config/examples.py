"""The sites that sortyard ships, each a folder of files in the package, ready to be copied."""

from pathlib import Path

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
    """Copy the files of an example into the folder `target`, which is made if need be; returns what was written.

    Raises InputError for every file that is there already, unless `is_forced`, and writes nothing then.
    """
    sources = sorted(path for path in (FOLDER / name).iterdir() if path.is_file())
    if target.exists() and not target.is_dir():
        raise InputError(
            [Finding(str(target), None, "", "this is a file, not a folder", "name a folder for the site")]
        )
    taken = [target / path.name for path in sources if (target / path.name).exists()]
    if taken and not is_forced:
        remedy = "choose another folder, or overwrite it with --force"
        raise InputError(Finding(str(path), None, "", "the file is there already", remedy) for path in taken)
    target.mkdir(parents=True, exist_ok=True)
    for path in sources:
        (target / path.name).write_bytes(path.read_bytes())
    return [target / path.name for path in sources]
