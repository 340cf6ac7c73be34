"""The token that a signer and those who may ask it over a network share: a file of one line."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Final

from ledger.errors import Stopped
from ledger.sentence import Sentence
from ledger.signing.private_files import read_private, write_new

TOKEN_BYTES: Final = 32
_TOKEN = re.compile(rb"[0-9a-f]{64,1024}\n?")


def make_token(path: Path) -> None:
    """Write 32 random bytes in hexadecimal, mode 0600. Raises Stopped when the file is there."""
    write_new(path, secrets.token_hex(TOKEN_BYTES).encode() + b"\n")


def read_token(path: Path) -> bytes:
    """32 bytes at least, of a file that only its owner can read. Raises Stopped."""
    content = read_private(path, "signer's token")
    if not _TOKEN.fullmatch(content) or len(content.strip()) % 2:
        raise Stopped(
            Sentence(
                "{path} holds no token: 64 hexadecimal digits, as `pledger signer token` makes",
                "token-malformed",
                path=path,
            )
        )
    return bytes.fromhex(content.decode())
