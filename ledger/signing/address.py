"""Where a signer listens: unix:PATH, or HOST:PORT ([HOST]:PORT for IPv6)."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import Stopped
from ledger.sentence import Sentence

_HOST_PORT = re.compile(r"(?:\[([0-9A-Fa-f:.%]+)\]|([^:\s\[\]/]+)):([0-9]{1,5})")
_PORT_MAX = 65_535


@dataclass(frozen=True, slots=True)
class Address:
    """path: of a unix socket, or None and host and port."""

    path: Path | None = None
    host: str = ""
    port: int = 0

    @property
    def is_unix(self) -> bool:
        """Do the rights of a file decide who may connect?"""
        return self.path is not None

    def __str__(self) -> str:
        if self.path is not None:
            return f"unix:{self.path}"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_address(text: str) -> Address:
    """Raises Stopped for what is no address."""
    if text.startswith("unix:") and len(text) > len("unix:"):
        return Address(path=Path(text.removeprefix("unix:")))
    found = _HOST_PORT.fullmatch(text)
    if found is None or int(found[3]) > _PORT_MAX:
        raise Stopped(
            Sentence(
                "{address} is no address of a signer: unix:PATH or HOST:PORT", "signer-address", address=text
            )
        )
    return Address(host=found[1] or found[2], port=int(found[3]))


def connect(address: Address, timeout_seconds: float) -> socket.socket:
    """A connected stream socket. Raises OSError."""
    if address.path is None:
        return socket.create_connection((address.host, address.port), timeout_seconds)
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        made.settimeout(timeout_seconds)
        made.connect(str(address.path))
    except BaseException:
        made.close()
        raise
    return made
