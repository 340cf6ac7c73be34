"""log_key.rotated: another key signs the log from now on, beside the old one until that retires.

The log's key signs checkpoints and nothing else. So a checkpoint that both keys signed is the
proof that the new key is held, and by whoever runs this very log.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from ledger.checkpoint import Checkpoint, open_overlap
from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.keys import ED25519, PublicKey
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.kinds.parts import log_verifier
from ledger.note import Ed25519Verifier, NoteError
from ledger.registry import Root, keep
from ledger.values import Strict

CHECKPOINT_SIZE_MAX = 16_000  # a hundred signature lines fit


class LogKeyRotated(Strict):
    """log_key: verifier key text; checkpoint: a note signed by the key in force and by this one."""

    log_key: Annotated[str, Field(pattern=r"^[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}$", max_length=200)]
    checkpoint: Annotated[str, Field(min_length=1, max_length=CHECKPOINT_SIZE_MAX)]

    def public_key(self) -> PublicKey:
        """The new key as a person's would be seen: never of small order, in its one encoding."""
        return PublicKey(ED25519, log_verifier(self.log_key).key.public_key)


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: LogKeyRotated = event.data
    new, key = log_verifier(data.log_key, view.root.origin), data.public_key()
    if data.log_key in view.root.log_keys:
        raise Refusal("log-key-known", "/data/log_key", data.log_key)
    if f"key:{key.kid}" in view.world.names:
        raise Refusal("key-of-another", "/data/log_key", key.kid)
    size = _overlap(data, view.root.log_key, new).size
    if not 0 < size <= view.world.position:
        raise Refusal("checkpoint-ahead", "/data/checkpoint", size, position=view.world.position)
    yield from ()


def _overlap(data: LogKeyRotated, in_force: str, new: Ed25519Verifier) -> Checkpoint:
    try:
        return open_overlap(data.checkpoint, [Ed25519Verifier.parse(in_force), new])
    except NoteError as error:
        words = {"in_force": in_force, "log_key": data.log_key, "detail": str(error)}
        raise Refusal("log-key-overlap", "/data/checkpoint", None, **words) from error


def evolve(root: Root, stated: Stated) -> Root:
    data: LogKeyRotated = stated.event.data
    kept = keep(stated, data.log_key, root.kept.get(stated.slot))
    return replace(
        root,
        log_key=data.log_key,
        log_keys=(*root.log_keys, data.log_key),
        kept=root.kept.set(stated.slot, kept),
    )


KIND = Kind(
    "log_key.rotated",
    schema=1,
    family="root",
    data=LogKeyRotated,
    registrar=True,
    correctable=False,
    makes=lambda data: [f"key:{data.public_key().kid}"],
    decide=decide,
    evolve=evolve,
    title_uk="Змінено ключ журналу",
    title_en="Log key rotated",
    uk="Журнал підписує новий ключ {log_key}",
    en="The log is signed by the new key {log_key}",
    example={
        "log_key": "ledger.example/pledger+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
        "checkpoint": "ledger.example/pledger\n57\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n"
        "\u2014 ledger.example/pledger <key in force>\n\u2014 ledger.example/pledger <new key>\n",
    },
)
