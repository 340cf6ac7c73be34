"""What one group writes: each table's rows in one statement, all of them sent together."""

from __future__ import annotations

from typing import Any, Final

import psycopg

from ledger.entry import TOPIC
from ledger.store.base import Plan
from ledger.store.postgres.tail import event_key

CHANNEL: Final = "pledger"  # a hint for whoever follows the log: polling tells the truth

_ENTRIES: Final = (
    "INSERT INTO pledger_events (originator_id, originator_version, topic, state, notification_id) "
    "SELECT stream, version, %s, state, id "
    "FROM unnest(%b::text[], %b::bigint[], %b::bytea[], %b::bigint[]) AS new(stream, version, state, id)"
)
_PAYLOADS: Final = "INSERT INTO payloads SELECT * FROM unnest(%b::bytea[], %b::bigint[])"
_EVENTS: Final = "INSERT INTO events SELECT * FROM unnest(%b::bytea[], %b::bigint[])"
_NAMES: Final = (
    "INSERT INTO names SELECT * FROM unnest(%b::text[], %b::text[], %b::bigint[]) ON CONFLICT DO NOTHING"
)
_NODES: Final = "INSERT INTO nodes SELECT * FROM unnest(%b::int[], %b::bigint[], %b::bytea[])"
_CHECKPOINTS: Final = (
    "INSERT INTO checkpoints SELECT * FROM unnest(%b::bigint[], %b::text[]) ON CONFLICT DO NOTHING"
)
_HEAD: Final = "UPDATE head SET size = %s, frontier = %s, recorded_at = %s"


def insert_plan(cursor: psycopg.Cursor[Any], plan: Plan) -> None:
    """Within the caller's transaction."""
    entries, head = plan.entries, plan.head
    indexes = [entry.index for entry in entries]
    with cursor.connection.pipeline():
        if entries:
            streams, versions = [one.stream for one in entries], [one.version for one in entries]
            raws, ids = [one.raw for one in entries], [index + 1 for index in indexes]
            cursor.execute(_ENTRIES, (TOPIC, streams, versions, raws, ids))
            cursor.execute(_PAYLOADS, ([bytes.fromhex(one.payload_hash) for one in entries], indexes))
            cursor.execute(_EVENTS, ([event_key(one.event) for one in entries], indexes))
        names = [(name, one.stream, one.index) for one in entries for name in one.names]
        for statement, rows in ((_NAMES, names), (_NODES, plan.nodes), (_CHECKPOINTS, plan.checkpoints)):
            if rows:
                cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])
        cursor.execute(_HEAD, (head.size, head.frontier.to_bytes(), head.recorded_at))
        cursor.execute(f"NOTIFY {CHANNEL}")
