"""Which signer a ledger's process has: the files beside it, or a service that many processes ask."""

from __future__ import annotations

from pathlib import Path

from ledger.directory import Directory
from ledger.signer import FileLogSigner, LogSigner
from ledger.signing.remote import RemoteLogSigner
from ledger.signing.token import read_token


def open_signer(place: Directory, address: str | None = None, token: Path | None = None) -> LogSigner:
    """address: of a signer's service, None for key and memory in the directory; token: a file with its token.

    Raises Stopped when neither files nor service can be trusted, or nobody answers.
    """
    if address is None:
        return FileLogSigner(place.log_key, place.log_memory, place.next_log_key)
    return RemoteLogSigner(address, None if token is None else read_token(token))
