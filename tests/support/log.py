"""Tools for tests of the log: a handle on a ledger's files, faults, and an audit.

The audit reads the tables with SQL of its own and recomputes everything by definition, so that
it shares no code with the store. `transfer.made` writes a cell of its own each time: it is
never asked to acknowledge anything, whatever else goes on.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson

from ledger.append.appender import Outcome
from ledger.canonical import dumps
from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.door import NeedsAcknowledgement
from ledger.entry import TOPIC, Entry, read_entry
from ledger.envelope import Envelope, parse_envelope, sign_payload
from ledger.keys import PublicKey
from ledger.kinds import KINDS
from ledger.merkle import EMPTY_ROOT, Frontier, leaf_hash, node_hash
from ledger.note import Ed25519Verifier
from ledger.receipt import Receipt, check_receipt
from ledger.service import Ledger
from ledger.store.sqlite import LedgerRecorder
from ledger.world import World, evolve
from tests.support.clock import START
from tests.support.commits import failing
from tests.support.people import COUNCIL, FOREIGN, REGISTRARS, SECRETARY, STRANGER, Official
from tests.support.places import Ask, asking, copy_open_log
from tests.support.town import ACT_DATA, ORIGIN, PROGRAMME_DATA, TestLedger

IAT = int(START.timestamp())
ROADS, SCHOOLS, BOOKS = "programme:roads", "programme:schools", "programme:books"
COUNCIL_BODY, FOREIGN_BODY = f"body:{COUNCIL}", f"body:{FOREIGN}"

# BOOKS is of the other council, whose secretary signs with ES256.
OFFICIAL = {
    ROADS: SECRETARY,
    SCHOOLS: SECRETARY,
    BOOKS: STRANGER,
    COUNCIL_BODY: SECRETARY,
    FOREIGN_BODY: STRANGER,
}
PUBLIC = {one.key.public.kid: one.key.public for one in (*REGISTRARS, SECRETARY, STRANGER)}
_PRIVATE = {one.key.public.kid: one.key for one in (*REGISTRARS, SECRETARY, STRANGER)}


class HandClock:
    """A clock set by hand: `pass_by` moves both hands, `jump` the wall clock's alone."""

    def __init__(self, wall: datetime = START) -> None:
        self._wall, self._monotonic = wall, 1000.0

    def now(self) -> datetime:
        return self._wall

    def monotonic(self) -> float:
        return self._monotonic

    def pass_by(self, **by: float) -> None:
        """Both move on; by: as timedelta."""
        self._wall += timedelta(**by)
        self._monotonic += timedelta(**by).total_seconds()

    def jump(self, **by: float) -> None:
        """Somebody sets the wall clock; by: as timedelta."""
        self._wall += timedelta(**by)


@dataclass(frozen=True)
class Small:
    """A small ledger's files: it can be spoken to when opened, checked and copied."""

    path: Path
    log_key: str
    genesis: str

    @property
    def name(self) -> dict[str, str]:
        return {"origin": ORIGIN, "genesis": self.genesis}

    def payload(
        self,
        kind: str,
        subject: str,
        data: Any,
        *,
        by: Sequence[Official] = (),
        seen: int = 0,
        more: dict[str, Any] | None = None,
    ) -> bytes:
        """An event's canonical bytes, for the stream's official unless others are named."""
        if not by:
            by = REGISTRARS[:2] if KINDS[kind].registrar else [OFFICIAL[subject]]
        return dumps(
            {
                "id": new_id(),
                "ledger": self.name,
                "kind": kind,
                "schema": 1,
                "subject": subject,
                "signers": [one.signer() for one in by],
                "seen": seen,
                "submit_before": "2100-01-01T00:00:00Z",
                "data": data,
                **(more or {}),
            }
        )

    def transfer(
        self, programme: str = ROADS, *, amount: str = "1.00", measure: str = "1.1", reason: str = ""
    ) -> bytes:
        """A payload that is recorded whatever was recorded before it."""
        data = {"measure": measure, "year": 2025, "source": "local", "amount": amount}
        more = {"effective": "2025-02-01", "reason": reason}
        people = {"payer": "a", "recipient": "b"}
        return self.payload("transfer.made", programme, data | people, more=more)

    def person(self) -> bytes:
        """A payload for the root stream, likewise."""
        made = uuid4().hex
        return self.payload("person.registered", "root", {"person": f"p-{made}", "name": "Особа"})

    def act(self, body: str = COUNCIL_BODY) -> bytes:
        """A payload for a body's stream, likewise."""
        return self.payload("act.registered", body, {**ACT_DATA, "act": f"act-{uuid4().hex}"})

    def sign(self, payload: bytes) -> Envelope:
        """Signed by exactly the keys that the payload names."""
        return parse_envelope(sign_payload(payload, [_PRIVATE[kid] for kid in kids(payload)], iat=IAT))

    def check(self, payload: bytes, receipt: Receipt) -> Entry:
        """Prove a receipt as its signer would. Raises ReceiptError."""
        keys: dict[str, PublicKey] = {kid: PUBLIC[kid] for kid in kids(payload)}
        return check_receipt(receipt, payload=payload, keys=keys, log_key=self.log_key, genesis=self.genesis)

    def submit(self, ledger: Ledger, *payloads: bytes) -> Outcome:
        """Submit as one batch, wait, and prove every receipt."""
        receipts = ledger.submit([self.sign(payload) for payload in payloads]).result(timeout=60)
        for payload, receipt in zip(payloads, receipts, strict=True):
            self.check(payload, receipt)
        return receipts

    def copied(self, to: Path) -> Small:
        """The same ledger as its files are on disk now: what a crash at this moment leaves.

        SQLite's shared memory is left behind: it does not survive a machine's crash.
        """
        to.mkdir(parents=True)
        for name in ("log-key.pem", "log-memory", "ledger.db", "ledger.db-wal"):
            if (self.path / name).exists():
                shutil.copy2(self.path / name, to / name)
        copy_open_log(self.path, to)
        return replace(self, path=to)


