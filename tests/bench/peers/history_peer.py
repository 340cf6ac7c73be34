"""django-simple-history: a row for each cell, a historical row for each write; SQLite.

The number of a change is the second of its history_date. simple-history's own `as_of` compares every version
of a programme with the later ones; states are asked for by a subquery of each cell's newest version instead,
which grows least with the history. Two indexes serve that and the diffs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connection, transaction
from django.db.models import OuterRef, Subquery

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

settings.configure(
    INSTALLED_APPS=["simple_history", "tests.bench.peers.history"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": ":memory:",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
            },
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    SIMPLE_HISTORY_DATE_INDEX=False,  # the two below serve every question
    USE_TZ=True,
)
django.setup()

from tests.bench.peers.history.models import Cell  # noqa: E402 -- models need the settings

Historical: Any = Cell.history.model
BATCH = 5000
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
INDEXES = (
    "CREATE INDEX cell_date ON history_historicalcell (id, history_date)",
    "CREATE INDEX subject_date ON history_historicalcell (subject, history_date)",
)


class History:
    """Implements Peer. One database is open in a process."""

    def __init__(self) -> None:
        self.place = Path()

    def open(self, place: Path) -> Members:
        self.place = place
        connection.close()
        connection.settings_dict["NAME"] = str(place / "cells.db")
        if not connection.introspection.table_names():
            with connection.schema_editor() as editor:
                editor.create_model(Cell)
                editor.create_model(Historical)
                for index in INDEXES:
                    editor.execute(index)
        found = {name: _scalar(f"PRAGMA {name}") for name in ("journal_mode", "synchronous")}
        assert found == {"journal_mode": "wal", "synchronous": 2}, found
        return {
            "Django": django.__version__,
            "django-simple-history": version("django-simple-history"),
            "sqlite": _scalar("SELECT sqlite_version()"),
            "settings": found,
        }

    # -- recording -----------------------------------------------------------------------

    def commit(self, change: Change) -> None:
        """The cells are read, changed and saved in one transaction; simple-history writes the versions."""
        written = dict(change.writes)
        with transaction.atomic():
            known = {
                cell.path: cell for cell in Cell.objects.filter(subject=change.subject, path__in=written)
            }
            for path, value in written.items():
                cell = known.get(path) or Cell(subject=change.subject, path=path)
                cell.cause = change
                cell._history_date = _moment(change.n)
                cell._history_user = change.who
                cell._change_reason = change.reason
                if value is None:
                    cell.delete()
                else:
                    cell.value = value
                    cell.save()

    def prepare(self, source: Source, threads: int) -> list[list[Step]]:
        if threads > 1:
            raise NotImplementedError("SQLite takes one writer")
        return [[partial(self.commit, change) for change in source.read()]]

    def fill(self, source: Source) -> None:
        """The rows that `commit` would make, by bulk_create: many changes a transaction."""
        bulk = Bulk()
        for batch in in_batches(source.read(), BATCH, "simple-history"):
            with transaction.atomic():
                bulk.write(batch)
        with transaction.atomic():
            bulk.finish()
        _execute("ANALYZE")

    def resume(self, source: Source) -> None:
        """Nothing is held in memory."""

    def check(self, place: Path, source: Source) -> str:
        few = source._replace(size=min(source.size, CHECKED))
        natural, bulk = History(), History()
        (place / "natural").mkdir(parents=True)
        natural.open(place / "natural")
        for change in few.read():
            natural.commit(change)
        one = [list(model.objects.order_by("pk").values_list()) for model in (Cell, Historical)]
        (place / "bulk").mkdir()
        bulk.open(place / "bulk")
        bulk.fill(few)
        other = [list(model.objects.order_by("pk").values_list()) for model in (Cell, Historical)]
        assert one == other, "the bulk path made other rows"
        return f"{few.size} changes: {sum(len(rows) for rows in one)} rows of both tables"

    # -- asking --------------------------------------------------------------------------

    def as_of(self, question: Question) -> dict[str, str | None]:
        newest = _before(question.k).filter(id=OuterRef("id")).order_by("-history_date").values("history_id")
        cells = Cell.objects.filter(subject=question.programme).annotate(newest=Subquery(newest[:1]))
        rows = Historical.objects.filter(history_id__in=cells.values("newest")).exclude(history_type="-")
        return dict(rows.order_by().values_list("path", "value"))

    def blame(self, question: Question) -> list[Written]:
        cell = Cell.objects.filter(subject=question.programme, path=question.path).values("id")
        rows = _before(question.k).filter(id=Subquery(cell)).order_by("-history_date")
        said = rows.values_list("value", "history_user_id", "act", "history_change_reason")
        return [Written(*row) for row in said[:PAGE]]

    def diff(self, question: Question) -> list[Differing]:
        """The versions of the range, of each cell the last; beside it the newest version before the range."""
        before = _before(question.earlier).filter(id=OuterRef("id")).order_by("-history_date")
        rows = (
            _before(question.k)
            .filter(subject=question.programme, history_date__gte=_moment(question.earlier))
            .annotate(old=Subquery(before.values("value")[:1]))
            .order_by("history_date")
            .values_list("path", "old", "value", "history_user_id", "act")
        )
        last = {row[0]: Differing(*row) for row in rows}
        return [last[path] for path in sorted(last) if last[path].old != last[path].new]

    # -- the rest ------------------------------------------------------------------------

    def size(self) -> int:
        return bytes_under(self.place)

    def close(self) -> None:
        connection.close()


class Bulk:
    """Makes the rows that the natural path makes. Memory: the id and the value of each cell."""

    def __init__(self) -> None:
        self._cells: dict[tuple[str, str], int] = {}
        self._values: dict[int, str] = {}
        self._rows = 0

    def write(self, batch: Sequence[Change]) -> None:
        fresh, versions = list[Any](), list[Any]()
        for change in batch:
            for path, value in change.writes:
                assert value is not None, "this workload takes no cell away"
                known = self._cells.get((change.subject, path))
                cell = self._cells.setdefault((change.subject, path), len(self._cells) + 1)
                if known is None:
                    fresh.append(Cell(id=cell, subject=change.subject, path=path, value=value))
                versions.append(self._version(change, cell, path, value, "+" if known is None else "~"))
                self._values[cell] = value
        Cell.objects.bulk_create(fresh)
        Historical.objects.bulk_create(versions)

    def _version(self, change: Change, cell: int, path: str, value: str, sort: str) -> Any:
        self._rows += 1
        return Historical(
            history_id=self._rows,
            id=cell,
            subject=change.subject,
            path=path,
            value=value,
            act=change.act,
            point=change.point,
            kind=change.kind,
            history_date=_moment(change.n),
            history_type=sort,
            history_user_id=change.who,
            history_change_reason=change.reason,
        )

    def finish(self) -> None:
        """Every cell gets its last value."""
        with connection.cursor() as cursor:
            rows = [(value, cell) for cell, value in self._values.items()]
            cursor.executemany("UPDATE history_cell SET value=%s WHERE id=%s", rows)


def _before(k: int) -> Any:
    """The versions of the first k changes."""
    return Historical.objects.filter(history_date__lt=_moment(k))


def _moment(n: int) -> datetime:
    return EPOCH + timedelta(seconds=n)


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _scalar(query: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


if __name__ == "__main__":
    serve(History())
