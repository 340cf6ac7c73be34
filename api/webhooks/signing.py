"""The signature of a message, as receivers' own libraries check it.

Source: Standard Webhooks 1.0.0, https://www.standardwebhooks.com.
"""

from __future__ import annotations

import binascii
import re
import secrets
from base64 import b64decode, b64encode
from datetime import datetime
from pathlib import Path
from typing import Final

from standardwebhooks import Webhook

from ledger.errors import StorageError
from ledger.sentence import Sentence
from ledger.signing.private_files import read_private

PREFIX: Final = "whsec_"
BYTES: Final = 32
BYTES_MIN, BYTES_MAX = 24, 64  # of the standard
SECRETS_MAX: Final = 2  # of which the second is on its way out
_SECRET: Final = re.compile(rf"{PREFIX}([A-Za-z0-9+/]+={{0,2}})")


def make_secret() -> str:
    """A new one, of random bytes."""
    return PREFIX + b64encode(secrets.token_bytes(BYTES)).decode()


def read_secrets(path: Path) -> tuple[str, ...]:
    """One secret, or two while one follows the other, each on its line.

    Raises StorageError for what is no secret, Stopped for a file that others than its owner can read.
    """
    lines = read_private(path, "webhook's secret").decode("latin1").split()
    if not 1 <= len(lines) <= SECRETS_MAX or not all(map(_is_secret, lines)):
        raise StorageError(
            Sentence(
                "{path} holds no secret: one line as `pledger webhooks secret` makes, or two while the first"
                " takes the place of the second",
                "webhook-secret",
                path=path,
            )
        )
    return tuple(lines)


def _is_secret(text: str) -> bool:
    found = _SECRET.fullmatch(text)
    if found is None:
        return False
    try:
        return BYTES_MIN <= len(b64decode(found[1], validate=True)) <= BYTES_MAX
    except binascii.Error:
        return False


def signed_headers(
    message: str, body: bytes, moment: datetime, secret_texts: tuple[str, ...]
) -> dict[str, str]:
    """message: its id, the same on every try. moment: of this try, UTC. One signature for each secret."""
    text = body.decode()
    return {
        "webhook-id": message,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(Webhook(one).sign(message, moment, text) for one in secret_texts),
    }
