"""Whom a server asks about its log: witnesses by a policy, a time-stamping authority by its certificates."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from api.settings import Settings
from api.stamp_authority import Authority, NoStamp, authority_of
from api.trust.fitting import check_authority, check_policy
from ledger.directory import Directory
from ledger.errors import StorageError, VerificationError
from ledger.sentence import Sentence
from ledger.witness.policy import NONE, Policy, parse_policy


@dataclass(frozen=True, slots=True)
class Outside:
    """policy: None where nobody's cosignature is asked for. authority: None where no stamp is."""

    policy: Policy | None = None
    authority: Authority | None = None


def outside(settings: Settings) -> Outside:
    """Read what the settings name.

    Raises StorageError for a file that cannot be used, UnfitPolicy for a policy that is none for this ledger,
    UnfitAuthority for an address that cannot be asked.
    """
    return Outside(_policy(settings), _authority(settings))


def _policy(settings: Settings) -> Policy | None:
    path = policy_path(settings)
    if path is None:
        return None
    policy = read_policy(path)
    if policy.quorum == NONE:
        return None
    check_policy(policy, path, Directory(settings.data))
    return policy


def policy_path(settings: Settings) -> Path | None:
    """The file that the settings name, else witnesses.policy in the data, where there is one."""
    own = Directory(settings.data).witness_policy
    return settings.witness_policy or (own if own.exists() else None)


def read_policy(path: Path) -> Policy:
    """Raises StorageError."""
    try:
        return parse_policy(_read(path))
    except VerificationError as error:
        raise StorageError(
            Sentence("{path} is no policy of witnesses: {why}", "no-policy", path=path, why=error)
        ) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StorageError(
            Sentence("{path} cannot be read: {why}", "file-unreadable", path=path, why=error)
        ) from error


def _authority(settings: Settings) -> Authority | None:
    if settings.tsa_url is None:
        return None
    if settings.tsa_certificates is None:
        raise StorageError(
            Sentence(
                "a time-stamping authority needs its certificates: give --tsa-certificates",
                "no-authority-certificates",
            )
        )
    check_authority(settings.tsa_url)
    try:
        return authority_of(settings.tsa_url, settings.tsa_certificates)
    except NoStamp as error:
        raise StorageError(*error.args) from error


def needed(policy: Policy) -> int:
    """The least number of witnesses that satisfy the quorum."""

    def least(name: str) -> int:
        group = policy.groups.get(name)
        if group is None:
            return 1
        return sum(sorted(least(member) for member in group.members)[: group.threshold])

    return least(policy.quorum)