def found_small(path: Path) -> Small:
    """The town's ledger with three programmes of two unrelated councils."""
    with TestLedger.opened(path) as town:
        for programme, official in ((ROADS, SECRETARY), (SCHOOLS, SECRETARY), (BOOKS, STRANGER)):
            act = f"{programme.removeprefix('programme:')}-1"
            town.submit("act.registered", f"body:{official.body}", {**ACT_DATA, "act": act}, by=official)
            data = PROGRAMME_DATA | {"programme": programme.removeprefix("programme:"), "body": official.body}
            town.submit("programme.adopted", programme, data, act=act, effective="2025-01-01", by=official)
        return Small(path, town.log_key, town.name["genesis"])


def kids(payload: bytes) -> list[str]:
    return [signer["kid"] for signer in json.loads(payload)["signers"]]


def new_id() -> str:
    """A UUIDv7 of no particular time."""
    bits = uuid4().hex
    return f"019c0000-{bits[:4]}-7{bits[4:7]}-a{bits[7:10]}-{bits[10:22]}"


def altered(payload: bytes, **members: Any) -> bytes:
    """The payload with other members."""
    return dumps({**json.loads(payload), **members})


def corrects(payload: bytes) -> dict[str, Any]:
    """`relations` of a correction of what this payload said, while that is in force."""
    return {"corrects": {"event": json.loads(payload)["id"], "payload": hashlib.sha256(payload).hexdigest()}}


def codes_asked(asked: NeedsAcknowledgement) -> list[str]:
    return sorted({found.code for found in asked.found})


def writer_pragma(ledger: Ledger, pragma: str) -> tuple[Any, ...]:
    """Run a PRAGMA on the appender's own connection; () if it answers nothing."""
    recorder = ledger._log.recorder
    assert isinstance(recorder, LedgerRecorder)
    with recorder.datastore.get_connection(commit=True) as connection:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA {pragma}")
        return tuple(cursor.fetchone() or ())


# -- faults --------------------------------------------------------------------


@contextmanager
def failing_commit(*, after: bool) -> Iterator[None]:
    """Every COMMIT fails: before it does anything, or after it has done everything."""
    with failing(lambda commit: commit() if after else None):
        yield


# -- the audit -----------------------------------------------------------------


@dataclass(frozen=True)
class Audited:
    """A log that was found whole. root_of: the root of each prefix, by RFC 6962's definition."""

    entries: list[Entry]
    root_of: Callable[[int], bytes]
    checkpoints: dict[int, Checkpoint]

    @property
    def size(self) -> int:
        return len(self.entries)

    def by_payload(self) -> dict[bytes, Entry]:
        return {entry.payload: entry for entry in self.entries}


def naive_roots(leaves: Sequence[bytes]) -> Callable[[int], bytes]:
    """RFC 6962 §2.1 word for word; subtrees are remembered so that every prefix is cheap."""

    @cache
    def root(start: int, end: int) -> bytes:
        if end - start == 1:
            return leaves[start]
        split = start + (1 << ((end - start - 1).bit_length() - 1))
        return node_hash(root(start, split), root(split, end))

    return lambda size: root(0, size) if size else EMPTY_ROOT


