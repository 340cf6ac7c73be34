"""Raw limits: what the machine does without Pledger, measured in the same run."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from ledger.envelope import parse_envelope, signing_input
from ledger.keys import PublicKey
from tests.bench.marks import Sample, per_second


def verify_per_second(envelopes: Sequence[bytes], key: PublicKey) -> Sample:
    """Ed25519 verifications of these envelopes' signatures, one thread, nothing else."""
    signed = []
    for raw in envelopes:
        envelope = parse_envelope(raw)
        one = envelope.signatures[0]
        signed.append((one.signature, signing_input(one.protected, envelope.payload_text)))

    def run() -> None:
        for signature, message in signed:
            key.verify(signature, message)

    return per_second(len(signed), run)


def durable_connection(path: Path) -> sqlite3.Connection:
    """A WAL database whose commits reach the disk before they return."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, body BLOB)")
    return connection


def commits_per_second(directory: Path, bodies: Sequence[bytes]) -> Sample:
    """One-row inserts, each its own durable commit."""
    connection = durable_connection(directory / "limit.db")

    def run() -> None:
        for body in bodies:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO rows (body) VALUES (?)", (body,))
            connection.commit()

    sample = per_second(len(bodies), run)
    connection.close()
    return sample


def grouped_rows_per_second(directory: Path, bodies: Sequence[bytes], group: int) -> Sample:
    """One-row inserts, `group` of them to a durable commit."""
    connection = durable_connection(directory / "limit.db")

    def run() -> None:
        for start in range(0, len(bodies), group):
            connection.execute("BEGIN IMMEDIATE")
            rows = [(body,) for body in bodies[start : start + group]]
            connection.executemany("INSERT INTO rows (body) VALUES (?)", rows)
            connection.commit()

    sample = per_second(len(bodies), run)
    connection.close()
    return sample


def copy_seconds(source: Path, target: Path, tables: Iterable[str], batch: int) -> float:
    """Seconds to insert a generation's rows, in log order, into empty tables of one schema.

    This is what SQLite alone asks of a rebuild: nothing is parsed and nothing decided.
    """
    reader = sqlite3.connect(source)
    writer = sqlite3.connect(target, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-65536", "wal_autocheckpoint=4000"):
        writer.execute(f"PRAGMA {pragma}")
    spent = 0.0
    for table in tables:
        schema = reader.execute("SELECT sql FROM sqlite_master WHERE name=?", (table,)).fetchone()[0]
        writer.execute(schema)
        columns = [row[1] for row in reader.execute(f"PRAGMA table_info({table})")]
        order = "known_from" if "known_from" in columns else columns[-1]
        rows = reader.execute(f"SELECT * FROM {table} ORDER BY {order}").fetchall()  # noqa: S608 -- our names
        insert = f"INSERT INTO {table} VALUES ({','.join('?' * len(columns))})"  # noqa: S608 -- our names
        begun = time.perf_counter()
        for start in range(0, len(rows), batch):
            writer.execute("BEGIN")
            writer.executemany(insert, rows[start : start + batch])
            writer.commit()
        spent += time.perf_counter() - begun
    reader.close()
    writer.close()
    return spent
