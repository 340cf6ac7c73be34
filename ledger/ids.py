"""Names of things: positions, streams, identifiers.

A position is a number of entries: position p and tree size p name the same prefix.
A leaf index is 0-based: the entry at leaf index i is the last one of position i + 1.
"""

from __future__ import annotations

import os
from datetime import datetime
from functools import lru_cache
from typing import NewType
from uuid import UUID

LeafIndex = NewType("LeafIndex", int)
TreeSize = NewType("TreeSize", int)
Position = NewType("Position", int)

ROOT = "root"
TRUST = "trust"
REGISTRAR = "registrar"  # the capacity in which registrars sign; never the id of an office
SERVICE = "service"  # the capacity in which the ledger's own machine signs; never the id of an office


def body_stream(body: str) -> str:
    return f"body:{body}"


def programme_stream(programme: str) -> str:
    return f"programme:{programme}"


@lru_cache(maxsize=8192)  # asked a dozen times about each event
def split_stream(stream: str) -> tuple[str, str]:
    """`programme:x` → ("programme", "x"); `root` → ("root", ""); `trust` → ("trust", "")."""
    family, _, name = stream.partition(":")
    return family, name


def new_event_id(moment: datetime) -> str:
    """A UUIDv7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, then random bits."""
    milliseconds = int(moment.timestamp() * 1000)
    random = int.from_bytes(os.urandom(10), "big")
    high, low = random >> 68 & 0xFFF, random & (1 << 62) - 1
    return str(UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low))
