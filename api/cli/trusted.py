"""What this person trusts: the origin, the genesis and the log key of one ledger, in a small file.

Whoever has it from an auditor or from `pledger init` need not believe the server in anything.
"""

from __future__ import annotations

import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from api.cli.files import Unreadable, read_members
from ledger.errors import LedgerError, VerificationError
from ledger.note import Ed25519Verifier

VARIABLE: Final = "PLEDGER_TRUST"
_GENESIS = re.compile("[0-9a-f]{64}")


class NoTrust(LedgerError):
    """There is no trust file, so that nothing can be checked."""


@dataclass(frozen=True, slots=True)
class Trust:
    """genesis: SHA-256, hexadecimal. log_key: verifier key text; its name is the origin."""

    origin: str
    genesis: str
    log_key: str

    def __post_init__(self) -> None:
        if Ed25519Verifier.parse(self.log_key).name != self.origin or not self.origin:
            raise VerificationError(f"the log key is not named {self.origin!r}, as the origin is")
        if not _GENESIS.fullmatch(self.genesis):
            raise VerificationError(f"the genesis {self.genesis!r} is no SHA-256")

    def to_json(self) -> dict[str, str]:
        return asdict(self)

    @property
    def ledger(self) -> dict[str, str]:
        """As events name their ledger."""
        return {"origin": self.origin, "genesis": self.genesis}


def default_path() -> Path:
    """Where the trust file lies if nobody says otherwise (XDG base directories)."""
    home = os.environ.get("XDG_CONFIG_HOME")
    return (Path(home) if home else Path.home() / ".config") / "pledger" / "trust.json"


def read_trust(path: Path | None) -> Trust:
    """The trust file named, or the one at its usual place. Raises NoTrust, Unreadable."""
    place = path or default_path()
    if path is None and not place.exists():
        raise NoTrust(
            f"no trust file at {place}: get one from your auditor (--trust FILE),"
            " or run `pledger trust URL` to believe the server this once"
        )
    members = read_members(place)
    try:
        return Trust(**{name: str(members[name]) for name in ("origin", "genesis", "log_key")})
    except (KeyError, VerificationError) as error:
        raise Unreadable(f"{place} is no trust file: {error}") from error


def find_trust(path: Path | None) -> Trust | None:
    """As read_trust; None if nobody named one and there is none."""
    try:
        return read_trust(path)
    except NoTrust:
        return None
