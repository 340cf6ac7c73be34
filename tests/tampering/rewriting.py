"""A forger with the whole database in hand: entries are made anew, and every table follows from them.

What the forger lacks is said by each attack: officials' keys always; the log's key, unless it is given.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from ledger.canonical import dumps
from ledger.checkpoint import Checkpoint, format_checkpoint
from ledger.entry import format_entry, read_entry
from ledger.envelope import Envelope, envelope_json, parse_envelope
from ledger.keys import PrivateKey
from ledger.merkle import Frontier, leaf_hash
from ledger.note import Ed25519Signer, sign_note
from ledger.store.base import Head, NewEntry, Plan
from ledger.store.sqlite import insert_plan
from ledger.world import names_made
from tests.support.town import ORIGIN, sign_as

Members = dict[str, Any]


def entries_of(path: Path) -> list[Members]:
    """Every entry's members, in order; what is changed there is written by `rewrite`."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT state FROM stored_events ORDER BY rowid").fetchall()
    return [orjson.loads(raw) for (raw,) in rows]


def payload_of(entry: Members) -> Members:
    """The event's members."""
    found: Members = orjson.loads(parse_envelope(entry["envelope"]).payload)
    return found


def find(entries: Sequence[Members], kind: str, *, last: bool = True) -> int:
    """The index of an entry of a kind."""
    indexes = [index for index, entry in enumerate(entries) if payload_of(entry)["kind"] == kind]
    return indexes[-1 if last else 0]


def signed_by(payload: Members, *keys: PrivateKey) -> Members:
    """An envelope of this event by any keys."""
    return envelope_json(sign_as(dumps(payload), [(key, key.alg) for key in keys]))


def placed(entries: Sequence[Members]) -> list[bytes]:
    """The bytes of the entries, each put into its place: index, and version of its stream."""
    raws, versions = [], dict[str, int]()
    for index, entry in enumerate(entries):
        stream = entry["stream"]
        versions[stream] = versions.get(stream, 0) + 1
        envelope: Envelope = parse_envelope(entry["envelope"])
        raws.append(
            format_entry(
                genesis=entry["genesis"],
                index=index,
                stream=stream,
                version=versions[stream],
                recorded_at=entry["recorded_at"],
                envelope=envelope,
            )
        )
    return raws


def rewrite(path: Path, entries: Sequence[Members], *, log_key: Ed25519Signer | None = None) -> str | None:
    """Make the whole database anew of these entries. log_key: signs a checkpoint of the new tree, in place
    of all that are stored; without it they stay as they are. Gives the new checkpoint."""
    raws = placed(entries)
    frontier, nodes = Frontier.empty().extend(map(leaf_hash, raws))
    note = None
    if log_key is not None:
        text = format_checkpoint(Checkpoint(ORIGIN, len(raws), frontier.root()))
        note = sign_note(text, [log_key])
    made = [_new_entry(raw) for raw in raws]
    again = [number for number, one in enumerate(made) if one.event in {two.event for two in made[:number]}]
    for number in again:  # the tables have room for one only: what is there twice is left out of them
        made[number] = replace(made[number], payload_hash=_digest(number), event=_digest(number)[:32])
    plan = Plan(
        tuple(made),
        nodes,
        Head(frontier, str(orjson.loads(raws[-1])["recorded_at"])),
        [(len(raws), note)] if note is not None else [],
    )
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        for table in ("stored_events", "nodes", "payloads", "events", "names", "head"):
            connection.execute(f"DELETE FROM {table}")
        if note is not None:
            connection.execute("DELETE FROM checkpoints")
        insert_plan(connection.cursor(), plan)
        for number in again:
            connection.execute("DELETE FROM payloads WHERE leaf_index = ?", (number,))
            connection.execute("DELETE FROM events WHERE leaf_index = ?", (number,))
        connection.execute("COMMIT")
    return note


def _digest(number: int) -> str:
    return sha256(b"%d" % number).hexdigest()


def _new_entry(raw: bytes) -> NewEntry:
    entry = read_entry(raw)
    stated = entry.stated()
    return NewEntry(
        entry.index,
        entry.stream,
        entry.version,
        entry.recorded_at,
        raw,
        sha256(entry.payload).hexdigest(),
        stated.event.id,
        tuple(names_made(stated.event)),
    )
