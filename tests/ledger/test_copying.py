"""`ledger.copying`: a log moves from store to store, and nothing is lost or changed (docs/operations.md)."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ledger import copying
from ledger.backing_up import back_up
from ledger.copying import Copied, copy_ledger
from ledger.copying_ends import End, end_of
from ledger.copying_picture import open_picture
from ledger.errors import LedgerError, StorageError
from ledger.store.documents import PIECE_BYTES, Held
from ledger.store.postgres.migrating import migrate
from ledger.verify.ledger_file import verify_ledger_file
from ledger.walking import BackupError
from tests.ledger.test_documents import bring
from tests.support.town import PROGRAMME, TestLedger, lines

pytestmark = pytest.mark.thorough

TABLES = ("head", "nodes", "payloads", "events", "names", "checkpoints")
BATCH = 2


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite ledger's directory, nobody's, with two documents."""
    folder = tmp_path_factory.mktemp("copied")
    with TestLedger.with_programme(folder / "town") as made:
        for amount in ("150.00", "160.00", "170.00"):
            made.submit("financing.changed", PROGRAMME, lines(amount))
    back_up(end_of(str(folder / "town"), unsafe=True), folder / "town.db")
    target = folder / "sqlite"
    target.mkdir()
    (folder / "town.db").rename(target / "ledger.db")
    source = end_of(str(target))
    bring(source.documents, b"a document")
    bring(source.documents, b"another one", restricted=True)
    return target


@pytest.fixture(autouse=True)
def _batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "BATCH_ENTRIES", BATCH)
    monkeypatch.setattr("ledger.walking.BATCH_ENTRIES", BATCH)


class Places:
    """Ends of a test, each empty."""

    def __init__(self, folder: Path, database: Callable[[], str]) -> None:
        self._folder, self._database, self._count = folder, database, 0

    def new(self, kind: str) -> End:
        self._count += 1
        if kind == "sqlite":
            (self._folder / f"end-{self._count}").mkdir()
            return end_of(str(self._folder / f"end-{self._count}"))
        end = end_of(self._database(), unsafe=True)
        migrate(end.place)  # type: ignore[arg-type]
        return end


@pytest.fixture
def places(tmp_path: Path, postgres: Any) -> Iterator[Places]:
    from tests.support.postgres_fixtures import dbname_of

    made: list[str] = []

    def database() -> str:
        made.append(postgres.fresh_database())
        return made[-1]

    yield Places(tmp_path, database)
    for conninfo in made:
        postgres.drop_database(dbname_of(conninfo))


