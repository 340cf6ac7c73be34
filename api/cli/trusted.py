"""What this person trusts: the origin, the genesis and the log key of one ledger, in a small file.

Whoever has it from an auditor or from `pledger init` need not believe the server in anything.
It may also say which witnesses (`policy`) and which time-stamping authorities (`tsa`) are believed.
Source: docs/proof.md, "Trust anchors".
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography import x509

from api.cli.files import Unreadable, read_bytes, read_members
from ledger.errors import LedgerError, VerificationError
from ledger.note import Ed25519Verifier
from ledger.seen import Log
from ledger.witness.policy import parse_policy

VARIABLE: Final = "PLEDGER_TRUST"
_GENESIS = re.compile("[0-9a-f]{64}")


class NoTrust(LedgerError):
    """There is no trust file, so that nothing can be checked."""


@dataclass(frozen=True, slots=True)
class Trust:
    """genesis: SHA-256, hexadecimal. log_key: verifier key text; its name is the origin.

    policy: text of a tlog-policy; tsa: PEM texts, one certificate in each.
    """

    origin: str
    genesis: str
    log_key: str
    policy: str | None = None
    tsa: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if Ed25519Verifier.parse(self.log_key).name != self.origin or not self.origin:
            raise VerificationError(f"the log key is not named {self.origin!r}, as the origin is")
        if not _GENESIS.fullmatch(self.genesis):
            raise VerificationError(f"the genesis {self.genesis!r} is no SHA-256")
        if self.policy is not None:
            parse_policy(self.policy)
        for text in self.tsa:
            _check_certificate(text)

    def to_json(self) -> dict[str, Any]:
        """The file's members; what is not set is left out."""
        policy = {"policy": self.policy} if self.policy is not None else {}
        tsa = {"tsa": list(self.tsa)} if self.tsa else {}
        return {"origin": self.origin, "genesis": self.genesis, "log_key": self.log_key, **policy, **tsa}

    @property
    def log(self) -> Log:
        """The log, as heads are checked by it."""
        return Log(self.origin, self.genesis, self.log_key)

    @property
    def ledger(self) -> dict[str, str]:
        """As events name their ledger."""
        return {"origin": self.origin, "genesis": self.genesis}


def default_path() -> Path:
    """Where the trust file lies if nobody says otherwise (XDG base directories)."""
    home = os.environ.get("XDG_CONFIG_HOME")
    return (Path(home) if home else Path.home() / ".config") / "pledger" / "trust.json"


def named_path(path: Path | None) -> Path | None:
    """The trust file that a person named, by an option or in the environment; None for the usual one."""
    named = os.environ.get(VARIABLE)
    return path or (Path(named) if named else None)


def place_of(path: Path | None) -> Path:
    """Where the trust file lies, named or not; the memory of heads stands in `heads` beside it."""
    return named_path(path) or default_path()


def read_trust(path: Path | None) -> Trust:
    """The trust file named, or the one at its usual place. Raises NoTrust, Unreadable."""
    place = place_of(path)
    if named_path(path) is None and not place.exists():
        raise NoTrust(
            f"no trust file at {place}: get one from your auditor (--trust FILE),"
            " or run `pledger trust URL` to believe the server this once"
        )
    members = read_members(place)
    try:
        return _trust(members)
    except (KeyError, TypeError, VerificationError) as error:
        raise Unreadable(f"{place} is no trust file: {error}") from error


def _trust(members: Mapping[str, Any]) -> Trust:
    """Raises KeyError, TypeError, VerificationError."""
    policy, tsa = members.get("policy"), members.get("tsa", [])
    if not isinstance(policy, str | None):
        raise TypeError("policy is no text")
    if not isinstance(tsa, list) or not all(isinstance(one, str) for one in tsa):
        raise TypeError("tsa is no list of texts")
    origin, genesis, log_key = (str(members[name]) for name in ("origin", "genesis", "log_key"))
    return Trust(origin, genesis, log_key, policy, tuple(tsa))


def read_policy(path: Path) -> str:
    """The text of a tlog-policy in a file. Raises Unreadable."""
    try:
        text = read_bytes(path).decode()
        parse_policy(text)
    except (UnicodeDecodeError, VerificationError) as error:
        raise Unreadable(f"{path} is no policy: {error}") from None
    return text


def read_authority(path: Path) -> str:
    """The PEM text of one certificate in a file. Raises Unreadable."""
    try:
        text = read_bytes(path).decode("ascii")
        _check_certificate(text)
    except (UnicodeDecodeError, VerificationError) as error:
        raise Unreadable(f"{path} is no certificate: {error}") from None
    return text


def _check_certificate(text: str) -> None:
    try:
        found = x509.load_pem_x509_certificates(text.encode())
    except ValueError as error:
        raise VerificationError(f"a time-stamping authority is no PEM certificate: {error}") from error
    if len(found) != 1:
        raise VerificationError(f"a time-stamping authority is one certificate, not {len(found)}")


def find_trust(path: Path | None) -> Trust | None:
    """As read_trust; None if nobody named one and there is none."""
    try:
        return read_trust(path)
    except NoTrust:
        return None