def audit(path: Path, log_key: str) -> Audited:
    """Read a ledger's tables with SQL of its own and assert that nothing is missing, torn or extra."""
    with asking(path) as ask:
        rows = ask(
            "SELECT rowid, originator_id, originator_version, topic, state FROM stored_events ORDER BY rowid"
        )
        entries = [read_entry(row[4]) for row in rows]
        assert [row[0] for row in rows] == list(range(1, len(rows) + 1)), "leaf indexes have gaps"
        for row, entry in zip(rows, entries, strict=True):
            said = (entry.index + 1, entry.stream, entry.version, TOPIC)
            assert row[:4] == said, "a row says something else than its entry"
        _check_versions(entries)
        _check_indexes(ask, entries)
        leaves = [leaf_hash(entry.raw) for entry in entries]
        root_of = naive_roots(leaves)
        _check_head(ask, entries, root_of)
        _check_nodes(ask, leaves)
        return Audited(entries, root_of, _checkpoints(ask, log_key, root_of))


def _check_versions(entries: list[Entry]) -> None:
    versions: dict[str, int] = {}
    for before, entry in zip([None, *entries], entries, strict=False):
        versions[entry.stream] = versions.get(entry.stream, 0) + 1
        assert entry.version == versions[entry.stream], "versions of a stream are not contiguous"
        assert before is None or before.recorded_at <= entry.recorded_at, "recorded_at went backwards"


def _check_indexes(ask: Ask, entries: list[Entry]) -> None:
    payloads = {hashlib.sha256(entry.payload).digest(): entry.index for entry in entries}
    events = {bytes.fromhex(entry.event_id().replace("-", "")): entry.index for entry in entries}
    assert len(payloads) == len(events) == len(entries), "a payload or an event id is in the log twice"
    assert dict(ask("SELECT payload, leaf_index FROM payloads")) == payloads
    assert dict(ask("SELECT event, leaf_index FROM events")) == events


def _check_head(ask: Ask, entries: list[Entry], root_of: Callable[[int], bytes]) -> None:
    heads = ask("SELECT size, frontier, recorded_at FROM head WHERE size>0")
    if not entries:
        assert heads == []
        return
    ((size, frontier, recorded_at),) = heads
    assert (size, recorded_at) == (len(entries), entries[-1].recorded_at)
    stored = Frontier.from_bytes(frontier)
    assert (stored.size, stored.root()) == (size, root_of(size)), "the head is not the entries' tree"


def _check_nodes(ask: Ask, leaves: list[bytes]) -> None:
    expected, level, row = {}, 0, leaves
    while row:
        expected.update({(level, index): node for index, node in enumerate(row)})
        row = [node_hash(*row[at : at + 2]) for at in range(0, len(row) - 1, 2)]
        level += 1
    stored = ask("SELECT level, node_index, hash FROM nodes")
    assert {(level, index): node for level, index, node in stored} == expected


def _checkpoints(ask: Ask, log_key: str, root_of: Callable[[int], bytes]) -> dict[int, Checkpoint]:
    found = {}
    for size, note in ask("SELECT size, note FROM checkpoints"):
        found[size] = checkpoint_of(note, log_key)
        assert found[size].size == size
        assert found[size].root == root_of(size), "a stored checkpoint is of another tree"
    return found


@cache
def checkpoint_of(note: str, log_key: str) -> Checkpoint:
    return open_checkpoint(note, [Ed25519Verifier.parse(log_key)])[0]


def receipt_json(receipt: Receipt) -> bytes:
    return orjson.dumps(receipt.to_json())


def replayed(entries: Sequence[Entry]) -> World:
    """The world from the first entry on, one event at a time, with nothing loaded lazily."""
    world = World()
    for entry in entries:
        world = evolve(world, entry.stated())
    return world


def assert_same_world(known: World, whole: World) -> None:
    """Whatever is loaded of a world is the same in `whole`, a replay of the whole log."""
    assert known.position == whole.position
    assert not known.loaded or known.root == whole.root
    assert set(known.loaded) >= {f"programme:{name}" for name in known.programmes}
    for name, programme in known.programmes.items():
        assert programme.timeline.cells == whole.programmes[name].timeline.cells, name
        assert programme == whole.programmes[name], name
    for name, body in known.bodies.items():
        assert body == whole.bodies[name], name
    for name, stream in known.names.items():
        assert whole.names[name] == stream, name
