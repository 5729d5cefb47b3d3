"""Read a user's file, or say why it cannot be read."""

from pathlib import Path

from sortyard.errors import Finding, InputError


def read_bytes(path: Path) -> bytes:
    """The bytes of a user's file. Raises InputError when there is none that can be read."""
    reason = remedy = ""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        reason, remedy = "there is no such file", "check the path; " + _neighbours(path)
    except IsADirectoryError:
        reason, remedy = "this is a folder, not a file", "name the file inside it"
    except OSError as error:
        reason = f"the file cannot be read: {(error.strerror or str(error)).lower()}"
        remedy = "check the path and the file's permissions"
    raise InputError([Finding(str(path), None, "", reason, remedy)])


def read_text(path: Path) -> str:
    """The text of a user's UTF-8 file, without byte-order mark. Raises InputError."""
    raw = read_bytes(path)
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        reason = f"byte 0x{raw[error.start]:02x} is not UTF-8 text"
        remedy = "save the file as UTF-8 in your editor"
        raise InputError([Finding(str(path), line, "", reason, remedy)]) from None


def _neighbours(path: Path) -> str:
    """What lies in the folder that the user meant, to choose from."""
    try:
        names = sorted(entry.name for entry in path.parent.iterdir() if entry.suffix == path.suffix)
    except OSError:
        return f"the folder {path.parent} cannot be read either"
    if not names:
        return f"{path.parent} has no {path.suffix or 'such'} file"
    return f"{path.parent} has {', '.join(names[:8])}" + (" ..." if len(names) > 8 else "")
