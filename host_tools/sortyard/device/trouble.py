"""Why there is no conversation with a board, as far as the host can know."""

from __future__ import annotations

from sorter_core import messages
from sortyard.device.errors import ConfigError, LinkError, ProtocolError, SilentError
from sortyard.device.session import Session


def why_hopeless(name: str, session: Session, expected_hash: str) -> LinkError | None:
    """What is wrong with a board that stays wrong however often one connects; None: nothing that is known yet."""
    hello, foreign, ours = session.hello, session.reader.foreign, messages.PROTOCOL
    if hello is not None and hello.protocol != ours:
        return ProtocolError(
            f"{name}: the board speaks version {hello.protocol} of the link, this host {ours}",
            "put firmware on the board that is of the same release as this program",
        )
    if hello is None and foreign >= 0:
        return ProtocolError(
            f"{name}: frames of version {foreign} come, this host knows none but its own",
            "put firmware on the board that is of the same release as this program",
        )
    if hello is not None and expected_hash and hello.config_hash not in ("-", expected_hash):
        return ConfigError(
            f"{name}: the board ({hello.line}, {hello.ecu}) has configuration {hello.config_hash}, "
            f"the line file makes {expected_hash}",
            "put the line file's configuration on the board, or name the line file that it has",
        )
    return None


def why_silent(name: str, session: Session, heard_bytes: int) -> LinkError:
    """Why there is no conversation though the wire is open and has carried so many bytes."""
    if session.station:
        return SilentError(
            f"{name}: nobody answers", "check the board, its station in the line file, and the wires A and B"
        )
    if not heard_bytes:
        return SilentError(
            f"{name} is open, and nothing comes", "check that the board has its firmware and runs it"
        )
    if not session.reader.frames:
        return SilentError(
            f"{name}: {heard_bytes} bytes came, and no whole frame of the link among them",
            "check that this is the board's link and no console or scanner, and the baud rate of a UART",
        )
    return SilentError(
        f"{name}: the board is there and does not answer", "look whether another host is connected to it"
    )