def tables_of(end: End) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the log, whatever the store calls its columns."""
    if isinstance(end.place, Path):
        with closing(sqlite3.connect(end.place)) as file:
            found = {name: file.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}  # noqa: S608
            found["entries"] = file.execute("SELECT rowid, * FROM stored_events").fetchall()
    else:
        with psycopg.connect(end.place.conninfo, options="-c search_path=pledger") as base:
            found = {name: base.execute(f"SELECT * FROM {name}".encode()).fetchall() for name in TABLES}  # noqa: S608
            query = (
                "SELECT notification_id, originator_id, originator_version, topic, state FROM pledger_events"
            )
            found["entries"] = base.execute(query.encode()).fetchall()
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


def documents_in(end: End) -> dict[Held, bytes]:
    return {held: b"".join(end.documents.pieces(held)) for held in end.documents.everything()}


def assert_same(one: End, other: End) -> None:
    assert tables_of(one) == tables_of(other)
    assert documents_in(one) == documents_in(other)


@pytest.mark.parametrize("source", ["sqlite", "postgres"])
@pytest.mark.parametrize("target", ["sqlite", "postgres"])
def test_every_row_and_document_arrives_from_either_store_in_either(
    town: Path, places: Places, source: str, target: str
) -> None:
    first = end_of(str(town))
    if source == "postgres":
        there = places.new("postgres")
        copy_ledger(first, there)
    else:
        there = first
    end = places.new(target)
    copied = copy_ledger(there, end)
    assert_same(first, end)
    with open_picture(first.place) as picture:
        head = picture.head()
    assert (copied.size, copied.root) == (head.size, head.frontier.root())
    assert (copied.before, copied.more, copied.documents, copied.lost) == (0, 0, 2, ())


def test_a_copy_in_sqlite_is_verified_offline(town: Path, places: Places) -> None:
    base, file = places.new("postgres"), places.new("sqlite")
    copy_ledger(end_of(str(town)), base)
    copy_ledger(base, file)
    assert isinstance(file.place, Path)
    assert verify_ledger_file(file.place, None).verdict == "self-consistent"


class Interrupted(BaseException):
    """As when a process is stopped."""


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
@pytest.mark.parametrize("seed", range(4))
def test_a_copy_that_is_broken_off_again_and_again_is_whole_in_the_end(
    town: Path, places: Places, kind: str, seed: int
) -> None:
    chance, source, target = random.Random(seed), end_of(str(town)), places.new(kind)
    begun: list[int] = []

    def once(done_at_most: int) -> Copied:
        batches = 0

        def progress(what: str, done: int, of: int) -> None:
            nonlocal batches
            batches += what == "copying"
            if batches > done_at_most:
                raise Interrupted

        return copy_ledger(source, target, progress)

    while True:
        try:
            copied = once(chance.randrange(3))
            break
        except Interrupted:
            with open_picture(target.place) as picture:
                begun.append(picture.head().size)
    assert begun == sorted(begun)
    assert len(begun) > 1
    assert copied.before > 0
    assert_same(source, target)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_batch_that_fails_within_leaves_the_batches_before_it(
    town: Path, places: Places, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = end_of(str(town)), places.new(kind)
    name = (
        "ledger.copying_ends.insert_plan"
        if kind == "sqlite"
        else "ledger.store.postgres.inserting.insert_plan"
    )
    module, _, function = name.rpartition(".")
    real = getattr(__import__(module, fromlist=[function]), function)
    count = 0

    def failing(cursor: Any, plan: Any) -> None:
        nonlocal count
        count += 1
        real(cursor, plan)
        if count == 3:
            raise Interrupted

    with monkeypatch.context() as broken:
        broken.setattr(name, failing)
        with pytest.raises(Interrupted):
            copy_ledger(source, target)
    with open_picture(target.place) as picture:
        assert picture.head().size == 2 * BATCH
        assert picture.count("stored_events" if kind == "sqlite" else "pledger_events") == 2 * BATCH
    assert copy_ledger(source, target).before == 2 * BATCH
    assert_same(source, target)


def test_what_came_meanwhile_is_told_and_copied_by_the_next_run(tmp_path: Path, places: Places) -> None:
    with TestLedger.with_programme(tmp_path / "town") as made:
        source, target = end_of(str(tmp_path / "town"), unsafe=True), places.new("postgres")
        said = False

        def progress(what: str, done: int, of: int) -> None:
            nonlocal said
            if what == "copying" and not said:
                said = True
                made.submit("financing.changed", PROGRAMME, lines("190.00"))

        first = copy_ledger(source, target, progress)
        assert (first.size, first.more) == (made.position - 1, 1)
    again = copy_ledger(source, target)
    assert (again.before, again.size, again.more) == (first.size, first.size + 1, 0)
    assert_same(source, target)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_target_that_holds_another_log_is_refused_and_left_as_it_is(
    town: Path, tmp_path: Path, places: Places, kind: str
) -> None:
    with TestLedger(tmp_path / "other") as other:
        other.opening["nonce"] = "7b" * 32
        other.submit("ledger.opened", "root", other.opening)
    target = places.new(kind)
    copy_ledger(end_of(str(tmp_path / "other"), unsafe=True), target)
    before = tables_of(target)
    with pytest.raises(BackupError, match="another log"):
        copy_ledger(end_of(str(town)), target)
    assert tables_of(target) == before


def test_a_longer_target_is_kept(town: Path, tmp_path: Path, places: Places) -> None:
    target = places.new("postgres")
    copy_ledger(end_of(str(town)), target)
    older = places.new("sqlite")

    def stop(what: str, done: int, of: int) -> None:
        if what == "copying" and done >= 4 * BATCH:
            raise Interrupted

    with pytest.raises(Interrupted):
        copy_ledger(end_of(str(town)), older, stop)
    with pytest.raises(BackupError, match="is kept"):
        copy_ledger(older, target)
    assert_same(end_of(str(town)), target)


def flipped(town: Path, folder: Path, sql: str) -> End:
    """A copy of the town's directory in which something was changed by hand."""
    source = places_file(town, folder)
    with closing(sqlite3.connect(source / "ledger.db")) as file, file:
        assert file.execute(sql).rowcount == 1
    return end_of(str(source))


def places_file(town: Path, folder: Path) -> Path:
    target = folder / "flipped"
    target.mkdir()
    with (
        closing(sqlite3.connect(town / "ledger.db")) as given,
        closing(sqlite3.connect(target / "ledger.db")) as taken,
    ):
        given.backup(taken)
    return target


