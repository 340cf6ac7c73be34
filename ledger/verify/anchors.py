"""What a verifier believes, from its own configuration and from nowhere else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Anchors:
    """Trust in one ledger.

    genesis: SHA-256, hexadecimal. log_key: verifier key text. policy: text of a tlog-policy, None if no
    witness is asked for. tsa: PEM certificates of time-stamping authorities. remembered: signed
    checkpoints of this log that were seen elsewhere or earlier.
    """

    origin: str
    genesis: str
    log_key: str
    policy: str | None = None
    tsa: tuple[bytes, ...] = ()
    remembered: tuple[str, ...] = ()
