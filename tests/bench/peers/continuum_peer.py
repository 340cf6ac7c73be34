"""SQLAlchemy-Continuum: a versioned row for each cell, a transaction with its cause for each change; SQLite.

Its default strategy (validity). The number of a change is its transaction's id. States look up the newest
version of each cell in the index that Continuum makes, which grows least with the history; one more index,
by programme and transaction, serves diffs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import sqlalchemy as sa
import sqlalchemy_continuum as continuum
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, aliased, configure_mappers, mapped_column
from sqlalchemy_continuum.plugins import Plugin
from sqlalchemy_continuum.transaction import TransactionBase

from tests.bench.peers.protocol import (
    CHECKED,
    PAGE,
    Change,
    Differing,
    Members,
    Question,
    Source,
    Step,
    Written,
    bytes_under,
    in_batches,
    serve,
)

BATCH = 5000
INSERT, UPDATE, DELETE = continuum.Operation.INSERT, continuum.Operation.UPDATE, continuum.Operation.DELETE


class CauseFactory(continuum.TransactionFactory):
    """Transactions that say who, by which act and why."""

    def create_class(self, manager: Any) -> Any:
        class Transaction(manager.declarative_base, TransactionBase):
            __tablename__ = "transaction"
            __versioning_manager__ = manager
            id = sa.Column(sa.BigInteger, primary_key=True, autoincrement=True)
            who = sa.Column(sa.String(64))
            act = sa.Column(sa.String(64))
            point = sa.Column(sa.String(64))
            reason = sa.Column(sa.Text)
            kind = sa.Column(sa.String(40))

        return Transaction


class CausePlugin(Plugin):
    """Gives a transaction the cause that its session carries."""

    def transaction_args(self, uow: Any, session: Session) -> Members:
        return cause_of(session.info["change"])


continuum.versioning_manager.transaction_cls = CauseFactory()
continuum.make_versioned(user_cls=None, plugins=[CausePlugin()])


class Base(DeclarativeBase):
    pass


class Cell(Base):
    __tablename__ = "cell"
    __versioned__: ClassVar[dict[str, Any]] = {}
    __table_args__ = (sa.UniqueConstraint("subject", "path"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(80))
    path: Mapped[str] = mapped_column(sa.String(200))
    value: Mapped[str] = mapped_column(sa.Text)


configure_mappers()
Version: Any = continuum.version_class(Cell)
Cause: Any = continuum.transaction_class(Cell)
sa.Index("ix_cell_version_subject", Version.__table__.c.subject, Version.__table__.c.transaction_id)


class Continuum:
    """Implements Peer."""

    def __init__(self) -> None:
        self.place = Path()
        self.engine = sa.create_engine("sqlite://")  # until it is opened

    def open(self, place: Path) -> Members:
        self.place = place
        self.engine = sa.create_engine(f"sqlite:///{place / 'cells.db'}")
        sa.event.listen(self.engine, "connect", _durable)
        Base.metadata.create_all(self.engine)
        with self.engine.connect() as connection:
            settings = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous")
            }
            sqlite = connection.exec_driver_sql("SELECT sqlite_version()").scalar()
        assert settings == {"journal_mode": "wal", "synchronous": 2}, settings
        versions = {"SQLAlchemy": sa.__version__, "SQLAlchemy-Continuum": continuum.__version__}
        return {**versions, "sqlite": sqlite, "settings": settings}

    # -- recording -----------------------------------------------------------------------

    def commit(self, change: Change) -> None:
        """One unit of work: the cells are read, changed and committed; Continuum writes the versions."""
        written = dict(change.writes)
        with Session(self.engine, info={"change": change}) as session:
            query = sa.select(Cell).where(Cell.subject == change.subject, Cell.path.in_(written))
            known = {cell.path: cell for cell in session.scalars(query)}
            for path, value in written.items():
                if value is None:
                    session.delete(known[path])
                elif path in known:
                    known[path].value = value
                else:
                    session.add(Cell(subject=change.subject, path=path, value=value))
            session.commit()

    def prepare(self, source: Source, threads: int) -> list[list[Step]]:
        if threads > 1:
            raise NotImplementedError("SQLite takes one writer")
        return [[partial(self.commit, change) for change in source.read()]]

    def fill(self, source: Source) -> None:
        """The rows that `commit` would make, by Core: many changes a transaction."""
        bulk = Bulk()
        for batch in in_batches(source.read(), BATCH, "continuum"):
            with self.engine.begin() as connection:
                bulk.write(connection, batch)
        with self.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")

    def resume(self, source: Source) -> None:
        """Nothing is held in memory."""

    def check(self, place: Path, source: Source) -> str:
        natural, bulk = Continuum(), Continuum()
        few = source._replace(size=min(source.size, CHECKED))
        for peer, name in ((natural, "natural"), (bulk, "bulk")):
            (place / name).mkdir(parents=True)
            peer.open(place / name)
        for change in few.read():
            natural.commit(change)
        bulk.fill(few)
        rows = 0
        for table in (Cell.__table__, Version.__table__, Cause.__table__):
            one, other = natural._rows(table), bulk._rows(table)
            assert one == other, f"the bulk path made other rows of {table}"
            rows += len(one)
        natural.close()
        bulk.close()
        return f"{few.size} changes: {rows} rows of all three tables, but for the moment of a transaction"

    def _rows(self, table: Any) -> list[Any]:
        columns = [column for column in table.c if column.name != "issued_at"]
        with self.engine.connect() as connection:
            return sorted(connection.execute(sa.select(*columns)).all(), key=repr)

    # -- asking --------------------------------------------------------------------------

    def as_of(self, question: Question) -> dict[str, str | None]:
        """Of each cell the version with the greatest transaction up to k."""
        version = aliased(Version)
        newest = (
            sa.select(sa.func.max(version.transaction_id))
            .where(version.id == Cell.id, version.transaction_id <= question.k)
            .scalar_subquery()
        )
        query = (
            sa.select(Version.path, Version.value)
            .select_from(Cell)
            .join(Version, sa.and_(Version.id == Cell.id, Version.transaction_id == newest))
            .where(Cell.subject == question.programme, Version.operation_type != DELETE)
        )
        with Session(self.engine) as session:
            return dict(session.execute(query).all())

    def blame(self, question: Question) -> list[Written]:
        cell = (
            sa.select(Cell.id)
            .where(Cell.subject == question.programme, Cell.path == question.path)
            .scalar_subquery()
        )
        query = (
            sa.select(Version.value, Cause.who, Cause.act, Cause.reason)
            .join(Cause, Cause.id == Version.transaction_id)
            .where(Version.id == cell, Version.transaction_id <= question.k)
            .order_by(Version.transaction_id.desc())
            .limit(PAGE)
        )
        with Session(self.engine) as session:
            return [Written(*row) for row in session.execute(query)]

    def diff(self, question: Question) -> list[Differing]:
        """The versions of the range, of each cell the last; beside it the newest version before the range."""
        before = aliased(Version)
        old = (
            sa.select(before.value)
            .where(before.id == Version.id, before.transaction_id <= question.earlier)
            .order_by(before.transaction_id.desc())
            .limit(1)
            .scalar_subquery()
        )
        query = (
            sa.select(Version.path, old, Version.value, Cause.who, Cause.act)
            .join(Cause, Cause.id == Version.transaction_id)
            .where(
                Version.subject == question.programme,
                Version.transaction_id > question.earlier,
                Version.transaction_id <= question.k,
            )
            .order_by(Version.transaction_id)
        )
        with Session(self.engine) as session:
            last = {row[0]: Differing(*row) for row in session.execute(query)}
        return [last[path] for path in sorted(last) if last[path].old != last[path].new]

    # -- the rest ------------------------------------------------------------------------

    def size(self) -> int:
        return bytes_under(self.place)

    def close(self) -> None:
        self.engine.dispose()


class Bulk:
    """Makes a batch's rows as the natural path does. Memory: the id and the last transaction of each cell."""

    def __init__(self) -> None:
        self._cells: dict[tuple[str, str], int] = {}
        self._last: dict[int, int] = {}
        self._moment = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)

    def write(self, connection: sa.Connection, batch: Sequence[Change]) -> None:
        rows: dict[str, list[Members]] = defaultdict(list)
        for change in batch:
            rows["causes"].append({"id": change.n + 1, "issued_at": self._moment, **cause_of(change)})
            for path, value in change.writes:
                assert value is not None, "this workload takes no cell away"
                self._write_cell(rows, change, path, value)
        versions, cells = Version.__table__, Cell.__table__
        ended = (
            versions.update()
            .where(versions.c.id == sa.bindparam("of"), versions.c.transaction_id == sa.bindparam("since"))
            .values(end_transaction_id=sa.bindparam("until"))
        )
        changed = cells.update().where(cells.c.id == sa.bindparam("of")).values(value=sa.bindparam("said"))
        for statement, name in (
            (Cause.__table__.insert(), "causes"),
            (cells.insert(), "cells"),
            (versions.insert(), "versions"),
            (ended, "ended"),
            (changed, "changed"),
        ):
            if rows[name]:
                connection.execute(statement, rows[name])

    def _write_cell(self, rows: dict[str, list[Members]], change: Change, path: str, value: str) -> None:
        key, transaction = (change.subject, path), change.n + 1
        known = self._cells.get(key)
        cell = self._cells.setdefault(key, len(self._cells) + 1)
        stated = {"id": cell, "subject": change.subject, "path": path, "value": value}
        if known is None:
            rows["cells"].append(stated)
        else:
            rows["changed"].append({"of": cell, "said": value})
            rows["ended"].append({"of": cell, "since": self._last[cell], "until": transaction})
        operation = INSERT if known is None else UPDATE
        rows["versions"].append(stated | {"transaction_id": transaction, "operation_type": operation})
        self._last[cell] = transaction


def cause_of(change: Change) -> Members:
    return {
        "who": change.who,
        "act": change.act,
        "point": change.point,
        "reason": change.reason,
        "kind": change.kind,
    }


def _durable(connection: Any, _: object) -> None:
    """A commit is on the disk before it returns."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


if __name__ == "__main__":
    serve(Continuum())
