"""Whether those who are to be asked can be: a policy of witnesses, a time-stamping authority.

What is of no use to the ledger that is served is refused at the start.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Literal

from api.witness.asking import NoAnswer, address
from ledger.directory import Directory
from ledger.errors import StorageError
from ledger.log import open_reader
from ledger.note import Ed25519Verifier
from ledger.store.base import LogReader
from ledger.witness.policy import Policy

Fault = Literal["no-log", "other-log", "bad-url", "quorum-out-of-reach"]
_ENGLISH: Final[dict[Fault, str]] = {
    "no-log": "has no line of this log: add `log {own}`",
    "other-log": "names a log that is not served here, {found}. Put `log {own}` in its place",
    "bad-url": "gives the witness {found} an address that is no http or https address: mend it",
    "quorum-out-of-reach": "can never be met: its quorum needs {found}, without an address. Add theirs",
}


class UnfitPolicy(StorageError):
    """The file `path` is a policy, and none for this ledger. found: what will not do; own: the log's key."""

    def __init__(self, fault: Fault, path: Path, *, found: str = "", own: str = "") -> None:
        super().__init__(f"{path} {_ENGLISH[fault].format(found=found, own=own)}")
        self.fault = fault
        self.told: dict[str, Any] = {"path": path, "found": found, "own": own}


class UnfitAuthority(StorageError):
    """A time-stamping authority has an address that cannot be asked. url: the address."""

    def __init__(self, url: str) -> None:
        super().__init__(f"the time-stamping authority {url} has no http or https address: mend it")
        self.url = url


def check_authority(url: str) -> None:
    """Raises UnfitAuthority. Nobody is asked: an authority that is away is no reason not to start."""
    try:
        address(url)
    except NoAnswer as error:
        raise UnfitAuthority(url) from error


def check_policy(policy: Policy, path: Path, directory: Directory) -> None:
    """Raises UnfitPolicy; StorageError if the ledger cannot be read."""
    keys = _keys_in(directory)
    if keys:  # before the opening nobody knows them, and nothing is shown to witnesses
        own, known = keys[-1], set(keys)
        strange = [str(log.verifier.key) for log in policy.logs if str(log.verifier.key) not in known]
        if not policy.logs:
            raise UnfitPolicy("no-log", path, own=own)
        if strange:
            raise UnfitPolicy("other-log", path, found=strange[0], own=own)
    _check_addresses(policy, path)


def _check_addresses(policy: Policy, path: Path) -> None:
    asked = {name: one.url for name, one in policy.witnesses.items() if one.url is not None}
    for name, url in asked.items():
        try:
            address(url)
        except NoAnswer as error:
            raise UnfitPolicy("bad-url", path, found=f"{name} ({url})") from error
    if policy.reached_at(dict.fromkeys(asked, 0)) is None:
        absent = [name for name in policy.in_quorum if name not in asked]
        raise UnfitPolicy("quorum-out-of-reach", path, found=", ".join(absent))


def _keys_in(directory: Directory) -> list[str]:
    if not directory.holds_ledger:
        return []
    reader = open_reader(directory.place)
    try:
        return [str(one.key) for one in log_keys(reader)]
    finally:
        reader.close()


def log_keys(reader: LogReader) -> list[Ed25519Verifier]:
    """Every key that the registrars ever gave to this log, the first one first."""
    stated = [entry.stated().event for entry in reader.stream("root")]
    texts = [one.data.log_key for one in stated if one.kind in ("ledger.opened", "log_key.rotated")]
    return [Ed25519Verifier.parse(text) for text in dict.fromkeys(texts)]