DAMAGE = {
    "a byte of an entry": "UPDATE stored_events SET state=CAST(REPLACE(CAST(state AS TEXT),"
    ' \'"recorded_at":"20\', \'"recorded_at":"21\') AS BLOB) WHERE rowid=11',
    "an entry that is none": "UPDATE stored_events SET state=x'00' WHERE rowid=11",
    "a lost entry": "DELETE FROM stored_events WHERE rowid=11",
    "a lost last entry": "DELETE FROM stored_events WHERE rowid=(SELECT MAX(rowid) FROM stored_events)",
    "another stream": "UPDATE stored_events SET originator_id='body:x' WHERE rowid=11",
    "another version": "UPDATE stored_events SET originator_version=99 WHERE rowid=11",
    "another kind of row": "UPDATE stored_events SET topic='x' WHERE rowid=11",
    "another head": "UPDATE head SET recorded_at='2021-01-01T00:00:00.000000Z'",
    "an unsigned checkpoint": "UPDATE checkpoints SET note=replace(note, '—', '-')"
    " WHERE size=(SELECT MAX(size) FROM checkpoints)",
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_damaged_source_is_refused_before_anything_is_written(
    town: Path, tmp_path: Path, places: Places, kind: str, damage: str
) -> None:
    source, target = flipped(town, tmp_path, DAMAGE[damage]), places.new(kind)
    with pytest.raises(LedgerError):
        copy_ledger(source, target)
    if isinstance(target.place, Path):
        assert list(target.place.parent.iterdir()) == []
    else:
        with open_picture(target.place) as picture:
            assert (picture.head().size, picture.count("nodes"), picture.count("checkpoints")) == (0, 0, 0)


# What somebody changes in a copy that is begun → the table that must be named.
CHANGED = {
    "UPDATE payloads SET leaf_index=2 WHERE leaf_index=5": "payloads",
    "DELETE FROM events WHERE leaf_index=5": "events",
    "UPDATE names SET stream='body:x' WHERE leaf_index=(SELECT MAX(leaf_index) FROM names)": "names",
    "INSERT INTO names VALUES ('x', 'body:x', 3)": "names",
    "UPDATE nodes SET hash=decode(repeat('00', 32), 'hex') WHERE level=1 AND node_index=0": "nodes",
    "INSERT INTO nodes VALUES (9, 9, '')": "nodes",
    "UPDATE pledger_events SET state=state||'x' WHERE notification_id=3": "no entry",
    "UPDATE pledger_events SET originator_id='body:x' WHERE notification_id=3": "not the next entry",
}


@pytest.mark.parametrize("change", CHANGED)
def test_whatever_differs_in_a_database_that_was_begun_is_found(
    town: Path, places: Places, change: str
) -> None:
    target = places.new("postgres")
    copy_ledger(end_of(str(town)), target)
    assert not isinstance(target.place, Path)
    with psycopg.connect(target.place.conninfo, options="-c search_path=pledger") as base:
        assert base.execute(change.encode()).rowcount == 1
    with pytest.raises(LedgerError, match=CHANGED[change]):
        copy_ledger(end_of(str(town)), target)


def test_a_target_that_another_process_writes_meanwhile_is_refused(town: Path, places: Places) -> None:
    target = places.new("postgres")
    assert not isinstance(target.place, Path)
    conninfo = target.place.conninfo

    def meddle(what: str, done: int, of: int) -> None:
        if what == "copying" and done == BATCH:
            with psycopg.connect(conninfo, autocommit=True) as base:
                base.execute("UPDATE pledger.head SET recorded_at='2099-01-01T00:00:00.000000Z'")

    with pytest.raises(StorageError, match="another process"):
        copy_ledger(end_of(str(town)), target, meddle)


def test_a_ledger_is_not_copied_onto_itself(town: Path) -> None:
    with pytest.raises(StorageError, match="both source and target"):
        copy_ledger(end_of(str(town)), end_of(str(town)))


def test_a_damaged_document_is_named_and_the_rest_arrives(town: Path, tmp_path: Path, places: Places) -> None:
    source = end_of(str(places_file(town, tmp_path)))
    held = bring(source.documents, b"good")
    bad = bring(source.documents, b"what will be damaged")
    file = tmp_path / "flipped" / "files" / bad.sha256[:2] / bad.sha256
    file.write_bytes(b"WHAT will be damaged")
    target = places.new("postgres")
    copied = copy_ledger(source, target)
    assert copied.lost == (bad,)
    assert list(target.documents.everything()) == [held]


def test_a_document_of_which_a_database_lost_a_piece_is_named_and_the_rest_arrives(
    town: Path, places: Places
) -> None:
    base, target = places.new("postgres"), places.new("sqlite")
    copy_ledger(end_of(str(town)), base)
    held = bring(base.documents, b"x" * (PIECE_BYTES + 1))
    assert not isinstance(base.place, Path)
    with psycopg.connect(base.place.conninfo) as connection:
        connection.execute("DELETE FROM pledger.document_pieces WHERE place = 1")
    copied = copy_ledger(base, target)
    assert (copied.lost, copied.documents) == ((held,), 2)
