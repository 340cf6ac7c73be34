"""A log made of nothing but leaves and a key, and a witness that follows it: what witness tests need."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.checkpoint import Checkpoint, format_checkpoint
from ledger.clock import Clock
from ledger.cosignature import CosignatureSigner, time_of
from ledger.merkle import Frontier, NodeId, leaf_hash, prove_consistency, tree_root
from ledger.note import Ed25519Signer, format_note, open_note, parse_signature_line, sign_note
from ledger.witness.memory import WitnessMemory
from ledger.witness.request import format_request
from ledger.witness.witness import Reply, Witness, logs_of
from tests.support.clock import START, FrozenClock

ORIGIN = "small.example/log"
WITNESS = "w.example"
NOW = int(START.timestamp())


def private_key(name: str) -> Ed25519PrivateKey:
    """The key that belongs to a name: the same in every run."""
    return Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())


def cosigner(name: str = WITNESS, clock: Clock | None = None) -> CosignatureSigner:
    timed = clock or FrozenClock()
    return CosignatureSigner(name, private_key(name), lambda: int(timed.now().timestamp()))


class SmallLog:
    """history: two logs with one key and different words have different pasts from leaf `forked` on."""

    def __init__(self, history: str = "", *, forked: int = 0, origin: str = ORIGIN, key: str = "log") -> None:
        self.origin = origin
        self.signer = Ed25519Signer(origin, private_key(key))
        words = [history if at >= forked else "" for at in range(64)]
        self.leaves = [leaf_hash(f"{word} {at}".encode()) for at, word in enumerate(words)]

    @property
    def key(self) -> str:
        return str(self.signer.key)

    @cache  # noqa: B019 -- there are few, each as long as its tests
    def root(self, size: int) -> bytes:
        return tree_root(self.leaves[:size])

    def text(self, size: int) -> str:
        return format_checkpoint(Checkpoint(self.origin, size, self.root(size)))

    def note(self, size: int, *also: Ed25519Signer) -> str:
        return sign_note(self.text(size), [self.signer, *also])

    def proof(self, old: int, new: int) -> list[bytes]:
        nodes = {(level, at): node for level, at, node in Frontier.empty().extend(self.leaves[:new])[1]}

        def read(wanted: Sequence[NodeId]) -> list[bytes]:
            return [nodes[node] for node in wanted]

        return prove_consistency(read, old, new)

    def request(self, old: int, new: int, note: str | None = None) -> bytes:
        """What an honest log sends that believes the witness to be at `old`."""
        proof = self.proof(old, new) if 0 < old < new else []
        return format_request(old, proof, note or self.note(new))


class Place:
    """A witness on disk that can be opened again, as after a restart."""

    def __init__(self, folder: Path, *logs: SmallLog, name: str = WITNESS) -> None:
        self.path, self.clock = folder / "state.db", FrozenClock()
        self.signer = cosigner(name, self.clock)
        self.logs = logs_of(log.key for log in (logs or (SmallLog(),)))
        self.memory = WitnessMemory.create(self.path, self.signer.verifier)
        self.witness = Witness(self.signer, self.memory, self.logs, self.clock)

    def reopen(self) -> Witness:
        self.close()
        self.memory = WitnessMemory(self.path, self.signer.verifier)
        self.witness = Witness(self.signer, self.memory, self.logs, self.clock)
        return self.witness

    def close(self) -> None:
        self.memory.close()

    def add(self, body: bytes) -> Reply:
        return self.witness.add_checkpoint(body)

    def grow(self, log: SmallLog, old: int, new: int) -> Reply:
        return self.add(log.request(old, new))

    def remembered(self, origin: str = ORIGIN) -> tuple[int, bytes] | None:
        found = [head.checkpoint for head in self.memory.heads() if head.checkpoint.origin == origin]
        return (found[0].size, found[0].root) if found else None


def cosigned_time(reply: Reply, text: str) -> int:
    """The time of the one cosignature in a reply, verified over the text."""
    assert reply.status == 200, reply
    assert reply.body.endswith(b"\n")
    (line,) = reply.body.decode()[:-1].split("\n")
    opened = open_note(format_note(text, [parse_signature_line(line)]), [cosigner().verifier])
    return time_of(opened.verified[0])
